"""Migrations under a running shop: a million rows change their table while others write, as docs/migrations.md says.

The negative control copies the table: there the same writers are seen to wait, so the measure measures something.
"""

import re
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pymysql
import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from flask_migrate import upgrade
from sqlalchemy import create_engine, event

from axf.core import migrating
from axf.core.db import engine_options
from axf.extensions import db
from tests.conftest import make_app
from tests.mariadb import PrivateMariaDB

pytestmark = [pytest.mark.mariadb, pytest.mark.slow]
ROWS, WRITERS = 1_000_000, 3
# The first migration that was written for a shop that is open already.
FIRST_ONLINE = "0009"


@pytest.fixture
def url(mariadb_server: PrivateMariaDB) -> str:
    """The address of a database with a table of a million rows."""
    url = mariadb_server.url("axf_online")
    mariadb_server.execute(
        "CREATE TABLE axf_online.big (id INT PRIMARY KEY AUTO_INCREMENT, user_id INT NOT NULL, amount INT NOT NULL,"
        " note VARCHAR(60) NOT NULL) ENGINE=InnoDB"
    )
    mariadb_server.execute(
        "INSERT INTO axf_online.big (user_id, amount, note)"
        f" SELECT seq % 10007, seq % 997, REPEAT('x', 40) FROM axf_online.seq_1_to_{ROWS}"
    )
    return url


def longest_wait(server: PrivateMariaDB, change: Callable[[], None]) -> tuple[float, int]:
    """Return the longest that a writer's statement took while the change ran, and how many; none may fail."""
    is_over, waits = threading.Event(), [[] for _ in range(WRITERS)]
    failed: list[BaseException] = []

    def write(number: int) -> None:
        try:
            connection = pymysql.connect(
                unix_socket=str(server.socket), user="root", database="axf_online", autocommit=True
            )
            with connection, connection.cursor() as cursor:
                row = number
                while not is_over.is_set():
                    row = (row + 7919) % ROWS
                    began = time.monotonic()
                    cursor.execute("UPDATE big SET amount = amount + 1 WHERE id = %s", (row,))
                    cursor.execute("INSERT INTO big (user_id, amount, note) VALUES (%s, 1, 'new')", (row % 10007,))
                    waits[number].append(time.monotonic() - began)
                    time.sleep(0.002)
        except BaseException as error:  # told by the test, not by the thread
            failed.append(error)

    writers = [threading.Thread(target=write, args=(number,)) for number in range(WRITERS)]
    for each in writers:
        each.start()
    try:
        time.sleep(0.3)
        change()
        time.sleep(0.3)
    finally:
        is_over.set()
        for each in writers:
            each.join()
    assert failed == []
    return max(map(max, waits)), sum(map(len, waits))


def as_the_guide_says(url: str) -> Callable[[], None]:
    def change() -> None:
        engine = create_engine(url, **engine_options(url, read_seconds=600))
        with engine.begin() as connection, Operations.context(MigrationContext.configure(connection)):
            migrating.add_column("big", sa.Column("colour", sa.String(10), nullable=False, server_default="red"))
            migrating.add_index("big", "user_id", "amount")
        engine.dispose()

    return change


def test_a_million_rows_change_their_table_while_others_write(mariadb_server, url):
    online, written = longest_wait(mariadb_server, as_the_guide_says(url))

    def copy() -> None:
        mariadb_server.execute(
            "ALTER TABLE axf_online.big ADD COLUMN size INT NOT NULL DEFAULT 1, ALGORITHM=COPY, LOCK=SHARED"
        )

    copied, _written = longest_wait(mariadb_server, copy)
    print(f"longest wait: {online:.3f} s online ({written} writes), {copied:.3f} s while the table is copied")
    assert online < copied / 3
    connection = pymysql.connect(unix_socket=str(mariadb_server.socket), user="root", database="axf_online")
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM big WHERE colour = 'red'")
        assert cursor.fetchone()[0] > ROWS
        cursor.execute("SHOW INDEX FROM big WHERE Key_name = 'ix_big_user_id_amount'")
        assert len(cursor.fetchall()) == 2


def test_a_change_lets_others_pass_while_somebody_holds_the_table(mariadb_server, url):
    """Waiting in one go would make every statement behind it wait as long as the holder takes."""
    holder = pymysql.connect(unix_socket=str(mariadb_server.socket), user="root", database="axf_online")
    holder.begin()
    holder.cursor().execute("SELECT id FROM big LIMIT 1")
    threading.Timer(migrating.LOCK_WAIT_SECONDS * 2.5, holder.rollback).start()
    waited, written = longest_wait(mariadb_server, as_the_guide_says(url))
    holder.close()
    assert waited < migrating.LOCK_WAIT_SECONDS * 2
    assert written > WRITERS


@pytest.fixture
def statements(mariadb_server, tmp_path: Path) -> Iterator[dict[str, list[str]]]:
    """What each revision sends to MariaDB, by revision, in order."""
    app = make_app(mariadb_server.url("axf_online_all"), tmp_path)
    sent: dict[str, list[str]] = {}
    current = ["base"]

    def note(_connection, _cursor, statement, parameters, *_rest) -> None:
        if found := re.search(r"alembic_version SET version_num='(\w+)'|INTO alembic_version .*'(\w+)'", statement):
            sent[found[1] or found[2]] = current[1:]
            del current[1:]
        else:
            current.append(statement)

    event.listen(sa.Engine, "before_cursor_execute", note)
    with app.app_context():
        upgrade()
        db.engine.dispose()
    event.remove(sa.Engine, "before_cursor_execute", note)
    yield sent


def test_migrations_of_an_open_shop_say_how_they_change_a_table(statements):
    assert min(statements) == "0001"
    for revision in (each for each in statements if each >= FIRST_ONLINE):
        made = {name for each in statements[revision] for name in re.findall(r"^\s*CREATE TABLE `?(\w+)", each)}
        for each in statements[revision]:
            if changed := re.match(r"\s*(?:ALTER TABLE|CREATE (?:UNIQUE )?INDEX \S+ ON) `?(\w+)", each):
                assert changed[1] in made or re.search(r"ALGORITHM=IN(STANT|PLACE, LOCK=NONE)$", each), (revision, each)

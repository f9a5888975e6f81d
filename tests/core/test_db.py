"""The transaction, the retry, instants in the database."""

import sqlite3
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError

from axf.core import clock
from axf.core.db import (
    MOST_TRIES,
    RETRIED_ERRNOS,
    UTCDateTime,
    engine_options,
    is_one_of,
    retried,
    rows_changed,
    transaction,
)
from axf.core.errors import Busy
from axf.extensions import db
from axf.user.models import Throttle


def put(bucket: str, ends_at: datetime | None = None) -> None:
    db.session.execute(insert(Throttle).values(bucket=bucket, tries=1, ends_at=ends_at or clock.now()))


def buckets() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(Throttle.bucket).order_by(Throttle.bucket)))


@pytest.fixture
def no_wait(monkeypatch):
    """The pauses between tries, collected instead of waited for."""
    pauses = []
    monkeypatch.setattr("axf.core.db.time.sleep", pauses.append)
    return pauses


def test_a_transaction_commits_at_its_end(app):
    with transaction(db.session):
        put("a")
    assert buckets() == ["a"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_any_exception_rolls_it_back(app, error):
    with pytest.raises(error), transaction(db.session):
        put("a")
        raise error
    assert buckets() == []


def test_one_of_fixed_values_asks_for_just_those(app):
    with transaction(db.session):
        for bucket in ("a", "b", "c"):
            put(bucket)
    query = select(Throttle.bucket).where(is_one_of(Throttle.bucket, ("a", "c"))).order_by(Throttle.bucket)
    assert list(db.session.scalars(query)) == ["a", "c"]
    assert "POSTCOMPILE" not in str(query)


def test_transactions_do_not_nest(app):
    with pytest.raises(RuntimeError), transaction(db.session):
        put("a")
        with transaction(db.session):
            put("b")
    assert buckets() == []
    with transaction(db.session):
        put("c")
    assert buckets() == ["c"]


def test_a_transaction_sees_the_present_not_an_older_read(app):
    assert buckets() == []
    with db.engine.begin() as other:
        other.execute(insert(Throttle).values(bucket="a", tries=1, ends_at=clock.now()))
    with transaction(db.session):
        seen = db.session.scalar(select(Throttle.bucket))
    assert seen == "a"


def test_what_was_left_unsaved_before_it_is_not_committed_along(app):
    put("stray")
    with transaction(db.session):
        put("meant")
    assert buckets() == ["meant"]


def test_rows_changed_counts_rows_that_met_the_condition(app):
    put("a")
    put("b")
    raise_tries = update(Throttle).where(Throttle.bucket == "a", Throttle.tries == 1).values(tries=2)
    assert (rows_changed(db.session, raise_tries), rows_changed(db.session, raise_tries)) == (1, 0)
    assert rows_changed(db.session, delete(Throttle)) == 2


def test_an_update_to_the_same_value_still_counts(app):
    put("a")
    assert rows_changed(db.session, update(Throttle).values(tries=1)) == 1


def locked(number: int = 1205) -> OperationalError:
    return OperationalError("UPDATE", {}, Exception(number, "try restarting transaction"))


@pytest.mark.parametrize("number", sorted(RETRIED_ERRNOS))
def test_a_busy_database_is_asked_again(no_wait, number):
    answers = iter([locked(number), locked(number), "done"])

    @retried
    def use_case():
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert use_case() == "done"
    assert len(no_wait) == 2


def test_a_locked_sqlite_is_asked_again(no_wait):
    answers = iter([OperationalError("UPDATE", {}, sqlite3.OperationalError("database is locked")), None])

    @retried
    def use_case():
        if answer := next(answers):
            raise answer
        return "done"

    assert use_case() == "done"


def test_five_busy_answers_are_enough(no_wait):
    calls = []

    @retried
    def use_case():
        calls.append(1)
        raise locked()

    with pytest.raises(Busy) as refusal:
        use_case()
    assert (refusal.value.status, refusal.value.details) == (503, {"retry_after": 1})
    assert (len(calls), len(no_wait)) == (MOST_TRIES, MOST_TRIES - 1)
    assert sum(no_wait) < 3


def test_waits_grow_and_differ(no_wait):
    @retried
    def use_case():
        raise locked()

    for _ in range(10):
        with pytest.raises(Busy):
            use_case()
    firsts, lasts = no_wait[::4], no_wait[3::4]
    assert max(firsts) < min(lasts)
    assert len(set(firsts)) > 1


@pytest.mark.parametrize(
    "error",
    [locked(1146), OperationalError("SELECT", {}, sqlite3.OperationalError("no such table: x")), ValueError("no")],
)
def test_other_errors_are_not_tried_again(no_wait, error):
    calls = []

    @retried
    def use_case():
        calls.append(1)
        raise error

    with pytest.raises(type(error)):
        use_case()
    assert (calls, no_wait) == ([1], [])


def test_a_lost_race_for_a_key_is_run_once_more(no_wait):
    calls = []

    @retried
    def use_case():
        calls.append(1)
        raise IntegrityError("INSERT", {}, Exception("Duplicate entry"))

    with pytest.raises(IntegrityError):
        use_case()
    assert len(calls) == 2


def test_an_instant_keeps_its_microseconds_and_its_zone(app):
    instant = datetime(2026, 3, 1, 7, 30, 15, 123456, tzinfo=timezone(timedelta(hours=8)))
    put("a", instant)
    db.session.commit()
    found = db.session.scalar(select(Throttle.ends_at))
    assert (found, found.tzinfo, found.microsecond) == (instant, UTC, 123456)


def test_a_naive_instant_is_refused(app):
    with pytest.raises(StatementError, match="naive"):
        put("a", datetime(2026, 3, 1))  # noqa: DTZ001 - that is the point
    assert buckets() == []


def test_no_instant_stays_none():
    assert UTCDateTime().process_bind_param(None, None) is None
    assert UTCDateTime().process_result_value(None, None) is None


def test_connections_are_set_up(app, database):
    if database.url.startswith("sqlite"):
        pragmas = ("journal_mode", "foreign_keys", "busy_timeout")
        assert [db.session.scalar(text(f"PRAGMA {name}")) for name in pragmas] == ["wal", 1, 5000]
    else:
        wanted = "SELECT @@tx_isolation, @@innodb_lock_wait_timeout, @@character_set_client, @@sql_mode"
        *settings, mode = db.session.execute(text(wanted)).one()
        assert settings == ["READ-COMMITTED", 5, "utf8mb4"]
        assert "STRICT_TRANS_TABLES" in mode


@pytest.mark.sqlite
def test_a_writer_on_sqlite_holds_others_off_from_its_begin(app, database):
    other = sqlite3.connect(database.url.removeprefix("sqlite:///"), timeout=0)
    with transaction(db.session), pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("BEGIN IMMEDIATE")
    other.execute("BEGIN IMMEDIATE")
    other.close()


def test_only_mariadb_gets_options():
    assert engine_options("sqlite:///x.sqlite") == {"hide_parameters": True}
    options = engine_options("mysql+pymysql://axf@localhost/axf")
    assert (options["isolation_level"], options["pool_recycle"]) == ("READ COMMITTED", 1800)


def test_tls_is_left_out_on_a_unix_socket_only():
    over_tcp = engine_options("mysql+pymysql://axf@db.example/axf")
    by_socket = engine_options("mysql+pymysql://axf@/axf?unix_socket=/run/mysqld/mysqld.sock")
    assert ("ssl_disabled" in over_tcp["connect_args"], by_socket["connect_args"]["ssl_disabled"]) == (False, True)


def asked(command: str) -> int:
    """Return how often this connection has asked MariaDB for it: begin, rollback, commit, admin_commands (a ping)."""
    return int(db.session.execute(text(f"SHOW SESSION STATUS LIKE 'Com_{command}'")).one()[1])


@pytest.mark.mariadb
def test_a_read_begins_nothing_and_ends_nothing(app):
    db.session.remove()
    commands = ("begin", "rollback", "commit", "admin_commands")
    before = [asked(each) for each in commands]
    db.session.execute(select(Throttle))
    db.session.remove()
    assert [asked(each) for each in commands] == before


@pytest.mark.mariadb
def test_a_use_case_begins_once_and_commits_or_rolls_back_once(app):
    db.session.remove()
    commands = ("begin", "commit", "rollback")
    before = [asked(each) for each in commands]
    with transaction(db.session):
        put("a")
    assert [asked(each) for each in commands] == [before[0] + 1, before[1] + 1, before[2]]
    with pytest.raises(KeyError), transaction(db.session):
        put("b")
        raise KeyError
    assert [asked(each) for each in commands] == [before[0] + 2, before[1] + 1, before[2] + 1]
    assert buckets() == ["a"]


@pytest.mark.mariadb
def test_what_was_left_open_on_a_raw_connection_does_not_reach_the_next(app):
    db.session.remove()
    raw = db.engine.raw_connection()
    raw.cursor().execute("BEGIN")
    raw.cursor().execute("INSERT INTO throttle (bucket, tries, ends_at) VALUES ('left', 1, '2026-01-01')")
    raw.close()
    assert buckets() == []


ID = text("SELECT CONNECTION_ID()")


def ids() -> set[int]:
    """Return the numbers of two connections of the pool, as the server counts them."""
    with db.engine.connect() as one, db.engine.connect() as other:
        return {one.scalar(ID), other.scalar(ID)}


@pytest.mark.mariadb
def test_a_connection_that_the_server_closed_is_never_handed_out(app):
    db.session.remove()
    ids()
    with db.engine.connect() as one:
        with db.engine.connect() as other:
            closed = other.scalar(ID)
        one.execute(text(f"KILL {closed}"))
        while one.scalar(text(f"SELECT COUNT(*) FROM information_schema.processlist WHERE id = {closed}")):
            pass
    assert closed not in ids()


@pytest.mark.mariadb
def test_a_connection_that_was_quiet_for_long_is_asked_before_it_is_handed_out(app, monkeypatch):
    def silent(_connection, reconnect):
        raise TimeoutError

    db.session.remove()
    before = ids()
    monkeypatch.setattr("pymysql.connections.Connection.ping", silent)
    assert ids() == before
    monkeypatch.setattr("axf.core.db.QUIET_SECONDS", -1)
    assert not ids() & before

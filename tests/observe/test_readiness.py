"""Readiness: what is wrong is named here, not told outside, and nothing waits for a database that is away."""

import socket
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from axf.extensions import db
from axf.observe import readiness
from axf.observe.readiness import OK, Patience, TookTooLong, schema_words
from tests.conftest import counted

ALL_WELL = {"database": OK, "schema": OK, "disk": OK, "draining": OK}


def test_a_shop_that_may_be_visited_is_ready(client):
    with counted() as statements:
        answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"ready": True, "checks": ALL_WELL})
    assert (answer.headers["Cache-Control"], statements) == ("no-store", [])


@pytest.fixture
def revision(app):
    """Set the revision that the tables say they have."""

    def write(number: str) -> None:
        db.session.execute(text("UPDATE alembic_version SET version_num = :number"), {"number": number})
        db.session.commit()

    before = db.session.scalar(text("SELECT version_num FROM alembic_version"))
    yield write
    write(before)


def test_a_shop_whose_tables_are_older_is_not_ready(client, revision):
    revision("0003")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["ready"]) == (503, False)
    assert answer.json["checks"]["schema"].startswith("at 0003, wanted ")
    revision("9999")
    assert client.get("/readyz").json["checks"] == ALL_WELL


@pytest.mark.parametrize(
    ("revision", "words"),
    [("3", OK), ("4", OK), ("2", "at 2, wanted 3: flask db upgrade"), (None, "at nothing, wanted 3: flask db upgrade")],
)
def test_the_codes_own_revision_and_a_newer_one_suit_it(revision, words):
    assert schema_words(revision, "3", frozenset({"1", "2", "3"})) == words


@pytest.mark.sqlite
def test_a_host_that_is_taken_away_says_so_and_still_serves(client, app, tmp_path):
    app.config["RUN_DIR"] = str(tmp_path)
    (tmp_path / "draining").touch()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json["checks"] == {**ALL_WELL, "draining": "this host is being taken away"}
    assert client.get("/axf/home/").status_code == 200


@pytest.mark.sqlite
def test_strangers_are_told_yes_or_no(client, app, tmp_path):
    app.config["RUN_DIR"] = str(tmp_path)
    (tmp_path / "draining").touch()
    answer = client.get("/readyz", environ_base={"REMOTE_ADDR": "203.0.113.5"})
    assert (answer.status_code, answer.json) == (503, {"ready": False})


@pytest.mark.sqlite
def test_a_full_disk_is_named(client, monkeypatch):
    monkeypatch.setattr(readiness, "LEAST_FREE", 1 << 60)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "MiB left, wanted" in answer.json["checks"]["disk"]


def test_a_database_that_is_away_is_told_at_once(nowhere):
    answer = nowhere.test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json["checks"]["database"] == "does not answer (OperationalError)"
    assert nowhere.test_client().get("/healthz").status_code == 200


def test_a_database_that_takes_the_call_and_never_speaks_is_not_waited_for(nowhere):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        nowhere.config["SQLALCHEMY_DATABASE_URI"] = f"mysql+pymysql://axf@127.0.0.1:{silent.getsockname()[1]}/axf"
        began = time.monotonic()
        answers = [nowhere.test_client().get("/readyz") for _ in range(3)]
        assert time.monotonic() - began < 5
    assert [answer.status_code for answer in answers] == [503] * 3
    assert answers[0].json["checks"]["database"] == "no answer within 0.5 s"


def test_work_that_hangs_keeps_nobody_and_does_not_pile_up():
    patience, is_over, began = Patience(), threading.Event(), []
    for _ in range(3):
        with pytest.raises(TookTooLong):
            patience.within(0.05, lambda: (began.append(1), is_over.wait(10)))
    assert len(began) == 1
    is_over.set()
    assert patience.within(5, lambda: 7) == 7
    with pytest.raises(OSError, match="nowhere"):
        patience.within(5, lambda: (_ for _ in ()).throw(OSError("nowhere")))


def test_room_is_looked_for_where_a_folder_will_be(tmp_path: Path):
    assert readiness.free_bytes(str(tmp_path / "not" / "made")) == readiness.free_bytes(str(tmp_path))

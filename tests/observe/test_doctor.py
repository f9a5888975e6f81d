"""``flask doctor``: what is right, what is wrong, and that it speaks when the database is away."""

import pytest
from sqlalchemy import create_engine, text

from axf.extensions import db
from axf.observe import doctor, doctor_database
from axf.observe.finding import FAIL, OK, WARN
from tests.mariadb import PrivateMariaDB


def states(findings) -> dict[str, str]:
    return {each.name: each.state for each in findings}


def test_a_shop_that_is_set_up_is_told_so(app, monkeypatch, tmp_path):
    app.config.update(ENV="production", BASE_URL="https://shop.example", PROXY_COUNT=1, LOG_FORMAT="json")
    app.config.update(PAYMENT_PROVIDERS=["cod"], SMTP_URL="smtp://mail.example", RUN_DIR=str(tmp_path / "run"))
    found = states(doctor.examine())
    assert FAIL not in found.values()
    assert (found["cookies"], found["secret key"], found["tables"], found["database"]) == (OK, OK, OK, OK)
    done = app.test_cli_runner().invoke(args=["doctor"])
    assert done.exit_code == 0
    assert "0 wrong." in done.output


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("config", "name", "state"),
    [
        ({"ENV": "development"}, "AXF_ENV", WARN),
        ({"SECRET_KEY": "a" * 40}, "secret key", FAIL),
        ({"SECRET_KEY_FALLBACKS": ["x" * 32]}, "old secrets", WARN),
        ({"BASE_URL": "http://shop.example"}, "cookies", FAIL),
        ({"PROXY_COUNT": 0}, "proxies in front", WARN),
        ({"LOG_FORMAT": "text"}, "log", WARN),
        ({"PAYMENT_PROVIDERS": []}, "ways to pay", WARN),
        ({"SMTP_URL": ""}, "mail", WARN),
        ({"MEDIA_DIR": "/etc/passwd/media"}, "AXF_MEDIA_DIR", FAIL),
    ],
)
def test_what_is_wrong_comes_with_what_to_do(app, config, name, state):
    app.config.update({"ENV": "production", **config})
    (found,) = [each for each in doctor.examine() if each.name == name]
    assert found.state == state
    assert found.advice


def test_tables_that_are_behind_are_named(app):
    before = db.session.scalar(text("SELECT version_num FROM alembic_version"))
    try:
        db.session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        db.session.commit()
        assert states(doctor.examine())["tables"] == FAIL
        done = app.test_cli_runner().invoke(args=["doctor"])
        assert (done.exit_code, "tables: Run flask db upgrade: this code wants" in done.output) == (1, True)
    finally:
        db.session.execute(text("UPDATE alembic_version SET version_num = :before"), {"before": before})
        db.session.commit()


def test_a_database_that_is_away_is_one_sentence(nowhere):
    done = nowhere.test_cli_runner().invoke(args=["doctor"])
    assert done.exit_code == 1
    assert "database: Start it or mend AXF_DATABASE_URL: nothing of it could be looked at." in done.output
    assert "Traceback" not in done.output
    assert "hunter2" not in done.output


@pytest.mark.mariadb
def test_a_server_that_is_set_up_otherwise_is_told(mariadb_server: PrivateMariaDB):
    url = mariadb_server.url("axf_doctor")
    mariadb_server.execute("ALTER DATABASE axf_doctor CHARACTER SET latin1")
    mariadb_server.execute("CREATE TABLE axf_doctor.old (id int) ENGINE=MyISAM CHARSET=latin1")
    plain = create_engine(url)
    with plain.connect() as connection:
        connection.execute(text("SET SESSION sql_mode='', time_zone='+08:00', tx_isolation='REPEATABLE-READ'"))
        found = {each.name: each for each in doctor_database.examine(connection, processes=100)}
    plain.dispose()
    wrong = {name for name, each in found.items() if each.state == FAIL}
    assert wrong == {
        "character set", "tables that are no InnoDB in utf8mb4", "sql_mode", "isolation", "time zone", "connections",
    }  # fmt: skip
    assert found["innodb_flush_log_at_trx_commit"].state == WARN
    assert found["rights"].state == WARN
    assert found["tables that are no InnoDB in utf8mb4"].found == "1"
    assert found["connections"].found == "100 processes × 4 threads + 15 besides = 415 of 300"
    assert found["clocks differ by"].state == OK

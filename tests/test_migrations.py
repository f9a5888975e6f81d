"""Migrations: up, down and up again; the models agree with them; sql/schema.sql is not stale."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect

from axf.extensions import db
from tests.conftest import make_app
from tests.schema import ddl

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(params=["sqlite", pytest.param("mariadb", marks=pytest.mark.mariadb)])
def empty_app(request, tmp_path):
    """An application on a database without a table."""
    if request.param == "mariadb":
        url = request.getfixturevalue("mariadb_server").url("axf_migrations")
    else:
        url = f"sqlite:///{tmp_path / 'empty.sqlite'}"
    app = make_app(url, tmp_path)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def tables() -> set[str]:
    return set(inspect(db.engine).get_table_names()) - {"alembic_version"}


def test_up_down_and_up_again(empty_app):
    upgrade()
    assert tables() == set(db.metadata.tables)
    downgrade(revision="base")
    assert tables() == set()
    upgrade()
    assert tables() == set(db.metadata.tables)


def test_the_models_are_what_the_migrations_make(empty_app):
    upgrade()
    with db.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), db.metadata) == []


@pytest.mark.mariadb
def test_the_shipped_schema_is_not_stale(mariadb_server, tmp_path):
    assert (ROOT / "sql/schema.sql").read_text() == ddl(mariadb_server.url("axf_schema"), tmp_path), "run make schema"

"""A web process is warm before its first shopper."""

import gc
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from axf import warm
from axf.extensions import db
from tests.conftest import counted

pytestmark = pytest.mark.sqlite


@pytest.fixture(autouse=True)
def ordinary_collector() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


def test_templates_of_both_languages_are_compiled_and_pages_asked_without_a_trace(app, fruit, capsys):
    with counted() as statements:
        warm.up(app)
    assert len(statements) > 10
    assert {name for _loader, name in app.jinja_env.in_locale("en").cache} == set(app.jinja_env.list_templates())
    assert gc.get_freeze_count() > 10_000
    assert "GET" not in capsys.readouterr().err


def test_a_database_that_is_away_keeps_no_process_from_starting(app, caplog):
    db.session.execute(text("ALTER TABLE food_type RENAME TO elsewhere"))
    db.session.commit()
    try:
        warm.up(app)
    finally:
        db.session.execute(text("ALTER TABLE elsewhere RENAME TO food_type"))
        db.session.commit()
    assert "not warmed up: no such table: food_type" in caplog.text

"""What is offered while typing."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from axf.core import clock
from axf.extensions import db
from axf.market.models import Goods
from axf.search import hot, making, phrases, suggestions
from axf.search.models import SearchCount
from axf.search.suggestions import Suggestion, suggest
from tests.conftest import FRUIT, counted

STRAWBERRIES = Suggestion("goods", 475, "丹东99草莓", "Dandong 99 Strawberries")
JAM = Suggestion("goods", 476, "草莓果酱", "Strawberry Jam")
MELON = Suggestion("goods", 477, "麒麟小西瓜", "Kylin Mini Watermelon")


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("草", {STRAWBERRIES, JAM}),
        ("西瓜", {MELON}),
        ("瓜", {MELON}),
        ("cao", {STRAWBERRIES, JAM}),
        ("cm", {STRAWBERRIES, JAM}),
        ("Water", {MELON}),
        ("mini w", {MELON}),
        ("  草莓 ", {STRAWBERRIES, JAM}),
        ("c", set()),
        ("", set()),
        ("%", set()),
        ("_" * 3, set()),
        ("\U0001f353", set()),
        ("x" * 10_000, set()),
    ],
)
def test_a_beginning_leads_to_goods(shelf, typed, offered):
    assert set(suggest(typed)) == offered


def test_kinds_come_first_then_what_everybody_asks_for_then_best_sellers(shelf):
    for times in (phrases.LEAST_HOT, phrases.LEAST_HOT - 1):
        for _ in range(times):
            hot.count(f"水果{times}")
    db.session.execute(update(Goods).where(Goods.id == 476).values(name="水果", sales=999))
    db.session.execute(update(Goods).where(Goods.id == 477).values(name="水果", sales=1))
    db.session.commit()
    making.make()
    assert [(each.kind, each.ref) for each in suggest("水果")[2:]] == [("query", 0), ("goods", 476), ("goods", 477)]
    assert suggest("水果")[0] == Suggestion("type", FRUIT, "优选水果", "Fruit")


def test_what_was_asked_for_long_ago_is_not_suggested(shelf):
    long_ago = clock.today() - timedelta(days=phrases.DAYS + 1)
    db.session.execute(SearchCount.__table__.insert().values(text="樱桃", asked_on=long_ago, times=99))
    db.session.commit()
    making.make()
    assert suggest("樱桃") == []


def test_suggestions_take_one_query_and_are_few(shelf, monkeypatch):
    monkeypatch.setattr(suggestions, "MOST_SHOWN", 1)
    db.session.rollback()
    with counted() as statements:
        assert len(suggest("草莓")) == 1
    assert len(statements) == 1

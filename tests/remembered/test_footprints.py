"""足迹: once for each goods, the newest first, by day, and never more than a hundred."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from axf.core import clock
from axf.core.errors import NotFound
from axf.extensions import db
from axf.remembered import footprints
from axf.remembered.footprints import clear, days_of, note, remove
from axf.remembered.models import Footprint
from axf.user import accounts
from tests.conftest import PASSWORD, counted

# 23:30 and 0:30 in Shanghai.
LATE, EARLY = datetime(2026, 11, 21, 15, 30, tzinfo=UTC), datetime(2026, 11, 21, 16, 30, tzinfo=UTC)


@pytest.fixture
def at(monkeypatch):
    return lambda instant: monkeypatch.setattr(clock, "now", lambda: instant)


def days(user_id: int) -> list[tuple[date, list[int]]]:
    db.session.rollback()
    return [(day.on, [card.id for card in day.cards]) for day in days_of(user_id)]


def test_looks_are_kept_once_a_goods_by_shanghai_day(shopper, fruit, at):
    for instant, goods_id in ((LATE, 475), (LATE, 476), (EARLY, 477)):
        at(instant)
        note(shopper, goods_id)
    assert days(shopper) == [(date(2026, 11, 22), [477]), (date(2026, 11, 21), [476, 475])]
    at(EARLY + timedelta(hours=1))
    note(shopper, 475)
    assert days(shopper) == [(date(2026, 11, 22), [475, 477]), (date(2026, 11, 21), [476])]
    assert days_of(shopper)[0].at == EARLY + timedelta(hours=1)


def test_the_oldest_fall_out(shopper, fruit, at, monkeypatch):
    monkeypatch.setattr(footprints, "MOST_FOOTPRINTS", 2)
    for minute, goods_id in enumerate((475, 476, 475, 477)):
        at(EARLY + timedelta(minutes=minute))
        note(shopper, goods_id)
    assert days(shopper) == [(date(2026, 11, 22), [477, 475])]


def test_one_goes_or_all_and_only_mine(shopper, fruit):
    other = accounts.register("bert", PASSWORD)
    for goods_id in fruit:
        note(shopper, goods_id)
    note(other, 475)
    for _ in range(2):
        remove(shopper, 475)
    assert [goods_ids for _, goods_ids in days(shopper)] == [[477, 476]]
    for _ in range(2):
        clear(shopper)
    assert (days(shopper), [goods_ids for _, goods_ids in days(other)]) == ([], [[475]])


def test_an_unknown_goods_leaves_no_trace(shopper, fruit):
    with pytest.raises(NotFound):
        note(shopper, 9)
    assert db.session.scalar(select(func.count()).select_from(Footprint)) == 0


def test_the_page_asks_as_often_for_3_as_for_1(shopper, fruit):
    counts = []
    for goods_id in fruit:
        note(shopper, goods_id)
        with counted() as statements:
            days_of(shopper)
        counts.append(len(statements))
    assert counts == [1, 1, 1]

"""收藏: what is kept, how much of it, and the pages that a list of it takes."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select

from axf.core.errors import NotFound
from axf.extensions import db
from axf.remembered import favourites
from axf.remembered.favourites import TooManyFavourites, drop, keep, page_of
from axf.remembered.models import Favourite
from axf.user import accounts
from tests.conftest import PASSWORD, add_goods, counted

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)


def kept(user_id: int) -> list[int]:
    db.session.rollback()
    return [card.id for card in page_of(user_id, None).cards]


def remember(user_id: int, *goods_ids: int, at: datetime = NOON) -> None:
    rows = [
        {"user_id": user_id, "goods_id": goods_id, "created_at": at + timedelta(minutes=place // 2)}
        for place, goods_id in enumerate(goods_ids)
    ]
    db.session.execute(insert(Favourite), rows)
    db.session.commit()


def test_what_is_kept_is_there_once_and_can_go_again(shopper, fruit):
    other = accounts.register("bert", PASSWORD)
    for goods_id in (475, 477, 475):
        keep(shopper, goods_id)
    first = db.session.scalar(select(Favourite.created_at).filter_by(user_id=shopper, goods_id=475))
    keep(shopper, 475)
    assert db.session.scalar(select(Favourite.created_at).filter_by(user_id=shopper, goods_id=475)) == first
    assert (kept(shopper), kept(other)) == ([477, 475], [])
    drop(other, 475)
    assert kept(shopper) == [477, 475]
    for _ in range(2):
        drop(shopper, 475)
        assert kept(shopper) == [477]


def test_an_unknown_goods_is_not_kept(shopper, fruit):
    with pytest.raises(NotFound):
        keep(shopper, 9)
    assert kept(shopper) == []


def test_one_more_than_the_limit_is_refused_and_what_is_there_is_not(shopper, fruit, monkeypatch):
    monkeypatch.setattr(favourites, "MOST_FAVOURITES", 2)
    remember(shopper, 475, 476)
    with pytest.raises(TooManyFavourites) as refusal:
        keep(shopper, 477)
    assert (refusal.value.status, refusal.value.details) == (409, {"limit": 2})
    keep(shopper, 475)
    assert kept(shopper) == [476, 475]
    drop(shopper, 475)
    keep(shopper, 477)
    assert kept(shopper) == [477, 476]


def test_pages_follow_each_other_and_ask_once(shopper, fruit, monkeypatch):
    monkeypatch.setattr(favourites, "PAGE_SIZE", 3)
    ids = [add_goods(id=number, stock=number % 2) for number in range(600, 607)]
    remember(shopper, *ids)
    found, cursor, counts = [], None, []
    while True:
        with counted() as statements:
            page = page_of(shopper, cursor)
        counts.append(len(statements))
        found += [card.id for card in page.cards]
        if page.cursor is None:
            break
        cursor = page.cursor
    # Two of one instant: the larger id first.
    assert (found, counts) == (sorted(ids, reverse=True), [1, 1, 1])


@pytest.mark.parametrize("cursor", ["x", "bm8", "é"])
def test_a_broken_cursor_is_not_found(shopper, cursor):
    with pytest.raises(NotFound):
        page_of(shopper, cursor)

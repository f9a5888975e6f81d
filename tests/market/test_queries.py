"""Listings: four sorts, three kinds of food types, keyset pages that hold still."""

import pytest
import time_machine
from sqlalchemy import update

from axf.core.errors import NotFound
from axf.extensions import db
from axf.market import kinds, queries
from axf.market.models import Goods
from tests.conftest import CHILD, FRUIT, HOT, NEW, add_goods, add_types, counted


@pytest.fixture
def shelf(app):
    """Eight goods of one child; two are featured, one is off sale, prices and sales have ties."""
    add_types()
    for number, (price, sales, featured) in enumerate(
        [(500, 9, 0), (300, 7, 0), (300, 7, 0), (900, 1, 1), (100, 50, 0), (700, 3, 1), (300, 8, 0)], start=1
    ):
        add_goods(id=number, price=price, sales=sales, is_featured=bool(featured))
    add_goods(id=8, on_sale=False, sales=999)


def ids(type_id: int, child_id: int = 0, sort: int = 0, cursor: str | None = None) -> list[int]:
    node = kinds.shelf_of(type_id, child_id)[1]
    return [card.id for card in queries.listing(node, child_id, sort, cursor).cards]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        (0, [6, 4, 5, 1, 7, 3, 2]),
        (1, [5, 1, 7, 3, 2, 6, 4]),
        (2, [4, 6, 1, 7, 3, 2, 5]),
        (3, [5, 2, 3, 7, 1, 6, 4]),
    ],
)
def test_the_four_sorts(shelf, sort, expected):
    assert ids(FRUIT, sort=sort) == expected
    assert ids(FRUIT, CHILD, sort) == expected


@pytest.mark.parametrize("sort", [0, 1, 2, 3])
@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_pages_have_no_gap_and_no_repeat(shelf, monkeypatch, sort, size):
    whole = ids(FRUIT, sort=sort)
    monkeypatch.setattr(queries, "PAGE_SIZE", size)
    node = kinds.shelf_of(FRUIT)[1]
    found, cursor, pages = [], None, 0
    while pages == 0 or cursor:
        page = queries.listing(node, 0, sort, cursor)
        assert 0 < len(page.cards) <= size
        found += [card.id for card in page.cards]
        cursor, pages = page.cursor, pages + 1
    assert found == whole
    assert pages == -(-len(whole) // size)


@pytest.mark.parametrize("new_price", [1, 100_000])
def test_the_next_page_holds_still_when_the_last_goods_changes_its_price(shelf, monkeypatch, new_price):
    monkeypatch.setattr(queries, "PAGE_SIZE", 3)
    node = kinds.shelf_of(FRUIT)[1]
    first = queries.listing(node, 0, 2, None)
    expected = [card.id for card in queries.listing(node, 0, 2, first.cursor).cards]
    db.session.execute(update(Goods).where(Goods.id == first.cards[-1].id).values(price=new_price))
    db.session.commit()
    following = [card.id for card in queries.listing(node, 0, 2, first.cursor).cards]
    assert [each for each in following if each != first.cards[-1].id] == expected


def test_hot_list_is_computed_from_sales(shelf, monkeypatch):
    monkeypatch.setattr(queries, "COMPUTED_LIST_SIZE", 3)
    assert ids(HOT, sort=1) == [5, 1, 7]
    assert ids(HOT, sort=3) == [5, 7, 1]


def test_new_list_is_computed_from_the_day_of_listing(app, monkeypatch):
    add_types()
    monkeypatch.setattr(queries, "COMPUTED_LIST_SIZE", 2)
    for day in (1, 2, 3):
        with time_machine.travel(f"2026-11-0{day}T00:00:00Z"):
            add_goods(id=day, sales=100 - day)
    assert ids(NEW, sort=1) == [2, 3]


@pytest.mark.parametrize("sort", [4, 99])
def test_unknown_sort(shelf, sort):
    with pytest.raises(NotFound):
        ids(FRUIT, sort=sort)


@pytest.mark.parametrize("cursor", ["x", "W10", "WzFd", "WyJhIiwiYiIsImMiXQ", "WzEsMiwzLDRd", "ée", "\x00"])
def test_a_cursor_that_is_none_of_ours(shelf, cursor):
    with pytest.raises(NotFound):
        ids(FRUIT, cursor=cursor)


def test_goods_off_sale_are_still_shown_as_such(shelf):
    card, type_id, child_id = queries.goods_detail(8)
    assert (card.is_sold_out, type_id, child_id) == (True, FRUIT, CHILD)
    with pytest.raises(NotFound):
        queries.goods_detail(9)


def test_names_of_food_types_and_goods(app, fruit):
    with counted() as statements:
        assert queries.type_names({FRUIT, CHILD, 1}) == {
            FRUIT: queries.Named(FRUIT, "优选水果", "Fruit"),
            CHILD: queries.Named(CHILD, "进口水果", "Imported fruit", FRUIT),
        }
        assert queries.goods_names({475, 1}) == {475: queries.Named(475, "草莓475", "Strawberries 475")}
    assert len(statements) == 2
    with counted() as statements:
        assert queries.type_names(set()) == queries.goods_names([]) == {}
    assert statements == []

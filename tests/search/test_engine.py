"""What a text finds and in which order."""

import pytest
from sqlalchemy import update

from axf.core.errors import NotFound
from axf.extensions import db
from axf.market.models import Goods
from axf.search import engine, making, queries
from axf.search.base import Found
from axf.search.engine import Bitmaps, SearchNotReady
from axf.search.understanding import Wish
from tests.conftest import CHILD, FRUIT, add_goods, add_types, counted
from tests.search.conftest import found, ids


@pytest.mark.parametrize("text", ["草莓", "caomei", "cm", "strawberry", "草每", "莓", "DANDONG 草莓", "99草莓"])
def test_many_ways_lead_to_strawberries(shelf, text):
    assert ids(text)[0] == 475


def test_what_it_is_comes_before_what_it_is_made_of(shelf):
    db.session.execute(update(Goods).where(Goods.id == 476).values(sales=99_999))
    db.session.commit()
    assert (ids("草莓"), ids("果酱")) == ([475, 476], [476])


def test_equal_ones_come_by_stock_then_sales(shelf):
    add_goods(id=480, name="奶油草莓", name_en="Cream Strawberries", sales=50)
    add_goods(id=481, name="章姬草莓", name_en="Akihime Strawberries", sales=500, stock=0)
    add_goods(id=482, name="红颜草莓", name_en="Benihoppe Strawberries", sales=10)
    making.make()
    db.session.execute(update(Goods).where(Goods.id == 475).values(sales=20))
    db.session.commit()
    assert ids("草莓") == [480, 475, 482, 481, 476]


def test_several_words_narrow(shelf):
    assert (ids("草莓 果酱"), ids("strawberry watermelon")) == ([476], [])


def test_a_food_type_narrows_and_the_count_is_of_all_hits(shelf):
    result = Bitmaps().find("草莓", FRUIT)
    assert (result.total, result.alone, result.is_cut) == (2, (2,), False)
    assert Bitmaps().find("草莓", CHILD).total == 2
    assert Bitmaps().find("草莓", 4).total == 0


def test_nothing_found_tells_what_was_understood(shelf):
    result = Bitmaps().find("草莓 轮胎")
    assert result == Found((Wish("草莓", (("草莓",),)), Wish("轮胎")), alone=(2, 0), near=(475,))
    assert queries.near_words(Bitmaps().find("草莓 西瓜").wishes) == []
    assert [card.id for card in queries.popular(result.near)] == [477, 476, 475]


def test_near_words_look_like_the_unknown_one(shelf):
    assert queries.near_words(Bitmaps().find("strawbery").wishes) == ["strawberry", "strawberries"]
    assert queries.near_words(Bitmaps().find("草王").wishes) == ["丹东99草莓", "草莓果酱"]


def test_a_shop_without_an_index_says_so(app):
    with pytest.raises(SearchNotReady):
        Bitmaps().find("草莓")


@pytest.mark.parametrize(
    ("filters", "left"),
    [
        ({}, [475, 476, 480]),
        ({"price_from": 500}, [475, 480]),
        ({"price_to": 500}, [476, 480]),
        ({"in_stock": True}, [475, 476]),
        ({"featured": True}, [476]),
        ({"bogo": True}, [475]),
        ({"promoted": True}, []),
    ],
)
def test_filters_narrow(shelf, filters, left):
    for goods_id, values in {475: {"price": 990, "is_bogo": True}, 476: {"price": 300, "is_featured": True}}.items():
        db.session.execute(update(Goods).where(Goods.id == goods_id).values(**values))
    add_goods(id=480, name="草莓干", name_en="Dried Strawberries", price=500, stock=0)
    making.make()
    assert sorted(ids("草莓", **filters)) == left


@pytest.mark.parametrize(("sort", "key"), [(0, None), (1, "sales"), (2, "price"), (3, "price")])
def test_pages_follow_each_other_without_gap_or_repeat(app, monkeypatch, sort, key):
    add_types()
    for number in range(1, 8):
        add_goods(id=number, name="草莓", sales=number % 3, price=100 + number % 4, stock=number % 2)
    making.make()
    whole = found("草莓", sort=sort).cards
    monkeypatch.setattr(queries, "PAGE_SIZE", 3)
    pages, cursor = [], None
    for _ in range(3):
        page = found("草莓", sort=sort, cursor=cursor)
        pages += page.cards
        cursor = page.cursor
    assert ([card.id for card in pages], cursor) == ([card.id for card in whole], None)
    if key:
        assert [getattr(card, key) for card in whole] == sorted((getattr(c, key) for c in whole), reverse=sort != 3)


def test_a_sort_or_cursor_that_does_not_exist_is_not_found(shelf):
    for options in ({"sort": 4}, {"cursor": "x"}):
        with pytest.raises(NotFound):
            found("草莓", **options)


def test_of_very_many_hits_the_best_sellers_are_ranked(app, monkeypatch):
    add_types()
    for number in range(1, 65):
        add_goods(id=number, name="草莓", sales=number)
    making.make()
    for module in (engine, queries):
        monkeypatch.setattr(module, "MOST_RANKED", 8, raising=False)
    result = Bitmaps().find("草莓")
    assert (result.total, result.is_cut) == (64, True)
    assert ids("草莓")[:4] == [64, 63, 62, 61]
    assert len(ids("草莓")) == 8


@pytest.mark.parametrize("text", ["草莓", "草莓 果酱", "caomei", "strawb", "轮胎 草莓"])
def test_a_search_takes_at_most_three_queries(shelf, text):
    db.session.rollback()
    with counted() as statements:
        found(text)
    assert len(statements) <= 3

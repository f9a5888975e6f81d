"""Promotions: what can be set, what is refused with nothing changed, and when they hold."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from axf.core.errors import NotFound
from axf.extensions import db
from axf.market import promotions
from axf.market.models import FullOff, Goods
from axf.market.promotions import BadPromotion, FullOffView, GoodsPromotion
from tests.conftest import add_goods, counted
from tests.delivery.test_slots import MORNING as NOW

SECOND, DAY = timedelta(microseconds=1), timedelta(days=1)
DEAL = {"name": "周末满减", "name_en": "Weekend deal", "minimum": 6000, "off": 500, "goods_ids": ()}


@pytest.fixture(autouse=True)
def morning():
    """It is 2026-03-01 08:00 in Shanghai, and stays so until a test moves on."""
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def state() -> list[tuple]:
    """Return what the goods and 满减 say of promotions."""
    db.session.rollback()
    columns = Goods.id, Goods.promo_price, Goods.promo_starts_at, Goods.promo_ends_at, Goods.is_second_half
    return [
        *map(tuple, db.session.execute(select(*columns).order_by(Goods.id))),
        *map(tuple, db.session.execute(select(FullOff.__table__).order_by(FullOff.id))),
    ]


def deal(**values: object) -> int:
    return promotions.create_full_off(**{**DEAL, "starts_at": NOW, "ends_at": NOW + DAY, **values})


def running(now=NOW) -> list[int]:
    return [each.id for each in promotions.running_full_offs(now)]


def test_a_promotion_price_is_set_replaced_and_ended(fruit):
    for _ in range(2):
        promotions.set_promo_price(475, 999, NOW, NOW + DAY)
        assert state()[0] == (475, 999, NOW, NOW + DAY, False)
    promotions.set_promo_price(475, 1, NOW + DAY, NOW + 2 * DAY)
    assert state()[0] == (475, 1, NOW + DAY, NOW + 2 * DAY, False)
    for _ in range(2):
        promotions.end_promo_price(475)
        assert state()[0] == (475, None, None, None, False)
    assert {row[1] for row in state()} == {None}


@pytest.mark.parametrize(
    ("price", "starts_at", "ends_at", "problem"),
    [
        (1000, NOW, NOW + DAY, "the promotion price is not below the ordinary price"),
        (0, NOW, NOW + DAY, "a promotion price is at least ¥0.01"),
        (-1, NOW, NOW + DAY, "a promotion price is at least ¥0.01"),
        (900, NOW, NOW, "it ends before it begins"),
        (900, NOW + DAY, NOW, "it ends before it begins"),
        (900, NOW - DAY, NOW, "its time is over already"),
    ],
)
def test_a_promotion_price_that_cannot_be_changes_nothing(fruit, price, starts_at, ends_at, problem):
    promotions.set_promo_price(475, 800, NOW, NOW + DAY)
    before = state()
    with pytest.raises(BadPromotion) as refused:
        promotions.set_promo_price(475, price, starts_at, ends_at)
    assert (refused.value.details, state()) == ({"problem": problem}, before)


def test_second_half_is_switched_as_often_as_one_likes(fruit):
    for on in (True, True, False, False):
        promotions.set_second_half(475, on)
        assert [row[4] for row in state()] == [on, False, False]


def test_unknown_goods_are_not_found_and_nothing_changes(fruit):
    before = state()
    for refuse in (
        lambda: promotions.set_promo_price(9, 1, NOW, NOW + DAY),
        lambda: promotions.end_promo_price(9),
        lambda: promotions.set_second_half(9, True),
        lambda: deal(goods_ids={475, 9}),
        lambda: promotions.find_goods("9"),
        lambda: promotions.stop_full_off(9),
    ):
        with pytest.raises(NotFound):
            refuse()
        assert state() == before


def test_a_full_off_runs_as_the_price_rules_take_it(fruit):
    all_goods, some = deal(), deal(minimum=3000, off=800, goods_ids=[476, 475, 476])
    shown = {"name": "周末满减", "name_en": "Weekend deal", "ends_at": NOW + DAY}
    assert promotions.running_full_offs(NOW) == (
        FullOffView(some, 3000, 800, frozenset({475, 476}), **shown),
        FullOffView(all_goods, 6000, 500, frozenset(), **shown),
    )


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"off": 0}, "what is taken off is at least ¥0.01 and at most the minimum"),
        ({"off": 6001}, "what is taken off is at least ¥0.01 and at most the minimum"),
        ({"minimum": 10**9}, "what is taken off is at least ¥0.01 and at most the minimum"),
        ({"name": ""}, "it needs a Chinese name of 1 to 40 and an English one of 1 to 80 letters"),
        ({"name": " 满减"}, "it needs a Chinese name of 1 to 40 and an English one of 1 to 80 letters"),
        ({"name_en": "x" * 81}, "it needs a Chinese name of 1 to 40 and an English one of 1 to 80 letters"),
        ({"ends_at": NOW}, "it ends before it begins"),
        ({"starts_at": NOW - DAY, "ends_at": NOW}, "its time is over already"),
    ],
)
def test_a_full_off_that_cannot_be_changes_nothing(fruit, values, problem):
    with pytest.raises(BadPromotion) as refused:
        deal(**values)
    assert (refused.value.details, promotions.list_full_offs()) == ({"problem": problem}, [])


@pytest.mark.parametrize("values", [{"off": 6000}, {"off": 1, "minimum": 1}, {"minimum": 999_999_999}])
def test_a_full_off_at_its_bounds(fruit, values):
    assert [deal(**values)] == running()


def test_a_full_off_holds_from_its_start_until_before_its_end(fruit):
    full_off_id = deal(starts_at=NOW + DAY, ends_at=NOW + 2 * DAY)
    moments = NOW + DAY - SECOND, NOW + DAY, NOW + 2 * DAY - SECOND, NOW + 2 * DAY
    assert [running(moment) for moment in moments] == [[], [full_off_id], [full_off_id], []]


def test_a_full_off_is_stopped_now_and_stays_stopped(fruit, morning):
    full_off_id, other = deal(), deal()
    for hours in range(2):
        morning.move_to(NOW + timedelta(hours=hours))
        promotions.stop_full_off(full_off_id)
        assert running(NOW) == [other]
    assert db.session.get(FullOff, full_off_id).ends_at == NOW


def test_a_full_off_that_is_stopped_before_it_begins_never_does(fruit):
    full_off_id = deal(starts_at=NOW + DAY, ends_at=NOW + 2 * DAY)
    for _ in range(2):
        promotions.stop_full_off(full_off_id)
    assert [running(NOW + hours * timedelta(hours=1)) for hours in range(60)] == [[]] * 60


def test_goods_are_found_by_id_and_by_code(fruit):
    add_goods(id=478, code="476", price=300)
    add_goods(id=479, code="99999999999")
    found = [promotions.find_goods(text) for text in ("475", "T-475", "476", "99999999999")]
    assert found == [475, 475, 476, 479]


@pytest.mark.parametrize("text", ["", "9", "t-475", "475 ", "-475", "４７５", "2147483648", "9" * 5000, "' OR 1=1"])
def test_what_names_no_goods(fruit, text):
    with pytest.raises(NotFound):
        promotions.find_goods(text)


@pytest.mark.parametrize("count", [1, 3])
def test_lists_are_one_query_each(fruit, count):
    for goods_id in fruit[:count]:
        promotions.set_promo_price(goods_id, 90, NOW, NOW + DAY)
        deal()
    promotions.set_second_half(475, True)
    with counted() as statements:
        goods, deals = promotions.list_goods(), promotions.list_full_offs()
        assert len(promotions.running_full_offs(NOW)) == len(goods) == len(deals) == count
    assert len(statements) == 3
    assert goods[0] == GoodsPromotion(475, "草莓475", 1000, 90, NOW, NOW + DAY, True)

"""What a card says of its goods."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import time_machine

from axf.home.styleguide import SAMPLES
from axf.market.cards import Card
from tests.delivery.test_slots import MORNING

PLAIN = SAMPLES[0]


def card(**values: object) -> Card:
    return replace(PLAIN, **values)


@pytest.mark.parametrize(("price", "market_price", "shown"), [(100, 200, 200), (100, 100, None), (200, 100, None)])
def test_only_an_honest_market_price_is_struck_through(price, market_price, shown):
    assert card(price=price, market_price=market_price).shown_market_price == shown


NOW = MORNING
DAY, MOMENT = timedelta(days=1), timedelta(microseconds=1)
SPECIAL = {"price": 1000, "promo_price": 800, "promo_starts_at": NOW, "promo_ends_at": NOW + DAY}


def special_at(moment: datetime, **values: object) -> tuple[int | None, int]:
    with time_machine.travel(moment, tick=False):
        each = card(**{**SPECIAL, **values})
        return each.special_price, each.price_now


@pytest.mark.parametrize(
    ("moment", "prices"),
    [
        (NOW - MOMENT, (None, 1000)),
        (NOW, (800, 800)),
        (NOW + DAY - MOMENT, (800, 800)),
        (NOW + DAY, (None, 1000)),
    ],
)
def test_a_special_price_holds_from_its_start_until_before_its_end(moment, prices):
    assert special_at(moment) == prices


@pytest.mark.parametrize(
    "values",
    [
        {"promo_price": None},
        {"promo_price": 1000},
        {"promo_price": 1001},
        {"promo_starts_at": None},
        {"promo_ends_at": None},
        {"promo_ends_at": NOW},
    ],
)
def test_what_is_no_special_price(values):
    assert special_at(NOW, **values) == (None, 1000)


def test_a_card_does_not_change_its_mind():
    with time_machine.travel(NOW + DAY - MOMENT, tick=False) as time:
        each = card(**SPECIAL, pack_amount=500_000, pack_unit="g")
        before = each.special_price, each.promotions, each.unit_price
        time.move_to(NOW + DAY)
        assert (each.special_price, each.promotions, each.unit_price) == before
        assert each.unit_price.amount == 800


BOTH = {"is_bogo": True, "is_second_half": True}


@pytest.mark.parametrize(
    ("values", "promotions", "tags"),
    [
        ({}, (), ()),
        ({"is_second_half": True}, ("second-half",), ("second-half",)),
        (BOTH, ("bogo",), ("bogo",)),
        ({"is_featured": True, "stock": 3}, (), ("featured", "low")),
        ({**SPECIAL, "stock": 3}, ("promo",), ("promo", "low")),
        ({**SPECIAL, **BOTH, "is_featured": True, "stock": 3}, ("promo", "bogo"), ("promo", "bogo")),
        ({"is_second_half": True, "is_featured": True, "stock": 3}, ("second-half",), ("second-half", "featured")),
        ({"is_featured": True, "stock": 0}, (), ("featured",)),
    ],
)
def test_two_tags_at_most_the_promotions_first(values, promotions, tags):
    with time_machine.travel(NOW, tick=False):
        each = card(**values)
        assert (each.promotions, each.tags) == (promotions, tags)


@pytest.mark.parametrize(
    ("stock", "on_sale", "sold_out", "low"),
    [(0, True, True, False), (9, False, True, False), (5, True, False, True), (6, True, False, False)],
)
def test_stock_words(stock, on_sale, sold_out, low):
    each = card(stock=stock, on_sale=on_sale)
    assert (each.is_sold_out, each.is_low) == (sold_out, low)


def test_unit_price():
    price = card(price=2990, pack_amount=300_000, pack_unit="g").unit_price
    assert (price.amount, price.per) == (4983, "500g")
    assert card(pack_amount=None, pack_unit=None).unit_price is None

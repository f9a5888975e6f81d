"""What a cart costs with the promotions that hold, to the moment at which they begin and end."""

from dataclasses import asdict, replace
from datetime import timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from axf.cart import service
from axf.cart.queries import Cart, CartLine, basket_of, cart_of
from axf.extensions import db
from axf.home.styleguide import SAMPLES
from axf.market import promotions
from axf.market.cards import Card
from axf.market.promotions import running_full_offs
from axf.market.queries import goods_detail
from axf.pricing import Basket, FullOff, Line, quote
from tests.conftest import CHILD, FRUIT, add_goods, counted
from tests.delivery.test_slots import MORNING as NOW

DAY, MOMENT = timedelta(days=1), timedelta(microseconds=1)
BORDERS = [(NOW - MOMENT, False), (NOW, True), (NOW + DAY - MOMENT, True), (NOW + DAY, False)]


def line_of(card: Card, quantity: int) -> CartLine:
    values = {name: value for name, value in asdict(card).items() if name != "special_price"}
    return CartLine(**values, quantity=quantity, is_select=True)


def deal(**values: object) -> int:
    given = {"name": "满减", "name_en": "Deal", "minimum": 2000, "off": 300, "goods_ids": ()} | values
    with time_machine.travel(NOW - DAY):
        return promotions.create_full_off(starts_at=NOW, ends_at=NOW + DAY, **given)


def test_a_line_is_priced_with_all_that_holds_for_it(shopper, fruit):
    with time_machine.travel(NOW, tick=False):
        add_goods(id=480, price=300, is_bogo=True, is_second_half=True, child_type_id=None)
        promotions.set_promo_price(475, 800, NOW, NOW + DAY)
        promotions.set_second_half(475, True)
        service.set_quantity(shopper, 480, 3)
        service.set_quantity(shopper, 475, 2)
        lines = {line.goods_id: line for line in basket_of(cart_of(shopper).lines).lines}
    assert lines == {
        475: Line(475, 1000, 2, False, True, 800, frozenset({FRUIT, CHILD})),
        480: Line(480, 300, 3, True, True, None, frozenset({FRUIT})),
    }


@pytest.mark.parametrize(("moment", "holds"), BORDERS)
def test_card_goods_page_and_cart_agree_when_a_promotion_price_begins_and_ends(shopper, fruit, moment, holds):
    with time_machine.travel(NOW - DAY):
        promotions.set_promo_price(475, 800, NOW, NOW + DAY)
        service.set_quantity(shopper, 475, 3)
    with time_machine.travel(moment, tick=False):
        cart, detail = cart_of(shopper), goods_detail(475)[0]
        assert detail.price_now == cart.lines[0].price_now == (800 if holds else 1000)
        assert cart.quote.sums == ({"promo": -600} if holds else {})


@pytest.mark.parametrize(("moment", "holds"), BORDERS)
def test_a_full_off_counts_from_its_start_until_before_its_end(shopper, fruit, moment, holds):
    deal()
    service.set_quantity(shopper, 475, 2)
    with time_machine.travel(moment, tick=False):
        cart = cart_of(shopper)
        assert cart.quote.sums == ({"full-off": -300} if holds else {})
        assert [step.missing for step in cart.offers] == ([0] if holds else [])


spans = st.integers(-3, 3).map(lambda number: NOW + number * MOMENT)


@given(st.integers(1, 500), st.none() | st.integers(1, 500), spans, spans, spans, st.integers(1, 9))
def test_what_a_card_shows_is_what_a_piece_costs(price, promo, starts_at, ends_at, moment, quantity):
    special = {"promo_price": promo, "promo_starts_at": starts_at, "promo_ends_at": ends_at}
    with time_machine.travel(moment, tick=False):
        card = replace(SAMPLES[0], price=price, **special)
        runs = promo is not None and promo < price and starts_at <= moment < ends_at
        payable = quote(basket_of([line_of(card, quantity)])).payable
        assert payable == card.price_now * quantity == (promo if runs else price) * quantity
        assert ("promo" in card.promotions) is runs


# What the cart says of 满减


def offers(*lines: tuple[int, int], full_offs: tuple[FullOff, ...]) -> list[tuple[int, int]]:
    """Return the id and the missing fen of the offers of a cart with so many goods at this price, ids from 1."""
    cards = [
        line_of(replace(SAMPLES[0], id=number, price=price), quantity)
        for number, (price, quantity) in enumerate(lines, start=1)
    ]
    return [(step.offer.id, step.missing) for step in Cart(cards, full_offs).offers]


SMALL, LARGE = FullOff(1, 2000, 100), FullOff(2, 6000, 900)


@pytest.mark.parametrize(
    ("price", "shown"),
    [
        (999, []),
        (1000, [(1, 1000)]),
        (1999, [(1, 1)]),
        (2000, [(1, 0)]),
        (2999, [(1, 0)]),
        (3000, [(1, 0), (2, 3000)]),
        (5999, [(1, 0), (2, 1)]),
        (6000, [(2, 0)]),
    ],
)
def test_what_is_reached_and_the_nearest_that_is_half_way(price, shown):
    assert offers((price, 1), full_offs=(SMALL, LARGE)) == shown


def test_of_several_near_ones_the_nearest_is_told():
    assert offers((1900, 1), full_offs=(FullOff(1, 2000, 1), FullOff(2, 1950, 9))) == [(2, 50)]


def test_a_cart_without_goods_of_a_set_hears_nothing_of_it():
    assert offers((5000, 1), full_offs=(FullOff(1, 2000, 100, frozenset({2})),)) == []
    assert offers(full_offs=(SMALL,)) == []


def test_only_selected_lines_count(shopper, fruit):
    with time_machine.travel(NOW, tick=False):
        deal()
        service.set_quantity(shopper, 475, 2)
        service.select_line(shopper, 475, False)
        cart = cart_of(shopper)
    assert (cart.offers, cart.quote.payable) == ([], 0)


def test_a_cart_may_be_made_of_lines_alone():
    assert (Cart([]).offers, basket_of([])) == ([], Basket(()))


@pytest.mark.parametrize("count", [1, 3])
def test_a_cart_is_two_queries(shopper, fruit, count):
    for goods_id in fruit[:count]:
        service.add(shopper, goods_id)
        deal()
    db.session.rollback()
    with counted() as statements, time_machine.travel(NOW, tick=False):
        cart = cart_of(shopper)
        assert (len(cart.lines), len(cart.full_offs)) == (count, count)
        assert cart.full_offs == running_full_offs(NOW)
    assert len(statements) == 2 + 1

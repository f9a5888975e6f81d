"""Prices: tables of cases, and that the fen always add up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axf.pricing import Adjustment, Basket, Line, Quote, quote


@pytest.mark.parametrize(("quantity", "discount"), [(1, 0), (2, -300), (3, -300), (4, -600), (99, -300 * 49)])
def test_of_every_two_one_is_free(quantity, discount):
    price = quote(Basket((Line(475, 300, quantity, is_bogo=True),)))
    assert price.goods_total == 300 * quantity
    assert price.payable == 300 * quantity + discount
    assert price.sums == ({"bogo": discount} if discount else {})


def test_other_lines_keep_their_price():
    price = quote(Basket((Line(1, 1000, 2), Line(2, 150, 2, is_bogo=True))))
    assert price == Quote(2300, (Adjustment("bogo", 2, -150),))
    assert (price.payable, price.saved) == (2150, 150)


def test_an_empty_basket_costs_nothing():
    assert quote(Basket(())) == Quote(0, ())


lines = st.builds(Line, st.integers(1, 10**6), st.integers(1, 10**7), st.integers(1, 99), st.booleans())
baskets = st.lists(lines, max_size=30, unique_by=lambda line: line.goods_id).map(lambda found: Basket(tuple(found)))


@given(baskets)
def test_payable_is_the_goods_total_and_its_adjustments(basket):
    price = quote(basket)
    assert price.goods_total == sum(line.price * line.quantity for line in basket.lines)
    assert price.payable == price.goods_total + sum(price.sums.values())
    assert 0 <= price.payable <= price.goods_total
    assert {each.goods_id for each in price.adjustments} <= {line.goods_id for line in basket.lines}

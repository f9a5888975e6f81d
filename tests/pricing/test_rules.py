"""Each rule by a table of cases: nothing, one fen too little, just enough, more than there is."""

import pytest

from axf.pricing import Basket, Coupon, Freight, FullOff, Line, Vip, quote
from axf.pricing.rules import usable_points, vip_price


def sums(*lines: Line, **rest) -> dict[str, int]:
    return quote(Basket(lines, **rest)).sums


@pytest.mark.parametrize(("promo", "off"), [(None, 0), (1000, 0), (1001, 0), (999, -3), (0, -3000)])
def test_a_promotion_price_counts_when_it_is_lower(promo, off):
    assert sums(Line(1, 1000, 3, promo_price=promo)).get("promo", 0) == off


@pytest.mark.parametrize(("quantity", "off"), [(1, 0), (2, -300), (3, -300), (4, -600), (99, -300 * 49)])
def test_of_every_two_one_is_free(quantity, off):
    assert sums(Line(475, 300, quantity, is_bogo=True)).get("bogo", 0) == off


def test_the_free_one_is_worth_its_promotion_price():
    assert sums(Line(1, 1000, 2, is_bogo=True, promo_price=800)) == {"promo": -400, "bogo": -800}


@pytest.mark.parametrize(("price", "quantity", "off"), [(100, 1, 0), (100, 2, -50), (99, 2, -50), (99, 5, -100)])
def test_of_every_two_one_costs_half_rounded_down(price, quantity, off):
    assert sums(Line(1, price, quantity, is_second_half=True)).get("second-half", 0) == off


def test_one_free_is_better_than_half_price():
    assert sums(Line(1, 100, 2, is_bogo=True, is_second_half=True)) == {"bogo": -100}


@pytest.mark.parametrize(
    "nothing",
    [
        {"full_offs": (FullOff(1, 0, 0),)},
        {"vip": Vip(100)},
        {"coupon": Coupon("amount", 0)},
        {"coupon": Coupon("amount", 500, cap=0)},
        {"coupon": Coupon("percent", 100)},
        {"points": 0},
        {"freight": Freight(0)},
        {"freight": Freight(0), "has_delivery_coupon": True},
    ],
)
def test_a_rule_with_nothing_to_give_leaves_no_trace(nothing):
    assert sums(Line(1, 1000, 1), Line(2, 3, 1), **nothing) == {}


@pytest.mark.parametrize(("price", "off"), [(1, 0), (4999, 0), (5000, -1000), (9000, -1000)])
def test_full_off_from_its_minimum_on_and_once(price, off):
    assert sums(Line(1, price, 1), full_offs=(FullOff(1, 5000, 1000),)).get("full-off", 0) == off


def test_full_off_counts_the_goods_of_its_set_after_their_promotions():
    offer = FullOff(1, 5000, 1000, frozenset({1, 2}))
    assert "full-off" not in sums(Line(1, 4000, 1), Line(3, 9000, 1), full_offs=(offer,))
    assert "full-off" not in sums(Line(1, 2500, 2, is_bogo=True), Line(2, 2000, 1), full_offs=(offer,))
    assert sums(Line(1, 4000, 1), Line(2, 1000, 1), full_offs=(offer,))["full-off"] == -1000


def test_a_line_counts_for_one_full_off_only_and_the_larger_goes_first():
    both = (FullOff(1, 3000, 500), FullOff(2, 3000, 800, frozenset({1})))
    price = quote(Basket((Line(1, 3000, 1), Line(2, 2999, 1)), full_offs=both))
    assert [(each.rule, each.goods_id, each.amount) for each in price.adjustments] == [("full-off", 1, -800)]


def test_full_off_is_never_more_than_the_goods_cost():
    assert quote(Basket((Line(1, 500, 1),), full_offs=(FullOff(1, 100, 900),))).payable == 0


@pytest.mark.parametrize(
    ("price", "rate", "pays"), [(1000, 100, 1000), (1000, 98, 980), (99, 98, 98), (49, 98, 49), (0, 90, 0)]
)
def test_the_vip_price_of_a_piece(price, rate, pays):
    assert vip_price(price, rate) == pays


def test_three_pieces_cost_three_times_the_shown_vip_price():
    assert quote(Basket((Line(1, 99, 3),), vip=Vip(98))).payable == 3 * vip_price(99, 98)


def test_vip_takes_its_rate_from_what_a_promotion_left():
    assert sums(Line(1, 1000, 2, is_bogo=True), vip=Vip(90)) == {"bogo": -1000, "vip": -100}


@pytest.mark.parametrize(
    ("coupon", "off"),
    [
        (Coupon("amount", 500), -500),
        (Coupon("amount", 500, minimum=3000), -500),
        (Coupon("amount", 500, minimum=3001), 0),
        (Coupon("amount", 9999), -3000),
        (Coupon("percent", 80), -600),
        (Coupon("percent", 80, cap=250), -250),
        (Coupon("percent", 33), -2010),
        (Coupon("percent", 100), 0),
        (Coupon("fixed", 1), -1999),
        (Coupon("fixed", 2000), 0),
        (Coupon("fixed", 100, goods_ids=frozenset({2})), -400),
        (Coupon("amount", 500, goods_ids=frozenset({9})), 0),
        (Coupon("amount", 500, food_type_ids=frozenset({7})), -500),
        (Coupon("amount", 1500, food_type_ids=frozenset({7})), -1000),
        (Coupon("delivery"), 0),
    ],
)
def test_coupons(coupon, off):
    lines = Line(1, 2000, 1), Line(2, 500, 2, food_type_ids=frozenset({7, 70}))
    assert sums(*lines, coupon=coupon).get("coupon", 0) == off


def test_a_coupon_is_measured_after_promotions_and_level():
    coupon = Coupon("amount", 300, minimum=900)
    line = Line(1, 1000, 2, is_bogo=True)
    assert sums(line, coupon=coupon, vip=Vip(90))["coupon"] == -300
    assert "coupon" not in sums(line, coupon=coupon, vip=Vip(89))


@pytest.mark.parametrize(
    ("points", "amount", "usable"),
    [(0, 9999, 0), (99, 9999, 0), (100, 200, 100), (100, 199, 0), (5000, 9999, 4999), (5000, 0, 0), (300, 9999, 300)],
)
def test_points_are_at_least_100_and_at_most_half(points, amount, usable):
    assert usable_points(points, amount) == usable


@pytest.mark.parametrize(
    ("price", "free_from", "fee"), [(2899, 2900, 600), (2900, 2900, 0), (100, None, 600), (100, 0, 0), (1, 2900, 600)]
)
def test_freight_is_free_from_a_sum_on(price, free_from, fee):
    assert sums(Line(1, price, 1), freight=Freight(600, free_from)).get("freight", 0) == fee


def test_a_level_may_have_free_delivery_earlier():
    freight = Freight(600, 2900)
    assert "freight" not in sums(Line(1, 1500, 1), freight=freight, vip=Vip(100, 1500))
    assert sums(Line(1, 1499, 1), freight=freight, vip=Vip(100, 1500))["freight"] == 600


def test_a_coupon_lowers_the_sum_that_makes_delivery_free_but_points_do_not():
    freight = Freight(600, 2900)
    assert sums(Line(1, 3000, 1), freight=freight, points=1000) == {"points": -1000}
    assert sums(Line(1, 3000, 1), freight=freight, coupon=Coupon("amount", 101))["freight"] == 600


def test_a_delivery_coupon_takes_the_freight_off_again():
    price = quote(Basket((Line(1, 300, 1), Line(2, 500, 1)), freight=Freight(600), has_delivery_coupon=True))
    assert price.sums == {"freight": 600, "delivery-coupon": -600}
    assert price.payable == 800


def test_nothing_to_deliver_costs_nothing():
    assert quote(Basket((), freight=Freight(600), points=500, coupon=Coupon("amount", 5))).payable == 0

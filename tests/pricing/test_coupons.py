"""The best coupon, and the reason of each that cannot be used."""

from dataclasses import replace

from axf.pricing import Basket, Coupon, Freight, Line
from axf.pricing.coupons import Judged, judge

FRUIT = frozenset({7})
BASKET = Basket((Line(1, 2000, 1, food_type_ids=FRUIT), Line(2, 500, 2)), freight=Freight(600, 2900))


def test_what_a_coupon_saves():
    assert judge(Coupon("amount", 500), replace(BASKET, freight=None)) == Judged(500)
    assert judge(Coupon("delivery"), replace(BASKET, freight=Freight(600))) == Judged(600)
    assert judge(Coupon("delivery"), BASKET) == Judged(0, "no-gain")


def test_what_it_still_takes():
    assert judge(Coupon("amount", 500, minimum=3320), BASKET) == Judged(0, "too-little", 320)
    assert judge(Coupon("amount", 500, minimum=2001, food_type_ids=FRUIT), BASKET) == Judged(0, "too-little", 1)


def test_nothing_in_the_basket_is_meant():
    assert judge(Coupon("amount", 500, goods_ids=frozenset({9})), BASKET) == Judged(0, "no-goods")


def test_a_coupon_that_costs_the_free_delivery_is_judged_by_the_whole_price():
    assert judge(Coupon("amount", 150), BASKET) == Judged(0, "no-gain")


def test_it_is_judged_without_the_coupon_that_the_basket_carries():
    carrying = Basket(BASKET.lines, coupon=Coupon("amount", 2900))
    assert judge(Coupon("amount", 500), carrying) == Judged(500)


def test_a_delivery_coupon_in_the_basket_keeps_the_freight_away():
    carrying = replace(BASKET, has_delivery_coupon=True)
    assert judge(Coupon("amount", 150), carrying) == Judged(150)

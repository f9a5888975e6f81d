"""Every pair of rules on one basket: 2 × ¥10.01 and 1 × ¥5.05, ¥25.07 together. Worked out by hand."""

from dataclasses import replace
from itertools import combinations

import pytest

from axf.pricing import Basket, Coupon, Freight, FullOff, Line, Vip, quote

FIRST, SECOND = Line(1, 1001, 2), Line(2, 505, 1)
TOTAL = 2507
# What each rule needs to hold: fields of the first line and of the basket. Points would pay more than half, delivery is
# free from ¥24, and the coupon's minimum is what 第二件半价 leaves.
ON_LINE = {"promo": {"promo_price": 900}, "bogo": {"is_bogo": True}, "second-half": {"is_second_half": True}}
ON_BASKET = {
    "full-off": {"full_offs": (FullOff(1, 1500, 200),)},
    "vip": {"vip": Vip(90)},
    "coupon": {"coupon": Coupon("amount", 300, minimum=2006)},
    "points": {"points": 1300},
    "freight": {"freight": Freight(600, 2400)},
    "delivery-coupon": {"has_delivery_coupon": True},
}
RULES = [*ON_LINE, *ON_BASKET]
ALONE = {
    "promo": -202,
    "bogo": -1001,
    "second-half": -501,
    "full-off": -200,
    "vip": -250,
    "coupon": -300,
    "points": -1253,
}
PAIRS = {
    ("promo", "bogo"): {"promo": -202, "bogo": -900},
    ("promo", "second-half"): {"promo": -202, "second-half": -450},
    ("promo", "full-off"): {"promo": -202, "full-off": -200},
    ("promo", "vip"): {"promo": -202, "vip": -230},
    ("promo", "coupon"): {"promo": -202, "coupon": -300},
    ("promo", "points"): {"promo": -202, "points": -1152},
    ("promo", "freight"): {"promo": -202, "freight": 600},
    ("promo", "delivery-coupon"): {"promo": -202},
    ("bogo", "second-half"): {"bogo": -1001},
    ("bogo", "full-off"): {"bogo": -1001, "full-off": -200},
    ("bogo", "vip"): {"bogo": -1001, "vip": -150},
    ("bogo", "coupon"): {"bogo": -1001},
    ("bogo", "points"): {"bogo": -1001, "points": -753},
    ("bogo", "freight"): {"bogo": -1001, "freight": 600},
    ("bogo", "delivery-coupon"): {"bogo": -1001},
    ("second-half", "full-off"): {"second-half": -501, "full-off": -200},
    ("second-half", "vip"): {"second-half": -501, "vip": -200},
    ("second-half", "coupon"): {"second-half": -501, "coupon": -300},
    ("second-half", "points"): {"second-half": -501, "points": -1003},
    ("second-half", "freight"): {"second-half": -501, "freight": 600},
    ("second-half", "delivery-coupon"): {"second-half": -501},
    ("full-off", "vip"): {"full-off": -200, "vip": -230},
    ("full-off", "coupon"): {"full-off": -200, "coupon": -300},
    ("full-off", "points"): {"full-off": -200, "points": -1153},
    ("full-off", "freight"): {"full-off": -200, "freight": 600},
    ("full-off", "delivery-coupon"): {"full-off": -200},
    ("vip", "coupon"): {"vip": -250, "coupon": -300},
    ("vip", "points"): {"vip": -250, "points": -1128},
    ("vip", "freight"): {"vip": -250, "freight": 600},
    ("vip", "delivery-coupon"): {"vip": -250},
    ("coupon", "points"): {"coupon": -300, "points": -1103},
    ("coupon", "freight"): {"coupon": -300, "freight": 600},
    ("coupon", "delivery-coupon"): {"coupon": -300},
    ("points", "freight"): {"points": -1253},
    ("points", "delivery-coupon"): {"points": -1253},
    ("freight", "delivery-coupon"): {},
}


def sums(*rules: str) -> dict[str, int]:
    """Return what the rules change on the basket, having checked that it adds up."""
    line, basket = FIRST, Basket(())
    for rule in rules:
        if rule in ON_LINE:
            line = replace(line, **ON_LINE[rule])
        else:
            basket = replace(basket, **ON_BASKET[rule])
    price = quote(replace(basket, lines=(line, SECOND)))
    assert price.payable == TOTAL + sum(price.sums.values()) == sum(price.left.values())
    return price.sums


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_alone(rule):
    assert sums(rule) == ({rule: ALONE[rule]} if rule in ALONE else {})


def test_every_pair_is_in_the_table():
    assert list(PAIRS) == list(combinations(RULES, 2))


@pytest.mark.parametrize("pair", PAIRS, ids="+".join)
def test_every_pair_of_rules(pair):
    assert sums(*pair) == sums(*reversed(pair)) == PAIRS[pair]


def test_freight_that_is_to_be_paid_is_taken_off_by_its_coupon():
    assert sums("promo", "freight", "delivery-coupon") == {"promo": -202, "freight": 600, "delivery-coupon": -600}


def test_all_rules_together():
    """Of 1800 + 505 are 900 free; 1405 reach no 满减, and 90 % of them, 1265, no coupon; half of that is points."""
    assert sums(*RULES) == {
        "promo": -202,
        "bogo": -900,
        "vip": -140,
        "points": -632,
        "freight": 600,
        "delivery-coupon": -600,
    }

"""The one function that prices a basket: cart, checkout, order and refund all read its Quote."""

from dataclasses import replace
from functools import lru_cache

from axf.pricing.basket import Basket, Quote
from axf.pricing.rules import BEFORE_COUPON, BEFORE_FULL_OFF, RULES, FullOffStep, Rule, full_off_steps


def quote(basket: Basket) -> Quote:
    """Return the price of the basket: every rule in its order, each effect named and on its line.

    The order in which the lines come makes no difference.
    """
    return _price(basket, RULES)


def quote_before_coupon(basket: Basket) -> Quote:
    """Return the price that a coupon's minimum is measured on."""
    return _price(basket, BEFORE_COUPON)


def full_off_progress(basket: Basket) -> list[FullOffStep]:
    """Return how far the basket is to each 满减 that any of its lines counts for, the largest first."""
    return list(full_off_steps(basket, _price(basket, BEFORE_FULL_OFF)))


@lru_cache(maxsize=512)
def _price(basket: Basket, rules: tuple[Rule, ...]) -> Quote:
    """Return the price by these rules. Kept: pages price the same basket several times, for coupons even dozens."""
    basket = replace(basket, lines=tuple(sorted(basket.lines, key=lambda line: line.goods_id)))
    price = Quote({line.goods_id: line.amount for line in basket.lines}, ())
    for rule in rules:
        price = price.adjusted(rule(basket, price))
    return price

"""The one function that prices a basket: cart, checkout and order all read its Quote."""

from axf.pricing.basket import Basket, Quote
from axf.pricing.rules import RULES


def quote(basket: Basket) -> Quote:
    """Return the price of the basket: every rule in its order, each effect named and on its line."""
    adjustments = tuple(adjustment for rule in RULES for adjustment in rule(basket))
    return Quote(basket.goods_total, adjustments)

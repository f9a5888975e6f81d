"""Prices, pure: a basket goes in, a Quote that explains each fen comes out. No Flask, no database, no clock."""

from axf.pricing.basket import Adjustment, Basket, Line, Quote
from axf.pricing.offers import Coupon, Freight, FullOff, Vip
from axf.pricing.quote import quote

__all__ = ["Adjustment", "Basket", "Coupon", "Freight", "FullOff", "Line", "Quote", "Vip", "quote"]

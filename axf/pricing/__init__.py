"""Prices, pure: a basket goes in, a Quote that explains each fen comes out. No Flask, no database, no clock."""

from axf.pricing.basket import Adjustment, Basket, Line, Quote
from axf.pricing.offers import Coupon, Freight, FullOff, Vip
from axf.pricing.parts import Part
from axf.pricing.quote import full_off_progress, quote
from axf.pricing.rules import FullOffStep

__all__ = [
    "Adjustment",
    "Basket",
    "Coupon",
    "Freight",
    "FullOff",
    "FullOffStep",
    "Line",
    "Part",
    "Quote",
    "Vip",
    "full_off_progress",
    "quote",
]

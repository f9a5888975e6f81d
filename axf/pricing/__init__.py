"""Prices, pure: a basket goes in, a Quote that explains each fen comes out. No Flask, no database, no clock."""

from axf.pricing.basket import Adjustment, Basket, Line, Quote
from axf.pricing.quote import quote

__all__ = ["Adjustment", "Basket", "Line", "Quote", "quote"]

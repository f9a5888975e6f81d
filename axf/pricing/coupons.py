"""What a coupon does for a basket, or why it does nothing."""

from dataclasses import dataclass, replace
from typing import Literal

from axf.pricing.basket import Basket
from axf.pricing.offers import Coupon
from axf.pricing.quote import quote, quote_before_coupon
from axf.pricing.rules import in_scope, missing

Refusal = Literal["too-little", "no-goods", "no-gain"]


@dataclass(frozen=True)
class Judged:
    """What a coupon does for a basket: ``saved`` fen, or the reason why nothing; ``missing`` fen to its minimum."""

    saved: int
    refusal: Refusal | None = None
    missing: int = 0


def judge(coupon: Coupon, basket: Basket) -> Judged:
    """Return what this coupon does for the basket, instead of any of its kind that it carries."""
    is_delivery = coupon.kind == "delivery"
    without = replace(basket, has_delivery_coupon=False) if is_delivery else replace(basket, coupon=None)
    before = quote_before_coupon(without)
    if not in_scope(coupon, basket):
        return Judged(0, "no-goods")
    lacks = missing(coupon, basket, before)
    if lacks:
        return Judged(0, "too-little", lacks)
    used = replace(without, has_delivery_coupon=True) if is_delivery else replace(without, coupon=coupon)
    saved = quote(without).payable - quote(used).payable
    return Judged(saved) if saved > 0 else Judged(0, "no-gain")

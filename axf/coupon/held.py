"""The coupons that shoppers hold, with their terms."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

from sqlalchemy import ColumnElement, Row, Select, select

from axf.core.clock import SHOP_ZONE
from axf.coupon.models import Coupon, UserCoupon
from axf.extensions import db
from axf.pricing import Coupon as Terms
from axf.pricing.offers import CouponKind

Refusal = Literal["not-yet", "hours", "first-order"]


@dataclass(frozen=True)
class Held:
    """A coupon that a shopper holds: ``id`` is that of the one held; hours are those of the Shanghai day."""

    id: int
    coupon_id: int
    name: str
    name_en: str
    terms: Terms
    is_delivery: bool
    is_first_order: bool
    valid_from: datetime
    valid_until: datetime
    hour_from: int | None
    hour_until: int | None

    def refusal(self, now: datetime, has_ordered: bool) -> Refusal | None:
        """Return why it cannot be used now by this shopper, or None.

        Whether it does anything for a basket is for ``axf.pricing.coupons.judge`` to say.
        """
        if self.valid_from > now:
            return "not-yet"
        if self.hour_from is not None and self.hour_until is not None:
            hour = now.astimezone(SHOP_ZONE).hour
            if not self.hour_from <= hour < self.hour_until:
                return "hours"
        return "first-order" if self.is_first_order and has_ordered else None


def held_by(user_id: int, now: datetime) -> list[Held]:
    """Return the coupons a shopper can use now or later, the one that ends first first. One query.

    That a coupon was stopped takes away none of those that are held.
    """
    query = held_query(
        UserCoupon.user_id == user_id, UserCoupon.order_id.is_(None), UserCoupon.valid_until > now
    ).order_by(UserCoupon.valid_until, UserCoupon.id)
    return [held_of(row) for row in db.session.execute(query)]


def held_query(*conditions: ColumnElement[bool]) -> Select[Any]:
    """Return the query for held coupons with their terms, for ``held_of``; more columns can be added at the end."""
    return (
        select(
            UserCoupon.id,
            UserCoupon.coupon_id,
            UserCoupon.is_delivery,
            UserCoupon.valid_from,
            UserCoupon.valid_until,
            *(getattr(Coupon, name) for name in _OF_COUPON),
        )
        .join(Coupon, Coupon.id == UserCoupon.coupon_id)
        .where(*conditions)
    )


def held_of(row: Row[Any]) -> Held:
    """Return the held coupon in a row of ``held_query``."""
    return Held(terms=terms_of(row), **{name: getattr(row, name) for name in Held.__annotations__ if name != "terms"})


def terms_of(row: Coupon | Row[Any]) -> Terms:
    """Return the terms in a row of a coupon."""
    return Terms(
        kind=cast(CouponKind, row.kind),
        value=row.value,
        minimum=row.minimum,
        cap=row.cap,
        goods_ids=row.goods_ids,
        food_type_ids=row.food_type_ids,
    )


_OF_COUPON = (
    "name",
    "name_en",
    "kind",
    "value",
    "minimum",
    "cap",
    "goods_ids",
    "food_type_ids",
    "is_first_order",
    "hour_from",
    "hour_until",
)

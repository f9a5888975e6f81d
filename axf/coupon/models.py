"""Tables of coupons: their terms, codes for them, and what each shopper holds."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from axf.core.db import IdSet, UTCDateTime, table_args
from axf.extensions import Model


class Coupon(Model):
    """A coupon's terms; sums are fen. ``kind``, ``value``, ``minimum`` and ``cap`` are those of ``axf.pricing.Coupon``.

    ``issue`` is how shoppers come by it: claim, code, register or grant. At most ``total`` are issued (None: no
    limit), at most ``per_person`` to one shopper. It can be used from ``valid_from`` until before ``valid_until``,
    or for ``valid_days`` from when it was issued; with hours, only from ``hour_from`` until before ``hour_until``
    of the Shanghai day. ``is_first_order``: only by who has no order yet.
    """

    __tablename__ = "coupon"
    __table_args__ = table_args(
        CheckConstraint("kind IN ('amount', 'percent', 'fixed', 'delivery')", name="kind_known"),
        CheckConstraint("issue IN ('claim', 'code', 'register', 'grant')", name="issue_known"),
        CheckConstraint("value >= 0 AND minimum >= 0 AND (cap IS NULL OR cap > 0)", name="sums_not_negative"),
        CheckConstraint("issued >= 0 AND (total IS NULL OR issued <= total)", name="issued_in_bounds"),
        CheckConstraint("per_person > 0", name="per_person_positive"),
        CheckConstraint(
            "(valid_days > 0 AND valid_from IS NULL AND valid_until IS NULL)"
            " OR (valid_days IS NULL AND valid_from < valid_until)",
            name="validity_known",
        ),
        CheckConstraint(
            "(hour_from IS NULL AND hour_until IS NULL)"
            " OR (0 <= hour_from AND hour_from < hour_until AND hour_until <= 24)",
            name="hours_of_a_day",
        ),
        Index(None, "issue", "is_stopped"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    name_en: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(8))
    value: Mapped[int]
    minimum: Mapped[int]
    cap: Mapped[int | None]
    goods_ids: Mapped[frozenset[int]] = mapped_column(IdSet)
    food_type_ids: Mapped[frozenset[int]] = mapped_column(IdSet)
    is_first_order: Mapped[bool]
    issue: Mapped[str] = mapped_column(String(8))
    total: Mapped[int | None]
    per_person: Mapped[int]
    issued: Mapped[int]
    valid_from: Mapped[datetime | None] = mapped_column(UTCDateTime)
    valid_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    valid_days: Mapped[int | None]
    hour_from: Mapped[int | None]
    hour_until: Mapped[int | None]
    is_stopped: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class CouponCode(Model):
    """A code (upper case) that gives a coupon; ``uses_left`` None: as often as the coupon's limits allow."""

    __tablename__ = "coupon_code"
    __table_args__ = table_args(CheckConstraint("uses_left >= 0", name="uses_left_not_negative"))

    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    coupon_id: Mapped[int] = mapped_column(ForeignKey("coupon.id"), index=True)
    uses_left: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class UserCoupon(Model):
    """A coupon that a shopper holds: the ``number``-th of its kind. ``order_id`` is the live order that uses it,
    ``last_order_id`` the one that used it last, also when that is cancelled.

    ``source`` is how it came: claim, code, register, grant or birthday; a ``reference`` (``birthday-2026``) is there
    once for each shopper. One coupon an order, and one for its delivery besides.
    """

    __tablename__ = "user_coupon"
    __table_args__ = table_args(
        UniqueConstraint("user_id", "coupon_id", "number"),
        UniqueConstraint("user_id", "reference"),
        UniqueConstraint("order_id", "is_delivery"),
        CheckConstraint("number > 0", name="number_positive"),
        CheckConstraint("(order_id IS NULL) = (used_at IS NULL)", name="used_by_an_order"),
        Index(None, "user_id", "valid_until"),
        Index(None, "coupon_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    coupon_id: Mapped[int] = mapped_column(ForeignKey("coupon.id"))
    number: Mapped[int]
    is_delivery: Mapped[bool]
    source: Mapped[str] = mapped_column(String(8))
    reference: Mapped[str | None] = mapped_column(String(40))
    valid_from: Mapped[datetime] = mapped_column(UTCDateTime)
    valid_until: Mapped[datetime] = mapped_column(UTCDateTime)
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"))
    last_order_id: Mapped[int | None] = mapped_column(index=True)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

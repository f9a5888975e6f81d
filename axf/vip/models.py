"""Tables of VIP: the levels, how much growth a shopper has, and the entries that explain it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from axf.core.db import UTCDateTime, table_args
from axf.extensions import Model


class VipLevel(Model):
    """A level (V0 to V5) from so much growth on, and what it brings.

    ``rate`` per cent of each price is paid, ``points_rate`` per cent of the ordinary points are earned. Delivery is
    free from ``free_delivery_from`` fen (None: as the area says). On the birthday there is a coupon.
    """

    __tablename__ = "vip_level"
    __table_args__ = table_args(
        CheckConstraint("growth >= 0", name="growth_not_negative"),
        CheckConstraint("rate BETWEEN 1 AND 100 AND points_rate >= 100", name="rates_possible"),
        CheckConstraint("free_delivery_from >= 0", name="free_delivery_from_not_negative"),
    )

    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(40))
    name_en: Mapped[str] = mapped_column(String(40))
    growth: Mapped[int] = mapped_column(unique=True)
    rate: Mapped[int]
    points_rate: Mapped[int]
    free_delivery_from: Mapped[int | None]
    birthday_coupon_id: Mapped[int | None] = mapped_column(ForeignKey("coupon.id"), index=True)


class VipAccount(Model):
    """How much growth a shopper has: what the entries add up to, never below zero."""

    __tablename__ = "vip_account"
    __table_args__ = table_args(CheckConstraint("growth >= 0", name="growth_not_negative"))

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, autoincrement=False)
    growth: Mapped[int]


class GrowthEntry(Model):
    """Growth that came or went; never changed, one for a reason and reference."""

    __tablename__ = "growth_entry"
    __table_args__ = table_args(
        UniqueConstraint("user_id", "reason", "reference"),
        CheckConstraint("amount <> 0", name="amount_not_zero"),
        Index(None, "user_id", "created_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    amount: Mapped[int]
    reason: Mapped[str] = mapped_column(String(16))
    reference: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

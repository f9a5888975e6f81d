"""Tables of points: the balance, the entries that explain it, and the days of checking in."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from axf.core.db import UTCDateTime, table_args
from axf.extensions import Model


class PointsAccount(Model):
    """How many points a shopper has: what the entries add up to, never below zero."""

    __tablename__ = "points_account"
    __table_args__ = table_args(CheckConstraint("balance >= 0", name="balance_not_negative"))

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, autoincrement=False)
    balance: Mapped[int]


class PointsEntry(Model):
    """Points that came (with the instant at which they end) or went; never changed, one for a reason and reference.

    An entry without ``expires_at`` takes from those that end first, or gives back to them.
    """

    __tablename__ = "points_entry"
    __table_args__ = table_args(
        UniqueConstraint("user_id", "reason", "reference"),
        CheckConstraint("amount <> 0", name="amount_not_zero"),
        Index(None, "user_id", "created_at", "id"),
        Index(None, "expires_at", "user_id"),
        Index(None, "user_id", "expires_at", "amount"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    amount: Mapped[int]
    reason: Mapped[str] = mapped_column(String(16))
    reference: Mapped[str] = mapped_column(String(40))
    expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class CheckIn(Model):
    """A Shanghai day on which a shopper checked in, the how-manieth in a row, and what it brought."""

    __tablename__ = "check_in"
    __table_args__ = table_args(CheckConstraint("streak > 0 AND points > 0", name="numbers_positive"))

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(primary_key=True)
    streak: Mapped[int]
    points: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

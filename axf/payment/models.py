"""Tables of payment attempts and of every notice that came in."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from axf.core.db import UTCDateTime, table_args
from axf.extensions import Model

# pending: sent to the provider · applied: it paid its order · unmatched: real money that no
# order could take; a person decides.
PENDING, APPLIED, UNMATCHED = "pending", "applied", "unmatched"
# What became of a notice, besides applied and unmatched.
REPEATED, FOREIGN, MISMATCH = "repeated", "foreign", "mismatch"


class Payment(Model):
    """One attempt to pay an order; ``no`` is our number at the provider, ``amount`` is fen."""

    __tablename__ = "payment"
    __table_args__ = table_args(
        CheckConstraint("state IN ('pending', 'applied', 'unmatched')", name="state_known"),
        CheckConstraint("amount >= 0", name="amount_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    no: Mapped[str] = mapped_column(String(32), unique=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    provider: Mapped[str] = mapped_column(String(16))
    amount: Mapped[int]
    state: Mapped[str] = mapped_column(String(12), index=True)
    provider_reference: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    paid_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class PaymentNotice(Model):
    """A verified notice as it came, once for each event of a provider, and what became of it."""

    __tablename__ = "payment_notice"
    __table_args__ = table_args(UniqueConstraint("provider", "event_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    provider: Mapped[str] = mapped_column(String(16))
    event_id: Mapped[str] = mapped_column(String(64))
    payment_no: Mapped[str] = mapped_column(String(64), index=True)
    raw: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(String(24))
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)

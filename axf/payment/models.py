"""Tables of payment attempts, of every notice that came in, and of what goes back."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from axf.core.db import UTCDateTime, table_args
from axf.extensions import Model

# pending: sent to the provider · promised: to be paid at the door · applied: it paid its order ·
# unmatched: real money that no order could take · closed: it ended without money.
PENDING, PROMISED, APPLIED, UNMATCHED, CLOSED = "pending", "promised", "applied", "unmatched", "closed"
# What became of a notice, besides applied and unmatched.
REPEATED, FOREIGN, MISMATCH = "repeated", "foreign", "mismatch"
# open: to be sent, or on its way at the provider · done: the money is back · failed: a person must look.
OPEN, DONE, FAILED = "open", "done", "failed"


class Payment(Model):
    """One attempt to pay an order; ``no`` is our number at the provider, ``amount`` is fen.

    Of the amount ``refunded`` goes back by refunds, and ``waived`` was never collected (at the door only).
    """

    __tablename__ = "payment"
    __table_args__ = table_args(
        CheckConstraint("state IN ('pending', 'promised', 'applied', 'unmatched', 'closed')", name="state_known"),
        CheckConstraint("amount >= 0", name="amount_not_negative"),
        CheckConstraint("refunded >= 0 AND waived >= 0 AND refunded + waived <= amount", name="returns_in_bounds"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    no: Mapped[str] = mapped_column(String(32), unique=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    provider: Mapped[str] = mapped_column(String(16))
    amount: Mapped[int]
    state: Mapped[str] = mapped_column(String(12), index=True)
    provider_reference: Mapped[str | None] = mapped_column(String(64))
    refunded: Mapped[int] = mapped_column(default=0, server_default="0")
    waived: Mapped[int] = mapped_column(default=0, server_default="0")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    paid_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class PaymentNotice(Model):
    """A verified notice as it came, once for each event of a provider, and what became of it.

    ``amount`` is what it says was paid or given back, fen.
    """

    __tablename__ = "payment_notice"
    __table_args__ = table_args(UniqueConstraint("provider", "event_id"), Index(None, "received_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    provider: Mapped[str] = mapped_column(String(16))
    event_id: Mapped[str] = mapped_column(String(64))
    payment_no: Mapped[str] = mapped_column(String(64), index=True)
    amount: Mapped[int | None]
    raw: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(String(24))
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Refund(Model):
    """Money of a payment that goes back; ``no`` is our number at the provider: a repeat with it is the same refund.

    ``reason``: cancel, lines (what fell away of the order's lines), second (it was paid already), late (the order was
    over) or shop. One for each payment, reason and ``reference``. While it is open it is tried from ``next_try_at`` on.
    """

    __tablename__ = "refund"
    __table_args__ = table_args(
        UniqueConstraint("payment_id", "reason", "reference"),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("state IN ('open', 'done', 'failed')", name="state_known"),
        Index(None, "state", "next_try_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    no: Mapped[str] = mapped_column(String(32), unique=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"))
    amount: Mapped[int]
    reason: Mapped[str] = mapped_column(String(12))
    reference: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(8))
    tries: Mapped[int] = mapped_column(default=0, server_default="0")
    next_try_at: Mapped[datetime] = mapped_column(UTCDateTime)
    problem: Mapped[str] = mapped_column(String(200), default="", server_default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

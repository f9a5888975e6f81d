"""Tables of store credit: the balance, and the entries that explain it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from axf.core.db import UTCDateTime, table_args
from axf.extensions import Model


class CreditAccount(Model):
    """How many fen of store credit a shopper has: what the entries add up to, never below zero."""

    __tablename__ = "credit_account"
    __table_args__ = table_args(CheckConstraint("balance >= 0", name="balance_not_negative"))

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, autoincrement=False)
    balance: Mapped[int]


class CreditEntry(Model):
    """Fen that came or went; never changed, one for a reason and reference."""

    __tablename__ = "credit_entry"
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

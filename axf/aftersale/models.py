"""Tables of after-sale: what shoppers ask back for, why, and what became of it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from axf.core.db import UTCDateTime, table_args
from axf.extensions import Model


class AfterSale(Model):
    """A shopper's request about lines of a received order; ``amount`` is the fen that its lines give back.

    ``kind``: refund (keeps the goods), return (brings them back) or replace.
    """

    __tablename__ = "after_sale"
    __table_args__ = table_args(
        CheckConstraint("kind IN ('refund', 'return', 'replace')", name="kind_known"),
        CheckConstraint("amount >= 0 AND points >= 0", name="sums_not_negative"),
        Index(None, "user_id", "created_at", "id"),
        Index(None, "state", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    no: Mapped[str] = mapped_column(String(24), unique=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    kind: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(String(500))
    amount: Mapped[int]
    points: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class AfterSaleLine(Model):
    """How many pieces of an order's line are asked about, and their share of what was paid: fen and points."""

    __tablename__ = "after_sale_line"
    __table_args__ = table_args(
        UniqueConstraint("after_sale_id", "goods_id"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("amount >= 0 AND points >= 0", name="sums_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    after_sale_id: Mapped[int] = mapped_column(ForeignKey("after_sale.id"))
    goods_id: Mapped[int]
    quantity: Mapped[int]
    amount: Mapped[int]
    points: Mapped[int]


class AfterSalePhoto(Model):
    """A picture that shows what is wrong; ``name`` is the storage's."""

    __tablename__ = "after_sale_photo"
    __table_args__ = table_args(UniqueConstraint("after_sale_id", "position"))

    id: Mapped[int] = mapped_column(primary_key=True)
    after_sale_id: Mapped[int] = mapped_column(ForeignKey("after_sale.id"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(100))


class AfterSaleEvent(Model):
    """Who moved the request, when, why."""

    __tablename__ = "after_sale_event"
    __table_args__ = table_args()

    id: Mapped[int] = mapped_column(primary_key=True)
    after_sale_id: Mapped[int] = mapped_column(ForeignKey("after_sale.id"), index=True)
    event: Mapped[str] = mapped_column(String(12))
    from_state: Mapped[str | None] = mapped_column(String(12))
    to_state: Mapped[str] = mapped_column(String(12))
    actor: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

"""Tables of orders: what was sold, for how much, and what happened to it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from axf.core.db import UTCDateTime, table_args
from axf.extensions import Model


class Order(Model):
    """An order. Sums are fen; ``checkout_token`` makes a repeated submit find this same order.

    ``paid_at`` is when it was settled: paid, or promised to be paid at the door. ``refunded`` is what fell away of
    ``payable`` since: given back, or not to be collected any more.
    """

    __tablename__ = "orders"
    __table_args__ = table_args(
        UniqueConstraint("user_id", "checkout_token"),
        CheckConstraint("goods_total >= 0 AND payable >= 0", name="sums_not_negative"),
        Index(None, "user_id", "state", "created_at", "id"),
        Index(None, "user_id", "created_at", "id"),
        Index(None, "user_id", "state", "received_at", "id"),
        Index(None, "user_id", "refunded", "created_at", "id"),
        Index(None, "state", "expires_at"),
        Index(None, "state", "created_at"),
        Index(None, "state", "shipped_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    no: Mapped[str] = mapped_column(String(20), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    checkout_token: Mapped[str] = mapped_column(String(43))
    state: Mapped[str] = mapped_column(String(12))
    goods_total: Mapped[int]
    payable: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    paid_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    received_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    shipped_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    delivered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    refunded: Mapped[int] = mapped_column(default=0, server_default="0")


class OrderLine(Model):
    """A copy of what was sold; later changes of the goods do not touch it.

    ``wish`` says what to do when this runs out, where it differs from the order's; else it is empty. ``dropped`` is
    how many of its pieces fell away: not found, or given back.
    """

    __tablename__ = "order_line"
    __table_args__ = table_args(
        CheckConstraint("quantity > 0", name="quantity_positive"),
        UniqueConstraint("order_id", "goods_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    # No foreign key: inserting one would lock the goods row long before stock.take, and two
    # checkouts of the same goods would deadlock.
    goods_id: Mapped[int] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    pack: Mapped[str] = mapped_column(String(60))
    pack_en: Mapped[str] = mapped_column(String(60))
    picture: Mapped[str] = mapped_column(String(80))
    price: Mapped[int]
    quantity: Mapped[int]
    amount: Mapped[int]
    wish: Mapped[str] = mapped_column(String(8), default="", server_default="")
    dropped: Mapped[int] = mapped_column(default=0, server_default="0")


class LineRefund(Model):
    """What fell away of an order's line, never changed: pieces, the fen paid for them, the points spent on them.

    ``cause``: short (not found), replaced (the substitute was cheaper; no piece fell away) or after-sale.
    ``reference`` tells one from another of the same line: a repeat with it is refused.
    """

    __tablename__ = "line_refund"
    __table_args__ = table_args(
        UniqueConstraint("order_id", "goods_id", "cause", "reference"),
        CheckConstraint("cause IN ('short', 'replaced', 'after-sale')", name="cause_known"),
        CheckConstraint("quantity >= 0 AND amount >= 0 AND points >= 0", name="parts_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    goods_id: Mapped[int]
    quantity: Mapped[int]
    amount: Mapped[int]
    points: Mapped[int]
    cause: Mapped[str] = mapped_column(String(12))
    reference: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class OrderSubstitute(Model):
    """What came instead of ``pieces`` of a line that ran out: copied, with what was charged for all of it (fen)."""

    __tablename__ = "order_substitute"
    __table_args__ = table_args(
        UniqueConstraint("order_id", "goods_id", "substitute_id"),
        CheckConstraint("quantity > 0 AND pieces > 0 AND charged >= 0", name="numbers_possible"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    goods_id: Mapped[int]
    substitute_id: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    pack: Mapped[str] = mapped_column(String(60))
    pack_en: Mapped[str] = mapped_column(String(60))
    picture: Mapped[str] = mapped_column(String(80))
    price: Mapped[int]
    quantity: Mapped[int]
    pieces: Mapped[int]
    charged: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class OrderAdjustment(Model):
    """A line's share (fen, a discount is negative) of a named price rule."""

    __tablename__ = "order_adjustment"
    __table_args__ = table_args()

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    goods_id: Mapped[int]
    rule: Mapped[str] = mapped_column(String(20))
    amount: Mapped[int]


class OrderEvent(Model):
    """Who moved the order, when, why."""

    __tablename__ = "order_event"
    __table_args__ = table_args()

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    event: Mapped[str] = mapped_column(String(12))
    from_state: Mapped[str | None] = mapped_column(String(12))
    to_state: Mapped[str] = mapped_column(String(12))
    actor: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class OrderDelivery(Model):
    """Where and when an order is brought, copied: a later change of address or slot does not touch it.

    ``slot_id`` is the place that is held, None when none is. ``wish`` says what to do when something runs
    out: replace, refund or call. ``invoice_title`` is empty when no invoice is wanted.
    """

    __tablename__ = "order_delivery"
    __table_args__ = table_args(CheckConstraint("wish IN ('replace', 'refund', 'call')", name="wish_known"))

    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(40))
    phone: Mapped[str] = mapped_column(String(11))
    region: Mapped[str] = mapped_column(String(80))
    detail: Mapped[str] = mapped_column(String(120))
    # No foreign keys: slots are locked late, and old ones may be deleted.
    area_id: Mapped[int]
    slot_id: Mapped[int | None] = mapped_column(index=True)
    slot_starts_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    slot_ends_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    wish: Mapped[str] = mapped_column(String(8))
    note: Mapped[str] = mapped_column(String(200))
    invoice_title: Mapped[str] = mapped_column(String(100), default="", server_default="")

"""Tables of shipments and what happened to them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from axf.core.db import UTCDateTime, table_args
from axf.extensions import Model


class Shipment(Model):
    """A part of an order on its way: with the shop's own rider, or by a courier.

    ``carrier`` is the courier's code at the tracing provider, ``tracking_no`` its number; a rider has a name and a
    phone instead. ``expected_at`` is when it should arrive.
    """

    __tablename__ = "shipment"
    __table_args__ = table_args(
        UniqueConstraint("order_id", "number"),
        Index(None, "carrier", "tracking_no"),
        CheckConstraint("kind IN ('rider', 'courier')", name="kind_known"),
        CheckConstraint("stage IN ('packed', 'on-the-way', 'delivered', 'failed')", name="stage_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # No foreign key: orders are locked by their own use cases, a shipment must not lock them too.
    order_id: Mapped[int]
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(8))
    rider_name: Mapped[str] = mapped_column(String(40), default="", server_default="")
    rider_phone: Mapped[str] = mapped_column(String(20), default="", server_default="")
    carrier: Mapped[str] = mapped_column(String(20), default="", server_default="")
    tracking_no: Mapped[str] = mapped_column(String(40), default="", server_default="")
    stage: Mapped[str] = mapped_column(String(12))
    expected_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    delivered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class ShipmentEvent(Model):
    """Something that happened to a shipment, told by the shop or by the courier, once for each ``key``."""

    __tablename__ = "shipment_event"
    __table_args__ = table_args(UniqueConstraint("shipment_id", "key"))

    id: Mapped[int] = mapped_column(primary_key=True)
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipment.id"))
    key: Mapped[str] = mapped_column(String(64))
    stage: Mapped[str] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(String(300))
    happened_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

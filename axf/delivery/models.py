"""Tables of delivery: areas, their districts, and slots of time with so many places."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from axf.core.db import UTCDateTime, table_args
from axf.extensions import Model


class DeliveryArea(Model):
    """Districts that share fee and hours. Sums are fen, times minutes of the Shanghai day.

    Delivery is free from ``free_from`` on (None: never); orders below ``minimum`` are not brought. Slots of
    ``slot_minutes`` run from ``opens_at`` to ``closes_at``, each for ``capacity`` orders, and close
    ``cutoff_minutes`` before they begin.
    """

    __tablename__ = "delivery_area"
    __table_args__ = table_args(
        CheckConstraint(
            "fee >= 0 AND minimum >= 0 AND (free_from IS NULL OR free_from >= 0)", name="sums_not_negative"
        ),
        CheckConstraint("0 <= opens_at AND opens_at < closes_at AND closes_at <= 1440", name="hours_of_a_day"),
        CheckConstraint("slot_minutes > 0 AND capacity >= 0 AND cutoff_minutes >= 0", name="slots_possible"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    name_en: Mapped[str] = mapped_column(String(60))
    fee: Mapped[int]
    free_from: Mapped[int | None]
    minimum: Mapped[int]
    opens_at: Mapped[int]
    closes_at: Mapped[int]
    slot_minutes: Mapped[int]
    capacity: Mapped[int]
    cutoff_minutes: Mapped[int]
    is_open: Mapped[bool]


class DeliveryDistrict(Model):
    """A district (区, six digits of GB/T 2260) that an area serves; no district is in two areas."""

    __tablename__ = "delivery_district"
    __table_args__ = table_args()

    code: Mapped[str] = mapped_column(String(6), primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("delivery_area.id"), index=True)


class DeliverySlot(Model):
    """A span of time in an area, with ``capacity`` places of which ``booked`` are taken."""

    __tablename__ = "delivery_slot"
    __table_args__ = table_args(
        UniqueConstraint("area_id", "starts_at"),
        CheckConstraint("0 <= booked AND booked <= capacity", name="places_there"),
        Index(None, "cutoff_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("delivery_area.id"))
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)
    cutoff_at: Mapped[datetime] = mapped_column(UTCDateTime)
    capacity: Mapped[int]
    booked: Mapped[int]
    is_closed: Mapped[bool]

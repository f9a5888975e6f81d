"""Slots: spans of time with places. Taking and freeing a place never commits."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import bindparam, insert, select, update

from axf.core import clock
from axf.core.clock import SHOP_ZONE
from axf.core.db import AnySession, retried, rows_changed, table_of, transaction
from axf.core.errors import NotFound, ShopError
from axf.delivery.models import DeliveryArea, DeliverySlot
from axf.extensions import db

# Taking a place is on every order's way: built once, it costs little more than its way to the database.
_SLOT = table_of(DeliverySlot)
_BOOKABLE = (
    _SLOT.c.id == bindparam("slot"),
    _SLOT.c.area_id == bindparam("area"),
    _SLOT.c.cutoff_at > bindparam("now"),
    ~_SLOT.c.is_closed,
)
_TAKE = update(_SLOT).where(*_BOOKABLE, _SLOT.c.booked < _SLOT.c.capacity).values(booked=_SLOT.c.booked + 1)
_FIND = select(_SLOT.c.id).where(*_BOOKABLE)


class SlotFull(ShopError):
    """All places of the slot are taken."""

    code = "slot-full"
    status = 409


class SlotGone(ShopError):
    """The slot cannot be chosen: its cutoff is over, it is closed, another area's, or unknown."""

    code = "slot-gone"
    status = 409


@dataclass(frozen=True)
class SlotTimes:
    """When a slot begins and ends."""

    starts_at: datetime
    ends_at: datetime

    @property
    def day(self) -> date:
        """The day in Shanghai."""
        return self.starts_at.astimezone(SHOP_ZONE).date()

    @property
    def text(self) -> str:
        """The times in Shanghai, ``09:00–11:00``; midnight at the end is 24:00."""
        ends = f"{self.ends_at.astimezone(SHOP_ZONE):%H:%M}"
        return f"{self.starts_at.astimezone(SHOP_ZONE):%H:%M}–{'24:00' if ends == '00:00' else ends}"


@dataclass(frozen=True)
class SlotView(SlotTimes):
    """A slot as it is offered."""

    id: int
    area_id: int
    cutoff_at: datetime
    capacity: int
    booked: int
    is_closed: bool

    @property
    def is_full(self) -> bool:
        """Whether no place is left."""
        return self.booked >= self.capacity


def offered(area_id: int, now: datetime) -> list[SlotView]:
    """Return the slots of an area that are not closed and whose cutoff is ahead, in order; full ones too. One query."""
    return _views(
        DeliverySlot.area_id == area_id,
        # A cutoff is never after the start, so this loses none: it lets the index pass over the past.
        DeliverySlot.starts_at > now,
        DeliverySlot.cutoff_at > now,
        ~DeliverySlot.is_closed,
    )


def soonest(area_id: int, now: datetime) -> SlotView | None:
    """Return the first slot of an area that has places ("as soon as possible"), or None. One query."""
    return next((slot for slot in offered(area_id, now) if not slot.is_full), None)


def list_slots(first: date, last: date, area_id: int | None = None) -> list[SlotView]:
    """Return the slots of these Shanghai days, all or an area's, in order; also closed ones and those over."""
    by_area = [DeliverySlot.area_id == area_id] if area_id is not None else []
    return _views(
        DeliverySlot.starts_at >= _midnight(first), DeliverySlot.starts_at < _midnight(last + timedelta(1)), *by_area
    )


def take(session: AnySession, slot_id: int, area_id: int, now: datetime) -> None:
    """Take one place of an area's slot. It locks the slot's row. The caller commits.

    A repeat takes another place. Raises SlotFull, SlotGone; nothing was changed then.
    """
    named = {"slot": slot_id, "area": area_id, "now": now}
    if rows_changed(session, _TAKE, named):
        return
    is_there = session.scalar(_FIND, named) is not None
    raise SlotFull(slot_id=slot_id) if is_there else SlotGone(slot_id=slot_id)


def free(session: AnySession, slot_id: int) -> None:
    """Give one place back. A repeat gives another one back: the caller's state change guards it. The caller commits."""
    guarded = (
        update(DeliverySlot)
        .where(DeliverySlot.id == slot_id, DeliverySlot.booked > 0)
        .values(booked=DeliverySlot.booked - 1)
    )
    rows_changed(session, guarded)


@retried
def fill(days: int = 7) -> int:
    """Make the missing slots of all open areas for so many Shanghai days, today first; return how many. Commits.

    Times that overlap a slot that is there, and those whose cutoff is over, are left out: a
    repeat makes nothing, and a changed area counts only where no slot is yet. Any number of
    hosts may run it at once: the areas are locked, and area and start are a unique key.
    """
    now = clock.now()
    first = now.astimezone(SHOP_ZONE).date()
    with transaction(db.session):
        areas = list(
            db.session.scalars(
                select(DeliveryArea)
                .where(DeliveryArea.is_open)
                .order_by(DeliveryArea.id)
                .with_for_update()
                .execution_options(populate_existing=True)
            )
        )
        there: dict[int, list[SlotView]] = {area.id: [] for area in areas}
        for slot in list_slots(first, first + timedelta(days - 1)):
            there.setdefault(slot.area_id, []).append(slot)
        missing = [
            {
                "area_id": area.id,
                "starts_at": times.starts_at,
                "ends_at": times.ends_at,
                "cutoff_at": times.starts_at - timedelta(minutes=area.cutoff_minutes),
                "capacity": area.capacity,
                "booked": 0,
                "is_closed": False,
            }
            for area in areas
            for times in _times_of(area, first, days)
            if times.starts_at - timedelta(minutes=area.cutoff_minutes) > now
            and not any(slot.starts_at < times.ends_at and times.starts_at < slot.ends_at for slot in there[area.id])
        ]
        if missing:
            db.session.execute(insert(DeliverySlot), missing)
    return len(missing)


def close(slot_id: int) -> None:
    """Take no more orders for a slot; those it has stay. Commits. A repeat changes nothing. Raises NotFound."""
    _set_closed(slot_id, True)


def reopen(slot_id: int) -> None:
    """Take orders for a slot again. Commits. A repeat changes nothing. Raises NotFound."""
    _set_closed(slot_id, False)


def _views(*conditions: object) -> list[SlotView]:
    columns = [getattr(DeliverySlot, name) for name in SlotView.__dataclass_fields__]
    query = select(*columns).where(*conditions).order_by(DeliverySlot.starts_at, DeliverySlot.id)  # type: ignore[arg-type]
    return [SlotView(*row) for row in db.session.execute(query)]


def _times_of(area: DeliveryArea, first: date, days: int) -> Iterator[SlotTimes]:
    """Yield the times of an area's whole slots; a rest before closing that is too short gets none."""
    length = timedelta(minutes=area.slot_minutes)
    for number in range(days):
        midnight = _midnight(first + timedelta(number))
        for minute in range(area.opens_at, area.closes_at - area.slot_minutes + 1, area.slot_minutes):
            starts_at = midnight + timedelta(minutes=minute)
            yield SlotTimes(starts_at, starts_at + length)


def _midnight(day: date) -> datetime:
    """Return the instant at which a Shanghai day begins, in UTC, so that adding minutes counts real ones."""
    return datetime.combine(day, time(), SHOP_ZONE).astimezone(UTC)


@retried
def _set_closed(slot_id: int, is_closed: bool) -> None:
    with transaction(db.session):
        changed = update(DeliverySlot).where(DeliverySlot.id == slot_id).values(is_closed=is_closed)
        if not rows_changed(db.session, changed):
            raise NotFound(what="slot")

"""The ledger of shipments: what left the shop, with whom, and how far it has come. It never commits."""

import re
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, insert, select, update

from axf.core import clock
from axf.core.db import AnySession, rows_changed, table_of
from axf.core.errors import NotFound, ShopError
from axf.logistics.models import Shipment, ShipmentEvent


class Stage(StrEnum):
    """How far a shipment has come; it never goes back to one that stands before."""

    PACKED = "packed"
    ON_THE_WAY = "on-the-way"
    FAILED = "failed"  # refused or turned back; a delivery that is told later still counts
    DELIVERED = "delivered"


ORDER = tuple(Stage)


@dataclass(frozen=True)
class Step:
    """Something that happened to a shipment; ``key`` is the same however often it is told."""

    key: str
    stage: Stage
    text: str
    happened_at: datetime


class BadShipment(ShopError):
    """A shipment cannot be like this: ``field`` is what is wrong."""

    code = "bad-shipment"
    status = 422


@dataclass(frozen=True)
class Rider:
    """The shop's own rider. Raises BadShipment for a name that is empty or long, or no phone number."""

    rider_name: str
    rider_phone: str

    kind = "rider"
    stage = Stage.ON_THE_WAY

    def __post_init__(self) -> None:
        _check("rider", self.rider_name, r"\S(.{0,38}\S)?")
        _check("phone", self.rider_phone, r"\+?[0-9][0-9\-]{4,18}")


@dataclass(frozen=True)
class Courier:
    """A courier by its code at the tracing provider, and its number. Raises BadShipment."""

    carrier: str
    tracking_no: str

    kind = "courier"
    stage = Stage.PACKED

    def __post_init__(self) -> None:
        _check("carrier", self.carrier, r"[a-z0-9]{1,20}")
        _check("number", self.tracking_no, r"[A-Za-z0-9\-]{5,40}")


@dataclass(frozen=True)
class ShipmentView:
    """A shipment with what happened to it, the newest first."""

    shipment: Shipment
    events: list[ShipmentEvent]


def send(
    session: AnySession, order_id: int, carrier: Rider | Courier, at: datetime, expected_at: datetime | None = None
) -> int:
    """Write that a part of the order leaves; return its number within the order, from 1. The caller commits.

    The caller holds the order's lock, so that no number is given twice. A repeat is another shipment.
    """
    last = session.scalar(select(func.max(Shipment.number)).where(Shipment.order_id == order_id))
    number = (last or 0) + 1
    row = {"order_id": order_id, "number": number, "kind": carrier.kind, "stage": carrier.stage, "created_at": at}
    session.execute(insert(table_of(Shipment)).values(**row, **asdict(carrier), expected_at=expected_at))
    shipment = find(session, order_id, number)
    note(session, shipment, Step("sent", carrier.stage, "", at))
    return number


def note(session: AnySession, shipment: Shipment, step: Step) -> bool:
    """Write what happened to a shipment, once for each key; return whether it moved on by it. The caller commits.

    Told late, an event is written but takes no stage back: what is delivered stays delivered. Who loses a race for a
    key gets an IntegrityError: ``retried`` runs the use case again.
    """
    known = select(ShipmentEvent.id).where(ShipmentEvent.shipment_id == shipment.id, ShipmentEvent.key == step.key)
    if session.scalar(known) is not None:
        return False
    row = {**asdict(step), "text": step.text[:300], "shipment_id": shipment.id, "created_at": clock.now()}
    session.execute(insert(table_of(ShipmentEvent)).values(**row))
    before = ORDER[: ORDER.index(step.stage)]
    values = {"stage": step.stage, **({"delivered_at": step.happened_at} if step.stage == Stage.DELIVERED else {})}
    where = update(Shipment).where(Shipment.id == shipment.id, Shipment.stage.in_(before))
    has_moved = bool(before) and rows_changed(session, where.values(**values)) == 1
    session.refresh(shipment)
    return has_moved


def deliver(session: AnySession, order_id: int, number: int | None, at: datetime) -> bool:
    """Note that a shipment of the order, or with None each, has been handed over; return whether any moved by it.

    A repeat changes nothing. The caller commits. Raises NotFound for a number that the order does not have.
    """
    found = rows_of(session, order_id) if number is None else [find(session, order_id, number)]
    moved = [note(session, each, Step("delivered", Stage.DELIVERED, "", at)) for each in found]
    return any(moved)


def find(session: AnySession, order_id: int, number: int) -> Shipment:
    """Return a shipment of the order. Raises NotFound."""
    where = select(Shipment).where(Shipment.order_id == order_id, Shipment.number == number)
    found = session.scalars(where.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound(what="shipment", number=number)
    return found


def rows_of(session: AnySession, order_id: int) -> list[Shipment]:
    """Return the order's shipments by their number."""
    where = select(Shipment).where(Shipment.order_id == order_id).order_by(Shipment.number)
    return list(session.scalars(where.execution_options(populate_existing=True)))


def is_delivered(session: AnySession, order_id: int) -> bool:
    """Tell whether all that was sent has come. One that failed counts no more once another was sent after it."""
    stages = [each.stage for each in rows_of(session, order_id)]
    waiting = [stage for stage in stages[:-1] if stage not in (Stage.DELIVERED, Stage.FAILED)]
    return bool(stages) and not waiting and stages[-1] == Stage.DELIVERED


def orders_with(session: AnySession, carrier: str, tracking_no: str) -> list[int]:
    """Return the ids of the orders of which something travels under a courier's number; more than one may share it."""
    where = select(Shipment.order_id).where(Shipment.carrier == carrier, Shipment.tracking_no == tracking_no)
    return sorted(set(session.scalars(where)))


def shipments_of(session: AnySession, order_ids: list[int]) -> dict[int, list[ShipmentView]]:
    """Return the orders' shipments with their events, by order id. Two queries, however many there are."""
    views: dict[int, list[ShipmentView]] = {order_id: [] for order_id in order_ids}
    by_id: dict[int, ShipmentView] = {}
    where = select(Shipment).where(Shipment.order_id.in_(order_ids)).order_by(Shipment.order_id, Shipment.number)
    for shipment in session.scalars(where):
        by_id[shipment.id] = ShipmentView(shipment, [])
        views[shipment.order_id].append(by_id[shipment.id])
    happened = select(ShipmentEvent).where(ShipmentEvent.shipment_id.in_(by_id))
    for event in session.scalars(happened.order_by(ShipmentEvent.happened_at.desc(), ShipmentEvent.id.desc())):
        by_id[event.shipment_id].events.append(event)
    return views


def _check(field: str, text: str, pattern: str) -> None:
    if not re.fullmatch(pattern, text) or not text.isprintable():
        raise BadShipment(field=field)

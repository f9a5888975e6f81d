"""An order leaves the shop and arrives: picking begins, shipments go out, are traced and handed over."""

import logging
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import aliased

from axf.core import clock
from axf.core.db import retried, rows_changed, transaction
from axf.core.errors import Busy, NotFound
from axf.extensions import db
from axf.logistics import shipments
from axf.logistics.base import Trace
from axf.logistics.models import Shipment
from axf.logistics.shipments import Courier, Rider, Stage
from axf.notice import outbox
from axf.order import direct, events, fulfilment
from axf.order.fulfilment import NotCollected
from axf.order.models import Order
from axf.order.state import Event, State, WrongState
from axf.payment.models import PROMISED, Payment

log = logging.getLogger(__name__)

# An order that its shopper forgets to confirm counts as received by itself.
RECEIVED_AFTER = timedelta(days=7)
# What an order event says of a delivery: the order stays where it is until its shopper confirms.
DELIVERED = "deliver"
SENT_MORE = "ship-more"


@retried
def start_picking(no: str) -> None:
    """Begin to pick a paid order; from now on its shopper changes nothing. Commits. Raises NotFound, WrongState."""
    with transaction(db.session):
        events.move(_locked(no), Event.PICK, actor="shop", at=clock.now())


@retried
def ship(no: str, carrier: Rider | Courier, expected_at: datetime | None = None) -> int:
    """Send a picked order, or one more part of it, and tell its shopper; return the shipment's number. Commits.

    The first shipment moves the order to shipped; each call is one more shipment.
    Raises NotFound, WrongState (it is not being picked; it has been delivered already).
    """
    at = clock.now()
    with transaction(db.session):
        order = _locked(no)
        if order.state == State.SHIPPED and order.delivered_at is None:
            events.record(order.id, SENT_MORE, State.SHIPPED, State.SHIPPED, actor="shop", at=at)
        else:
            events.move(order, Event.SHIP, actor="shop", at=at, shipped_at=at)
        number = shipments.send(db.session, order.id, carrier, at, expected_at)
        outbox.tell(db.session, order.user_id, "shipped", f"{no}/{number}", at, order_no=no)
    return number


@retried
def deliver(no: str, number: int | None = None, *, collected: bool = False) -> bool:
    """Note that a shipment of a sent order, or with None all of them, was handed over. Commits.

    Returns whether all has come. ``collected``: the rider took the money of an order that is paid at the door; the
    last shipment is not handed over without it. A repeat changes nothing. Raises NotFound, WrongState, NotCollected.
    """
    at = clock.now()
    with transaction(db.session):
        order = _locked(no)
        if order.state not in (State.SHIPPED, State.RECEIVED):
            raise WrongState(state=order.state, event=DELIVERED)
        shipments.deliver(db.session, order.id, number, at)
        has_all = shipments.is_delivered(db.session, order.id)
        if collected:
            direct.collect(order, at)
        elif has_all and direct.is_promised(order.id):
            raise NotCollected(no=no)
        if has_all:
            _arrive(order, actor="shop", at=at)
        return has_all


def trace(told: Trace) -> int:
    """Write what a courier tells of a number, each event once, and return how many orders it is about.

    Each order is a transaction; a number that nobody knows moves nothing. Repeats and late news change nothing.
    """
    order_ids = shipments.orders_with(db.session, told.carrier, told.tracking_no)
    for order_id in order_ids:
        _trace(order_id, told)
    return len(order_ids)


def due(now: datetime, most: int) -> list[str]:
    """Return the numbers of sent orders whose shopper had time enough to confirm, the oldest first, at most ``most``.

    Not those whose money at the door is still to come, nor whose last shipment failed: a person looks after them.
    """
    before = now - RECEIVED_AFTER
    other = aliased(Shipment)
    later = exists().where(other.order_id == Shipment.order_id, other.number > Shipment.number)
    has_failed = exists().where(Shipment.order_id == Order.id, Shipment.stage == Stage.FAILED, ~later)
    is_promised = exists().where(Payment.order_id == Order.id, Payment.state == PROMISED)
    arrived_at = func.coalesce(Order.delivered_at, Order.shipped_at)
    return list(
        db.session.scalars(
            select(Order.no)
            .where(Order.state == State.SHIPPED, Order.shipped_at <= before, arrived_at <= before)
            .where(~has_failed, ~is_promised)
            .order_by(Order.shipped_at, Order.id)
            .limit(most)
        )
    )


def auto_receive(most: int = 1000) -> int:
    """Receive orders that their shopper did not confirm in time; return how many this call moved.

    Each order is one transaction. Any number of hosts may run it at once: who comes second passes it over.
    """
    count = 0
    for no in due(clock.now(), most):
        try:
            fulfilment.receive_by_shop(no, actor="timer")
        except (WrongState, NotFound, NotCollected):
            continue
        except Busy:
            log.warning("order %s is busy, it is received with the next run", no)
            continue
        count += 1
    return count


@retried
def _trace(order_id: int, told: Trace) -> None:
    now = clock.now()
    with transaction(db.session):
        order = events.locked(Order.id == order_id)
        if order is None:
            return
        for shipment in shipments.rows_of(db.session, order.id):
            if (shipment.carrier, shipment.tracking_no) != (told.carrier, told.tracking_no):
                continue
            for step in told.steps:
                # A courier's clock may run ahead of ours.
                at = min(step.happened_at, now)
                shipments.note(db.session, shipment, replace(step, happened_at=at))
        if shipments.is_delivered(db.session, order.id):
            _arrive(order, actor="courier", at=now)


def _arrive(order: Order, *, actor: str, at: datetime) -> None:
    """Note once that all of a sent order has come, and tell its shopper."""
    where = update(Order).where(Order.id == order.id, Order.state == State.SHIPPED, Order.delivered_at.is_(None))
    if rows_changed(db.session, where.values(delivered_at=at)):
        events.record(order.id, DELIVERED, State.SHIPPED, State.SHIPPED, actor=actor, at=at)
        outbox.tell(db.session, order.user_id, "delivered", order.no, at, order_no=order.no)
        db.session.refresh(order)


def _locked(no: str) -> Order:
    order = events.locked(Order.no == no)
    if order is None:
        raise NotFound(what="order")
    return order

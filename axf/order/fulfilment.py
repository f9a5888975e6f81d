"""What happens to an order besides money: received, cancelled by its shopper or the shop, or its time ran out."""

import logging
from datetime import datetime

from sqlalchemy import select

from axf.core import clock
from axf.core.db import retried, transaction
from axf.core.errors import Busy, NotFound
from axf.coupon import ledger as coupons
from axf.delivery import slots
from axf.extensions import db
from axf.market import stock
from axf.order import events
from axf.order.models import Order, OrderDelivery
from axf.order.state import Event, State, WrongState
from axf.points import ledger as points
from axf.points.ledger import Reason
from axf.vip import ledger as vip

log = logging.getLogger(__name__)


def cancel(user_id: int, no: str, reason: str = "") -> None:
    """Cancel a shopper's own unpaid order; its stock, slot, coupons and points return, once. Commits.

    Raises NotFound (also for somebody else's order) and WrongState (a repeat, too).
    """
    _close(Order.no == no, Order.user_id == user_id, event=Event.CANCEL, actor="shopper", reason=reason)


def cancel_by_shop(no: str, reason: str) -> None:
    """Cancel any unpaid order for the shop. Commits. Raises NotFound, WrongState."""
    _close(Order.no == no, event=Event.CANCEL, actor="shop", reason=reason)


def receive(user_id: int, no: str) -> None:
    """Note that the shopper has got a paid order; it brings points and growth for what was paid. Commits.

    Raises NotFound (also for somebody else's order) and WrongState (a repeat, too).
    """
    _receive(Order.no == no, Order.user_id == user_id, actor="shopper")


def receive_by_shop(no: str) -> None:
    """Note that a paid order has arrived, for the shop. Commits. Raises NotFound, WrongState."""
    _receive(Order.no == no, actor="shop")


def due(now: datetime, most: int) -> list[str]:
    """Return the numbers of unpaid orders whose time is over, the oldest first, at most ``most``."""
    return list(
        db.session.scalars(
            select(Order.no)
            .where(Order.state == State.UNPAID, Order.expires_at <= now)
            .order_by(Order.expires_at, Order.id)
            .limit(most)
        )
    )


def expire(most: int = 1000) -> int:
    """Cancel unpaid orders whose time is over and return how many this call moved.

    Each order is one transaction. Any number of hosts may run it at once: an order that was
    paid, cancelled or expired in the meantime is passed over.
    """
    now = clock.now()
    count = 0
    for no in due(now, most):
        try:
            _close(
                Order.no == no, Order.expires_at <= now, event=Event.EXPIRE, actor="timer", reason="not paid in time"
            )
        except (WrongState, NotFound):
            continue
        except Busy:
            # Somebody holds this one; the others must not wait for it.
            log.warning("order %s is busy, it expires with the next run", no)
            continue
        count += 1
    return count


@retried
def _receive(*conditions: object, actor: str) -> None:
    with transaction(db.session):
        order = events.locked(*conditions)
        if order is None:
            raise NotFound(what="order")
        at = clock.now()
        events.move(order, Event.RECEIVE, actor=actor, at=at, received_at=at)
        # The level that the shopper had while buying counts, not the one that this order leads to.
        earned = points.earned_for(order.payable, vip.level_of(order.user_id).points_rate)
        points.earn(db.session, order.user_id, earned, reason=Reason.RECEIVED, reference=order.no, at=at)
        growth = vip.growth_for(order.payable)
        vip.grow(db.session, order.user_id, growth, reason="order", reference=order.no, at=at)


@retried
def _close(*conditions: object, event: Event, actor: str, reason: str) -> None:
    with transaction(db.session):
        order = events.locked(*conditions)
        if order is None:
            raise NotFound(what="order")
        at = clock.now()
        events.move(order, event, actor=actor, at=at, reason=reason)
        coupons.give_back(db.session, order.id)
        spent = events.points_of(order.id)
        points.give_back(db.session, order.user_id, spent, reason=Reason.RETURNED, reference=order.no, at=at)
        slot_id = db.session.scalar(select(OrderDelivery.slot_id).where(OrderDelivery.order_id == order.id))
        if slot_id is not None:
            slots.free(db.session, slot_id)
        stock.put_back(db.session, events.quantities_of(order.id), reason=event, reference=order.no, at=at)

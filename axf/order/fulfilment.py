"""What happens to an order besides money: cancelled by its shopper or the shop, its time ran out, received."""

import logging
from datetime import datetime

from sqlalchemy import func, select

from axf.core import clock
from axf.core.db import retried, transaction
from axf.core.errors import Busy, NotFound, ShopError
from axf.coupon import ledger as coupons
from axf.delivery import slots
from axf.extensions import db
from axf.market import stock
from axf.notice import outbox
from axf.order import direct, events, refunds
from axf.order.models import LineRefund, Order, OrderDelivery
from axf.order.state import Event, State, WrongState
from axf.points import ledger as points
from axf.points.ledger import Reason
from axf.vip import ledger as vip

log = logging.getLogger(__name__)


class NotCollected(ShopError):
    """The order is to be paid at the door, and nobody has collected the money yet."""

    code = "not-collected"
    status = 409


def cancel(user_id: int, no: str, reason: str = "") -> None:
    """Cancel a shopper's own order that is not being picked; all it took returns, once. Commits.

    What was paid goes back: by its gateway it is sent at once, and again by the timer if that does not answer.
    Raises NotFound (also for somebody else's order) and WrongState (a repeat, too).
    """
    _close_and_send(Order.no == no, Order.user_id == user_id, event=Event.CANCEL, actor="shopper", reason=reason)


def cancel_by_shop(no: str, reason: str) -> None:
    """Cancel any order that has not left the shop, as ``cancel``. Commits. Raises NotFound, WrongState."""
    state = db.session.scalar(select(Order.state).where(Order.no == no))
    event = Event.GIVE_UP if state == State.PICKING else Event.CANCEL
    _close_and_send(Order.no == no, event=event, actor="shop", reason=reason)


def receive(user_id: int, no: str) -> None:
    """Note that the shopper has got an order; it brings points and growth for what was paid. Commits.

    Raises NotFound (also for somebody else's order), WrongState (a repeat, too), NotCollected.
    """
    _receive(Order.no == no, Order.user_id == user_id, actor="shopper")


def receive_by_shop(no: str, actor: str = "shop") -> None:
    """Note that an order has arrived, for the shop or its timer. Commits. Raises NotFound, WrongState, NotCollected."""
    _receive(Order.no == no, actor=actor)


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


def close(order: Order, event: Event, *, actor: str, reason: str, at: datetime) -> None:
    """Move a locked order to cancelled; what it still holds returns, and what is left of its money. Commits nothing.

    Raises WrongState.
    """
    events.move(order, event, actor=actor, at=at, reason=reason)
    held = events.quantities_of(order.id)
    if order.paid_at is not None:
        left = order.payable - order.refunded
        refunds.give_back(order, left, reason="cancel", reference=events.stamp(order), at=at)
    coupons.give_back(db.session, order.id)
    spent = events.points_of(order.id) - _points_returned(order.id)
    points.give_back(db.session, order.user_id, spent, reason=Reason.RETURNED, reference=events.stamp(order), at=at)
    why = {"shopper": "shopper", "timer": "expired"}.get(actor, "shop")
    outbox.tell(db.session, order.user_id, "cancelled", events.stamp(order), at, order_no=order.no, reason=why)
    slot_id = db.session.scalar(select(OrderDelivery.slot_id).where(OrderDelivery.order_id == order.id))
    if slot_id is not None:
        slots.free(db.session, slot_id)
    if order.paid_at is not None and held:
        stock.count_sales(db.session, {goods_id: -quantity for goods_id, quantity in held.items()})
    if held:
        stock.put_back(db.session, held, reason=event, reference=order.no, at=at)


@retried
def _receive(*conditions: object, actor: str) -> None:
    with transaction(db.session):
        order = events.locked(*conditions)
        if order is None:
            raise NotFound(what="order")
        at = clock.now()
        events.move(order, Event.RECEIVE, actor=actor, at=at, received_at=at)
        if direct.is_promised(order.id):
            raise NotCollected(no=order.no)
        # The level that the shopper had while buying counts, not the one that this order leads to.
        paid = order.payable - order.refunded
        earned = points.earned_for(paid, vip.level_of(order.user_id).points_rate)
        points.earn(db.session, order.user_id, earned, reason=Reason.RECEIVED, reference=order.no, at=at)
        vip.grow(db.session, order.user_id, vip.growth_for(paid), reason="order", reference=order.no, at=at)


def _close_and_send(*conditions: object, event: Event, actor: str, reason: str) -> None:
    order_id = _close(*conditions, event=event, actor=actor, reason=reason)
    refunds.send_for(order_id)


@retried
def _close(*conditions: object, event: Event, actor: str, reason: str) -> int:
    with transaction(db.session):
        order = events.locked(*conditions)
        if order is None:
            raise NotFound(what="order")
        close(order, event, actor=actor, reason=reason, at=clock.now())
        return order.id


def _points_returned(order_id: int) -> int:
    """Return the points that came back with parts of the order's lines already."""
    returned = select(func.sum(LineRefund.points)).where(LineRefund.order_id == order_id)
    return int(db.session.scalar(returned) or 0)

"""What happens to an order besides money: cancelled by its shopper or the shop, or its time ran out."""

from datetime import datetime

from sqlalchemy import select

from axf.core import clock
from axf.core.db import retried, transaction
from axf.core.errors import NotFound
from axf.delivery import slots
from axf.extensions import db
from axf.market import stock
from axf.order import events
from axf.order.models import Order, OrderDelivery
from axf.order.state import Event, State, WrongState


def cancel(user_id: int, no: str, reason: str = "") -> None:
    """Cancel a shopper's own unpaid order; its stock returns, once. Commits.

    Raises NotFound (also for somebody else's order) and WrongState (a repeat, too).
    """
    _close(Order.no == no, Order.user_id == user_id, event=Event.CANCEL, actor="shopper", reason=reason)


def cancel_by_shop(no: str, reason: str) -> None:
    """Cancel any unpaid order for the shop. Commits. Raises NotFound, WrongState."""
    _close(Order.no == no, event=Event.CANCEL, actor="shop", reason=reason)


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
        count += 1
    return count


@retried
def _close(*conditions: object, event: Event, actor: str, reason: str) -> None:
    with transaction(db.session):
        order = events.locked(*conditions)
        if order is None:
            raise NotFound(what="order")
        at = clock.now()
        events.move(order, event, actor=actor, at=at, reason=reason)
        slot_id = db.session.scalar(select(OrderDelivery.slot_id).where(OrderDelivery.order_id == order.id))
        if slot_id is not None:
            slots.free(db.session, slot_id)
        stock.put_back(db.session, events.quantities_of(order.id), reason=event, reference=order.no, at=at)

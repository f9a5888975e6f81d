"""Late money: an order that expired is taken up again, whole, when everything in it can still be had."""

from datetime import datetime

from sqlalchemy import func, select

from axf.core.errors import ShopError
from axf.coupon import ledger as coupons
from axf.delivery import slots
from axf.extensions import db
from axf.market import stock
from axf.order import events
from axf.order.models import Order, OrderAdjustment, OrderDelivery, OrderEvent
from axf.order.state import Event, State
from axf.points import ledger as points


def may_revive(order: Order) -> bool:
    """Tell whether the order only ran out of time: one that somebody cancelled stays cancelled."""
    last = select(OrderEvent.event).where(OrderEvent.order_id == order.id).order_by(OrderEvent.id.desc()).limit(1)
    return order.state == State.CANCELLED and db.session.scalar(last) == Event.EXPIRE


def revive(order: Order, *, actor: str, reason: str, at: datetime) -> bool:
    """Take coupons, points, the slot and the stock of an expired order again and move it to paid, or change nothing.

    Tells whether it did. The order is locked. The caller commits.
    """
    try:
        with db.session.begin_nested():
            _take_again(order, at)
            events.move(order, Event.REVIVE, actor=actor, at=at, reason=reason, paid_at=at)
    except ShopError:
        return False
    return True


def _take_again(order: Order, at: datetime) -> None:
    """Take what the order had. Raises CouponGone, PointsShort, SlotFull, SlotGone, OutOfStock."""
    rules = ("coupon", "delivery-coupon")
    used = select(func.count(OrderAdjustment.rule.distinct())).where(
        OrderAdjustment.order_id == order.id, OrderAdjustment.rule.in_(rules)
    )
    coupons.use_again(db.session, order.user_id, order.id, db.session.scalar(used) or 0, at)
    spent = events.points_of(order.id)
    points.spend(db.session, order.user_id, spent, reference=events.stamp(order, revivals=1), at=at)
    where = db.session.execute(
        select(OrderDelivery.slot_id, OrderDelivery.area_id).where(OrderDelivery.order_id == order.id)
    ).one_or_none()
    if where is not None and where.slot_id is not None:
        slots.take(db.session, where.slot_id, where.area_id, at)
    stock.take(db.session, events.quantities_of(order.id), reason="order", reference=order.no, at=at)

"""Moving an order: a compare-and-set on its state, and the row that says who, when and why."""

from datetime import datetime

from sqlalchemy import func, insert, select, union_all, update

from axf.core.db import rows_changed, table_of
from axf.extensions import db
from axf.order.models import Order, OrderAdjustment, OrderEvent, OrderLine, OrderSubstitute
from axf.order.state import Event, State, WrongState, after

_INSERT = insert(table_of(OrderEvent))


def move(order: Order, event: Event, *, actor: str, at: datetime, reason: str = "", **values: object) -> None:
    """Move the order by the event and record it; ``values`` are columns that change along. The caller commits.

    Raises WrongState when the order may not, or somebody else moved it first.
    """
    before = State(order.state)
    to = after(before, event)
    move_on = update(Order).where(Order.id == order.id, Order.state == before).values(state=to, **values)
    if not rows_changed(db.session, move_on):
        raise WrongState(state=str(before), event=str(event))
    record(order.id, event, before, to, actor=actor, at=at, reason=reason)
    db.session.refresh(order)


def record(
    order_id: int, event: str, before: State | None, to: State, *, actor: str, at: datetime, reason: str = ""
) -> None:
    """Write an order event. The caller commits."""
    values = {
        "order_id": order_id,
        "event": event,
        "from_state": before,
        "to_state": to,
        "actor": actor,
        "reason": reason[:200],
        "created_at": at,
    }
    db.session.execute(_INSERT, values)


def stamp(order: Order, *, revivals: int = 0) -> str:
    """Return the reference under which the order's points come and go: its number, and how often it was revived.

    ``revivals`` counts those that are about to be written.
    """
    is_one = (OrderEvent.order_id == order.id) & (OrderEvent.event == Event.REVIVE)
    times = (db.session.scalar(select(func.count()).where(is_one)) or 0) + revivals
    return f"{order.no}/r{times}" if times else order.no


def quantities_of(order_id: int) -> dict[int, int]:
    """Return how many of which goods the order holds: its lines without what fell away, replaced pieces replaced."""
    replaced = (
        select(func.sum(OrderSubstitute.pieces))
        .where(OrderSubstitute.order_id == order_id, OrderSubstitute.goods_id == OrderLine.goods_id)
        .scalar_subquery()
    )
    held = OrderLine.quantity - OrderLine.dropped - func.coalesce(replaced, 0)
    lines = select(OrderLine.goods_id, held).where(OrderLine.order_id == order_id)
    instead = select(OrderSubstitute.substitute_id, OrderSubstitute.quantity).where(
        OrderSubstitute.order_id == order_id
    )
    found: dict[int, int] = {}
    for goods_id, quantity in db.session.execute(union_all(lines, instead)):
        found[goods_id] = found.get(goods_id, 0) + int(quantity)
    return {goods_id: quantity for goods_id, quantity in found.items() if quantity}


def points_of(order_id: int) -> int:
    """Return how many points the order was paid with: one is one fen."""
    spent = select(func.sum(OrderAdjustment.amount)).where(
        OrderAdjustment.order_id == order_id, OrderAdjustment.rule == "points"
    )
    return -int(db.session.scalar(spent) or 0)


def locked(*conditions: object) -> Order | None:
    """Return the one order that the conditions name, locked and read anew, or None."""
    return db.session.scalars(
        select(Order).where(*conditions).with_for_update().execution_options(populate_existing=True)  # type: ignore[arg-type]
    ).one_or_none()

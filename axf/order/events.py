"""Moving an order: a compare-and-set on its state, and the row that says who, when and why."""

from datetime import datetime

from sqlalchemy import func, insert, select, update

from axf.core.db import rows_changed, table_of
from axf.extensions import db
from axf.order.models import Order, OrderAdjustment, OrderEvent, OrderLine
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


def quantities_of(order_id: int) -> dict[int, int]:
    """Return how many of which goods the order holds."""
    rows = db.session.execute(select(OrderLine.goods_id, OrderLine.quantity).where(OrderLine.order_id == order_id))
    return {row.goods_id: row.quantity for row in rows}


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

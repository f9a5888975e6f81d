"""What must hold of orders: their lines and sums, what happened to them, and their money."""

from sqlalchemy import Select, and_, func, or_, select, union_all

from axf.check.invariant import IS_PAID, unequal
from axf.order.models import Order, OrderAdjustment, OrderEvent, OrderLine
from axf.order.state import State

NO = Order.no.label("order_no")


def order_has_lines() -> Select:
    """An order has at least one line."""
    lines = select(OrderLine.id).where(OrderLine.order_id == Order.id)
    return select(NO, Order.state).where(~lines.exists())


def line_amount() -> Select:
    """A line's amount is its price times its quantity."""
    return (
        select(NO, OrderLine.goods_id, OrderLine.price, OrderLine.quantity, OrderLine.amount)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .where(OrderLine.amount != OrderLine.price * OrderLine.quantity)
    )


def goods_total() -> Select:
    """An order's goods total is what the amounts of its lines add up to."""
    lines = select(NO, OrderLine.amount.label("lines")).join(OrderLine, OrderLine.order_id == Order.id)
    return unequal(select(NO, Order.goods_total.label("goods_total")), lines)


def payable() -> Select:
    """What is payable for an order is its goods total and all its adjustments."""
    adjustments = select(NO, OrderAdjustment.amount).join(OrderAdjustment, OrderAdjustment.order_id == Order.id)
    parts = union_all(select(NO, Order.goods_total.label("amount")), adjustments).subquery()
    return unequal(
        select(NO, Order.payable.label("payable")), select(parts.c.order_no, parts.c.amount.label("added_up"))
    )


def line_left() -> Select:
    """Adjustments take no more off a line than it costs."""
    adjusted = func.sum(OrderAdjustment.amount)
    return (
        select(NO, OrderLine.goods_id, OrderLine.amount, adjusted.label("adjustments"))
        .join(OrderLine, OrderLine.order_id == Order.id)
        .join(
            OrderAdjustment,
            and_(OrderAdjustment.order_id == Order.id, OrderAdjustment.goods_id == OrderLine.goods_id),
        )
        .group_by(Order.no, OrderLine.goods_id, OrderLine.amount)
        .having(OrderLine.amount + adjusted < 0)
    )


def adjustment_goods() -> Select:
    """An adjustment is for a goods of its order."""
    of_a_line = and_(OrderLine.order_id == OrderAdjustment.order_id, OrderLine.goods_id == OrderAdjustment.goods_id)
    return (
        select(NO, OrderAdjustment.goods_id, OrderAdjustment.rule, OrderAdjustment.amount)
        .join(OrderAdjustment, OrderAdjustment.order_id == Order.id)
        .outerjoin(OrderLine, of_a_line)
        .where(OrderLine.id.is_(None))
    )


def order_events() -> Select:
    """Each event of an order begins in the state in which the one before ended; the first begins in none."""
    before = func.lag(OrderEvent.to_state).over(
        partition_by=OrderEvent.order_id, order_by=(OrderEvent.created_at, OrderEvent.id)
    )
    chain = select(
        OrderEvent.order_id, OrderEvent.event, OrderEvent.from_state, before.label("state_before")
    ).subquery()
    return (
        select(NO, chain.c.event, chain.c.state_before, chain.c.from_state)
        .join(chain, chain.c.order_id == Order.id)
        .where(chain.c.from_state.is_distinct_from(chain.c.state_before))
    )


def order_state() -> Select:
    """An order is in the state in which its last event ended."""
    place = func.row_number().over(
        partition_by=OrderEvent.order_id, order_by=(OrderEvent.created_at.desc(), OrderEvent.id.desc())
    )
    events = select(OrderEvent.order_id, OrderEvent.to_state, place.label("place")).subquery()
    return (
        select(NO, Order.state, events.c.to_state.label("last_event"))
        .outerjoin(events, and_(events.c.order_id == Order.id, events.c.place == 1))
        .where(events.c.to_state.is_distinct_from(Order.state))
    )


def paid_at() -> Select:
    """A settled order has a time of payment, one that waits for its payment has none."""
    has_time = Order.paid_at.is_not(None)
    waits = Order.state == State.UNPAID
    return select(NO, Order.state, Order.paid_at).where(or_(and_(IS_PAID, ~has_time), and_(waits, has_time)))

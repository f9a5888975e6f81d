"""What the order pages and commands read."""

from dataclasses import dataclass

from sqlalchemy import func, select

from axf.core import clock
from axf.core.errors import NotFound
from axf.core.paging import instant_cursor, older_than
from axf.extensions import db
from axf.order.models import Order, OrderAdjustment, OrderDelivery, OrderEvent, OrderLine
from axf.order.state import Event, State, may
from axf.payment.models import MISMATCH, UNMATCHED, Payment, PaymentNotice

PAGE_SIZE = 20
# The shopper's tabs: 待付款, 待收货, 已完成, 已取消.
TABS = {
    "unpaid": (State.UNPAID,),
    "to-receive": (State.PAID, State.PICKING, State.SHIPPED),
    "received": (State.RECEIVED,),
    "cancelled": (State.CANCELLED,),
}


@dataclass(frozen=True)
class Counts:
    """How many orders wait: 待付款 and 待收货."""

    unpaid: int
    to_receive: int


@dataclass(frozen=True)
class OrderView:
    """An order with its lines, what each rule took off, and what happened to it.

    ``stray_money`` is what came in for it and it could not take, in fen.
    """

    order: Order
    lines: list[OrderLine]
    sums: dict[str, int]
    events: list[OrderEvent]
    stray_money: int = 0
    delivery: OrderDelivery | None = None

    @property
    def quantity(self) -> int:
        return sum(line.quantity for line in self.lines)

    @property
    def may_pay(self) -> bool:
        return self.order.state == State.UNPAID and self.seconds_left > 0

    @property
    def may_cancel(self) -> bool:
        return may(State(self.order.state), Event.CANCEL)

    @property
    def may_receive(self) -> bool:
        return may(State(self.order.state), Event.RECEIVE)

    @property
    def seconds_left(self) -> int:
        return max(0, int((self.order.expires_at - clock.now()).total_seconds()))


@dataclass(frozen=True)
class OrderPage:
    """One page of a shopper's orders, the newest first."""

    orders: list[OrderView]
    cursor: str | None


def counts_of(user_id: int) -> Counts:
    """Return the shopper's counts. One query."""
    rows = db.session.execute(select(Order.state, func.count()).where(Order.user_id == user_id).group_by(Order.state))
    by_state = dict(rows.all())
    return Counts(*(sum(by_state.get(state, 0) for state in TABS[tab]) for tab in ("unpaid", "to-receive")))


def orders_of(user_id: int, tab: str | None, cursor: str | None) -> OrderPage:
    """Return a page of the shopper's orders with their lines. Two queries. Raises NotFound for an unknown tab."""
    query = select(Order).where(Order.user_id == user_id)
    if tab:
        if tab not in TABS:
            raise NotFound(what="orders")
        query = query.where(Order.state.in_(TABS[tab]))
    if cursor:
        query = query.where(older_than(Order.created_at, Order.id, cursor))
    found = list(db.session.scalars(query.order_by(Order.created_at.desc(), Order.id.desc()).limit(PAGE_SIZE + 1)))
    shown = found[:PAGE_SIZE]
    lines = _lines([order.id for order in shown])
    views = [OrderView(order, lines[order.id], {}, []) for order in shown]
    return OrderPage(views, instant_cursor(shown[-1].created_at, shown[-1].id) if len(found) > PAGE_SIZE else None)


def order_of(user_id: int, no: str) -> OrderView:
    """Return a shopper's own order. Six queries. Raises NotFound, also for somebody else's."""
    order = db.session.scalars(select(Order).where(Order.no == no, Order.user_id == user_id)).one_or_none()
    if order is None:
        raise NotFound(what="order")
    return _view(order)


def any_order(no: str) -> tuple[OrderView, list[Payment], list[PaymentNotice]]:
    """Return any order with its payments and what their provider told of them, for the shop. Raises NotFound."""
    order = db.session.scalars(select(Order).where(Order.no == no)).one_or_none()
    if order is None:
        raise NotFound(what="order")
    payments = list(db.session.scalars(select(Payment).where(Payment.order_id == order.id).order_by(Payment.id)))
    told = PaymentNotice.payment_no.in_([payment.no for payment in payments])
    notices = db.session.scalars(select(PaymentNotice).where(told).order_by(PaymentNotice.id))
    return _view(order), payments, list(notices)


def latest_orders(state: State | None, most: int, *, has_stray_money: bool = False) -> list[Order]:
    """Return the newest orders of all shoppers, for the shop. One query.

    ``has_stray_money``: only those for which a notice came whose money they could not take.
    """
    query = select(Order) if state is None else select(Order).where(Order.state == state)
    if has_stray_money:
        stray = select(Payment.order_id).join(PaymentNotice, PaymentNotice.payment_no == Payment.no)
        query = query.where(Order.id.in_(stray.where(PaymentNotice.outcome.in_((UNMATCHED, MISMATCH)))))
    return list(db.session.scalars(query.order_by(Order.created_at.desc(), Order.id.desc()).limit(most)))


def _view(order: Order) -> OrderView:
    adjustments = db.session.execute(
        select(OrderAdjustment.rule, func.sum(OrderAdjustment.amount))
        .where(OrderAdjustment.order_id == order.id)
        .group_by(OrderAdjustment.rule)
    )
    happened = db.session.scalars(
        select(OrderEvent).where(OrderEvent.order_id == order.id).order_by(OrderEvent.created_at, OrderEvent.id)
    )
    stray = select(func.sum(Payment.amount)).where(Payment.order_id == order.id, Payment.state == UNMATCHED)
    sums = {rule: int(amount) for rule, amount in adjustments}
    return OrderView(
        order,
        _lines([order.id])[order.id],
        sums,
        list(happened),
        int(db.session.scalar(stray) or 0),
        db.session.get(OrderDelivery, order.id),
    )


def _lines(order_ids: list[int]) -> dict[int, list[OrderLine]]:
    lines: dict[int, list[OrderLine]] = {order_id: [] for order_id in order_ids}
    for line in db.session.scalars(
        select(OrderLine).where(OrderLine.order_id.in_(order_ids)).order_by(OrderLine.order_id, OrderLine.id)
    ):
        lines[line.order_id].append(line)
    return lines

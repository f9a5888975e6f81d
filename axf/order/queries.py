"""What the order pages and commands read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    Row,
    ScalarSelect,
    and_,
    bindparam,
    case,
    func,
    select,
    true,
)
from sqlalchemy.orm import InstrumentedAttribute

from axf.aftersale.models import AfterSale
from axf.aftersale.queries import select_open_count
from axf.core import clock
from axf.core.db import UTCDateTime
from axf.core.errors import NotFound
from axf.core.paging import instant_cursor, older_than
from axf.extensions import db
from axf.order.models import Order, OrderAdjustment, OrderDelivery, OrderEvent, OrderLine, OrderSubstitute
from axf.order.state import Event, State, may
from axf.payment.models import MISMATCH, PROMISED, UNMATCHED, Payment, PaymentNotice, Refund
from axf.review.queries import order_waits, window_start

PAGE_SIZE = 20
TO_RECEIVE = (State.PAID, State.PICKING, State.SHIPPED)
# Beyond it a count only says that there are many: 99+.
MOST_COUNTED = 100


@dataclass(frozen=True)
class Tab:
    """One of the shopper's lists: orders that meet one of the conditions, the newest by ``instant`` first.

    With the shopper each condition is a range of one index in the list's order, so that a page of somebody with ten
    thousand orders costs what one of ten does.
    """

    instant: InstrumentedAttribute[Any]
    conditions: Callable[[], Sequence[ColumnElement[bool]]]


# All, 待付款, 待收货, 待评价; 退款售后 is below.
TABS: dict[str | None, Tab] = {
    None: Tab(Order.created_at, lambda: [true()]),
    "unpaid": Tab(Order.created_at, lambda: [Order.state == State.UNPAID]),
    "to-receive": Tab(Order.created_at, lambda: [Order.state == state for state in TO_RECEIVE]),
    "to-review": Tab(Order.received_at, lambda: [_waits(window_start())]),
}
AFTER_SALE = "after-sale"


def _waits(since: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Return the condition of ``order_waits`` with what an index finds."""
    return and_(Order.state == State.RECEIVED, Order.received_at > since, order_waits(since))


def _select_count(*conditions: ColumnElement[bool]) -> ScalarSelect[int]:
    """Return how many of the shopper's orders meet the conditions, counted up to MOST_COUNTED."""
    found = select(Order.id).where(Order.user_id == _USER, *conditions).limit(MOST_COUNTED).subquery()
    return select(func.count()).select_from(found).scalar_subquery()


_USER = bindparam("user", type_=Integer)
# Built once: 我的 and the list of orders ask it.
_COUNTS = select(
    _select_count(Order.state == State.UNPAID),
    _select_count(Order.state.in_(TO_RECEIVE)),
    _select_count(_waits(bindparam("received_after", type_=UTCDateTime()))),
    select_open_count(_USER).scalar_subquery(),
)


@dataclass(frozen=True)
class Counts:
    """How many orders wait: 待付款, 待收货, 待评价, and how many requests of 退款售后 are not decided.

    Orders are counted up to MOST_COUNTED.
    """

    unpaid: int
    to_receive: int
    to_review: int
    after_sale: int


@dataclass(frozen=True)
class MoneyBack:
    """Fen that go back: where to (the provider that took them), and since when they are there, None on their way."""

    amount: int
    provider: str
    done_at: datetime | None


@dataclass(frozen=True)
class OrderView:
    """An order with its lines, what each rule took off, and what happened to it.

    ``stray_money`` is what came in for it and it could not take, ``due_at_door`` what is to be paid there, in fen.
    ``may_review``: a line of it waits for its review.
    """

    order: Order
    lines: list[OrderLine]
    sums: dict[str, int]
    events: list[OrderEvent]
    stray_money: int = 0
    delivery: OrderDelivery | None = None
    substitutes: Sequence[OrderSubstitute] = ()
    money_back: Sequence[MoneyBack] = ()
    due_at_door: int = 0
    may_review: bool = False

    @property
    def quantity(self) -> int:
        return sum(line.quantity for line in self.lines)

    @property
    def may_pay(self) -> bool:
        return self.order.state == State.UNPAID and self.seconds_left > 0

    @property
    def left(self) -> int:
        """What the order costs without what fell away of it."""
        return self.order.payable - self.order.refunded

    @property
    def may_readdress(self) -> bool:
        return self.order.state == State.PAID or self.may_pay

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
    values = {"user": user_id, "received_after": window_start()}
    return Counts(*db.session.execute(_COUNTS, values).one())


def orders_of(user_id: int, tab: str | None, cursor: str | None) -> OrderPage:
    """Return a page of the shopper's orders with their lines. Two queries, four for 待收货 and 退款售后.

    Raises NotFound for an unknown tab.
    """
    if tab == AFTER_SALE:
        instant, found = Order.created_at, _after_sale_page(user_id, cursor)
    elif tab in TABS:
        instant, found = TABS[tab].instant, _page(user_id, TABS[tab], cursor)
    else:
        raise NotFound(what="orders")
    shown = found[:PAGE_SIZE]
    lines = _lines([order.id for order, _may in shown])
    views = [OrderView(order, lines[order.id], {}, [], may_review=bool(waits)) for order, waits in shown]
    last = shown[-1][0] if len(found) > PAGE_SIZE else None
    return OrderPage(views, instant_cursor(getattr(last, instant.key), last.id) if last else None)


def order_of(user_id: int, no: str) -> OrderView:
    """Return a shopper's own order. Eight queries. Raises NotFound, also for somebody else's."""
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


def _page(user_id: int, tab: Tab, cursor: str | None) -> list[Row[Order, bool]]:
    """Return the orders of a page and one more: the newest of those that each condition finds. A query for each."""
    rows: list[Row[Order, bool]] = []
    for condition in tab.conditions():
        query = select(Order, order_waits(window_start())).where(Order.user_id == user_id, condition)
        if cursor:
            query = query.where(older_than(tab.instant, Order.id, cursor))
        newest = query.order_by(tab.instant.desc(), Order.id.desc()).limit(PAGE_SIZE + 1)
        rows += db.session.execute(newest).all()
    return _newest(rows, tab.instant)


def _after_sale_page(user_id: int, cursor: str | None) -> list[Row[Order, bool]]:
    """Return the same of the orders of which something fell away or was asked back. Three queries.

    Few orders are such: where they stand in time is read of all of them, from indexes.
    """
    place = select(Order.created_at, Order.id)
    if cursor:
        place = place.where(older_than(Order.created_at, Order.id, cursor))
    reduced = place.where(Order.user_id == user_id, Order.refunded > 0)
    asked = place.join(AfterSale, AfterSale.order_id == Order.id).where(AfterSale.user_id == user_id)
    places = {tuple(row) for query in (reduced, asked) for row in db.session.execute(query)}
    ids = [order_id for _created_at, order_id in sorted(places, reverse=True)[: PAGE_SIZE + 1]]
    rows = db.session.execute(select(Order, order_waits(window_start())).where(Order.id.in_(ids))).all() if ids else []
    return _newest(rows, Order.created_at)


def _newest(rows: Sequence[Any], instant: InstrumentedAttribute[Any]) -> list[Any]:
    return sorted(rows, key=lambda row: (getattr(row[0], instant.key), row[0].id), reverse=True)[: PAGE_SIZE + 1]


def _view(order: Order) -> OrderView:
    adjustments = db.session.execute(
        select(OrderAdjustment.rule, func.sum(OrderAdjustment.amount))
        .where(OrderAdjustment.order_id == order.id)
        .group_by(OrderAdjustment.rule)
    )
    happened = db.session.scalars(
        select(OrderEvent).where(OrderEvent.order_id == order.id).order_by(OrderEvent.created_at, OrderEvent.id)
    )
    sums = {rule: int(amount) for rule, amount in adjustments}
    stray, due_at_door = _open_money(order.id)
    substitutes = select(OrderSubstitute).where(OrderSubstitute.order_id == order.id).order_by(OrderSubstitute.id)
    return OrderView(
        order,
        _lines([order.id])[order.id],
        sums,
        list(happened),
        stray,
        db.session.get(OrderDelivery, order.id),
        substitutes=list(db.session.scalars(substitutes)),
        money_back=_money_back(order.id),
        due_at_door=due_at_door,
    )


def _open_money(order_id: int) -> tuple[int, int]:
    """Return the fen that came in and are nobody's yet, and those that are to be paid at the door."""
    held = case((and_(Payment.state == UNMATCHED, Payment.refunded == 0), Payment.amount), else_=0)
    due = case((Payment.state == PROMISED, Payment.amount - Payment.waived), else_=0)
    row = db.session.execute(select(func.sum(held), func.sum(due)).where(Payment.order_id == order_id)).one()
    return int(row[0] or 0), int(row[1] or 0)


def _money_back(order_id: int) -> list[MoneyBack]:
    rows = db.session.execute(
        select(Refund.amount, Payment.provider, Refund.done_at)
        .join(Payment, Payment.id == Refund.payment_id)
        .where(Payment.order_id == order_id)
        .order_by(Refund.id)
    )
    return [MoneyBack(*row) for row in rows]


def _lines(order_ids: list[int]) -> dict[int, list[OrderLine]]:
    lines: dict[int, list[OrderLine]] = {order_id: [] for order_id in order_ids}
    found = db.session.scalars(select(OrderLine).where(OrderLine.order_id.in_(order_ids)))
    for line in sorted(found, key=lambda line: line.id):  # sorted here: the index has them by order and goods
        lines[line.order_id].append(line)
    return lines

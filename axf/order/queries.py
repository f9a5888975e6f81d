"""What the order pages and commands read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    and_,
    case,
    func,
    select,
)

from axf.core import clock
from axf.core.errors import NotFound
from axf.extensions import db
from axf.order.models import Order, OrderAdjustment, OrderDelivery, OrderEvent, OrderLine, OrderSubstitute
from axf.order.state import Event, State, may
from axf.payment.models import MISMATCH, PROMISED, UNMATCHED, Payment, PaymentNotice, Refund


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

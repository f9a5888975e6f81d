"""Money that comes in: a payment is started, and a provider's verified notice settles it."""

import logging
from datetime import datetime

from sqlalchemy import insert, select

from axf.core import clock
from axf.core.db import retried, transaction
from axf.core.errors import NotFound, ShopError
from axf.core.metrics import PAYMENT_NOTICES
from axf.extensions import db
from axf.market import stock
from axf.notice import outbox
from axf.order import events, refunds, revival
from axf.order.models import Order
from axf.order.state import Event, State, WrongState, may
from axf.payment import attempts
from axf.payment.base import Notice
from axf.payment.models import (
    APPLIED,
    CLOSED,
    FOREIGN,
    MISMATCH,
    PENDING,
    REPEATED,
    UNMATCHED,
    Payment,
    PaymentNotice,
)

log = logging.getLogger(__name__)


class OrderExpired(ShopError):
    """The time to pay is over."""

    code = "order-expired"
    status = 409


@retried
def start(user_id: int, no: str, provider: str) -> Payment:
    """Return the open attempt to pay a shopper's own order with this provider, made when there is none. Commits.

    Raises NotFound, WrongState (paid or cancelled already), OrderExpired.
    """
    now = clock.now()
    with transaction(db.session):
        order = payable_order(user_id, no, now)
        payment = attempts.open_attempt(order.id, provider, order.payable) or attempts.new_attempt(
            order.id, order.no, provider, order.payable, now
        )
        db.session.expunge_all()
    return payment


def payable_order(user_id: int, no: str, now: datetime) -> Order:
    """Return a shopper's own order that may be paid now, locked. Raises NotFound, WrongState, OrderExpired."""
    order = events.locked(Order.no == no, Order.user_id == user_id)
    if order is None:
        raise NotFound(what="order")
    if order.state != State.UNPAID:
        raise WrongState(state=order.state, event=str(Event.PAY))
    if order.expires_at <= now:
        raise OrderExpired(no=no)
    return order


def settle(notice: Notice) -> str:
    """Book a verified notice, send back at once what its order cannot take, and return the outcome. Commits.

    applied: the order is paid now · repeated: this event or trade was booked before · unmatched: real
    money that its order cannot take (paid already, cancelled, expired and gone): it goes back by itself ·
    mismatch: another amount than asked for: it is kept for a person · foreign: no payment of ours has this number.
    Whatever came is stored, once for each event of a provider. Money that comes late for an expired order pays it
    when everything in it can be taken again.
    """
    outcome, order_id = _settle(notice)
    PAYMENT_NOTICES.labels(notice.provider, "payment", outcome).inc()
    if outcome not in (APPLIED, REPEATED):
        log.error("payment notice %s/%s of %s: %s", notice.provider, notice.event_id, notice.payment_no, outcome)
    if outcome == UNMATCHED and order_id is not None:
        refunds.send_for(order_id)
    return outcome


@retried
def _settle(notice: Notice) -> tuple[str, int | None]:
    now = clock.now()
    with transaction(db.session):
        order_id = attempts.order_id_of(notice.provider, notice.payment_no)
        order = None if order_id is None else events.locked(Order.id == order_id)
        if _is_known(notice):
            return REPEATED, order_id
        outcome = FOREIGN if order is None else _book(order, notice, now)
        row = {
            "provider": notice.provider,
            "event_id": notice.event_id,
            "payment_no": notice.payment_no,
            "amount": notice.amount,
            "raw": notice.raw,
            "outcome": outcome,
            "received_at": now,
        }
        db.session.execute(insert(PaymentNotice).values(**row))
    return outcome, order_id


def _is_known(notice: Notice) -> bool:
    seen = select(PaymentNotice.id).where(
        PaymentNotice.provider == notice.provider, PaymentNotice.event_id == notice.event_id
    )
    return db.session.scalar(seen) is not None


def _book(order: Order, notice: Notice, now: datetime) -> str:
    payment = attempts.locked(notice.payment_no)
    if payment is None:
        return FOREIGN
    if attempts.has_reference(order.id, notice.provider, notice.reference):
        return REPEATED
    if payment.amount != notice.amount:
        attempts.add_stray(payment, notice.amount, notice.reference, now)
        return MISMATCH
    if payment.state not in (PENDING, CLOSED):
        # A second trade under the same number: real money twice. The payment keeps the first one.
        payment = attempts.add_stray(payment, notice.amount, notice.reference, now)
    payment.paid_at, payment.provider_reference = now, notice.reference
    payment.state = APPLIED if _apply(order, payment, now) else UNMATCHED
    db.session.flush()
    if payment.state == UNMATCHED:
        refunds.return_stray(payment, reason="second" if order.paid_at else "late", at=now)
    return payment.state


def _apply(order: Order, payment: Payment, now: datetime) -> bool:
    """Let the payment pay its order if that can still be, and tell whether it does."""
    if payment.state == UNMATCHED:
        return False
    if may(State(order.state), Event.PAY):
        mark_paid(order, actor=payment.provider, reason=payment.no, at=now)
        return True
    if revival.may_revive(order) and revival.revive(order, actor=payment.provider, reason=payment.no, at=now):
        _count_and_tell(order, now)
        return True
    return False


def mark_paid(order: Order, *, actor: str, reason: str, at: datetime) -> None:
    """Move an order to paid, count its goods as sold and tell its shopper. The caller commits. Raises WrongState."""
    events.move(order, Event.PAY, actor=actor, at=at, reason=reason, paid_at=at)
    _count_and_tell(order, at)


def _count_and_tell(order: Order, at: datetime) -> None:
    stock.count_sales(db.session, events.quantities_of(order.id))
    key = events.stamp(order)
    outbox.tell(db.session, order.user_id, "paid", key, at, order_no=order.no, amount=order.payable)

"""Money: a payment is started, and a provider's verified notice settles it."""

import logging
from datetime import datetime

from sqlalchemy import insert, select

from axf.core import clock
from axf.core.db import retried, transaction
from axf.core.errors import NotFound, ShopError
from axf.extensions import db
from axf.market import stock
from axf.order import events
from axf.order.models import Order
from axf.order.state import Event, State, WrongState, may
from axf.payment import attempts
from axf.payment.base import Notice
from axf.payment.models import APPLIED, FOREIGN, MISMATCH, REPEATED, UNMATCHED, Payment, PaymentNotice

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
        order = events.locked(Order.no == no, Order.user_id == user_id)
        if order is None:
            raise NotFound(what="order")
        if not may(State(order.state), Event.PAY):
            raise WrongState(state=order.state, event=str(Event.PAY))
        if order.expires_at <= now:
            raise OrderExpired(no=no)
        payment = attempts.open_attempt(order.id, provider) or attempts.new_attempt(
            order.id, order.no, provider, order.payable, now
        )
        db.session.expunge_all()
    return payment


@retried
def settle(notice: Notice) -> str:
    """Book a verified notice and return its outcome. Commits.

    applied: the order is paid now · repeated: this event or trade was booked before · unmatched: real
    money that its order cannot take (paid already, cancelled, expired); it is kept for a person ·
    foreign: no payment of ours has this number · mismatch: another amount than asked for.
    Whatever came is stored, once for each event of a provider.
    """
    with transaction(db.session):
        if _is_known(notice):
            return REPEATED
        outcome = _book(notice)
        db.session.execute(
            insert(PaymentNotice).values(
                provider=notice.provider,
                event_id=notice.event_id,
                payment_no=notice.payment_no,
                raw=notice.raw,
                outcome=outcome,
                received_at=clock.now(),
            )
        )
    if outcome not in (APPLIED, REPEATED):
        log.error("payment notice %s/%s of %s: %s", notice.provider, notice.event_id, notice.payment_no, outcome)
    return outcome


def _is_known(notice: Notice) -> bool:
    seen = select(PaymentNotice.id).where(
        PaymentNotice.provider == notice.provider, PaymentNotice.event_id == notice.event_id
    )
    return db.session.scalar(seen) is not None


def _book(notice: Notice) -> str:
    order_id = attempts.order_id_of(notice.provider, notice.payment_no)
    if order_id is None:
        return FOREIGN
    order = events.locked(Order.id == order_id)
    payment = attempts.locked(notice.payment_no)
    if order is None or payment is None or payment.amount != notice.amount:
        return MISMATCH
    if payment.state in (APPLIED, UNMATCHED):
        # The same trade told again under a new event id, or a second trade: real money twice. The
        # payment keeps the first trade; the stored notice knows the second.
        return REPEATED if payment.provider_reference == notice.reference else UNMATCHED
    payment.paid_at = clock.now()
    payment.provider_reference = notice.reference
    payment.state = APPLIED if _apply(order, notice) else UNMATCHED
    return payment.state


def _apply(order: Order, notice: Notice) -> bool:
    """Move the order to paid if it may, and count its goods as sold."""
    if not may(State(order.state), Event.PAY):
        return False
    mark_paid(order, actor=notice.provider, reason=notice.payment_no, at=clock.now())
    return True


def mark_paid(order: Order, *, actor: str, reason: str, at: datetime) -> None:
    """Move an order to paid and count its goods as sold. The caller commits. Raises WrongState."""
    events.move(order, Event.PAY, actor=actor, at=at, reason=reason, paid_at=at)
    stock.count_sales(db.session, events.quantities_of(order.id))

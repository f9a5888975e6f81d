"""Asking providers what became of what is still open, so that a lost notice loses no money."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from axf.core import clock
from axf.core.db import retried, transaction
from axf.core.errors import NotFound
from axf.extensions import db
from axf.order import refunds, settlement
from axf.order.models import Order
from axf.payment import attempts
from axf.payment.base import DIRECT, GatewayDown, UnknownProvider
from axf.payment.models import FAILED, FOREIGN, PENDING, UNMATCHED, Payment, PaymentNotice, Refund
from axf.payment.providers import provider

log = logging.getLogger(__name__)

# Before, the notice is only on its way; after, no gateway would still take the money.
_YOUNGEST, _OLDEST = timedelta(minutes=1), timedelta(days=3)


@dataclass(frozen=True)
class Reconciled:
    """How many attempts were found paid, closed, still waiting, and not to be asked about; and refunds sent."""

    paid: int
    closed: int
    waiting: int
    unanswered: int
    refunds: refunds.Sent


@dataclass(frozen=True)
class Stray:
    """Money, or a refund, that a person must look at: where, how much, why, and what can be done."""

    what: str
    number: str
    order_no: str
    amount: int
    since: datetime
    problem: str
    advice: str


def reconcile(most: int = 500) -> Reconciled:
    """Ask about every attempt that is open, book what was paid, close what ended, and send the refunds that are due.

    Repeats and any number of hosts do no harm: what is booked is booked once. Commits after each.
    """
    now = clock.now()
    open_ones = (
        select(Payment.no, Payment.provider)
        .where(
            Payment.state == PENDING,
            Payment.provider.not_in(DIRECT),
            Payment.created_at < now - _YOUNGEST,
            Payment.created_at > now - _OLDEST,
        )
        .order_by(Payment.created_at.desc())
        .limit(most)
    )
    found = {"paid": 0, "closed": 0, "waiting": 0, "unanswered": 0}
    for payment_no, name in db.session.execute(open_ones).all():
        found[_ask(name, payment_no)] += 1
    return Reconciled(**found, refunds=refunds.send_due(most))


def strays() -> list[Stray]:
    """Return what a person must look at, the oldest first: money that nothing could take, refunds that failed."""
    return sorted([*_unmatched(), *_foreign(), *_failed()], key=lambda stray: stray.since)


def of_payment(payment_no: str) -> tuple[Payment, str, list[PaymentNotice], list[Refund]]:
    """Return a payment, its order's number, what its provider told of it, and its refunds. Raises NotFound."""
    row = db.session.execute(
        select(Payment, Order.no).join(Order, Order.id == Payment.order_id).where(Payment.no == payment_no)
    ).one_or_none()
    if row is None:
        raise NotFound(what="payment")
    found = list(db.session.scalars(select(Refund).where(Refund.payment_id == row.Payment.id).order_by(Refund.id)))
    numbers = [payment_no, *(refund.no for refund in found)]
    told = select(PaymentNotice).where(PaymentNotice.payment_no.in_(numbers)).order_by(PaymentNotice.id)
    return row.Payment, row.no, list(db.session.scalars(told)), found


def latest(state: str | None, most: int) -> list[tuple[Payment, str]]:
    """Return the newest payments, all or in one state, with their orders' numbers. One query."""
    query = select(Payment, Order.no).join(Order, Order.id == Payment.order_id)
    if state is not None:
        query = query.where(Payment.state == state)
    rows = db.session.execute(query.order_by(Payment.created_at.desc(), Payment.id.desc()).limit(most))
    return [(row.Payment, row.no) for row in rows]


def _ask(name: str, payment_no: str) -> str:
    try:
        found = provider(name).query(payment_no)
    except (GatewayDown, UnknownProvider) as trouble:
        log.warning("payment %s: %s does not answer: %s %s", payment_no, name, trouble.code, trouble.details)
        return "unanswered"
    if found.state == "paid" and found.notice is not None:
        settlement.settle(found.notice)
    elif found.state == "closed":
        _close(payment_no)
    return found.state


@retried
def _close(payment_no: str) -> None:
    with transaction(db.session):
        attempts.close(db.session, payment_no)


def _unmatched() -> Iterable[Stray]:
    rows = db.session.execute(
        select(Payment, Order.no)
        .join(Order, Order.id == Payment.order_id)
        .where(Payment.state == UNMATCHED, Payment.amount > 0, Payment.refunded == 0)
    )
    for row in rows:
        each = row.Payment
        advice = f"flask payment refund {each.no} sends it back; or settle it with the shopper and leave it"
        problem = "another sum than the order's, or it could not be given back by itself"
        yield Stray("money", each.no, row.no, each.amount, each.paid_at or each.created_at, problem, advice)


def _foreign() -> Iterable[Stray]:
    for each in db.session.scalars(select(PaymentNotice).where(PaymentNotice.outcome == FOREIGN)):
        problem = f"{each.provider} tells of a number that is not ours"
        advice = "look the number up at the provider: another shop with the same account, or a lost database?"
        yield Stray("notice", each.payment_no, "", each.amount or 0, each.received_at, problem, advice)


def _failed() -> Iterable[Stray]:
    rows = db.session.execute(
        select(Refund, Order.no)
        .join(Payment, Payment.id == Refund.payment_id)
        .join(Order, Order.id == Payment.order_id)
        .where(Refund.state == FAILED)
    )
    for row in rows:
        each = row.Refund
        advice = f"flask payment refund {each.no} tries again; or give it back by hand at the provider"
        yield Stray("refund", each.no, row.no, each.amount, each.created_at, each.problem, advice)

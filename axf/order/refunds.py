"""Money that goes back: decided in a transaction, sent to the provider after it, and confirmed by it."""

import logging
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from sqlalchemy import insert, select, update

from axf.core import clock
from axf.core.db import retried, rows_changed, transaction
from axf.core.errors import NotFound, ShopError
from axf.credit import ledger as credit
from axf.extensions import db
from axf.notice import outbox
from axf.order.models import Order
from axf.payment import attempts
from axf.payment import refunds as ledger
from axf.payment.base import BALANCE, COD, GatewayDown, RefundNotice, RefundRefused, RefundRequest, UnknownProvider
from axf.payment.models import DONE, FOREIGN, MISMATCH, PROMISED, REPEATED, UNMATCHED, Payment, PaymentNotice, Refund
from axf.payment.providers import provider, refund_notify_url

log = logging.getLogger(__name__)


class NothingToReturn(ShopError):
    """The payment is no unmatched money, or all of it goes back already."""

    code = "nothing-to-return"
    status = 409


@dataclass(frozen=True)
class Sent:
    """How many refunds this run saw done, left on their way, and gave up."""

    done: int = 0
    open: int = 0
    failed: int = 0

    def __add__(self, other: "Sent") -> "Sent":
        return Sent(self.done + other.done, self.open + other.open, self.failed + other.failed)


def give_back(order: Order, amount: int, *, reason: str, reference: str, at: datetime) -> None:
    """Let so many fen of a settled order's price fall away. The order is locked; the caller commits, then sends.

    What was not collected yet is not collected any more; what was paid by a gateway goes back the same way, what was
    paid with store credit or in cash becomes store credit at once. A sum of 0 does nothing.
    Raises TooMuch when more would fall away than was paid; the caller must roll back then.
    """
    if not amount:
        return
    less = update(Order).where(Order.id == order.id, Order.refunded + amount <= Order.payable)
    if not rows_changed(db.session, less.values(refunded=Order.refunded + amount)):
        raise ledger.TooMuch(left=order.payable - order.refunded)
    db.session.refresh(order)
    payment = attempts.paying(order.id)
    if payment is None:
        raise ledger.TooMuch(left=0)
    if payment.state == PROMISED:
        attempts.waive(db.session, payment, amount)
        return
    refund = ledger.request(db.session, payment, amount, reason=reason, reference=reference, at=at)
    if payment.provider in (BALANCE, COD):
        credit.add(db.session, order.user_id, amount, reason="refund", reference=refund.no, at=at)
        _finish(refund.no, at)


def return_stray(payment: Payment, *, reason: str, at: datetime) -> None:
    """Send unmatched money back whole. Its order and itself are locked; the caller commits, then sends."""
    ledger.request(db.session, payment, payment.amount, reason=reason, reference=payment.no, at=at)


@retried
def return_unmatched(payment_no: str) -> None:
    """Send money back that no order could take: the decision of a person. Commits, then asks the provider.

    Raises NotFound, NothingToReturn.
    """
    with transaction(db.session):
        order_id = db.session.scalar(select(Payment.order_id).where(Payment.no == payment_no))
        if order_id is None:
            raise NotFound(what="payment")
        db.session.execute(select(Order.id).where(Order.id == order_id).with_for_update())
        payment = attempts.locked(payment_no)
        if payment is None or payment.state != UNMATCHED or payment.refunded:
            raise NothingToReturn(payment_no=payment_no)
        return_stray(payment, reason="shop", at=clock.now())
    send_for(order_id)


def send_due(most: int = 200) -> Sent:
    """Send every refund that is due and return what became of them. Safe on any number of hosts at once."""
    return sum((_send(refund_id) for refund_id in ledger.due(clock.now(), most)), Sent())


def send_for(order_id: int) -> Sent:
    """Send the refunds of one order that are due, so that its shopper need not wait for the timer.

    What does not succeed now is tried again by ``send_due``; nothing is raised for it.
    """
    due = select(Refund.id).join(Payment, Payment.id == Refund.payment_id).where(Payment.order_id == order_id)
    now = clock.now()
    refund_ids = db.session.scalars(due.where(Refund.state == ledger.OPEN, Refund.next_try_at <= now)).all()
    return sum((_send(refund_id) for refund_id in refund_ids), Sent())


@retried
def settle(notice: RefundNotice) -> str:
    """Book a verified notice of a refund and return its outcome. Commits.

    done, failed · repeated: it was known · foreign: no refund of ours · mismatch: another sum than asked for.
    """
    now = clock.now()
    with transaction(db.session):
        seen = select(PaymentNotice.id).where(
            PaymentNotice.provider == notice.provider, PaymentNotice.event_id == notice.event_id
        )
        if db.session.scalar(seen) is not None:
            return REPEATED
        outcome = _book(notice, now)
        row = {
            "provider": notice.provider,
            "event_id": notice.event_id,
            "payment_no": notice.refund_no[:64],
            "amount": -notice.amount,
            "raw": notice.raw,
            "outcome": outcome,
            "received_at": now,
        }
        db.session.execute(insert(PaymentNotice).values(**row))
    if outcome in (FOREIGN, MISMATCH, ledger.FAILED):
        log.error("refund notice %s/%s of %s: %s", notice.provider, notice.event_id, notice.refund_no, outcome)
    return outcome


@retried
def retry(refund_no: str) -> None:
    """Let a failed refund be tried again now. Commits. Raises NotFound when none of this number has failed."""
    with transaction(db.session):
        if not ledger.reopen(db.session, refund_no, clock.now()):
            raise NotFound(what="failed refund")


def _book(notice: RefundNotice, now: datetime) -> str:
    found = db.session.execute(
        select(Refund.amount, Payment.provider)
        .join(Payment, Payment.id == Refund.payment_id)
        .where(Refund.no == notice.refund_no)
    ).one_or_none()
    if found is None or found.provider != notice.provider:
        return FOREIGN
    if found.amount != notice.amount:
        return MISMATCH
    if notice.state == DONE:
        return DONE if _finish(notice.refund_no, now) else REPEATED
    return ledger.FAILED if ledger.fail(db.session, notice.refund_no, "the provider says it failed") else REPEATED


def _send(refund_id: int) -> Sent:
    """Try one refund: take it, ask the provider with no transaction open, write down what it said."""
    request, name = _claimed(refund_id)
    if request is None:
        return Sent()
    try:
        state = provider(name).refund(request)
    except RefundRefused as refusal:
        _write_down(request.refund_no, problem=f"refused: {refusal.reason}", is_final=True)
        return Sent(failed=1)
    except (GatewayDown, UnknownProvider) as trouble:
        _write_down(request.refund_no, problem=f"{trouble.code} {trouble.details}")
        return Sent(open=1)
    if state == DONE:
        _write_down(request.refund_no)
        return Sent(done=1)
    return Sent(open=1)


@retried
def _claimed(refund_id: int) -> tuple[RefundRequest | None, str]:
    with transaction(db.session):
        if not ledger.claim(db.session, refund_id, clock.now()):
            return None, ""
        row = db.session.execute(
            select(Refund, Payment).join(Payment, Payment.id == Refund.payment_id).where(Refund.id == refund_id)
        ).one()
        refund, payment = row
        request = RefundRequest(
            refund_no=refund.no,
            payment_no=attempts.number_at_provider(payment),
            reference=payment.provider_reference or "",
            amount=refund.amount,
            total=payment.amount,
            reason=refund.reason,
            notify_url=refund_notify_url(payment.provider, current_app.config["BASE_URL"]),
        )
        return request, payment.provider


@retried
def _write_down(refund_no: str, *, problem: str = "", is_final: bool = False) -> None:
    with transaction(db.session):
        if is_final:
            ledger.fail(db.session, refund_no, problem)
        elif problem:
            ledger.note_problem(db.session, refund_no, problem)
        else:
            _finish(refund_no, clock.now())
    if problem:
        log.warning("refund %s: %s", refund_no, problem)


def _finish(refund_no: str, at: datetime) -> bool:
    """Note that the money is back and tell its shopper; return whether that is news. The caller commits."""
    if not ledger.finish(db.session, refund_no, at):
        return False
    row = db.session.execute(
        select(Order.user_id, Order.no, Refund.amount, Payment.provider)
        .join(Payment, Payment.order_id == Order.id)
        .join(Refund, Refund.payment_id == Payment.id)
        .where(Refund.no == refund_no)
    ).one()
    told = {"order_no": row.no, "amount": row.amount, "provider": row.provider}
    outbox.tell(db.session, row.user_id, "refunded", refund_no, at, **told)
    return True

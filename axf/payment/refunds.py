"""The ledger of money that goes back. It knows payments only and never commits."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import select, update

from axf.core.db import AnySession, rows_changed
from axf.core.errors import ShopError
from axf.extensions import db
from axf.payment.models import DONE, FAILED, OPEN, Payment, Refund

MOST_TRIES = 40
_LONGEST_PAUSE = timedelta(hours=6)


class TooMuch(ShopError):
    """More is asked back than is left of the payment (``left``, fen)."""

    code = "refund-too-much"
    status = 409


def request(session: AnySession, payment: Payment, amount: int, *, reason: str, reference: str, at: datetime) -> Refund:
    """Note that so many fen of the payment are to go back. The caller commits, then sends it.

    Lock the payment first. A repeat with the same reason and reference returns the one that is there.
    Raises TooMuch; nothing was changed then.
    """
    key = {"payment_id": payment.id, "reason": reason, "reference": reference}
    known = session.scalars(select(Refund).filter_by(**key)).one_or_none()
    if known is not None:
        return known
    left = payment.amount - payment.refunded - payment.waived
    guarded = update(Payment).where(
        Payment.id == payment.id, Payment.refunded + Payment.waived + amount <= Payment.amount
    )
    if not rows_changed(session, guarded.values(refunded=Payment.refunded + amount)):
        raise TooMuch(left=left)
    session.refresh(payment)
    refund = Refund(no=_new_no(payment), **key, amount=amount, state=OPEN, tries=0, next_try_at=at, created_at=at)
    session.add(refund)
    session.flush()
    return refund


def due(now: datetime, most: int) -> list[int]:
    """Return the ids of open refunds that are to be tried now, those that wait longest first."""
    waiting = select(Refund.id).where(Refund.state == OPEN, Refund.next_try_at <= now)
    return list(db.session.scalars(waiting.order_by(Refund.next_try_at, Refund.id).limit(most)))


def claim(session: AnySession, refund_id: int, now: datetime) -> bool:
    """Take a due refund for one try, so that no other process tries it meanwhile; tell whether this call got it.

    The pause before the next try doubles from two minutes to six hours. The caller commits.
    """
    tries = session.scalar(select(Refund.tries).where(Refund.id == refund_id)) or 0
    pause = min(timedelta(minutes=2) * 2 ** min(tries, 10), _LONGEST_PAUSE)
    due_now = update(Refund).where(
        Refund.id == refund_id, Refund.state == OPEN, Refund.next_try_at <= now, Refund.tries == tries
    )
    return bool(rows_changed(session, due_now.values(tries=tries + 1, next_try_at=now + pause)))


def finish(session: AnySession, refund_no: str, at: datetime) -> bool:
    """Note that the money is back, and tell whether that is news; also one that had failed. The caller commits."""
    ended = update(Refund).where(Refund.no == refund_no, Refund.state != DONE)
    return bool(rows_changed(session, ended.values(state=DONE, done_at=at, problem="")))


def fail(session: AnySession, refund_no: str, problem: str) -> bool:
    """Note that an open refund will not succeed by itself, and why. The caller commits."""
    ended = update(Refund).where(Refund.no == refund_no, Refund.state == OPEN)
    return bool(rows_changed(session, ended.values(state=FAILED, problem=problem[:200])))


def note_problem(session: AnySession, refund_no: str, problem: str) -> None:
    """Note why the last try did not succeed; after MOST_TRIES a person must look. The caller commits."""
    kept = update(Refund).where(Refund.no == refund_no, Refund.state == OPEN)
    rows_changed(session, kept.where(Refund.tries < MOST_TRIES).values(problem=problem[:200]))
    rows_changed(session, kept.where(Refund.tries >= MOST_TRIES).values(state=FAILED, problem=problem[:200]))


def reopen(session: AnySession, refund_no: str, at: datetime) -> bool:
    """Let a failed refund be tried again now, and tell whether it had failed. The caller commits."""
    again = update(Refund).where(Refund.no == refund_no, Refund.state == FAILED)
    return bool(rows_changed(session, again.values(state=OPEN, tries=0, next_try_at=at)))


def _new_no(payment: Payment) -> str:
    return f"{payment.no.partition('P')[0]}R{secrets.token_hex(4)}"

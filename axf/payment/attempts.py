"""The ledger of attempts to pay. It knows ids only and never commits."""

import secrets
from datetime import datetime

from sqlalchemy import func, select, update

from axf.core.db import AnySession, rows_changed
from axf.extensions import db
from axf.payment.models import APPLIED, CLOSED, PENDING, PROMISED, UNMATCHED, Payment


def open_attempt(order_id: int, provider: str, amount: int) -> Payment | None:
    """Return the pending attempt of an order with this provider over ``amount`` fen, the newest."""
    return db.session.scalars(
        select(Payment)
        .where(
            Payment.order_id == order_id,
            Payment.provider == provider,
            Payment.state == PENDING,
            Payment.amount == amount,
        )
        .order_by(Payment.id.desc())
        .limit(1)
    ).first()


def new_attempt(order_id: int, order_no: str, provider: str, amount: int, at: datetime) -> Payment:
    """Add an attempt over ``amount`` fen. The caller commits."""
    payment = Payment(
        no=f"{order_no}P{secrets.token_hex(4)}",
        order_id=order_id,
        provider=provider,
        amount=amount,
        state=PENDING,
        created_at=at,
        refunded=0,
        waived=0,
    )
    db.session.add(payment)
    db.session.flush()
    return payment


def add_stray(like: Payment, amount: int, reference: str, at: datetime) -> Payment:
    """Add money that came in by the number of ``like`` besides what it was for: unmatched. The caller commits.

    Its own number is that one with an X and a count: the provider knows it by the part before (``number_at_provider``).
    """
    count = db.session.scalar(select(func.count()).where(Payment.no.startswith(f"{like.no}X", autoescape=True)))
    stray = Payment(
        no=f"{like.no}X{(count or 0) + 1}",
        order_id=like.order_id,
        provider=like.provider,
        amount=amount,
        state=UNMATCHED,
        provider_reference=reference,
        created_at=at,
        paid_at=at,
        refunded=0,
        waived=0,
    )
    db.session.add(stray)
    db.session.flush()
    return stray


def number_at_provider(payment: Payment) -> str:
    """Return the number by which the provider knows the trade."""
    return payment.no.partition("X")[0]


def order_id_of(provider: str, payment_no: str) -> int | None:
    """Return the id of the order that this attempt was for, or None."""
    return db.session.scalar(select(Payment.order_id).where(Payment.no == payment_no, Payment.provider == provider))


def locked(payment_no: str) -> Payment | None:
    """Return the attempt, locked and read anew. Lock its order first."""
    return db.session.scalars(
        select(Payment).where(Payment.no == payment_no).with_for_update().execution_options(populate_existing=True)
    ).one_or_none()


def paying(order_id: int) -> Payment | None:
    """Return the payment that paid the order, or is promised to, locked and read anew. Lock its order first."""
    return db.session.scalars(
        select(Payment)
        .where(Payment.order_id == order_id, Payment.state.in_((APPLIED, PROMISED)))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


def has_reference(order_id: int, provider: str, reference: str) -> bool:
    """Tell whether the trade that the provider calls so is booked for the order."""
    known = select(Payment.id).where(
        Payment.order_id == order_id, Payment.provider == provider, Payment.provider_reference == reference
    )
    return db.session.scalar(known.limit(1)) is not None


def waive(session: AnySession, payment: Payment, amount: int) -> None:
    """Collect so many fen less of a promised payment; closed when nothing is left of it. The caller commits."""
    payment.waived += amount
    if payment.waived == payment.amount:
        payment.state = CLOSED
    session.flush()


def close(session: AnySession, payment_no: str) -> bool:
    """Note that a pending attempt ended without money, and tell whether it was pending. The caller commits."""
    ended = update(Payment).where(Payment.no == payment_no, Payment.state == PENDING)
    return bool(rows_changed(session, ended.values(state=CLOSED)))

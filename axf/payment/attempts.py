"""The ledger of attempts to pay. It knows ids only and never commits."""

import secrets
from datetime import datetime

from sqlalchemy import select

from axf.extensions import db
from axf.payment.models import PENDING, Payment


def open_attempt(order_id: int, provider: str) -> Payment | None:
    """Return the pending attempt of an order with this provider, the newest."""
    return db.session.scalars(
        select(Payment)
        .where(Payment.order_id == order_id, Payment.provider == provider, Payment.state == PENDING)
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
    )
    db.session.add(payment)
    db.session.flush()
    return payment


def order_id_of(provider: str, payment_no: str) -> int | None:
    """Return the id of the order that this attempt was for, or None."""
    return db.session.scalar(select(Payment.order_id).where(Payment.no == payment_no, Payment.provider == provider))


def locked(payment_no: str) -> Payment | None:
    """Return the attempt, locked and read anew. Lock its order first."""
    return db.session.scalars(
        select(Payment).where(Payment.no == payment_no).with_for_update().execution_options(populate_existing=True)
    ).one_or_none()

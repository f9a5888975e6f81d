"""Paying without a gateway: with store credit, or at the door."""

from datetime import datetime

from sqlalchemy import func, select

from axf.core import clock
from axf.core.db import retried, transaction
from axf.core.errors import ShopError
from axf.credit import ledger as credit
from axf.extensions import db
from axf.order import settlement
from axf.order.models import Order
from axf.order.state import State
from axf.payment import attempts
from axf.payment.base import BALANCE, COD
from axf.payment.models import APPLIED, PROMISED, Payment
from axf.user.models import User

# Who pays at the door may not come to the door: one order at a time, and not a large one.
MOST_PROMISED = 1
LARGEST_PROMISE = 50_000


class NoPromise(ShopError):
    """This order cannot be paid at the door: ``reason`` is amount (above ``most``, fen) or open (one waits already)."""

    code = "no-promise"
    status = 409


@retried
def pay(user_id: int, no: str, provider: str) -> None:
    """Settle a shopper's own order by ``balance`` (store credit), or promise to pay at the door (``cod``). Commits.

    Raises NotFound, WrongState (a repeat, too), OrderExpired, BalanceShort, NoPromise; nothing changes then.
    """
    now = clock.now()
    with transaction(db.session):
        # Two orders of a shopper must not be promised at once: each would find no other one.
        db.session.execute(select(User.id).where(User.id == user_id).with_for_update())
        order = settlement.payable_order(user_id, no, now)
        if provider == COD:
            _refuse_promise(order)
        payment = attempts.new_attempt(order.id, order.no, provider, order.payable, now)
        if provider == BALANCE:
            credit.take(db.session, user_id, order.payable, reason="order", reference=payment.no, at=now)
            payment.state, payment.paid_at = APPLIED, now
        else:
            payment.state = PROMISED
        db.session.flush()
        settlement.mark_paid(order, actor=provider, reason=payment.no, at=now)


def collect(order: Order, at: datetime) -> int:
    """Note that the rider has collected what is left of a promised payment; return the fen. The order is locked.

    Nothing promised, nothing collected: 0, so a repeat collects nothing. The caller commits.
    """
    payment = attempts.paying(order.id)
    if payment is None or payment.state != PROMISED:
        return 0
    payment.state, payment.paid_at = APPLIED, at
    db.session.flush()
    return payment.amount - payment.waived


def is_promised(order_id: int) -> bool:
    """Tell whether the order is still to be paid at the door. One query."""
    promised = select(Payment.id).where(Payment.order_id == order_id, Payment.state == PROMISED)
    return db.session.scalar(promised) is not None


def _refuse_promise(order: Order) -> None:
    if order.payable > LARGEST_PROMISE:
        raise NoPromise(reason="amount", most=LARGEST_PROMISE)
    waiting = (
        select(func.count())
        .select_from(Payment)
        .join(Order, Order.id == Payment.order_id)
        .where(Order.user_id == order.user_id, Payment.state == PROMISED, Order.state != State.CANCELLED)
    )
    if (db.session.scalar(waiting) or 0) >= MOST_PROMISED:
        raise NoPromise(reason="open")

"""What must hold of money: what came in, what it paid, what goes back, and store credit."""

from sqlalchemy import Select, and_, case, func, or_, select, union_all

from axf.check.invariant import IS_PAID, unequal
from axf.credit.models import CreditAccount, CreditEntry
from axf.order.models import LineRefund, Order, OrderLine
from axf.order.state import State
from axf.payment.base import BALANCE, COD
from axf.payment.models import (
    APPLIED,
    CLOSED,
    DONE,
    FOREIGN,
    PROMISED,
    REPEATED,
    UNMATCHED,
    Payment,
    PaymentNotice,
    Refund,
)

NO = Order.no.label("order_no")


def payment() -> Select:
    """A settled order has one payment of what was payable, or none when that is nothing; an unpaid one has none.

    A cancelled order has one exactly when it was paid before.
    """
    # A promise of which nothing is to be collected any more is closed.
    settles = or_(Payment.state.in_((APPLIED, PROMISED)), and_(Payment.state == CLOSED, Payment.waived > 0))
    settled = (
        select(Payment.order_id, func.count().label("payments"), func.sum(Payment.amount).label("amount"))
        .where(settles)
        .group_by(Payment.order_id)
        .subquery()
    )
    was_paid = or_(IS_PAID, and_(Order.state == State.CANCELLED, Order.paid_at.is_not(None)))
    due = case((was_paid, Order.payable), else_=0)
    paid, payments = func.coalesce(settled.c.amount, 0), func.coalesce(settled.c.payments, 0)
    return (
        select(NO, Order.state, due.label("due"), paid.label("paid"), payments.label("payments"))
        .outerjoin(settled, settled.c.order_id == Order.id)
        .where(or_(due != paid, payments > 1, and_(~was_paid, payments > 0)))
    )


def money_in() -> Select:
    """All money that a provider told of is booked as payments, once."""
    told = select(PaymentNotice.provider.label("provider"), PaymentNotice.amount.label("told")).where(
        PaymentNotice.amount > 0, PaymentNotice.outcome.not_in((REPEATED, FOREIGN))
    )
    booked = select(Payment.provider.label("provider"), Payment.amount.label("booked")).where(
        Payment.state.in_((APPLIED, UNMATCHED)), Payment.provider.not_in((BALANCE, COD))
    )
    return unequal(told, booked)


def money_back() -> Select:
    """What goes back of a payment is what its refunds add up to."""
    return unequal(
        select(Payment.no.label("payment_no"), Payment.refunded.label("refunded")),
        select(Payment.no.label("payment_no"), Refund.amount.label("refunds")).join(
            Refund, Refund.payment_id == Payment.id
        ),
    )


def order_refunded() -> Select:
    """What fell away of an order goes back from its payment, or is not collected; a cancelled one keeps none."""
    from_payments = (
        select(NO, (Payment.refunded + Payment.waived).label("returned"))
        .join(Payment, Payment.order_id == Order.id)
        .where(Payment.state != UNMATCHED)
    )
    fell_away = case(
        (and_(Order.state == State.CANCELLED, Order.paid_at.is_not(None)), Order.payable), else_=Order.refunded
    )
    return unequal(select(NO, fell_away.label("fell_away")), from_payments)


def line_refunds() -> Select:
    """What fell away of a settled order's price is what fell away of its lines."""
    lines = select(NO, LineRefund.amount.label("lines")).join(LineRefund, LineRefund.order_id == Order.id)
    return unequal(select(NO, Order.refunded.label("refunded")).where(IS_PAID), lines.where(IS_PAID))


def line_dropped() -> Select:
    """The pieces that fell away of a line are written down, and are no more than it has."""
    fallen = (
        select(LineRefund.order_id, LineRefund.goods_id, func.sum(LineRefund.quantity).label("pieces"))
        .group_by(LineRefund.order_id, LineRefund.goods_id)
        .subquery()
    )
    pieces = func.coalesce(fallen.c.pieces, 0)
    same = and_(fallen.c.order_id == OrderLine.order_id, fallen.c.goods_id == OrderLine.goods_id)
    return (
        select(NO, OrderLine.goods_id, OrderLine.quantity, OrderLine.dropped, pieces.label("written_down"))
        .join(OrderLine, OrderLine.order_id == Order.id)
        .outerjoin(fallen, same)
        .where(or_(OrderLine.dropped != pieces, OrderLine.dropped > OrderLine.quantity))
    )


def credit_balance() -> Select:
    """A shopper's store credit is what the entries add up to."""
    return unequal(
        select(CreditAccount.user_id, CreditAccount.balance.label("balance")),
        select(CreditEntry.user_id, CreditEntry.amount.label("entries")),
    )


def credit_spent() -> Select:
    """What was paid with store credit was taken from it, and what goes back of that has come back."""
    paid = select(Payment.no.label("number"), (-Payment.amount).label("payments")).where(
        Payment.provider == BALANCE, Payment.state == APPLIED
    )
    back = (
        select(Refund.no, Refund.amount)
        .join(Payment, Payment.id == Refund.payment_id)
        .where(Payment.provider.in_((BALANCE, COD)), Refund.state == DONE)
    )
    wanted = select(union_all(paid, back).subquery())
    entries = select(CreditEntry.reference.label("number"), CreditEntry.amount.label("entries")).where(
        CreditEntry.reason.in_(("order", "refund"))
    )
    return unequal(wanted, entries)

"""Money that comes in: once, twice, late, short, foreign."""

import pytest
import time_machine
from sqlalchemy import select

from axf.core.errors import NotFound
from axf.extensions import db
from axf.market.models import Goods
from axf.order import fulfilment, settlement
from axf.order.queries import counts_of, order_of
from axf.order.state import WrongState
from axf.payment.base import Notice
from axf.payment.models import Payment, PaymentNotice


def notice(payment: Payment, event_id: str = "e1", amount: int | None = None) -> Notice:
    return Notice("mock", event_id, payment.no, payment.amount if amount is None else amount, "R1", '{"raw": 1}')


def payments() -> list[tuple[str, str | None]]:
    db.session.rollback()
    rows = db.session.execute(select(Payment.state, Payment.provider_reference).order_by(Payment.id))
    return [(row.state, row.provider_reference) for row in rows]


def notices() -> list[tuple[str, str]]:
    db.session.rollback()
    rows = db.session.execute(select(PaymentNotice.event_id, PaymentNotice.outcome).order_by(PaymentNotice.id))
    return [(row.event_id, row.outcome) for row in rows]


def sales_of(goods_id: int) -> int:
    db.session.rollback()
    return db.session.scalar(select(Goods.sales).where(Goods.id == goods_id))


def test_a_notice_pays_the_order(shopper, order_no):
    assert (counts_of(shopper).unpaid, counts_of(shopper).to_receive) == (1, 0)
    payment = settlement.start(shopper, order_no, "mock")
    assert (payment.amount, payment.state) == (2250, "pending")
    assert settlement.settle(notice(payment)) == "applied"
    view = order_of(shopper, order_no)
    assert view.order.state == "paid"
    assert view.order.paid_at is not None
    assert view.events[-1].actor == "mock"
    assert payments() == [("applied", "R1")]
    assert notices() == [("e1", "applied")]
    assert sales_of(475) == 2
    assert (counts_of(shopper).unpaid, counts_of(shopper).to_receive) == (0, 1)


def test_a_repeated_notice_changes_nothing(shopper, order_no):
    payment = settlement.start(shopper, order_no, "mock")
    settlement.settle(notice(payment))
    assert settlement.settle(notice(payment)) == "repeated"
    assert notices() == [("e1", "applied")]
    assert sales_of(475) == 2


def test_the_same_trade_under_another_event_changes_nothing(shopper, order_no):
    payment = settlement.start(shopper, order_no, "mock")
    settlement.settle(notice(payment))
    assert settlement.settle(notice(payment, "e2")) == "repeated"
    assert payments() == [("applied", "R1")]
    assert notices() == [("e1", "applied"), ("e2", "repeated")]


def test_paying_a_second_time_is_kept_for_a_person(shopper, order_no):
    payment = settlement.start(shopper, order_no, "mock")
    settlement.settle(notice(payment))
    again = Notice("mock", "e2", payment.no, payment.amount, "R2", "{}")
    assert settlement.settle(again) == "unmatched"
    assert payments() == [("applied", "R1")]
    assert notices() == [("e1", "applied"), ("e2", "unmatched")]
    assert order_of(shopper, order_no).order.state == "paid"


def test_a_second_trade_leaves_the_first_ones_number_alone(shopper, order_no):
    payment = settlement.start(shopper, order_no, "mock")
    fulfilment.cancel(shopper, order_no)
    settlement.settle(notice(payment))
    assert settlement.settle(notice(payment, "e2")) == "repeated"
    assert settlement.settle(Notice("mock", "e3", payment.no, payment.amount, "R2", "{}")) == "unmatched"
    assert payments() == [("unmatched", "R1")]
    assert notices() == [("e1", "unmatched"), ("e2", "repeated"), ("e3", "unmatched")]


def test_late_money_is_kept_for_a_person(shopper, order_no):
    payment = settlement.start(shopper, order_no, "mock")
    fulfilment.cancel(shopper, order_no)
    assert settlement.settle(notice(payment)) == "unmatched"
    assert payments() == [("unmatched", "R1")]
    assert order_of(shopper, order_no).order.state == "cancelled"


def test_what_came_in_too_late_is_shown_to_the_shopper_and_listed_for_the_shop(app, shopper, order_no):
    payment = settlement.start(shopper, order_no, "mock")
    assert order_no not in app.test_cli_runner().invoke(args=["order", "list", "--stray-money"]).output
    fulfilment.cancel(shopper, order_no)
    settlement.settle(notice(payment))
    assert order_of(shopper, order_no).stray_money == 2250
    assert order_no in app.test_cli_runner().invoke(args=["order", "list", "--stray-money"]).output
    shown = app.test_cli_runner().invoke(args=["order", "show", order_no]).output
    assert f"notice e1 of {payment.no}: unmatched" in shown


@pytest.mark.parametrize("amount", [2249, 2251, 0])
def test_another_amount_moves_nothing_and_is_stored(shopper, order_no, amount):
    payment = settlement.start(shopper, order_no, "mock")
    assert settlement.settle(notice(payment, amount=amount)) == "mismatch"
    assert payments() == [("pending", None)]
    assert notices() == [("e1", "mismatch")]
    assert order_of(shopper, order_no).order.state == "unpaid"


def test_a_foreign_number_is_stored(shopper, order_no):
    assert settlement.settle(Notice("mock", "e9", "nobody's", 100, "R", "{}")) == "foreign"
    assert notices() == [("e9", "foreign")]


def test_the_open_attempt_is_used_again(shopper, order_no):
    assert settlement.start(shopper, order_no, "mock").no == settlement.start(shopper, order_no, "mock").no


def test_starting_needs_an_open_order_of_ones_own(shopper, order_no):
    from axf.user import accounts

    other = accounts.register("bert", "another pass phrase")
    with pytest.raises(NotFound):
        settlement.start(other, order_no, "mock")
    with time_machine.travel(order_of(shopper, order_no).order.expires_at), pytest.raises(settlement.OrderExpired):
        settlement.start(shopper, order_no, "mock")
    fulfilment.cancel(shopper, order_no)
    with pytest.raises(WrongState):
        settlement.start(shopper, order_no, "mock")
    assert payments() == []

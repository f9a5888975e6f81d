"""Money that comes in: once, twice, late, short, foreign."""

import pytest
import time_machine
from sqlalchemy import select, text

from axf.core import clock
from axf.core.db import transaction
from axf.core.errors import NotFound
from axf.credit import adjustment
from axf.delivery.models import DeliverySlot
from axf.extensions import db
from axf.market.models import Goods
from axf.order import direct, fulfilment, settlement
from axf.order.lists import counts_of
from axf.order.queries import order_of
from axf.order.state import WrongState
from axf.payment import attempts
from axf.payment.base import Notice
from axf.payment.models import Payment, PaymentNotice, Refund
from tests.check.shop import broken


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


def refunds() -> list[tuple[int, str, str]]:
    db.session.rollback()
    return [(row.amount, row.reason, row.state) for row in db.session.scalars(select(Refund).order_by(Refund.id))]


def test_paying_a_second_time_goes_back_by_itself(shopper, order_no):
    payment = settlement.start(shopper, order_no, "mock")
    settlement.settle(notice(payment))
    again = Notice("mock", "e2", payment.no, payment.amount, "R2", "{}")
    assert settlement.settle(again) == "unmatched"
    assert settlement.settle(again) == "repeated"
    assert payments() == [("applied", "R1"), ("unmatched", "R2")]
    assert notices() == [("e1", "applied"), ("e2", "unmatched")]
    assert refunds() == [(2250, "second", "open")]
    view = order_of(shopper, order_no)
    assert (view.order.state, view.order.refunded, view.stray_money) == ("paid", 0, 0)
    assert broken() == []


def test_an_old_attempt_that_is_paid_too_goes_back(shopper, order_no):
    old = settlement.start(shopper, order_no, "mock")
    with transaction(db.session):
        new = attempts.new_attempt(old.order_id, order_no, "mock", old.amount, clock.now())
        new_notice = Notice("mock", "e2", new.no, new.amount, "R2", "{}")
    assert settlement.settle(new_notice) == "applied"
    assert settlement.settle(notice(old)) == "unmatched"
    assert payments() == [("unmatched", "R1"), ("applied", "R2")]
    assert refunds() == [(2250, "second", "open")]
    assert broken() == []


def test_an_old_attempt_that_ends_leaves_a_paid_order_alone(shopper, order_no):
    old = settlement.start(shopper, order_no, "mock")
    adjustment.adjust(shopper, 2250, reference="T")
    direct.pay(shopper, order_no, "balance")
    with transaction(db.session):
        assert attempts.close(db.session, old.no) is True
    assert order_of(shopper, order_no).order.state == "paid"
    assert broken() == []


def test_a_second_trade_leaves_the_first_ones_number_alone(shopper, order_no):
    payment = settlement.start(shopper, order_no, "mock")
    fulfilment.cancel(shopper, order_no)
    settlement.settle(notice(payment))
    assert settlement.settle(notice(payment, "e2")) == "repeated"
    assert settlement.settle(Notice("mock", "e3", payment.no, payment.amount, "R2", "{}")) == "unmatched"
    assert payments() == [("unmatched", "R1"), ("unmatched", "R2")]
    assert notices() == [("e1", "unmatched"), ("e2", "repeated"), ("e3", "unmatched")]
    assert refunds() == [(2250, "late", "open"), (2250, "late", "open")]
    assert broken() == []


def expired(user_id: int, no: str) -> None:
    with time_machine.travel(order_of(user_id, no).order.expires_at):
        assert fulfilment.expire() == 1


def test_late_money_takes_an_expired_order_up_again(shopper, order_no):
    payment = settlement.start(shopper, order_no, "mock")
    with time_machine.travel(order_of(shopper, order_no).order.expires_at):
        assert fulfilment.expire() == 1
        assert settlement.settle(notice(payment)) == "applied"
        view = order_of(shopper, order_no)
        assert (view.order.state, view.events[-1].event, sales_of(475)) == ("paid", "revive", 2)
        assert (payments(), refunds()) == ([("applied", "R1")], [])
        assert broken() == []
        fulfilment.cancel(shopper, order_no)
    assert refunds() == [(2250, "cancel", "open")]
    assert broken() == []


@pytest.mark.parametrize(
    "gone",
    [
        "UPDATE goods SET stock = 0, sales = 7 WHERE id = 476",
        "UPDATE goods SET on_sale = 0 WHERE id = 475",
        "UPDATE delivery_slot SET is_closed = 1",
        "UPDATE delivery_slot SET capacity = 0",
    ],
)
def test_late_money_goes_back_when_something_is_gone_and_takes_nothing(shopper, order_no, gone):
    payment = settlement.start(shopper, order_no, "mock")
    expired(shopper, order_no)
    db.session.execute(text(gone))
    db.session.commit()
    stock = db.session.execute(select(Goods.id, Goods.stock).order_by(Goods.id)).all()
    assert settlement.settle(notice(payment)) == "unmatched"
    assert order_of(shopper, order_no).order.state == "cancelled"
    assert refunds() == [(2250, "late", "open")]
    assert db.session.execute(select(Goods.id, Goods.stock).order_by(Goods.id)).all() == stock
    assert db.session.scalar(select(DeliverySlot.booked)) == 0


def test_what_came_in_too_late_goes_back_and_is_listed(app, shopper, order_no):
    payment = settlement.start(shopper, order_no, "mock")
    assert order_no not in app.test_cli_runner().invoke(args=["order", "list", "--stray-money"]).output
    fulfilment.cancel(shopper, order_no)
    settlement.settle(notice(payment))
    view = order_of(shopper, order_no)
    assert [(each.amount, each.done_at) for each in view.money_back] == [(2250, None)]
    assert order_no in app.test_cli_runner().invoke(args=["order", "list", "--stray-money"]).output
    shown = app.test_cli_runner().invoke(args=["order", "show", order_no]).output
    assert f"notice e1 of {payment.no}: unmatched" in shown


@pytest.mark.parametrize("amount", [2249, 2251])
def test_another_amount_moves_nothing_and_is_kept_for_a_person(app, shopper, order_no, amount):
    payment = settlement.start(shopper, order_no, "mock")
    assert settlement.settle(notice(payment, amount=amount)) == "mismatch"
    assert payments() == [("pending", None), ("unmatched", "R1")]
    assert notices() == [("e1", "mismatch")]
    view = order_of(shopper, order_no)
    assert (view.order.state, view.stray_money, refunds()) == ("unpaid", amount, [])
    listed = app.test_cli_runner().invoke(args=["payment", "list", "--unmatched"]).output
    stray = db.session.scalars(select(Payment.no).where(Payment.state == "unmatched")).one()
    assert f"flask payment refund {stray}" in listed
    assert app.test_cli_runner().invoke(args=["payment", "refund", stray]).exit_code == 0
    assert refunds() == [(amount, "shop", "open")]
    assert broken() == []


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

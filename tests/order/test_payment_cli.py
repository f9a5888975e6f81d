"""``flask payment``: what it lists and shows, and what it says to wrong arguments."""

import pytest
from sqlalchemy import select

from axf.extensions import db
from axf.order import fulfilment, settlement
from axf.payment.base import Notice
from axf.payment.models import Payment, Refund
from tests.order.flow import pay_by_gateway


@pytest.fixture
def run(app):
    return lambda *arguments: app.test_cli_runner().invoke(args=["payment", *arguments])


def number_of(shopper: int, order_no: str) -> str:
    pay_by_gateway(shopper, order_no)
    db.session.rollback()
    return db.session.scalars(select(Payment.no)).one()


def test_payments_are_listed_by_state(run, shopper, order_no):
    no = number_of(shopper, order_no)
    assert no in run("list").output
    assert no in run("list", "--state", "applied").output
    assert no not in run("list", "--state", "pending").output
    assert run("list", "--unmatched").output == "Nothing is unmatched.\n"


def test_a_payment_is_shown_with_what_was_told_and_what_goes_back(run, shopper, order_no):
    no = number_of(shopper, order_no)
    fulfilment.cancel(shopper, order_no)
    shown = run("show", no).output
    refund = db.session.scalars(select(Refund.no)).one()
    for words in (
        f"Payment {no} of order {order_no} by mock: applied",
        "¥22.50, made ",
        f"notice e-R-{no}: applied",
        f"refund {refund} ¥22.50 for cancel: open (gateway-down",
    ):
        assert words in shown


def test_a_notice_of_nobodys_number_is_listed_with_advice(run, shopper, order_no):
    assert settlement.settle(Notice("mock", "e9", "nobody's", 100, "R", "{}")) == "foreign"
    listed = run("list", "--unmatched").output
    assert "notice nobody's: ¥1.00" in listed
    assert "what to do: look the number up at the provider" in listed


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("show", "nobody's"), 1, "Error: there is no payment nobody's\n"),
        (("refund", "nobody's"), 1, "Error: there is no payment nobody's\n"),
        (("refund", "20260101R1"), 1, "Error: there is no failed refund 20260101R1\n"),
        (("list", "--state", "lost"), 2, "'lost' is not one of"),
        (("list", "--limit", "0"), 2, "0 is not in the range"),
        (("reconcile", "--limit", "x"), 2, "'x' is not a valid integer"),
        (("show",), 2, "Missing argument 'NO'"),
    ],
)
def test_wrong_arguments_are_told_in_a_sentence(run, shopper, order_no, arguments, code, sentence):
    found = run(*arguments)
    assert found.exit_code == code
    assert sentence in found.output


def test_what_paid_an_order_is_not_given_back_by_hand(run, shopper, order_no):
    no = number_of(shopper, order_no)
    found = run("refund", no)
    assert found.exit_code == 1
    assert f"payment {no} is not unmatched money that is still here: cancel its order to give that back" in found.output
    assert db.session.scalars(select(Refund)).all() == []

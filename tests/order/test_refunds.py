"""Money that goes back by a gateway: sent after the decision, repeated, confirmed, refused; the mock over HTTP."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select, update

from axf.core import clock
from axf.core.db import transaction
from axf.core.errors import NotFound
from axf.extensions import db
from axf.notice.models import Outbox
from axf.order import fulfilment, reconciliation, refunds, settlement
from axf.order.queries import order_of
from axf.order.refunds import NothingToReturn, Sent
from axf.payment import attempts
from axf.payment import refunds as ledger
from axf.payment.base import Notice, RefundNotice
from axf.payment.models import Payment, PaymentNotice, Refund
from axf.payment.providers.mock_store import MockStore
from axf.payment.refunds import TooMuch
from tests.check.shop import broken
from tests.order.flow import pay_by_gateway
from tests.payment.gateways import served


@pytest.fixture
def gateway(app, tmp_path):
    """The mock gateway, served; what it knows is in a folder of this test."""
    app.instance_path = str(tmp_path)
    with served(app) as app.config["BASE_URL"]:
        yield MockStore(app.instance_path)


def paid(gateway: MockStore, shopper: int, no: str, answers: str = "done") -> None:
    payment = settlement.start(shopper, no, "mock")
    gateway.take(payment.no, payment.amount, answers)
    assert pay_by_gateway(shopper, no) == "applied"


def the_refund() -> Refund:
    db.session.rollback()
    return db.session.scalars(select(Refund)).one()


def told() -> list[str]:
    db.session.rollback()
    return sorted(db.session.scalars(select(Outbox.kind).where(Outbox.channel == "inbox")))


def later(hours: int = 0):
    return time_machine.travel(clock.now() + timedelta(hours=hours, minutes=5))


def test_a_cancelled_order_is_refunded_at_once_and_once(gateway, shopper, order_no):
    paid(gateway, shopper, order_no)
    fulfilment.cancel(shopper, order_no)
    refund = the_refund()
    assert (refund.amount, refund.reason, refund.state, refund.tries) == (2250, "cancel", "done", 1)
    assert refund.done_at is not None
    assert told() == ["cancelled", "paid", "refunded"]
    with later():
        assert refunds.send_due() == Sent()
    assert (the_refund().tries, broken()) == (1, [])


def test_what_is_on_its_way_ends_with_the_gateways_notice(gateway, shopper, order_no):
    paid(gateway, shopper, order_no, answers="open")
    fulfilment.cancel(shopper, order_no)
    assert the_refund().state == "open"
    no = the_refund().no
    assert refunds.settle(RefundNotice("mock", "r0", no, 2249, "done", "{}")) == "mismatch"
    assert refunds.settle(RefundNotice("wechat", "r1", no, 2250, "done", "{}")) == "foreign"
    assert the_refund().state == "open"
    assert refunds.settle(RefundNotice("mock", "r1", no, 2250, "done", "{}")) == "done"
    assert refunds.settle(RefundNotice("mock", "r1", no, 2250, "done", "{}")) == "repeated"
    assert refunds.settle(RefundNotice("mock", "r2", no, 2250, "failed", "{}")) == "repeated"
    assert (the_refund().state, told()) == ("done", ["cancelled", "paid", "refunded"])
    outcomes = db.session.execute(select(PaymentNotice.amount, PaymentNotice.outcome).where(PaymentNotice.amount < 0))
    assert [tuple(row) for row in outcomes] == [
        (-2249, "mismatch"), (-2250, "foreign"), (-2250, "done"), (-2250, "repeated"),
    ]  # fmt: skip
    assert broken() == []


def test_a_silent_gateway_is_asked_again_with_growing_pauses(app, shopper, order_no):
    app.config["BASE_URL"] = "http://127.0.0.1:9"
    pay_by_gateway(shopper, order_no)
    fulfilment.cancel(shopper, order_no)
    refund = the_refund()
    assert (refund.state, refund.tries, refund.problem) == ("open", 1, "gateway-down {'reason': 'URLError'}")
    pause = refund.next_try_at - refund.created_at
    assert refunds.send_due() == Sent()
    with later():
        assert refunds.send_due() == Sent(open=1)
        assert the_refund().next_try_at - clock.now() > pause
    assert broken() == []


def test_a_refusal_is_listed_for_a_person_who_can_try_again(app, gateway, shopper, order_no):
    paid(gateway, shopper, order_no, answers="refuse")
    fulfilment.cancel(shopper, order_no)
    assert the_refund().state == "failed"
    run = app.test_cli_runner().invoke
    listed = run(args=["payment", "list", "--unmatched"]).output
    assert f"refund {the_refund().no} of order {order_no}: ¥22.50" in listed
    assert "why: refused: " in listed
    # Refused for ever: trying again ends the same way, and is listed again.
    assert run(args=["payment", "refund", the_refund().no]).exit_code == 0
    assert (the_refund().tries, the_refund().state) == (1, "failed")
    no = the_refund().no
    with transaction(db.session):
        assert ledger.finish(db.session, no, clock.now()) is True
    with pytest.raises(NotFound):
        refunds.retry(no)
    assert run(args=["payment", "list", "--unmatched"]).output == "Nothing is unmatched.\n"


def test_two_processes_do_not_send_the_same_refund(shopper, order_no):
    pay_by_gateway(shopper, order_no)
    fulfilment.cancel(shopper, order_no)
    with later():
        with transaction(db.session):
            assert ledger.claim(db.session, the_id(), clock.now()) is True
        with transaction(db.session):
            assert ledger.claim(db.session, the_id(), clock.now()) is False


def the_id() -> int:
    return db.session.scalars(select(Refund.id)).one()


def test_forty_tries_in_vain_are_enough(shopper, order_no):
    pay_by_gateway(shopper, order_no)
    fulfilment.cancel(shopper, order_no)
    db.session.execute(update(Refund).values(tries=ledger.MOST_TRIES - 1))
    db.session.commit()
    with later():
        assert refunds.send_due() == Sent(open=1)
    assert the_refund().state == "failed"


def test_a_payment_gives_back_no_more_than_it_brought(shopper, order_no):
    pay_by_gateway(shopper, order_no)
    with transaction(db.session):
        payment = attempts.paying(order_of(shopper, order_no).order.id)
        ask = {"reason": "shop", "at": clock.now()}
        ledger.request(db.session, payment, 2000, reference="a", **ask)
        assert ledger.request(db.session, payment, 999, reference="a", **ask).amount == 2000
        with pytest.raises(TooMuch) as refusal:
            ledger.request(db.session, payment, 251, reference="b", **ask)
        assert refusal.value.details == {"left": 250}


def test_only_money_that_nothing_took_is_returned_by_hand(shopper, order_no):
    pay_by_gateway(shopper, order_no)
    number = db.session.scalars(select(Payment.no)).one()
    with pytest.raises(NothingToReturn):
        refunds.return_unmatched(number)
    with pytest.raises(NotFound):
        refunds.return_unmatched("nobody's")
    assert db.session.scalars(select(Refund)).all() == []


def test_money_of_another_sum_goes_back_by_the_number_that_the_gateway_knows(gateway, shopper, order_no):
    payment = settlement.start(shopper, order_no, "mock")
    gateway.take(payment.no, 100)
    for number in ("1", "2"):
        assert settlement.settle(Notice("mock", f"e{number}", payment.no, 50, f"R{number}", "{}")) == "mismatch"
    strays = db.session.scalars(select(Payment.no).where(Payment.state == "unmatched").order_by(Payment.id)).all()
    assert strays == [f"{payment.no}X1", f"{payment.no}X2"]
    for stray in strays:
        refunds.return_unmatched(stray)
    db.session.rollback()
    assert [(each.amount, each.state) for each in db.session.scalars(select(Refund))] == [(50, "done"), (50, "done")]
    assert broken() == []


def test_reconciling_finds_what_no_notice_told(gateway, app, shopper, order_no):
    payment = settlement.start(shopper, order_no, "mock")
    gateway.take(payment.no, payment.amount)
    assert reconciliation.reconcile().paid == 0
    with later():
        found = reconciliation.reconcile()
        assert (found.paid, found.closed, found.waiting, found.unanswered) == (1, 0, 0, 0)
        assert reconciliation.reconcile() == reconciliation.Reconciled(0, 0, 0, 0, Sent())
    assert order_of(shopper, order_no).order.state == "paid"
    assert broken() == []


def test_reconciling_closes_what_ended_and_leaves_what_waits(gateway, app, shopper, order_no):
    payment = settlement.start(shopper, order_no, "mock")
    with later():
        assert reconciliation.reconcile().waiting == 1
        gateway.close(payment.no, payment.amount)
        output = app.test_cli_runner().invoke(args=["payment", "reconcile"]).output
    assert output.startswith("Attempts: 0 paid, 1 closed, 0 waiting, 0 unanswered.\n")
    view = order_of(shopper, order_no)
    assert view.order.state == "unpaid"
    # Money that comes all the same is money.
    assert settlement.settle(Notice("mock", "late", payment.no, payment.amount, "R", "{}")) == "applied"
    assert broken() == []


def test_reconciling_goes_on_when_a_gateway_is_silent(app, shopper, order_no):
    app.config["BASE_URL"] = "http://127.0.0.1:9"
    settlement.start(shopper, order_no, "mock")
    with later():
        assert reconciliation.reconcile().unanswered == 1
    assert order_of(shopper, order_no).order.state == "unpaid"

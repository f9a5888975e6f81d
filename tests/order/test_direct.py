"""Paying with store credit and at the door."""

import pytest
from sqlalchemy import select

from axf.cart import service as cart
from axf.core import clock
from axf.core.db import transaction
from axf.core.errors import NotFound
from axf.credit import adjustment
from axf.credit import ledger as credit
from axf.credit.ledger import BalanceShort
from axf.extensions import db
from axf.order import direct, events, fulfilment, picking
from axf.order.direct import LARGEST_PROMISE, NoPromise
from axf.order.models import Order
from axf.order.queries import order_of
from axf.order.state import WrongState
from axf.payment.models import Payment
from axf.user import accounts
from tests.check.shop import broken
from tests.conftest import PASSWORD, place_all
from tests.order.flow import pick


def payments() -> list[tuple[str, str, int, int]]:
    db.session.rollback()
    rows = db.session.scalars(select(Payment).order_by(Payment.id))
    return [(row.provider, row.state, row.refunded, row.waived) for row in rows]


def test_store_credit_pays_once_and_comes_back(shopper, order_no):
    adjustment.adjust(shopper, 5000, reference="T")
    direct.pay(shopper, order_no, "balance")
    with pytest.raises(WrongState):
        direct.pay(shopper, order_no, "balance")
    assert (order_of(shopper, order_no).order.state, credit.balance_of(shopper)) == ("paid", 2750)
    assert payments() == [("balance", "applied", 0, 0)]
    assert broken() == []
    fulfilment.cancel(shopper, order_no)
    assert (order_of(shopper, order_no).order.state, credit.balance_of(shopper)) == ("cancelled", 5000)
    assert payments() == [("balance", "applied", 2250, 0)]
    assert broken() == []


def test_too_little_credit_pays_nothing(shopper, order_no):
    adjustment.adjust(shopper, 2249, reference="T")
    with pytest.raises(BalanceShort) as short:
        direct.pay(shopper, order_no, "balance")
    assert short.value.details == {"left": 2249}
    assert (order_of(shopper, order_no).order.state, payments()) == ("unpaid", [])


def test_the_page_tells_the_credit_and_offers_it_when_it_is_enough(app, member, shopper, order_no):
    app.config["PAYMENT_PROVIDERS"] = ["balance", "cod"]
    page = member.get(f"/axf/order/{order_no}/?lang=en").text
    assert "¥0.00 · not enough for this order" in page
    assert 'value="balance" form="pay" disabled' in page
    assert 'value="cod" form="pay" checked' in page
    adjustment.adjust(shopper, 2250, reference="T")
    page = member.get(f"/axf/order/{order_no}/?lang=en").text
    assert "<small>¥22.50</small>" in page
    assert 'value="balance" form="pay" checked' in page


def test_nobody_pays_somebody_elses_order(shopper, order_no):
    other = accounts.register("bert", PASSWORD)
    with pytest.raises(NotFound):
        direct.pay(other, order_no, "cod")
    assert payments() == []


def test_a_promise_is_collected_at_the_door_without_what_was_not_found(shopper, order_no):
    direct.pay(shopper, order_no, "cod")
    assert (order_of(shopper, order_no).order.state, payments()) == ("paid", [("cod", "promised", 0, 0)])
    pick(order_no)
    picking.short(order_no, {475: 1})
    assert payments() == [("cod", "promised", 0, 1000)]
    assert credit.balance_of(shopper) == 0
    with transaction(db.session):
        order = events.locked(Order.no == order_no)
        assert direct.collect(order, clock.now()) == 1250
        assert direct.collect(order, clock.now()) == 0
    assert payments() == [("cod", "applied", 0, 1000)]
    assert broken() == []


def test_a_cancelled_promise_is_over(shopper, order_no):
    direct.pay(shopper, order_no, "cod")
    fulfilment.cancel(shopper, order_no)
    assert (payments(), credit.balance_of(shopper)) == ([("cod", "closed", 0, 2250)], 0)
    assert broken() == []


def test_promises_are_few_and_small(shopper, order_no, fruit):
    direct.pay(shopper, order_no, "cod")
    cart.set_quantity(shopper, 477, 1)
    second = place_all(shopper)
    with pytest.raises(NoPromise) as refusal:
        direct.pay(shopper, second, "cod")
    assert refusal.value.details == {"reason": "open"}
    fulfilment.cancel(shopper, order_no)
    db.session.execute(Order.__table__.update().where(Order.no == second).values(payable=LARGEST_PROMISE + 1))
    db.session.commit()
    with pytest.raises(NoPromise) as refusal:
        direct.pay(shopper, second, "cod")
    assert refusal.value.details == {"reason": "amount", "most": LARGEST_PROMISE}
    assert order_of(shopper, second).order.state == "unpaid"

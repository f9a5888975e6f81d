"""Cancelling and expiring."""

import pytest
import time_machine
from sqlalchemy import select

from axf.core.errors import NotFound
from axf.extensions import db
from axf.market.models import Goods
from axf.order import fulfilment, settlement
from axf.order.queries import order_of
from axf.order.state import WrongState
from axf.payment.base import Notice
from tests.conftest import PASSWORD


def stock_of(goods_id: int) -> int:
    db.session.rollback()
    return db.session.scalar(select(Goods.stock).where(Goods.id == goods_id))


def pay(user_id: int, no: str) -> str:
    payment = settlement.start(user_id, no, "mock")
    return settlement.settle(Notice("mock", f"e-{payment.no}", payment.no, payment.amount, "R1", "{}"))


def test_cancelling_returns_the_stock_once(shopper, order_no):
    assert stock_of(475) == 8
    fulfilment.cancel(shopper, order_no, "changed my mind")
    assert stock_of(475) == 10
    with pytest.raises(WrongState):
        fulfilment.cancel(shopper, order_no)
    assert stock_of(475) == 10
    view = order_of(shopper, order_no)
    assert view.order.state == "cancelled"
    last = view.events[-1]
    assert (last.event, last.from_state, last.to_state, last.actor, last.reason) == (
        "cancel", "unpaid", "cancelled", "shopper", "changed my mind",
    )  # fmt: skip


def test_a_paid_order_cannot_be_cancelled(shopper, order_no):
    pay(shopper, order_no)
    with pytest.raises(WrongState):
        fulfilment.cancel(shopper, order_no)
    assert order_of(shopper, order_no).order.state == "paid"
    assert stock_of(475) == 8


def test_nobody_cancels_somebody_elses_order(shopper, order_no):
    from axf.user import accounts

    other = accounts.register("bert", PASSWORD)
    with pytest.raises(NotFound):
        fulfilment.cancel(other, order_no)
    assert order_of(shopper, order_no).order.state == "unpaid"


def test_unpaid_orders_expire_after_their_time_and_not_before(shopper, order_no):
    with time_machine.travel(order_of(shopper, order_no).order.expires_at, tick=False) as time:
        time.shift(-1)
        assert fulfilment.expire() == 0
        time.shift(1)
        assert fulfilment.expire() == 1
        assert fulfilment.expire() == 0
    assert stock_of(475) == 10
    assert order_of(shopper, order_no).events[-1].actor == "timer"


def test_paid_orders_never_expire(shopper, order_no):
    pay(shopper, order_no)
    with time_machine.travel("2100-01-01T00:00:00Z"):
        assert fulfilment.expire() == 0
    assert order_of(shopper, order_no).order.state == "paid"

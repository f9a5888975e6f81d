"""A shop that is really used, every ledger by the use cases themselves, breaks no invariant."""

from datetime import timedelta

import pytest
import time_machine

from axf.cart import service as cart
from axf.core import clock
from axf.core.db import transaction
from axf.extensions import db
from axf.order import checkout, fulfilment
from axf.order.again import again
from axf.order.queries import order_of
from axf.points import ledger as points
from axf.points.check_in import check_in
from axf.points.ledger import Reason
from tests.check.shop import broken, pay
from tests.conftest import UNPAID_LIFE, add_area, add_goods, add_slot, bring, wishes_of
from tests.coupon.conftest import add_coupon, give


@pytest.fixture
def rewarded(shopper, fruit) -> int:
    """A shopper with points, three coupons and one for the delivery, in an area where delivery costs."""
    add_slot(add_area(fee=600))
    db.session.commit()
    with transaction(db.session):
        points.earn(db.session, shopper, 5000, reason=Reason.WELCOME, reference="welcome", at=clock.now())
    coupon = add_coupon(value=300, minimum=1000, per_person=3, total=10)
    for _ in range(3):
        give(coupon, shopper)
    give(add_coupon(kind="delivery", value=0, minimum=0), shopper)
    add_goods(id=480, price=2000, is_bogo=True)
    return shopper


def order(user_id: int) -> str:
    """Order what is selected with everything that lowers its price."""
    wishes = wishes_of(user_id, has_points=True)
    with pytest.raises(checkout.TotalChanged) as shown:
        checkout.place(user_id, checkout.new_token(), -1, wishes, UNPAID_LIFE)
    total = shown.value.details["total"]
    return checkout.place(user_id, checkout.new_token(), total, wishes, UNPAID_LIFE).no


def fill_cart(user_id: int) -> None:
    for goods_id, quantity in ((475, 1), (476, 2), (480, 3)):
        cart.set_quantity(user_id, goods_id, quantity)


def test_nothing_is_broken_by_what_shoppers_do(rewarded):
    check_in(rewarded)
    fill_cart(rewarded)
    received = order(rewarded)
    assert {"bogo", "coupon", "points", "freight", "delivery-coupon"} == set(order_of(rewarded, received).sums)
    pay(order_of(rewarded, received).order)
    bring(received)
    fulfilment.receive(rewarded, received)
    assert broken() == []

    again(rewarded, received)
    cancelled = order(rewarded)
    assert {"coupon", "points"} <= set(order_of(rewarded, cancelled).sums)
    fulfilment.cancel(rewarded, cancelled)
    assert broken() == []

    again(rewarded, cancelled)
    expired = order(rewarded)
    with time_machine.travel(clock.now() + UNPAID_LIFE + timedelta(minutes=1), tick=False):
        assert fulfilment.expire() == 1
    again(rewarded, expired)
    paid = order(rewarded)
    pay(order_of(rewarded, paid).order)
    cart.set_quantity(rewarded, 477, 1)
    assert order_of(rewarded, order(rewarded)).order.state == "unpaid"
    assert broken() == []

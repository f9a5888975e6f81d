"""Cancelling, expiring and receiving."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from axf.cart import service as cart
from axf.core import clock
from axf.core.db import transaction
from axf.core.errors import NotFound
from axf.extensions import db
from axf.market.models import Goods
from axf.order import dispatch, fulfilment, settlement
from axf.order.queries import order_of
from axf.order.state import WrongState
from axf.payment.base import Notice
from axf.points import ledger as points
from axf.points.models import PointsEntry
from axf.user import accounts
from axf.vip import ledger as vip
from axf.vip.ledger import Level
from axf.vip.models import GrowthEntry
from tests.check.shop import broken
from tests.conftest import PASSWORD, bring, logged_in, place_all, post
from tests.order.flow import pick
from tests.vip.test_ledger import add_levels


def stock_of(goods_id: int) -> int:
    db.session.rollback()
    return db.session.scalar(select(Goods.stock).where(Goods.id == goods_id))


def pay(user_id: int, no: str, reference: str = "R1") -> str:
    payment = settlement.start(user_id, no, "mock")
    return settlement.settle(Notice("mock", f"e-{payment.no}", payment.no, payment.amount, reference, "{}"))


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


def test_a_paid_order_can_be_cancelled_until_it_is_picked(shopper, order_no):
    pay(shopper, order_no)
    fulfilment.cancel(shopper, order_no)
    view = order_of(shopper, order_no)
    assert (view.order.state, view.order.refunded, stock_of(475)) == ("cancelled", 2250, 10)
    assert [(each.amount, each.provider, each.done_at) for each in view.money_back] == [(2250, "mock", None)]
    assert broken() == []


def test_what_is_picked_cannot_be_cancelled_by_its_shopper(shopper, order_no):
    pay(shopper, order_no)
    pick(order_no)
    with pytest.raises(WrongState):
        fulfilment.cancel(shopper, order_no)
    assert order_of(shopper, order_no).order.state == "picking"
    assert stock_of(475) == 8
    fulfilment.cancel_by_shop(order_no, "the van broke down")
    assert order_of(shopper, order_no).events[-1].event == "give-up"
    assert stock_of(475) == 10
    assert broken() == []


def test_nobody_cancels_somebody_elses_order(shopper, order_no):
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


# Receiving


LADDER = [
    Level(0, "普通会员", "Member", 0, 100, 100, None, None),
    Level(1, "银牌会员", "Silver", 22, 100, 150, None, None),
]


@pytest.fixture
def paid_no(shopper, order_no) -> str:
    """The shopper's paid order of ¥22.50."""
    pay(shopper, order_no)
    return order_no


@pytest.fixture
def sent_no(paid_no) -> str:
    """The same order, sent and handed over."""
    bring(paid_no)
    return paid_no


def rewards(user_id: int) -> tuple[list[tuple], list[tuple]]:
    """Return the entries of points and of growth."""
    db.session.rollback()
    found = []
    for model in (PointsEntry, GrowthEntry):
        columns = model.amount, model.reason, model.reference
        rows = db.session.execute(select(*columns).filter_by(user_id=user_id).order_by(model.id))
        found.append([tuple(row) for row in rows])
    return found[0], found[1]


def test_what_has_arrived_brings_points_and_growth(shopper, sent_no):
    with time_machine.travel(clock.now() + timedelta(days=1), tick=False):
        fulfilment.receive(shopper, sent_no)
        view = order_of(shopper, sent_no)
        assert (view.order.state, view.order.received_at) == ("received", clock.now())
    last = view.events[-1]
    assert (last.event, last.from_state, last.to_state, last.actor) == ("receive", "shipped", "received", "shopper")
    assert rewards(shopper) == ([(22, "received", sent_no)], [(22, "order", sent_no)])
    assert (points.balance_of(shopper), vip.growth_of(shopper)) == (22, 22)
    assert broken() == []


def test_the_level_before_the_order_counts(shopper, sent_no):
    add_levels(*LADDER)
    fulfilment.receive(shopper, sent_no)
    assert (points.balance_of(shopper), vip.level_of(shopper).label) == (22, "V1")
    cart.set_quantity(shopper, 477, 5)
    second = place_all(shopper)
    pay(shopper, second, reference="R2")
    bring(second)
    fulfilment.receive(shopper, second)
    # ¥4.95 are four whole yuan; at 150 % six points.
    assert rewards(shopper) == (
        [(22, "received", sent_no), (6, "received", second)],
        [(22, "order", sent_no), (4, "order", second)],
    )
    assert broken() == []


@pytest.mark.parametrize(("payable", "earned"), [(99, 0), (198, 1)])
def test_less_than_a_yuan_brings_nothing(shopper, fruit, payable, earned):
    cart.set_quantity(shopper, 477, payable // 99)
    no = place_all(shopper)
    pay(shopper, no)
    bring(no)
    fulfilment.receive(shopper, no)
    assert rewards(shopper) == (
        ([(1, "received", no)], [(1, "order", no)]) if earned else ([], [])
    )  # fmt: skip
    assert (order_of(shopper, no).order.state, broken()) == ("received", [])


def test_only_what_was_paid_brings_points_not_what_points_paid(shopper, fruit):
    with transaction(db.session):
        points.earn(db.session, shopper, 1000, reason=points.Reason.WELCOME, reference="a", at=clock.now())
    cart.set_quantity(shopper, 475, 2)
    no = place_all(shopper, has_points=True)
    pay(shopper, no)
    bring(no)
    fulfilment.receive(shopper, no)
    assert points.balance_of(shopper) == 10
    assert broken() == []


@pytest.mark.parametrize("by_shop", [False, True])
def test_an_order_arrives_once(shopper, sent_no, by_shop):
    fulfilment.receive(shopper, sent_no)
    before = rewards(shopper), len(order_of(shopper, sent_no).events), order_of(shopper, sent_no).order.received_at
    with pytest.raises(WrongState) as refusal:
        fulfilment.receive_by_shop(sent_no) if by_shop else fulfilment.receive(shopper, sent_no)
    assert refusal.value.details == {"state": "received", "event": "receive"}
    view = order_of(shopper, sent_no)
    assert (rewards(shopper), len(view.events), view.order.received_at) == before


@pytest.mark.parametrize("state", ["unpaid", "cancelled", "paid", "picking"])
def test_what_is_not_sent_does_not_arrive(shopper, order_no, state):
    if state == "cancelled":
        fulfilment.cancel(shopper, order_no)
    if state in ("paid", "picking"):
        pay(shopper, order_no)
    if state == "picking":
        dispatch.start_picking(order_no)
    with pytest.raises(WrongState):
        fulfilment.receive(shopper, order_no)
    view = order_of(shopper, order_no)
    assert (view.order.state, view.order.received_at, rewards(shopper)) == (state, None, ([], []))


def test_nobody_receives_somebody_elses_order(shopper, sent_no):
    other = accounts.register("bert", PASSWORD)
    for user_id, no in ((other, sent_no), (shopper, "1"), (shopper, "")):
        with pytest.raises(NotFound):
            fulfilment.receive(user_id, no)
    assert (order_of(shopper, sent_no).order.state, rewards(shopper), rewards(other)) == ("shipped", ([], []), ([], []))


def test_a_received_order_is_neither_cancelled_nor_expires(shopper, sent_no):
    fulfilment.receive(shopper, sent_no)
    with pytest.raises(WrongState):
        fulfilment.cancel(shopper, sent_no)
    with time_machine.travel("2100-01-01T00:00:00Z"):
        assert fulfilment.expire() == 0
    assert (order_of(shopper, sent_no).order.state, stock_of(475)) == ("received", 8)


def test_the_shoppers_button_says_that_it_has_come(member, shopper, sent_no):
    for _ in range(2):
        answer = post(member, f"/axf/order/{sent_no}/receive/", page="/axf/account/")
        assert (answer.status_code, answer.location) == (303, f"/axf/order/{sent_no}/")
    assert (order_of(shopper, sent_no).order.state, points.balance_of(shopper)) == ("received", 22)


def test_somebody_elses_button_finds_nothing(app, shopper, sent_no):
    other = logged_in(app, accounts.register("bert", PASSWORD))
    assert post(other, f"/axf/order/{sent_no}/receive/", page="/axf/account/").status_code == 404
    assert order_of(shopper, sent_no).order.state == "shipped"


def test_the_shop_notes_that_an_order_has_come(app, shopper, sent_no):
    told = [app.test_cli_runner().invoke(args=["order", "receive", no]) for no in (sent_no, sent_no, "1")]
    assert [(each.exit_code, each.output) for each in told] == [
        (0, f"Order {sent_no} has arrived.\n"),
        (1, f"Error: order {sent_no} is received: only sent ones can arrive\n"),
        (1, "Error: there is no order 1\n"),
    ]
    view = order_of(shopper, sent_no)
    assert (view.order.state, view.events[-1].actor, points.balance_of(shopper)) == ("received", "shop", 22)

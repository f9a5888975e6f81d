"""Picking begins, parcels go out and arrive, and what nobody confirms is received by itself."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from axf.core import clock
from axf.core.errors import NotFound
from axf.extensions import db
from axf.logistics.base import Trace
from axf.logistics.shipments import Courier, Rider, Stage, Step, rows_of, shipments_of
from axf.notice.models import Outbox
from axf.order import direct, dispatch, fulfilment
from axf.order.fulfilment import NotCollected
from axf.order.queries import order_of
from axf.order.state import WrongState
from axf.points import ledger as points
from tests.check.shop import broken
from tests.conftest import bring
from tests.order.test_fulfilment import paid_no, pay  # noqa: F401 - a fixture

RIDER = Rider("王骑手", "13900000000")
COURIER = Courier("yuantong", "YT1234567890")


def story(user_id: int, no: str) -> list[tuple[str, str, str]]:
    db.session.rollback()
    return [(each.event, each.to_state, each.actor) for each in order_of(user_id, no).events]


def told(kind: str) -> set[str]:
    db.session.rollback()
    return set(db.session.scalars(select(Outbox.key).where(Outbox.kind == kind, Outbox.channel == "inbox")))


def test_from_the_shelf_to_the_door(shopper, paid_no):  # noqa: F811
    dispatch.start_picking(paid_no)
    assert dispatch.ship(paid_no, RIDER) == 1
    assert dispatch.ship(paid_no, COURIER) == 2
    assert [dispatch.deliver(paid_no, 1), dispatch.deliver(paid_no, 1)] == [False, False]
    assert order_of(shopper, paid_no).order.delivered_at is None
    assert [dispatch.deliver(paid_no), dispatch.deliver(paid_no)] == [True, True]
    assert story(shopper, paid_no)[2:] == [
        ("pick", "picking", "shop"),
        ("ship", "shipped", "shop"),
        ("ship-more", "shipped", "shop"),
        ("deliver", "shipped", "shop"),
    ]
    order = order_of(shopper, paid_no).order
    assert order.shipped_at < order.delivered_at
    parcels = shipments_of(db.session, [order.id])[order.id]
    assert [(each.shipment.kind, each.shipment.stage) for each in parcels] == [
        ("rider", "delivered"),
        ("courier", "delivered"),
    ]
    assert told("shipped") == {f"shipped/{paid_no}/1/inbox", f"shipped/{paid_no}/2/inbox"}
    assert told("delivered") == {f"delivered/{paid_no}/inbox"}
    assert broken() == []


@pytest.mark.parametrize(
    "moves",
    [
        lambda no: dispatch.ship(no, RIDER),  # not picked yet
        dispatch.deliver,  # not sent yet
        lambda no: (dispatch.start_picking(no), dispatch.start_picking(no)),
        lambda no: (bring(no), dispatch.ship(no, RIDER)),  # it has come already
    ],
)
def test_what_is_out_of_turn_is_refused(shopper, paid_no, moves):  # noqa: F811
    with pytest.raises(WrongState):
        moves(paid_no)
    assert broken() == []
    order = order_of(shopper, paid_no).order
    assert len(rows_of(db.session, order.id)) == (1 if order.delivered_at else 0)


def test_what_is_not_there_is_not_found(paid_no):  # noqa: F811
    for move in (dispatch.start_picking, dispatch.deliver, lambda no: dispatch.ship(no, RIDER)):
        with pytest.raises(NotFound):
            move("1")
    dispatch.start_picking(paid_no)
    dispatch.ship(paid_no, RIDER)
    with pytest.raises(NotFound):
        dispatch.deliver(paid_no, 2)


def test_an_order_paid_at_the_door_is_not_handed_over_for_nothing(shopper, order_no):
    direct.pay(shopper, order_no, "cod")
    dispatch.start_picking(order_no)
    dispatch.ship(order_no, RIDER)
    with pytest.raises(NotCollected):
        dispatch.deliver(order_no)
    order = order_of(shopper, order_no).order
    assert (order.delivered_at, rows_of(db.session, order.id)[0].stage) == (None, "on-the-way")
    with time_machine.travel(clock.now() + timedelta(days=30)):
        assert dispatch.auto_receive() == 0
    assert dispatch.deliver(order_no, collected=True)
    assert not direct.is_promised(order.id)
    fulfilment.receive(shopper, order_no)
    assert broken() == []


@pytest.mark.parametrize("is_delivered", [True, False])
def test_what_nobody_confirms_is_received_after_seven_days_once(shopper, paid_no, is_delivered):  # noqa: F811
    dispatch.start_picking(paid_no)
    dispatch.ship(paid_no, RIDER)
    if is_delivered:
        dispatch.deliver(paid_no)
    with time_machine.travel(clock.now() + dispatch.RECEIVED_AFTER, tick=False) as time:
        time.shift(-60)
        assert dispatch.auto_receive() == 0
        time.shift(61)
        assert [dispatch.auto_receive(), dispatch.auto_receive()] == [1, 0]
    assert story(shopper, paid_no)[-1] == ("receive", "received", "timer")
    assert points.balance_of(shopper) == 22
    assert broken() == []


def step(stage: Stage, hour: int) -> Step:
    return Step(f"{stage}{hour}", stage, "上海", clock.now() + timedelta(hours=hour))


def test_a_courier_tells_late_twice_and_in_any_order(shopper, paid_no):  # noqa: F811
    dispatch.start_picking(paid_no)
    dispatch.ship(paid_no, COURIER)
    news = [step(Stage.DELIVERED, -1), step(Stage.ON_THE_WAY, -2), step(Stage.FAILED, -3)]
    for _ in range(2):
        for each in news:
            assert dispatch.trace(Trace("yuantong", "YT1234567890", (each,))) == 1
    assert dispatch.trace(Trace("yuantong", "another", (news[0],))) == 0
    view = order_of(shopper, paid_no)
    parcel = shipments_of(db.session, [view.order.id])[view.order.id][0]
    assert (parcel.shipment.stage, parcel.shipment.delivered_at) == ("delivered", news[0].happened_at)
    assert len(parcel.events) == 4
    assert story(shopper, paid_no)[-1] == ("deliver", "shipped", "courier")
    assert told("delivered") == {f"delivered/{paid_no}/inbox"}


def test_a_parcel_that_failed_waits_for_a_person_until_another_is_sent(shopper, paid_no):  # noqa: F811
    dispatch.start_picking(paid_no)
    dispatch.ship(paid_no, COURIER)
    dispatch.trace(Trace("yuantong", "YT1234567890", (step(Stage.FAILED, -1),)))
    with time_machine.travel(clock.now() + timedelta(days=30)):
        assert dispatch.auto_receive() == 0
    dispatch.ship(paid_no, RIDER)
    assert dispatch.deliver(paid_no, 2)
    assert order_of(shopper, paid_no).order.delivered_at is not None

"""The demo's shoppers: what each of them is there to show."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from axf.cart.queries import cart_of, lines_of
from axf.check.invariants import INVARIANTS, check
from axf.core import clock
from axf.coupon.held import held_by
from axf.delivery import areas, slots
from axf.delivery.models import DeliverySlot
from axf.extensions import db
from axf.market.queries import bought_with
from axf.order.draft import Wishes, draft_of, offers_of
from axf.order.facts import facts_of
from axf.order.models import Order, OrderAdjustment, OrderEvent
from axf.order.usual import usual_of
from axf.points import expiry
from axf.points import ledger as points
from axf.pricing.rules import RULES
from axf.seed import demo, demo_shop
from axf.user import accounts, addresses
from axf.vip import ledger as vip
from tests.delivery.test_slots import MORNING
from tests.seed.conftest import shipped, snapshot


@pytest.fixture
def seeded(app):
    """A shop at noon in Shanghai, after the demo."""
    with time_machine.travel(MORNING + timedelta(hours=4), tick=False):
        report = demo.seed_demo(shipped())
        assert report.notes == []
        yield report


def draft(username: str, place: int = 0):
    """Return what the checkout would be at one of the shopper's addresses, in the next slot."""
    user_id, now = accounts.id_of(username), clock.now()
    address = addresses.book_of(user_id)[place]
    area = areas.area_of(address.district)
    slot = slots.soonest(area.id, now) if area else None
    wishes = Wishes(address.id, slot.id if slot else 0)
    facts = facts_of(user_id, now, wishes.address_id, wishes.slot_id)
    return area, draft_of(lines_of(user_id), facts, offers_of(user_id, facts, now), wishes, now)


def states(username: str) -> list[str]:
    """Return the states of the shopper's orders, in the sequence in which they were placed."""
    query = select(Order.state).where(Order.user_id == accounts.id_of(username)).order_by(Order.id)
    return list(db.session.scalars(query))


def lines(username: str) -> list[tuple[int, int, bool]]:
    """Return goods, quantity and selection of each line of the shopper's cart."""
    return [(line.id, line.quantity, line.is_select) for line in cart_of(accounts.id_of(username)).all_lines]


def broken() -> list[str]:
    return [each.name for each in INVARIANTS if check(db.engine, each, 1).broken]


def test_every_invariant_holds_also_after_a_repeat(seeded):
    assert broken() == []
    demo.seed_demo(shipped())
    assert broken() == []


def test_demo_is_ready_for_the_checkout(seeded):
    area, found = draft("demo")
    assert (area.name, found.missing_to(area.minimum), found.points) == ("上海", 0, 600)
    assert found.coupon.held.name == "新人首单减10"


def test_demo_new_has_nothing_but_the_first_orders_coupon(seeded):
    user_id = accounts.id_of("demo_new")
    assert [held.name for held in held_by(user_id, clock.now())] == ["新人首单减10"]
    assert (cart_of(user_id).all_lines, addresses.book_of(user_id), states("demo_new")) == ([], [], [])
    assert (points.balance_of(user_id), vip.level_of(user_id).label) == (0, "V0")


def test_demo_v3_has_points_that_end_this_week_and_coupons_for_every_reason(seeded):
    user_id, now = accounts.id_of("demo_v3"), clock.now()
    assert vip.level_of(user_id).label == "V3"
    assert [each.points for each in expiry.expiring(user_id, now) if each.expires_at < now + timedelta(7)] == [260, 140]
    assert states("demo_v3") == ["received", "received", "paid"]
    _area, found = draft("demo_v3")
    assert {choice.held.name: choice.refusal for choice in found.coupons} == {
        "会员88折": None,
        "满59减8": None,
        "水果满30减5": None,
        "周年庆满99减20": "not-yet",
        "早餐时段减3": "hours",
        "满199减30": "too-little",
    }


def test_demo_v5_has_the_highest_level_and_a_years_growth(seeded):
    user_id = accounts.id_of("demo_v5")
    assert vip.level_of(user_id).label == "V5"
    assert points.balance_of(user_id) > 10_000
    # Three goods came with each other, and often enough to be usual.
    usual = [(each.line.wanted, each.times) for each in usual_of(user_id).lines]
    first = usual_of(user_id).lines[0].line.goods_id
    assert (usual, len(bought_with(first))) == ([(1, 3), (1, 3), (1, 2)], 2)
    area, found = draft("demo_v5")
    assert (found.quote.sums["vip"] < 0, "freight" in found.quote.sums, found.quote.payable < area.free_from) == (
        True,
        False,
        True,
    )


def test_demo_orders_has_every_state_and_every_rule(seeded):
    user_id = accounts.id_of("demo_orders")
    assert states("demo_orders") == [
        "paid", "cancelled", "cancelled", "received", "shipped", "cancelled", "unpaid",
    ]  # fmt: skip
    ends = select(OrderEvent.event).join(Order, Order.id == OrderEvent.order_id).where(Order.user_id == user_id)
    assert set(db.session.scalars(ends)) == {
        "place", "pay", "pick", "short", "ship", "deliver", "receive", "expire", "cancel",
    }  # fmt: skip
    first = db.session.scalar(select(Order.id).where(Order.user_id == user_id).order_by(Order.id).limit(1))
    rules = set(db.session.scalars(select(OrderAdjustment.rule).where(OrderAdjustment.order_id == first)))
    assert rules == {
        "promo", "bogo", "second-half", "full-off", "vip", "coupon", "points", "freight", "delivery-coupon",
    }  # fmt: skip
    assert len(rules) == len(RULES)


def test_demo_far_is_served_at_one_address_only_and_wants_too_little_there(seeded):
    area, _found = draft("demo_far")
    assert area is None
    area, found = draft("demo_far", 1)
    assert found.missing_to(area.minimum) == 600


@pytest.mark.parametrize("hours", range(0, 24, 4))
def test_it_works_at_any_hour(app, hours):
    with time_machine.travel(MORNING + timedelta(hours=hours), tick=False):
        report = demo.seed_demo(shipped())
    assert (report.notes, report.of("orders").added) == ([], 13)


def test_without_a_place_in_any_slot_there_are_no_orders_until_there_is_one(app, monkeypatch):
    monkeypatch.setitem(demo_shop.AREA, "capacity", 0)
    report = demo.seed_demo(shipped())
    notes = [f"orders: {count} skipped, no delivery slot has a place" for count in (3, 3, 7)]
    assert (report.notes, report.of("orders").skipped, report.of("cart_item").added) == (notes, 13, 14)
    assert broken() == []
    before = [lines(username) for username in ("demo_v3", "demo_v5")]
    db.session.query(DeliverySlot).update({"capacity": 20})
    db.session.commit()
    report = demo.seed_demo(shipped())
    assert (report.notes, report.of("orders").added) == ([], 13)
    assert [lines(username) for username in ("demo_v3", "demo_v5")] == before


def test_goods_that_have_run_out_are_left_out(app):
    texts = {name: text.replace(", 183, 210, 1, 0, 1,", ", 0, 210, 1, 0, 1,") for name, text in shipped().items()}
    report = demo.seed_demo(texts)
    assert (report.notes, report.of("orders").added, report.of("cart_item").skipped) == ([], 13, 2)
    assert broken() == []


def test_a_shop_without_mock_payments_has_no_paid_orders(app):
    app.config["PAYMENT_PROVIDERS"] = []
    report = demo.seed_demo(shipped())
    notes = [f"orders: {count} skipped, the shop takes no mock payments" for count in (3, 3, 4)]
    assert (report.notes, states("demo_orders")) == (notes, ["cancelled", "cancelled", "unpaid"])
    assert cart_of(accounts.id_of("demo_orders")).all_lines == []
    assert broken() == []


def test_coupons_that_are_over_are_not_given(app):
    with time_machine.travel(MORNING, tick=False) as time:
        demo.seed_demo(shipped())
        time.move_to(MORNING + timedelta(days=60))
        before = len(snapshot()["user_coupon"])
        assert demo.seed_demo(shipped()).of("user_coupon").added == 0
        assert len(snapshot()["user_coupon"]) == before

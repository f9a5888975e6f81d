"""What a shopper may choose at checkout, and what that costs."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import update

from axf.cart import service as cart
from axf.cart.queries import lines_of
from axf.core import clock
from axf.core.db import transaction
from axf.coupon import ledger as coupons
from axf.coupon.models import Coupon
from axf.delivery.models import DeliveryArea
from axf.extensions import db
from axf.market import promotions
from axf.order import fulfilment
from axf.order.draft import Draft, draft_of, offers_of
from axf.order.facts import facts_of
from axf.points import ledger as points
from axf.points.ledger import Reason
from axf.user import accounts
from axf.vip import corrections
from axf.vip.ledger import Level
from tests.conftest import PASSWORD, add_area, add_goods, add_slot, place_all, wishes_of
from tests.coupon.conftest import MORNING, add_coupon, give
from tests.vip.test_ledger import add_levels

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def eight_in_the_morning():
    """2026-03-01 08:00 in Shanghai."""
    with time_machine.travel(MORNING, tick=False):
        yield


@pytest.fixture
def basket(shopper, fruit) -> int:
    """A shopper who buys 2 × goods 475, ¥20.00."""
    cart.set_quantity(shopper, 475, 2)
    return shopper


def drafted(user_id: int, **choices: object) -> Draft:
    """Draft what is selected, as the checkout page does."""
    db.session.rollback()
    now, wishes = clock.now(), wishes_of(user_id, **choices)
    facts = facts_of(user_id, now, wishes.address_id, wishes.slot_id)
    return draft_of(lines_of(user_id, wishes.buy), facts, offers_of(user_id, facts, now), wishes, now)


def held(user_id: int, **terms: object) -> int:
    """Give the shopper a coupon with these terms, ¥3 off without a minimum unless told otherwise."""
    return give(add_coupon(**{"value": 300, "minimum": 0, **terms}), user_id)


def delivered_for(fee: int = 600, **terms: object) -> None:
    """Let delivery cost something."""
    add_slot(add_area(fee=fee, **terms))
    db.session.commit()


def earn(user_id: int, amount: int, **at: object) -> None:
    with transaction(db.session):
        points.earn(
            db.session, user_id, amount, reason=Reason.WELCOME, reference="welcome", at=at.get("at", clock.now())
        )


def told(draft: Draft) -> list[tuple]:
    return [(each.held.id, each.saved, each.refusal, each.missing) for each in draft.coupons]


# Coupons


def test_the_coupon_that_saves_most_is_chosen_by_itself(basket):
    small, large = held(basket, value=300), held(basket, value=500)
    percent = held(basket, kind="percent", value=80)
    draft = drafted(basket)
    assert told(draft) == [(large, 500, None, 0), (percent, 400, None, 0), (small, 300, None, 0)]
    assert (draft.coupon, draft.quote.sums, draft.quote.payable) == (draft.coupons[0], {"coupon": -500}, 1500)


def test_of_equals_the_one_that_ends_first_is_chosen(basket):
    later, sooner = held(basket, valid_days=9), held(basket, valid_days=8)
    draft = drafted(basket)
    assert [each.held.id for each in draft.coupons] == [sooner, later]
    assert draft.coupon.held.id == sooner


def test_a_coupon_that_is_named_is_taken_though_another_saves_more(basket):
    small = held(basket, value=300)
    large = held(basket, value=500)
    draft = drafted(basket, coupon=small)
    assert (draft.coupon.held.id, draft.quote.payable) == (small, 1700)
    assert [each.held.id for each in draft.coupons] == [large, small]


def test_none_can_be_wished_for(basket):
    one = held(basket)
    draft = drafted(basket, coupon=None)
    assert (draft.coupon, draft.quote.sums, draft.quote.payable) == (None, {}, 2000)
    assert told(draft) == [(one, 300, None, 0)]


def test_a_coupon_that_cannot_be_used_is_not_taken_when_it_is_named(basket):
    other = accounts.register("bert", PASSWORD)
    not_mine, too_large = held(other), held(basket, minimum=2001)
    for named in (not_mine, too_large, 999):
        draft = drafted(basket, coupon=named)
        assert (draft.coupon, draft.quote.payable) == (None, 2000)
        assert told(draft) == [(too_large, 0, "too-little", 1)]


REFUSED = [
    ({"valid_from": MORNING + HOUR, "valid_until": MORNING + DAY}, "not-yet", 0),
    ({"hour_from": 9, "hour_until": 24}, "hours", 0),
    ({"hour_from": 0, "hour_until": 8}, "hours", 0),
    ({"is_first_order": True}, "first-order", 0),
    ({"goods_ids": {477}}, "no-goods", 0),
    ({"food_type_ids": {1}}, "no-goods", 0),
    ({"minimum": 2001}, "too-little", 1),
    ({"minimum": 900, "goods_ids": {476}}, "no-goods", 0),
    ({"kind": "fixed", "value": 1000}, "no-gain", 0),
    ({"kind": "percent", "value": 100}, "no-gain", 0),
]


@pytest.mark.parametrize(("terms", "refusal", "missing"), REFUSED)
def test_a_coupon_that_cannot_be_used_says_why(basket, terms, refusal, missing):
    place_all(basket)
    cart.set_quantity(basket, 475, 2)
    one = held(basket, **terms)
    draft = drafted(basket)
    assert told(draft) == [(one, 0, refusal, missing)]
    assert (draft.coupon, draft.quote.payable) == (None, 2000)


@pytest.mark.parametrize(
    "terms",
    [
        {"valid_from": MORNING, "valid_until": MORNING + HOUR},
        {"hour_from": 8, "hour_until": 9},
        {"is_first_order": True},
        {"goods_ids": {475, 9999}},
        {"food_type_ids": {103534}},
        {"minimum": 2000},
    ],
)
def test_a_coupon_that_can_just_be_used_is(basket, terms):
    one = held(basket, **terms)
    draft = drafted(basket)
    assert told(draft) == [(one, 300, None, 0)]
    assert draft.quote.payable == 1700


def test_what_can_be_used_comes_first_and_of_the_others_what_ends_first(basket):
    too_little = held(basket, minimum=5000, valid_days=5)
    hours = held(basket, hour_from=20, hour_until=22, valid_days=3)
    small = held(basket, value=1, valid_days=9)
    large = held(basket, value=2, valid_days=9)
    draft = drafted(basket)
    assert [each.held.id for each in draft.coupons] == [large, small, hours, too_little]
    assert [each.refusal for each in draft.coupons] == [None, None, "hours", "too-little"]


def test_coupons_that_are_over_or_used_are_not_shown_and_stopped_ones_are(basket):
    held(basket, valid_from=MORNING - DAY, valid_until=MORNING + HOUR)
    used = held(basket, value=900)
    place_all(basket, coupon=used)
    cart.set_quantity(basket, 475, 2)
    stopped = held(basket, value=200)
    db.session.execute(update(Coupon).values(is_stopped=True))
    db.session.commit()
    with time_machine.travel(MORNING + HOUR, tick=False):
        assert told(drafted(basket)) == [(stopped, 200, None, 0)]


def test_a_cancelled_order_leaves_the_next_one_the_first(basket):
    one = held(basket, is_first_order=True)
    no = place_all(basket, coupon=None)
    cart.set_quantity(basket, 475, 2)
    assert told(drafted(basket)) == [(one, 0, "first-order", 0)]
    fulfilment.cancel(basket, no)
    assert told(drafted(basket)) == [(one, 300, None, 0)]


def test_only_selected_lines_count_for_a_coupon(basket):
    held(basket, goods_ids={476})
    cart.set_quantity(basket, 476, 3)
    cart.select_line(basket, 476, False)
    assert [each.refusal for each in drafted(basket).coupons] == ["no-goods"]
    cart.select_line(basket, 476, True)
    assert drafted(basket).quote.sums == {"coupon": -300}


# Delivery coupons


def delivery_coupon(user_id: int, **terms: object) -> int:
    return held(user_id, **{"kind": "delivery", "value": 0, **terms})


def test_a_delivery_coupon_rides_along_with_another(basket):
    delivered_for(600)
    one, rider = held(basket), delivery_coupon(basket)
    draft = drafted(basket)
    assert (draft.coupon.held.id, draft.delivery_coupon.id, draft.uses_delivery_coupon) == (one, rider, True)
    assert told(draft) == [(one, 300, None, 0)]
    assert (draft.quote.sums, draft.quote.payable) == ({"coupon": -300, "freight": 600, "delivery-coupon": -600}, 1700)


def test_a_delivery_coupon_that_is_switched_off_is_still_offered(basket):
    delivered_for(600)
    rider = delivery_coupon(basket)
    draft = drafted(basket, has_delivery_coupon=False)
    assert (draft.delivery_coupon.id, draft.uses_delivery_coupon) == (rider, False)
    assert (draft.quote.sums, draft.quote.payable) == ({"freight": 600}, 2600)


@pytest.mark.parametrize(
    ("fee", "free_from", "off", "rides"),
    [(0, None, 0, False), (600, None, 0, True), (600, 2000, 0, False), (600, 2001, 0, True), (600, 2000, 700, True)],
)
def test_a_delivery_coupon_is_kept_where_delivery_is_free(basket, fee, free_from, off, rides):
    delivered_for(fee, free_from=free_from)
    rider = delivery_coupon(basket)
    if off:
        held(basket, value=off)
    draft = drafted(basket)
    assert (draft.delivery_coupon and draft.delivery_coupon.id) == (rider if rides else None)
    assert (draft.uses_delivery_coupon, draft.quote.payable) == (rides, 2000 - off)


def test_a_coupon_that_costs_the_free_delivery_is_worth_all_of_it_with_a_delivery_coupon(basket):
    delivered_for(600, free_from=2000)
    one = held(basket, value=300)
    assert drafted(basket).coupon is None  # it would cost ¥6 of freight to save ¥3
    rider = delivery_coupon(basket)
    draft = drafted(basket)
    assert (draft.coupon.held.id, draft.coupon.saved, draft.delivery_coupon.id) == (one, 300, rider)
    assert draft.quote.payable == 1700
    assert drafted(basket, has_delivery_coupon=False).coupon is None


def test_of_delivery_coupons_the_one_that_can_be_used_and_ends_first_rides(basket):
    delivered_for(600)
    delivery_coupon(basket, minimum=2001, valid_days=1)
    delivery_coupon(basket, hour_from=20, hour_until=24, valid_days=2)
    delivery_coupon(basket, valid_from=MORNING + HOUR, valid_until=MORNING + 2 * DAY)
    delivery_coupon(basket, goods_ids={477}, valid_days=3)
    delivery_coupon(basket, valid_days=9)
    rider = delivery_coupon(basket, minimum=2000, valid_days=4)
    assert drafted(basket).delivery_coupon.id == rider


def test_a_delivery_coupons_minimum_is_measured_before_coupons(basket):
    delivered_for(600)
    held(basket, value=500)
    rider = delivery_coupon(basket, minimum=2000)
    draft = drafted(basket)
    assert (draft.delivery_coupon.id, draft.quote.payable) == (rider, 1500)


def test_a_delivery_coupon_for_the_first_order_does_not_ride_with_the_second(basket):
    delivered_for(600)
    place_all(basket)
    cart.set_quantity(basket, 475, 2)
    delivery_coupon(basket, is_first_order=True)
    assert (drafted(basket).delivery_coupon, drafted(basket).quote.payable) == (None, 2600)


# Points


@pytest.mark.parametrize(
    ("balance", "offered"), [(0, 0), (99, 0), (100, 100), (999, 999), (1000, 1000), (1001, 1000), (999_999, 1000)]
)
def test_points_are_offered_up_to_half_and_spent_only_when_wished_for(basket, balance, offered):
    earn(basket, balance)
    without, spending = drafted(basket), drafted(basket, has_points=True)
    assert (without.points, without.points_spent, without.quote.payable) == (offered, 0, 2000)
    assert (spending.points, spending.points_spent, spending.quote.payable) == (offered, offered, 2000 - offered)


def test_points_are_half_of_what_a_coupon_leaves(basket):
    earn(basket, 5000)
    held(basket, value=500)
    draft = drafted(basket, has_points=True)
    assert (draft.points, draft.quote.sums) == (750, {"coupon": -500, "points": -750})


@pytest.mark.parametrize(("price", "offered"), [(199, 0), (200, 100)])
def test_where_half_is_less_than_a_yuan_no_points_are_offered(shopper, fruit, price, offered):
    add_goods(id=480, price=price)
    cart.set_quantity(shopper, 480, 1)
    earn(shopper, 5000)
    assert drafted(shopper).points == offered


def test_points_that_are_over_and_not_swept_yet_cannot_be_spent(basket):
    earn(basket, 300, at=MORNING - 400 * DAY)
    draft = drafted(basket, has_points=True)
    assert points.balance_of(basket) == 300
    assert (draft.points, draft.points_spent, draft.quote.payable) == (0, 0, 2000)


def test_points_neither_pay_for_the_delivery_nor_bring_it(basket):
    delivered_for(600, free_from=2000)
    earn(basket, 5000)
    assert drafted(basket, has_points=True).quote.sums == {"points": -1000}
    db.session.execute(update(DeliveryArea).values(free_from=2001))
    db.session.commit()
    assert drafted(basket, has_points=True).quote.sums == {"points": -1000, "freight": 600}


# Levels, full-offs, delivery


GOLD = Level(1, "金牌会员", "Gold", 100, 90, 150, 1800, None)


def test_a_level_lowers_the_price_and_frees_the_delivery(basket):
    delivered_for(600, free_from=9900)
    add_levels(Level(0, "普通会员", "Member", 0, 100, 100, None, None), GOLD)
    assert drafted(basket).quote.sums == {"freight": 600}
    corrections.adjust(basket, 100, "a")
    draft = drafted(basket)
    assert (draft.quote.sums, draft.quote.payable) == ({"vip": -200}, 1800)
    held(basket, value=700)
    assert drafted(basket).quote.sums == {"vip": -200, "coupon": -700, "freight": 600}


def test_a_coupons_minimum_is_measured_on_the_members_price(basket):
    add_levels(Level(0, "普通会员", "Member", 0, 90, 100, None, None))
    one = held(basket, minimum=1801)
    assert told(drafted(basket)) == [(one, 0, "too-little", 1)]


def full_off(starts_at, ends_at, off: int = 200) -> int:
    return promotions.create_full_off(
        name="满20减2",
        name_en="¥2 off ¥20",
        minimum=2000,
        off=off,
        goods_ids=(),
        starts_at=starts_at,
        ends_at=ends_at,
    )


def test_a_full_off_holds_from_its_start_until_before_its_end(basket):
    full_off(MORNING + HOUR, MORNING + 2 * HOUR)
    sums = []
    for hours in (0, 1, 2):
        with time_machine.travel(MORNING + hours * HOUR, tick=False):
            sums.append(drafted(basket).quote.sums)
    assert sums == [{}, {"full-off": -200}, {}]


def test_everything_together_in_the_order_of_the_rules(basket):
    delivered_for(600)
    add_levels(Level(0, "普通会员", "Member", 0, 90, 100, None, None))
    full_off(MORNING, MORNING + DAY)
    earn(basket, 5000)
    held(basket, value=120)
    delivery_coupon(basket)
    draft = drafted(basket, has_points=True)
    # 2000 - 200 = 1800; 90 %: 1620; - 120 = 1500; half of it in points.
    assert draft.quote.sums == {
        "full-off": -200, "vip": -180, "coupon": -120, "points": -750, "freight": 600, "delivery-coupon": -600,
    }  # fmt: skip
    assert (draft.quote.payable, draft.goods_sum, draft.count) == (750, 1620, 2)


def test_where_nobody_delivers_there_is_no_freight_and_no_coupon_for_it(basket):
    delivered_for(600)
    delivery_coupon(basket)
    wishes = {"address_id": 999}
    assert (drafted(basket, **wishes).quote.payable, drafted(basket, **wishes).delivery_coupon) == (2000, None)
    db.session.execute(update(DeliveryArea).values(is_open=False))
    db.session.commit()
    assert (drafted(basket).quote.payable, drafted(basket).delivery_coupon) == (2000, None)


def test_the_minimum_is_measured_before_coupons_points_and_freight(basket):
    delivered_for(600)
    earn(basket, 5000)
    delivery_coupon(basket)
    draft = drafted(basket, has_points=True)
    assert (draft.goods_sum, [draft.missing_to(each) for each in (0, 2000, 2001)]) == (2000, [0, 0, 1])
    held(basket, value=500)
    # A coupon that is chosen by itself keeps nobody from ordering.
    assert [drafted(basket, has_points=True).missing_to(each) for each in (2000, 2001)] == [0, 1]


def test_for_a_coupon_that_cannot_be_used_any_more_the_best_one_steps_in(basket):
    delivered_for(0)
    best, gone = held(basket, value=200), held(basket, value=500, minimum=9999)
    assert drafted(basket, coupon=gone).coupon.held.id == best
    assert drafted(basket, coupon=None).coupon is None


def test_a_delivery_coupon_that_cannot_be_used_says_why(basket):
    delivered_for(600)
    rider, dear = delivery_coupon(basket), delivery_coupon(basket, minimum=2500)
    draft = drafted(basket)
    assert (draft.delivery_coupon.id, told(draft)) == (rider, [(dear, 0, "too-little", 500)])


def test_a_coupon_is_judged_with_the_points_that_are_spent(basket):
    delivered_for(0)
    earn(basket, 5000)
    held(basket, value=500)
    assert drafted(basket).coupon.saved == 500
    # Half of 2000 in points leaves 1000, half of 1500 leaves 750.
    draft = drafted(basket, has_points=True)
    assert (draft.coupon.saved, draft.quote.payable) == (250, 750)


def test_orders_whose_time_to_pay_is_over_stand_in_nobodys_way(basket):
    delivered_for(0)
    place_all(basket)
    with time_machine.travel(MORNING + DAY):
        facts = facts_of(basket, clock.now(), 0, 0)
        assert (facts.unpaid, facts.has_ordered) == (0, False)
    facts = facts_of(basket, clock.now(), 0, 0)
    assert (facts.unpaid, facts.has_ordered) == (1, True)


def test_what_is_bought_at_once_is_priced_alone(basket):
    held(basket, goods_ids={475})
    draft = drafted(basket, buy=(476, 3))
    assert [(line.id, line.quantity) for line in draft.lines] == [(476, 3)]
    assert (draft.quote.payable, [each.refusal for each in draft.coupons]) == (750, ["no-goods"])


def test_nothing_is_asked_for_that_is_not_there(basket):
    facts = facts_of(basket, clock.now(), 0, 0)
    assert (facts.has_coupons, facts.has_full_offs) == (False, False)
    held(basket)
    full_off(MORNING, MORNING + DAY)
    facts = facts_of(basket, clock.now(), 0, 0)
    assert (facts.has_coupons, facts.has_full_offs) == (True, True)
    offers = offers_of(basket, facts, clock.now())
    assert (len(offers.held), len(offers.full_offs)) == (1, 1)
    assert offers.held == coupons.held_by(basket, clock.now())


def test_the_best_coupon_is_the_best_of_the_order_with_its_delivery(basket):
    """A coupon that lowers the goods below free delivery would cost more than it saves: it is not the best."""
    delivered_for(600, free_from=2000)
    held(basket, value=300)
    draft = drafted(basket)
    assert told(draft)[0][1:] == (0, "no-gain", 0)
    assert (draft.coupon, draft.quote.payable) == (None, 2000)
    better = held(basket, value=700)
    draft = drafted(basket)
    assert told(draft)[0] == (better, 100, None, 0)
    assert draft.quote.sums == {"coupon": -700, "freight": 600}

"""What a shopper holds, in one query, and when it can be used."""

from datetime import timedelta

import pytest

from axf.coupon.held import Held, held_by
from axf.pricing import Coupon as Terms
from tests.conftest import counted
from tests.coupon.conftest import MORNING, add_coupon, give, shanghai


def held(**values) -> Held:
    terms = {
        "id": 1,
        "coupon_id": 2,
        "name": "满59减8",
        "name_en": "¥8 off ¥59",
        "terms": Terms("amount", 800, 5900),
        "is_delivery": False,
        "is_first_order": False,
        "valid_from": MORNING,
        "valid_until": MORNING + timedelta(days=7),
        "hour_from": None,
        "hour_until": None,
    }
    return Held(**{**terms, **values})


@pytest.mark.parametrize(
    ("values", "now", "has_ordered", "refusal"),
    [
        ({}, "08:00", True, None),
        ({}, "07:59", True, "not-yet"),
        ({"hour_from": 8, "hour_until": 10}, "08:00", False, None),
        ({"hour_from": 8, "hour_until": 10}, "09:59", False, None),
        ({"hour_from": 8, "hour_until": 10}, "10:00", False, "hours"),
        ({"hour_from": 9, "hour_until": 10}, "08:59", False, "hours"),
        ({"hour_from": 22, "hour_until": 24}, "23:59", False, None),
        ({"is_first_order": True}, "12:00", False, None),
        ({"is_first_order": True}, "12:00", True, "first-order"),
        ({"is_first_order": True, "hour_from": 0, "hour_until": 1}, "12:00", True, "hours"),
        ({"is_first_order": True, "hour_from": 0, "hour_until": 1}, "07:00", True, "not-yet"),
    ],
)
def test_when_and_by_whom_it_can_be_used(values, now, has_ordered, refusal):
    assert held(**values).refusal(shanghai(f"2026-03-01 {now}"), has_ordered) == refusal


def test_what_one_holds_comes_whole_and_the_one_that_ends_first_first(shopper):
    later = give(add_coupon(valid_days=9), shopper, MORNING)
    fruit = add_coupon(
        name="水果八折",
        name_en="20% off fruit",
        kind="percent",
        value=80,
        minimum=3000,
        cap=1000,
        goods_ids=frozenset({475, 512}),
        food_type_ids=frozenset({103532}),
        is_first_order=True,
        valid_from=MORNING + timedelta(days=1),
        valid_until=MORNING + timedelta(days=2),
        hour_from=8,
        hour_until=10,
    )
    sooner = give(fruit, shopper, MORNING)
    give(add_coupon(valid_days=1), shopper, MORNING - timedelta(days=1))
    with counted() as statements:
        found = held_by(shopper, MORNING)
    assert len(statements) == 1
    assert [each.id for each in found] == [sooner, later]
    assert found[0] == Held(
        id=sooner,
        coupon_id=fruit,
        name="水果八折",
        name_en="20% off fruit",
        terms=Terms("percent", 80, 3000, 1000, frozenset({475, 512}), frozenset({103532})),
        is_delivery=False,
        is_first_order=True,
        valid_from=MORNING + timedelta(days=1),
        valid_until=MORNING + timedelta(days=2),
        hour_from=8,
        hour_until=10,
    )

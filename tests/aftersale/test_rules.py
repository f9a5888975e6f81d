"""What is approved at once, and what a person looks at."""

from dataclasses import replace
from datetime import timedelta

import pytest

from axf.aftersale.rules import Case, Limits, Reason, is_approved_at_once
from axf.aftersale.state import Kind

LIMITS = Limits(worth=3000, per_month=3)
GOOD = Case(
    kind=Kind.REFUND,
    reason=Reason.BAD,
    worth=3000,
    photos=1,
    approved_this_month=2,
    rejected=0,
    account_age=timedelta(days=7, seconds=1),
)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, True),
        ({"worth": 0}, True),
        ({"worth": 3001}, False),
        ({"kind": Kind.RETURN}, False),
        ({"kind": Kind.REPLACE}, False),
        ({"photos": 6}, True),
        ({"photos": 0}, False),
        ({"photos": 0, "reason": Reason.DAMAGED}, False),
        ({"photos": 0, "reason": Reason.MISSING}, True),
        ({"photos": 0, "reason": Reason.LESS}, True),
        ({"photos": 0, "reason": Reason.WRONG}, True),
        ({"photos": 0, "reason": Reason.OTHER}, True),
        ({"approved_this_month": 3}, False),
        ({"rejected": 1}, False),
        ({"account_age": timedelta(days=7)}, False),
    ],
)
def test_small_refunds_for_good_customers(changed, expected):
    assert is_approved_at_once(replace(GOOD, **changed), LIMITS) is expected


@pytest.mark.parametrize("limits", [Limits(worth=2999, per_month=3), Limits(worth=3000, per_month=0)])
def test_the_limits_are_the_shops(limits):
    assert not is_approved_at_once(GOOD, limits)

"""Points given or taken by hand: once for a reference, never below zero."""

import pytest
import time_machine

from axf.points import ledger
from axf.points.adjustment import BadAdjustment, adjust
from axf.points.ledger import PointsShort
from tests.points.test_ledger import START, add_user, earn, entries, numbers_of


@pytest.fixture
def user_id(app) -> int:
    return add_user("anna")


def test_points_are_given_and_taken(user_id):
    with time_machine.travel(START, tick=False):
        assert adjust(user_id, 50, reference="T-1", text="配送迟到")
        assert adjust(user_id, -20, reference="T-2", text="Mistake of T-1")
    assert entries(user_id) == [(50, "adjusted", "T-1 配送迟到"), (-20, "adjusted", "T-2 Mistake of T-1")]
    assert numbers_of(user_id) == (30, 30)
    assert numbers_of(user_id, ledger.end_of_lot(START)) == (30, 0)


def test_a_reference_counts_once_whatever_else_is_said(user_id):
    assert adjust(user_id, 50, reference="T-1", text="a")
    for amount, text in ((50, "a"), (50, "b"), (-50, "a")):
        assert not adjust(user_id, amount, reference="T-1", text=text)
    assert adjust(user_id, 1, reference="T-10", text="a")
    assert adjust(user_id, 1, reference="t-1", text="a")
    assert adjust(add_user("bert"), 50, reference="T-1", text="a")
    assert ledger.balance_of(user_id) == 52


def test_more_than_there_is_cannot_be_taken(user_id):
    earn(user_id, 10)
    with pytest.raises(PointsShort) as refusal:
        adjust(user_id, -11, reference="T-1", text="a")
    assert (refusal.value.details, entries(user_id)) == ({"left": 10}, [(10, "received", "a")])


@pytest.mark.parametrize(
    ("amount", "reference", "text", "problem"),
    [
        (0, "T-1", "a", "0 points are none or more than 1,000,000"),
        (1_000_001, "T-1", "a", "1000001 points are none or more than 1,000,000"),
        (-1_000_001, "T-1", "a", "-1000001 points are none or more than 1,000,000"),
        (1, "", "a", "a reference is 1 to 16 letters, digits, - or _: ''"),
        (1, "T 1", "a", "a reference is 1 to 16 letters, digits, - or _: 'T 1'"),
        (1, "T" * 17, "a", f"a reference is 1 to 16 letters, digits, - or _: {'T' * 17!r}"),
        (1, "T-1", "", "a reason is a text of 1 to 23 characters: ''"),
        (1, "T-1", "a" * 24, f"a reason is a text of 1 to 23 characters: {'a' * 24!r}"),
        (1, "T-1", "a\u202eb", "a reason is a text of 1 to 23 characters: 'a\\u202eb'"),
    ],
)
def test_what_no_adjustment_can_be_is_refused(user_id, amount, reference, text, problem):
    with pytest.raises(BadAdjustment) as refusal:
        adjust(user_id, amount, reference=reference, text=text)
    assert (refusal.value.details, entries(user_id)) == ({"problem": problem}, [])


def test_the_longest_reference_and_reason_fit(user_id):
    assert adjust(user_id, 1, reference="T" * 16, text="迟" * 23)
    assert entries(user_id) == [(1, "adjusted", f"{'T' * 16} {'迟' * 23}")]

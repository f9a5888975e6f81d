"""A line's parts are its exact shares."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axf.pricing import Part


@pytest.mark.parametrize(
    ("quantity", "part"),
    [(0, Part(0, 0, 0)), (1, Part(1, 333, 16)), (2, Part(2, 666, 33)), (3, Part(3, 1000, 50))],
)
def test_a_part_is_rounded_down_and_all_is_all(quantity, part):
    assert Part(3, 1000, 50).of(quantity) == part


@pytest.mark.parametrize("quantity", [-1, 4])
def test_there_is_no_part_of_more_than_there_are(quantity):
    with pytest.raises(ValueError):
        Part(3, 1000, 50).of(quantity)


@given(
    st.integers(0, 10**9),
    st.integers(0, 10**6),
    st.lists(st.integers(1, 5), min_size=1, max_size=8),
)
def test_parts_taken_one_after_the_other_add_up(amount, points, takes):
    left, taken = Part(sum(takes), amount, points), []
    for quantity in takes:
        part = left.of(quantity)
        taken.append(part)
        left = left.without(part)
    assert left == Part(0, 0, 0)
    assert (sum(part.amount for part in taken), sum(part.points for part in taken)) == (amount, points)
    assert all(part.amount >= 0 and part.points >= 0 for part in taken)

"""Money: text, fen, and shares that add up."""

from decimal import InvalidOperation

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axf.core.money import fen, share, yuan_short, yuan_text


@pytest.mark.parametrize(
    ("amount", "text"), [(0, "0.00"), (5, "0.05"), (580, "5.80"), (123456, "1,234.56"), (-250, "-2.50")]
)
def test_yuan_text(amount, text):
    assert yuan_text(amount) == text


@pytest.mark.parametrize(
    ("amount", "text"), [(0, "0"), (5, "0.05"), (5900, "59"), (5990, "59.90"), (123400, "1,234"), (-600, "-6")]
)
def test_yuan_short(amount, text):
    assert yuan_short(amount) == text


@pytest.mark.parametrize(("yuan", "amount"), [("5.8", 580), ("25.80", 2580), ("0.005", 1), (3, 300), ("1e1", 1000)])
def test_fen(yuan, amount):
    assert fen(yuan) == amount


def test_fen_refuses_words():
    with pytest.raises(InvalidOperation):
        fen("free")


@pytest.mark.parametrize(
    ("amount", "weights", "parts"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (-100, [1, 1, 1], [-34, -33, -33]),
        (5, [0, 0], [3, 2]),
        (7, [5, 0, 5], [4, 0, 3]),
        (0, [], []),
    ],
)
def test_share_by_largest_remainder(amount, weights, parts):
    assert share(amount, weights) == parts


def test_share_over_nothing():
    with pytest.raises(ValueError, match="at least one part"):
        share(1, [])


@given(st.integers(-(10**9), 10**9), st.lists(st.integers(0, 10**7), min_size=1, max_size=50))
def test_shares_add_up_to_the_fen(amount, weights):
    parts = share(amount, weights)
    assert sum(parts) == amount
    assert len(parts) == len(weights)
    if any(weights):
        exact = [amount * weight / sum(weights) for weight in weights]
        assert all(abs(part - ideal) <= 1 for part, ideal in zip(parts, exact, strict=True))

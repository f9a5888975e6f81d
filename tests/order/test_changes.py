"""What has changed since the shopper looked."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axf.order.changes import Change, changes, shown_text
from axf.pricing import Quote
from axf.pricing.basket import Adjustment


@dataclass
class Line:
    id: int
    quantity: int
    price_now: int


def price(**sums: int) -> Quote:
    return Quote({475: 2000}, tuple(Adjustment(rule.replace("_", "-"), 475, sum_) for rule, sum_ in sums.items()))


SHOWN = [Line(475, 2, 1000), Line(476, 1, 250)]


def test_what_a_page_shows_as_text():
    assert shown_text(SHOWN, price(coupon=-800, freight=600)) == "475:2:1000,476:1:250;coupon:-800,freight:600"
    assert shown_text([], price()) == ";"


@pytest.mark.parametrize(
    ("lines", "now", "expected"),
    [
        (SHOWN, price(coupon=-800), []),
        ([Line(475, 2, 1100), Line(476, 1, 250)], price(coupon=-800), [Change("price", 475, old=1000, new=1100)]),
        ([Line(475, 3, 1000), Line(476, 1, 250)], price(coupon=-800), [Change("quantity", 475, old=2, new=3)]),
        ([Line(476, 1, 250)], price(coupon=-800), [Change("gone", 475, old=2)]),
        ([*SHOWN, Line(477, 4, 99)], price(coupon=-800), [Change("new", 477, new=4)]),
        (SHOWN, price(), [Change("rule", rule="coupon", old=-800)]),
        (
            SHOWN,
            price(coupon=-800, delivery_coupon=-600),
            [Change("rule", rule="delivery-coupon", old=0, new=-600)],
        ),
        (
            [Line(475, 1, 900), Line(476, 1, 250)],
            price(coupon=-700),
            [
                Change("price", 475, old=1000, new=900),
                Change("quantity", 475, old=2, new=1),
                Change("rule", rule="coupon", old=-800, new=-700),
            ],
        ),
    ],
)
def test_what_is_told(lines, now, expected):
    assert changes(shown_text(SHOWN, price(coupon=-800)), lines, now) == expected


@pytest.mark.parametrize("text", ["", "475", "a:b;c", "475:2:1000;" + "x" * 2000, "４７５:2:1000;", None])
def test_a_text_that_no_page_wrote_tells_nothing(text):
    assert changes(text, SHOWN, price()) == []


@given(st.text(alphabet="0123456789:,;-vip", max_size=60))
def test_no_text_breaks_it(text):
    assert isinstance(changes(text, SHOWN, price(coupon=-800)), list)

"""``flask order short`` and ``flask order substitute``."""

import pytest

from axf.order.queries import order_of
from tests.order.flow import pay_by_credit, pick


@pytest.fixture
def run(app):
    return lambda *arguments: app.test_cli_runner().invoke(args=["order", *arguments])


@pytest.fixture
def picked(shopper, order_no) -> str:
    pay_by_credit(shopper, order_no)
    pick(order_no)
    return order_no


def test_what_was_found_is_said_and_the_rest_goes_back(run, picked):
    assert run("short", picked, "475=1").output == f"1 pieces of order {picked} fall away: ¥10.00 go back.\n"
    assert run("short", picked, "475=1", "476=1").output == f"0 pieces of order {picked} fall away: ¥0.00 go back.\n"


def test_a_substitute_is_brought_when_the_shopper_agreed(run, shopper, picked):
    refused = run("substitute", picked, "475=477", "--pieces", "2")
    assert "the shopper's wish is refund: call them, then say --agreed" in refused.output
    brought = run("substitute", picked, "475=477", "--pieces", "2", "--quantity", "1", "--agreed")
    assert brought.output == f"Order {picked}: 1 of 477 instead of 2 of 475, for ¥0.99.\n"
    assert [each.substitute_id for each in order_of(shopper, picked).substitutes] == [477]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("short", "NO", "475"), "'475' is not GOODS=FOUND, like 475=2"),
        (("short", "NO", "475=9"), "only 2 pieces of goods 475 are left in order NO"),
        (("short", "NO", "9=1"), "there is no order line 9"),
        (("short", "1", "475=1"), "there is no order 1"),
        (("substitute", "NO", "475", "--agreed"), "'475' is not GOODS=INSTEAD"),
        (("substitute", "NO", "475=999", "--agreed"), "there is no other goods 999"),
        (("substitute", "NO", "475=477", "--quantity", "900", "--agreed"), "not so many of the substitute in stock"),
    ],
)
def test_wrong_arguments_are_told_in_a_sentence(run, shopper, picked, arguments, sentence):
    found = run(*(picked if each == "NO" else each for each in arguments))
    assert found.exit_code in (1, 2)
    assert sentence.replace("NO", picked) in found.output
    assert order_of(shopper, picked).order.refunded == 0


def test_only_what_is_picked_can_be_short(run, order_no):
    found = run("short", order_no, "475=1")
    assert f"order {order_no} is unpaid: only while it is picked (flask order pick)" in found.output

"""How many statements placing an order and its page take: what is bought makes no difference."""

from datetime import timedelta

import pytest

from axf.cart import service as cart
from axf.core import clock
from axf.core.db import transaction
from axf.extensions import db
from axf.market import promotions
from axf.order import checkout
from axf.points import ledger as points
from axf.points.ledger import Reason
from tests.conftest import UNPAID_LIFE, add_address, add_area, add_goods, add_slot, counted, total_of, wishes_of
from tests.coupon.conftest import add_coupon, give

PLAIN = 11
# What each adds, whatever the number of lines: the adjustments are one INSERT for all of them.
MORE = {
    "freight": 1,  # the adjustments
    "full-off": 1 + 1,  # which there are; the adjustments
    "coupon": 1 + 1 + 1,  # which are held; the adjustments; its use
    "delivery-coupon": 1 + 1 + 1,  # which are held; the adjustments; its use
    "points": 1 + 2,  # the adjustments; the account and its entry
    "all": 1 + 1 + 1 + 1 + 1 + 2,
}


def offer(user_id: int, what: str) -> None:
    """Let the shopper have something that changes the price."""
    now = clock.now()
    if what in ("freight", "delivery-coupon", "all"):
        add_slot(add_area(fee=600))
        db.session.commit()
    if what in ("full-off", "all"):
        promotions.create_full_off(
            name="满减", name_en="Off", minimum=100, off=10, goods_ids=(), starts_at=now, ends_at=now + timedelta(1)
        )
    if what in ("coupon", "all"):
        give(add_coupon(value=20, minimum=0), user_id)
    if what in ("delivery-coupon", "all"):
        give(add_coupon(kind="delivery", value=0, minimum=0), user_id)
    if what in ("points", "all"):
        with transaction(db.session):
            points.earn(db.session, user_id, 100, reason=Reason.WELCOME, reference="welcome", at=now)


def fill(user_id: int, lines: int) -> None:
    for number in range(lines):
        cart.set_quantity(user_id, add_goods(id=1000 + number, price=1000), 1)


def statements_to_place(user_id: int) -> list[str]:
    wishes = wishes_of(user_id, has_points=True)
    total = total_of(user_id, wishes)
    with counted() as statements:
        checkout.place(user_id, checkout.new_token(), total, wishes, UNPAID_LIFE)
    return statements


@pytest.mark.parametrize("lines", [1, 5, 50])
def test_a_plain_order_takes_eleven_statements(shopper, fruit, lines):
    fill(shopper, lines)
    assert len(statements_to_place(shopper)) == PLAIN


@pytest.mark.parametrize("lines", [1, 50])
@pytest.mark.parametrize("what", MORE)
def test_each_thing_that_changes_the_price_takes_a_few_more(shopper, fruit, what, lines):
    offer(shopper, what)
    fill(shopper, lines)
    assert len(statements_to_place(shopper)) == PLAIN + MORE[what]


def test_a_repeat_takes_two_statements(shopper, fruit):
    fill(shopper, 3)
    wishes, token = wishes_of(shopper), checkout.new_token()
    checkout.place(shopper, token, 3000, wishes, UNPAID_LIFE)
    with counted() as statements:
        checkout.place(shopper, token, 3000, wishes, UNPAID_LIFE)
    assert len(statements) == 2


def test_an_order_that_costs_nothing_takes_the_same_for_every_number_of_lines(shopper, fruit):
    counts = []
    for lines in (1, 30):
        give(add_coupon(value=99_900, minimum=0), shopper)
        for number in range(lines):
            cart.set_quantity(shopper, add_goods(id=1000 * lines + number, price=1000), 1)
        counts.append(len(statements_to_place(shopper)))
    assert counts[0] == counts[1]


def page(member) -> list[str]:
    db.session.rollback()
    with counted() as statements:
        assert member.get("/axf/checkout/").status_code == 200
    return statements


def test_the_page_asks_as_often_for_many_lines_coupons_and_addresses_as_for_one(member, shopper, fruit):
    wishes_of(shopper)
    fill(shopper, 1)
    give(add_coupon(value=20, minimum=0, food_type_ids={103534}), shopper)
    give(add_coupon(kind="delivery", value=0, minimum=0), shopper)
    few = page(member)
    for number in range(1, 40):
        cart.set_quantity(shopper, add_goods(id=1000 + number), 1)
    for number in range(2):
        give(add_coupon(value=30 + number, minimum=0, food_type_ids={103532}), shopper)
        give(add_coupon(kind="delivery", value=0, minimum=0), shopper)
        add_address(shopper, is_default=False)
    db.session.commit()
    assert len(page(member)) == len(few) <= 9

"""Races of a cart that is edited while its order is placed, on MariaDB: every piece is ordered or still there."""

import random
import time
from collections import Counter

import pytest
from sqlalchemy import delete, func, select

from axf.cart import service as cart
from axf.cart.models import CartItem
from axf.core.errors import ShopError
from axf.extensions import db
from axf.order import checkout
from axf.order.models import Order, OrderLine
from tests.check.shop import broken
from tests.concurrency.race import PAUSE, meet, race
from tests.conftest import UNPAID_LIFE, add_goods, add_types, total_of, wishes_of

pytestmark = [pytest.mark.mariadb, pytest.mark.concurrency, pytest.mark.xdist_group("concurrency")]

PROCESSES, GOODS, TAPS, ORDERS = 6, (475, 476, 477), 60, 15
# What may be told to a shopper who does such things at once; each leaves everything as it was.
REFUSED = {"total-changed", "nothing-selected", "not-found", "busy"}


@pytest.fixture
def buyer(shopper) -> int:
    """A shopper with one of each goods in the cart."""
    add_types()
    for goods_id in GOODS:
        add_goods(id=goods_id, price=100, stock=5000)
        cart.add(shopper, goods_id)
    wishes_of(shopper)
    return shopper


def remove_unguarded(user_id: int, lines: list) -> None:
    """checkout._remove_from_cart as shops commonly write it: what is selected goes, whatever was read."""
    meet()  # the tap comes now
    meet()  # it is committed
    db.session.execute(delete(CartItem).where(CartItem.user_id == user_id, CartItem.is_select))


def act_unguarded(number: int, user_id: int) -> list[str]:
    """One process places the order, the other taps when the cart was read and is not yet emptied."""
    if number == 0:
        checkout._remove_from_cart = remove_unguarded
        return [told(place, user_id)]
    meet()
    outcome = told(edit, user_id, GOODS[0], "tap")
    meet()
    return [outcome]


def act(number: int, user_id: int, may_remove: bool) -> list[str]:
    """Tap, select and remove, or place orders, in turns by the process's number."""
    chosen = random.Random(number)
    checkout.MOST_UNPAID = PROCESSES * ORDERS
    edits = ("tap", "tap", "tap", "select", "unselect", *(["remove", "subtract"] if may_remove else []))
    if number % 2:
        return [told(place, user_id) for _ in range(ORDERS)]
    outcomes = []
    for _ in range(TAPS):
        time.sleep(chosen.uniform(0, PAUSE))
        outcomes.append(told(edit, user_id, chosen.choice(GOODS), chosen.choice(edits)))
    return outcomes


def told(do, *arguments) -> str:
    try:
        return do(*arguments)
    except ShopError as refusal:
        return refusal.code


def edit(user_id: int, goods_id: int, what: str) -> str:
    if what == "tap":
        cart.add(user_id, goods_id)
    elif what == "remove":
        cart.remove(user_id, goods_id)
    elif what == "subtract":
        cart.subtract(user_id, goods_id)
    else:
        cart.select_line(user_id, goods_id, what == "select")
    return what


def place(user_id: int) -> str:
    wishes = wishes_of(user_id)
    total = total_of(user_id, wishes)
    checkout.place(user_id, checkout.new_token(), total, wishes, UNPAID_LIFE)
    return "placed"


def pieces() -> tuple[int, int]:
    """Return how many pieces were ordered, and how many are in the cart."""
    db.session.rollback()
    ordered, in_cart = (db.session.scalar(select(func.sum(each.quantity))) for each in (OrderLine, CartItem))
    return int(ordered or 0), int(in_cart or 0)


def tapped(outcomes: Counter[str]) -> int:
    return len(GOODS) + outcomes["tap"]


def test_every_tap_is_ordered_once_or_still_in_the_cart(database, buyer, tmp_path):
    outcomes = race(database.url, tmp_path, PROCESSES, act, buyer, False)
    assert set(outcomes) <= {"tap", "select", "unselect", "placed"} | REFUSED
    ordered, in_cart = pieces()
    assert ordered + in_cart == tapped(outcomes)
    assert db.session.scalar(select(func.count()).select_from(Order)) == outcomes["placed"] > 0
    assert broken() == []


def test_nothing_that_was_taken_out_is_ordered_besides(database, buyer, tmp_path):
    outcomes = race(database.url, tmp_path, PROCESSES, act, buyer, True)
    assert set(outcomes) <= {"tap", "select", "unselect", "remove", "subtract", "placed"} | REFUSED
    assert 0 < sum(pieces()) <= tapped(outcomes)
    assert db.session.scalar(select(func.count()).select_from(Order)) == outcomes["placed"] > 0
    assert broken() == []


def test_without_the_guard_a_tap_is_lost(database, buyer, tmp_path):
    outcomes = race(database.url, tmp_path, 2, act_unguarded, buyer)
    assert outcomes == {"placed": 1, "tap": 1}
    assert sum(pieces()) == tapped(outcomes) - 1

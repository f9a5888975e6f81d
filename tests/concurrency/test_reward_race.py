"""Races of one shopper's checkouts for one coupon and for the same points, on MariaDB.

Two things guard them: the checkouts of one shopper wait for each other, and each ledger takes only what is there. Each
is enough; without both the race is seen.
"""

from collections import Counter

import pytest
from sqlalchemy import func, insert, select, update

from axf.core import clock
from axf.core.db import transaction
from axf.core.errors import ShopError
from axf.coupon.models import UserCoupon
from axf.extensions import db
from axf.market.models import Goods
from axf.order import checkout
from axf.order.models import Order, OrderAdjustment
from axf.points import ledger as points
from axf.points.ledger import Reason
from axf.points.models import PointsAccount, PointsEntry
from tests.check.shop import broken
from tests.concurrency.race import meet, race
from tests.conftest import UNPAID_LIFE, add_goods, add_types, wishes_of
from tests.coupon.conftest import add_coupon, give

pytestmark = [pytest.mark.mariadb, pytest.mark.concurrency, pytest.mark.xdist_group("concurrency")]

PROCESSES, PRICE, OFF, STOCK = 8, 1000, 400, 100
# Whether checkouts wait for each other, and whether the ledger takes only what is there.
GUARDS = [(True, True), (True, False), (False, True), (False, False)]
REFUSED = {"total-changed", "coupon-gone", "points-short", "busy"}


@pytest.fixture
def buyer(shopper) -> int:
    """A shopper for whom there is enough to buy."""
    add_types()
    add_goods(id=475, price=PRICE, stock=STOCK)
    wishes_of(shopper)
    return shopper


def use_unguarded(session, user_id, held_id, order_id, now) -> None:
    """coupon.ledger.use as shops commonly write it: it was looked up a moment ago, so it is written."""
    meet()
    session.execute(update(UserCoupon).where(UserCoupon.id == held_id).values(order_id=order_id, used_at=now))


def spend_unguarded(session, user_id, amount, *, reference, at) -> None:
    """points.ledger.spend as shops commonly write it: read, subtract, write back, and never below zero."""
    balance = session.scalar(select(PointsAccount.balance).where(PointsAccount.user_id == user_id))
    meet()
    row = {"user_id": user_id, "amount": -amount, "reason": Reason.ORDER, "reference": reference, "created_at": at}
    session.execute(insert(PointsEntry).values(row))
    session.execute(
        update(PointsAccount).where(PointsAccount.user_id == user_id).values(balance=max(0, balance - amount))
    )


def buy(_number: int, user_id: int, choices: dict, has_lock: bool, has_guard: bool) -> list[str]:
    """Buy one goods at once for the lowered price."""
    checkout.MOST_UNPAID = STOCK
    if not has_lock:
        checkout._lock = lambda user_id: None
    if not has_guard:
        checkout.coupons.use = use_unguarded
        checkout.points.spend = spend_unguarded
    wishes = wishes_of(user_id, buy=(475, 1), **choices)
    try:
        checkout.place(user_id, checkout.new_token(), PRICE - OFF, wishes, UNPAID_LIFE)
    except ShopError as refusal:
        return [refusal.code]
    return ["placed"]


def placed_for(rule: str) -> tuple[int, int]:
    """Return how many orders there are and how many of them have an adjustment by this rule."""
    db.session.rollback()
    lowered = select(func.count(OrderAdjustment.order_id.distinct())).where(OrderAdjustment.rule == rule)
    return db.session.scalar(select(func.count()).select_from(Order)), db.session.scalar(lowered)


def assert_bought_once(outcomes: Counter[str], rule: str) -> None:
    assert outcomes["placed"] == 1
    assert set(outcomes) - {"placed"} <= REFUSED
    assert sum(outcomes.values()) == PROCESSES
    assert placed_for(rule) == (1, 1)
    assert db.session.scalar(select(Goods.stock)) == STOCK - 1
    assert broken() == []


@pytest.mark.parametrize(("has_lock", "has_guard"), GUARDS)
def test_one_coupon_makes_one_of_many_checkouts_cheaper(database, buyer, tmp_path, has_lock, has_guard):
    held_id = give(add_coupon(value=OFF, minimum=0), buyer)
    outcomes = race(database.url, tmp_path, PROCESSES, buy, buyer, {"coupon": held_id}, has_lock, has_guard)
    if has_lock or has_guard:
        assert_bought_once(outcomes, "coupon")
        assert db.session.scalar(select(UserCoupon.order_id)) == db.session.scalar(select(Order.id))
    else:
        assert outcomes["placed"] == placed_for("coupon")[1] > 1
        assert "coupon-order" in broken()


@pytest.mark.parametrize(("has_lock", "has_guard"), GUARDS)
def test_the_same_points_pay_for_one_of_many_checkouts(database, buyer, tmp_path, has_lock, has_guard):
    with transaction(db.session):
        points.earn(db.session, buyer, OFF, reason=Reason.WELCOME, reference="welcome", at=clock.now())
    outcomes = race(database.url, tmp_path, PROCESSES, buy, buyer, {"has_points": True}, has_lock, has_guard)
    if has_lock or has_guard:
        assert_bought_once(outcomes, "points")
        assert points.balance_of(buyer) == 0
    else:
        assert outcomes["placed"] == placed_for("points")[1] > 1
        assert "points-balance" in broken()

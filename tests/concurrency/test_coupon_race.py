"""Races for coupons on MariaDB: claimed, redeemed, used, granted, each with its negative control."""

import time
from collections import Counter
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, insert, select, update

from axf.cart import service as cart
from axf.core import clock
from axf.core.db import transaction
from axf.core.errors import ShopError
from axf.coupon import claims, ledger, terms
from axf.coupon.ledger import CouponGone, CouponLimit, CouponOut
from axf.coupon.models import Coupon, CouponCode, UserCoupon
from axf.extensions import db
from axf.order.models import Order
from axf.seed.load_shoppers import add_shoppers
from axf.user import accounts
from axf.user.models import User
from tests.concurrency.race import meet, race
from tests.conftest import PASSWORD, add_goods, add_types, place_all
from tests.coupon.conftest import add_coupon, give, issued

pytestmark = [pytest.mark.mariadb, pytest.mark.concurrency, pytest.mark.xdist_group("concurrency")]

CLAIMS, COUPONS, PROCESSES = 50, 10, 10


@pytest.fixture
def shoppers(app) -> list[int]:
    """Fifty shoppers."""
    add_shoppers(CLAIMS, PASSWORD)
    return list(db.session.scalars(select(User.id).order_by(User.id)))


def held(coupon_id: int) -> int:
    return issued(coupon_id)[1]


def issue_unguarded(session, coupon_id, user_id, source, now, *, reference=None) -> int:
    """ledger.issue as shops commonly write it: read, decide, write back.

    ``number`` is a random one, so that the unique key does not stand in for the guard.
    """
    coupon = session.execute(select(Coupon.issued, Coupon.total, Coupon.per_person).filter_by(id=coupon_id)).one()
    had = session.scalar(select(func.count(UserCoupon.id)).filter_by(coupon_id=coupon_id, user_id=user_id))
    meet()
    if coupon.total is not None and coupon.issued >= coupon.total:
        raise CouponOut(coupon_id=coupon_id)
    if had >= coupon.per_person:
        raise CouponLimit(limit=coupon.per_person)
    session.execute(update(Coupon).filter_by(id=coupon_id).values(issued=coupon.issued + 1))
    row = {"user_id": user_id, "coupon_id": coupon_id, "number": time.time_ns() % 2**31, "is_delivery": False}
    row |= {"source": source, "reference": None, "valid_from": now, "valid_until": now, "created_at": now}
    return session.execute(insert(UserCoupon).values(**row, order_id=None, used_at=None)).inserted_primary_key[0]


def claim(number: int, user_ids: list[int], coupon_id: int, is_guarded: bool) -> list[str]:
    """Claim for every tenth shopper, beginning with one's own."""
    if not is_guarded:
        claims.ledger.issue = issue_unguarded
    outcomes = []
    for user_id in user_ids[number::PROCESSES]:
        try:
            claims.claim(user_id, coupon_id)
            outcomes.append("claimed")
        except ShopError as refusal:
            outcomes.append(refusal.code)
    return outcomes


def test_fifty_claims_of_ten_coupons_give_exactly_ten(database, shoppers, tmp_path):
    coupon_id = add_coupon(total=COUPONS)
    outcomes = race(database.url, tmp_path, PROCESSES, claim, shoppers, coupon_id, True)
    assert outcomes == {"claimed": COUPONS, "coupon-out": CLAIMS - COUPONS}
    assert issued(coupon_id) == (COUPONS, COUPONS)


def test_without_the_guard_there_are_more(database, shoppers, tmp_path):
    coupon_id = add_coupon(total=COUPONS)
    outcomes = race(database.url, tmp_path, PROCESSES, claim, shoppers, coupon_id, False)
    assert outcomes["claimed"] == held(coupon_id) > COUPONS


@pytest.mark.parametrize("is_guarded", [True, False])
def test_one_shopper_on_ten_devices_gets_as_many_as_one_may(database, shoppers, tmp_path, is_guarded):
    coupon_id = add_coupon(per_person=2)
    outcomes = race(database.url, tmp_path, PROCESSES, claim, shoppers[:1] * CLAIMS, coupon_id, is_guarded)
    assert outcomes["claimed"] == held(coupon_id)
    if is_guarded:
        assert outcomes == {"claimed": 2, "coupon-limit": CLAIMS - 2}
        assert issued(coupon_id) == (2, 2)
    else:
        assert outcomes["claimed"] > 2


def redeem(number: int, user_ids: list[int], code: str, is_guarded: bool) -> list[str]:
    try:
        if is_guarded:
            claims.redeem_code(user_ids[number], code)
        else:
            redeem_unguarded(user_ids[number], code)
    except ShopError as refusal:
        return [refusal.code]
    return ["redeemed"]


def redeem_unguarded(user_id: int, code: str) -> None:
    with transaction(db.session):
        row = db.session.execute(select(CouponCode.coupon_id, CouponCode.uses_left).filter_by(code=code)).one()
        meet()
        if not row.uses_left:
            raise claims.CodeUsed
        db.session.execute(update(CouponCode).filter_by(code=code).values(uses_left=row.uses_left - 1))
        ledger.issue(db.session, row.coupon_id, user_id, "code", clock.now())


@pytest.mark.parametrize("is_guarded", [True, False])
def test_a_code_for_one_gives_one(database, shoppers, tmp_path, is_guarded):
    coupon_id = add_coupon(issue="code")
    (code,) = terms.make_codes(coupon_id, 1)
    outcomes = race(database.url, tmp_path, PROCESSES, redeem, shoppers, code, is_guarded)
    if is_guarded:
        assert outcomes == {"redeemed": 1, "code-used": PROCESSES - 1}
    assert (held(coupon_id) == 1) is is_guarded


def use_unguarded(session, user_id, held_id, order_id, now) -> None:
    """ledger.use as shops commonly write it."""
    used_by = session.scalar(select(UserCoupon.order_id).filter_by(id=held_id, user_id=user_id))
    meet()
    if used_by is not None:
        raise CouponGone
    session.execute(update(UserCoupon).filter_by(id=held_id).values(order_id=order_id, used_at=now))


def use(number: int, user_id: int, held_id: int, order_ids: list[int], is_guarded: bool) -> list[str]:
    try:
        with transaction(db.session):
            now = datetime.now(UTC)
            (ledger.use if is_guarded else use_unguarded)(db.session, user_id, held_id, order_ids[number], now)
    except ShopError as refusal:
        return [refusal.code]
    return ["used"]


@pytest.mark.parametrize("is_guarded", [True, False])
def test_one_coupon_is_used_by_one_order(database, shopper, tmp_path, is_guarded):
    add_types()
    add_goods(id=475, price=100, stock=10)
    for _ in range(5):
        cart.set_quantity(shopper, 475, 1)
        place_all(shopper)
    held_id = give(add_coupon(), shopper)
    order_ids = list(db.session.scalars(select(Order.id)))
    outcomes = race(database.url, tmp_path, 5, use, shopper, held_id, order_ids, is_guarded)
    if is_guarded:
        assert outcomes == {"used": 1, "coupon-gone": 4}
    else:
        assert outcomes["used"] > 1


def register(number: int) -> list[str]:
    accounts.register(f"new{number}", PASSWORD)
    return ["registered"]


def test_registrations_at_once_share_what_is_left(database, app, tmp_path):
    scarce, plenty = add_coupon(issue="register", total=3), add_coupon(issue="register")
    assert race(database.url, tmp_path, 6, register) == Counter({"registered": 6})
    assert (issued(scarce), issued(plenty)) == ((3, 3), (6, 6))


def grant(_number: int, user_ids: list[int], coupon_id: int) -> list[str]:
    claims.BATCH = 7
    sums = claims.grant(coupon_id, user_ids)
    return ["given"] * sums.given + ["had"] * sums.had


def test_a_grant_from_four_hosts_gives_each_one(database, shoppers, tmp_path):
    coupon_id = add_coupon(issue="grant", per_person=9)
    outcomes = race(database.url, tmp_path, 4, grant, shoppers, coupon_id)
    assert outcomes == {"given": CLAIMS, "had": 3 * CLAIMS}
    assert issued(coupon_id) == (CLAIMS, CLAIMS)

"""Whatever is ordered, with whatever lowers its price: the books agree afterwards."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from axf.cart import service as cart
from axf.core import clock
from axf.core.db import transaction
from axf.extensions import db
from axf.market import promotions
from axf.order import fulfilment
from axf.order.models import Order
from axf.order.queries import order_of
from axf.points import ledger as points
from axf.points.ledger import Reason
from axf.vip import corrections
from axf.vip.ledger import Level
from tests.check.shop import broken, pay
from tests.conftest import CHILD, FRUIT, add_area, add_goods, add_slot, bring, place_all
from tests.coupon.conftest import add_coupon, give
from tests.points.test_ledger import add_user
from tests.vip.test_ledger import add_levels

GOODS = {
    1: {"price": 1000},
    2: {"price": 1},
    3: {"price": 333, "is_bogo": True},
    4: {"price": 777, "is_second_half": True},
    5: {"price": 2599, "is_bogo": True, "is_second_half": True},
}
COUPONS = [
    {"value": 300, "minimum": 0},
    {"value": 99_999, "minimum": 0},
    {"kind": "percent", "value": 67, "minimum": 500, "cap": 450},
    {"kind": "percent", "value": 1, "minimum": 0},
    {"kind": "fixed", "value": 0, "minimum": 0, "goods_ids": {1, 3}},
    {"value": 50, "minimum": 50, "food_type_ids": {FRUIT, CHILD}},
    {"value": 800, "minimum": 5900, "is_first_order": True},
    {"kind": "delivery", "value": 0, "minimum": 100},
]
LEVELS = [
    Level(0, "普通会员", "Member", 0, 100, 100, None, None),
    Level(1, "金牌会员", "Gold", 50, 93, 150, 2000, None),
]

choices = st.fixed_dictionaries(
    {
        "basket": st.dictionaries(st.sampled_from(list(GOODS)), st.integers(1, 9), min_size=1),
        "held": st.sets(st.sampled_from(range(len(COUPONS)))),
        "coupon": st.one_of(st.just("best"), st.none(), st.integers(0, 20)),
        "has_delivery_coupon": st.booleans(),
        "balance": st.one_of(st.just(0), st.integers(50, 8000)),
        "has_points": st.booleans(),
        "growth": st.sampled_from([0, 50]),
        "is_at_once": st.booleans(),
        "end": st.sampled_from(["unpaid", "paid", "received", "cancelled"]),
    }
)


@pytest.fixture
def shop(fruit) -> list[int]:
    """Goods, coupons, levels, 满减, and an area where delivery costs; the coupons' ids."""
    for goods_id, values in GOODS.items():
        add_goods(id=goods_id, stock=100_000, **values)
    add_slot(add_area(fee=600, free_from=3000))
    add_levels(*LEVELS)
    now = clock.now()
    for minimum, off, goods_ids in ((3000, 500, ()), (1000, 101, (1, 2, 3))):
        promotions.create_full_off(
            name="满减", name_en="Off", minimum=minimum, off=off, goods_ids=goods_ids,
            starts_at=now, ends_at=now + timedelta(1),
        )  # fmt: skip
    return [add_coupon(**terms) for terms in COUPONS]


@pytest.mark.sqlite
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(chosen=choices)
def test_the_books_agree_after_every_order(app, shop, chosen):
    user_id = add_user()
    held = [give(shop[place], user_id) for place in sorted(chosen["held"])]
    if chosen["balance"]:
        with transaction(db.session):
            points.earn(
                db.session, user_id, chosen["balance"], reason=Reason.WELCOME, reference="welcome", at=clock.now()
            )
    if chosen["growth"]:
        corrections.adjust(user_id, chosen["growth"], "start")
    for goods_id, quantity in chosen["basket"].items():
        cart.set_quantity(user_id, goods_id, quantity)
    coupon = held[chosen["coupon"] % len(held)] if held and isinstance(chosen["coupon"], int) else chosen["coupon"]
    goods_id, quantity = next(iter(chosen["basket"].items()))
    no = place_all(
        user_id,
        coupon=coupon,
        has_delivery_coupon=chosen["has_delivery_coupon"],
        has_points=chosen["has_points"],
        buy=(goods_id, quantity) if chosen["is_at_once"] else None,
    )
    assert broken() == []
    order = db.session.scalars(select(Order).filter_by(no=no)).one()
    is_free = order.payable == 0
    assert order.state == ("paid" if is_free else "unpaid")
    if chosen["end"] == "cancelled" and not is_free:
        fulfilment.cancel(user_id, no)
        assert points.balance_of(user_id) == chosen["balance"]
    elif chosen["end"] in ("paid", "received"):
        if not is_free:
            pay(order)
        if chosen["end"] == "received":
            bring(no)
            fulfilment.receive(user_id, no)
    assert order_of(user_id, no).order.payable == order.payable >= 0
    assert broken() == []

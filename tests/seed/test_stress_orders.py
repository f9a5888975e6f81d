"""Orders and food types for measuring."""

import pytest
from sqlalchemy import func, select

from axf.check.invariants import INVARIANTS, check
from axf.extensions import db
from axf.market.models import FoodType, Goods
from axf.order import lists, queries
from axf.order.models import Order, OrderEvent, OrderLine
from axf.payment.models import Payment, PaymentNotice
from axf.seed import stress, stress_orders
from axf.seed.stress_orders import FIRST_USER
from axf.user.models import User

STATES = {"unpaid": 3, "received": 50, "picking": 1, "cancelled": 4, "paid": 2}


def count_of(model) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model))


def broken() -> dict[str, list]:
    found = [check(db.engine, each, 3) for each in INVARIANTS]
    return {each.invariant.name: each.rows for each in found if each.broken}


@pytest.fixture
def goods(app):
    stress.add_goods(20)


def test_orders_leave_behind_all_that_orders_leave_behind(goods, monkeypatch):
    monkeypatch.setattr(stress_orders, "BATCH", 50)
    stock = db.session.execute(select(Goods.id, Goods.stock)).all()
    heard = []
    assert stress_orders.add_orders(60, heard.append) == 60
    assert (broken(), db.session.execute(select(Goods.id, Goods.stock)).all() == stock) == ({}, True)
    by_state = select(Order.state, func.count()).group_by(Order.state)
    states = dict(db.session.execute(by_state).all())
    assert states == STATES
    paid = 60 - states["unpaid"] - states["cancelled"]
    assert [count_of(each) for each in (Order, OrderLine, Payment, PaymentNotice)] == [60, 90, paid, paid]
    assert (count_of(User), len(heard), sum(heard) > 10 * 60) == (1 + 50, 2, True)


def test_one_shopper_has_every_tenth(goods):
    stress_orders.add_orders(1_000)
    mine = select(func.count()).where(Order.user_id == FIRST_USER)
    assert (db.session.scalar(mine), count_of(User)) == (100, 51)
    page = lists.orders_of(FIRST_USER, None, None)
    first = queries.order_of(FIRST_USER, page.orders[0].no)
    assert (len(page.orders), first.order.payable) == (20, sum(line.price * line.quantity for line in first.lines))


def test_a_repeat_adds_what_is_missing_also_after_a_real_order(goods):
    assert [stress_orders.add_orders(30), stress_orders.add_orders(30)] == [30, 0]
    newest = db.session.scalars(select(Order).order_by(Order.id.desc()).limit(1)).one()
    values = {name: getattr(newest, name) for name in ("state", "goods_total", "payable", "created_at", "expires_at")}
    db.session.add(
        Order(id=newest.id + 1_000, no="202611230000000001", user_id=FIRST_USER, checkout_token="t", **values)
    )
    db.session.commit()
    assert [stress_orders.add_orders(40), stress_orders.add_orders(20), count_of(Order)] == [10, 0, 41]
    assert count_of(OrderEvent) == len(set(db.session.scalars(select(OrderEvent.id))))


def test_orders_need_goods(app):
    with pytest.raises(stress_orders.TooFewGoods):
        stress_orders.add_orders(1)
    assert (count_of(Order), count_of(User)) == (0, 0)
    answer = app.test_cli_runner().invoke(args=["seed", "stress", "--goods", "1", "--orders", "1", "--yes"])
    assert (answer.exit_code, "There are no orders without goods" in answer.stderr) == (2, True)


def test_food_types_repeat_with_their_children(app):
    fewest = stress.FEWEST_TYPES
    assert [stress.add_types(1), stress.add_types(2 * fewest + 3), stress.add_types(50)] == [fewest, fewest + 3, 0]
    again = select(FoodType).where(FoodType.name == "压测水果 1")
    parent = db.session.scalars(again).one()
    children = select(FoodType.name_en).where(FoodType.parent_id == parent.id).order_by(FoodType.position)
    assert (parent.parent_id, parent.position) == (None, 906)
    assert db.session.scalars(children).all()[:2] == ["Strawberry 1", "Watermelon 1"]
    stress.add_goods(100)
    held = dict(
        db.session.execute(select(Goods.food_type_id // 1000, func.count()).group_by(Goods.food_type_id // 1000)).all()
    )
    assert held == {900_000: 75, 900_001: 25}


def test_the_command_tells_how_much_went_in(app):
    args = ["seed", "stress", "--goods", "5", "--types", "60", "--orders", "7", "--yes"]
    first, again = (app.test_cli_runner().invoke(args=args).output.splitlines() for _ in range(2))
    assert [first[0], again[0]] == [
        "60 food types, 5 goods and 7 orders went in.",
        "0 food types, 0 goods and 0 orders went in.",
    ]
    assert (again[1], first[2]) == ("0 rows, 0 a second.", "Now let search know the goods: flask search index")

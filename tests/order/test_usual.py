"""常购清单: what counts as usual, how many, and what goes into the cart."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from axf.cart import service as cart
from axf.cart.queries import cart_of
from axf.core import clock
from axf.extensions import db
from axf.market.models import Goods
from axf.order import fulfilment, usual
from axf.order.models import Order, OrderAdjustment, OrderLine
from axf.order.usual import Usual, fill, usual_of
from axf.user import accounts
from tests.conftest import PASSWORD, add_goods, counted, place_all
from tests.order.flow import pay_by_gateway


def buy(user_id: int, basket: dict[int, int], *, days_ago: int = 0, is_paid: bool = True) -> str:
    for goods_id, quantity in basket.items():
        cart.set_quantity(user_id, goods_id, quantity)
    no = place_all(user_id)
    if is_paid:
        pay_by_gateway(user_id, no)
    placed = clock.now() - timedelta(days=days_ago)
    db.session.execute(update(Order).where(Order.no == no).values(created_at=placed))
    db.session.commit()
    return no


def set_goods(goods_id: int, **values: object) -> None:
    db.session.execute(update(Goods).where(Goods.id == goods_id).values(**values))
    db.session.commit()


def in_cart(user_id: int) -> dict[int, tuple[int, bool]]:
    db.session.rollback()
    return {line.id: (line.quantity, line.is_select) for line in cart_of(user_id).all_lines}


def basket(user_id: int) -> list[tuple[int, int, int]]:
    """Return goods id, usual quantity and number of orders, in their order."""
    db.session.rollback()
    return [(each.line.goods_id, each.line.wanted, each.times) for each in usual_of(user_id).lines]


@pytest.fixture
def stock(fruit):
    for goods_id in fruit:
        set_goods(goods_id, stock=1000)


def test_what_came_twice_is_usual_the_most_often_first(shopper, fruit, stock):
    buy(shopper, {475: 1, 476: 3})
    buy(shopper, {475: 5, 476: 1})
    buy(shopper, {476: 2, 477: 4})
    # The median; of two the smaller one.
    assert basket(shopper) == [(476, 2, 3), (475, 1, 2)]


def test_of_equally_often_the_last_one_comes_first(shopper, fruit, stock):
    for days_ago, goods_id in ((9, 475), (3, 475), (8, 476), (4, 476), (7, 477), (2, 477)):
        buy(shopper, {goods_id: 1}, days_ago=days_ago)
    assert [goods_id for goods_id, _, _ in basket(shopper)] == [477, 475, 476]


def test_only_living_paid_orders_of_the_last_180_days_and_of_my_own_count(shopper, fruit, stock):
    buy(shopper, {475: 1, 476: 1, 477: 1}, days_ago=179)
    buy(shopper, {475: 1}, days_ago=181)
    buy(shopper, {476: 1}, is_paid=False)
    fulfilment.cancel(shopper, buy(shopper, {476: 1}))
    other = accounts.register("bert", PASSWORD)
    buy(other, {477: 1})
    assert basket(shopper) == []
    buy(shopper, {475: 1}, days_ago=1)
    assert basket(shopper) == [(475, 1, 2)]


def test_what_did_not_come_does_not_count(shopper, fruit, stock):
    buy(shopper, {475: 3, 476: 3})
    no = buy(shopper, {475: 3, 476: 3})
    order_id = db.session.scalar(select(Order.id).where(Order.no == no))
    for goods_id, dropped in ((475, 3), (476, 2)):
        line = update(OrderLine).where(OrderLine.order_id == order_id, OrderLine.goods_id == goods_id)
        db.session.execute(line.values(dropped=dropped))
    db.session.commit()
    assert basket(shopper) == [(476, 1, 2)]


def test_the_basket_is_bounded(shopper, fruit, stock, monkeypatch):
    monkeypatch.setattr(usual, "MOST_LINES", 2)
    for _ in range(2):
        buy(shopper, {475: 1, 476: 1, 477: 1})
    buy(shopper, {477: 1})
    assert [goods_id for goods_id, _, _ in basket(shopper)] == [477, 475]


def told(found: Usual) -> dict[int, str]:
    kinds = ("gone", "replaced", "dearer", "cheaper", "short")
    return {
        each.line.goods_id: " ".join(kind for kind in kinds if getattr(each.line, f"is_{kind}")) for each in found.lines
    }


def test_it_tells_what_has_changed_since_the_last_time(shopper, fruit, stock):
    goods = [475, 476, 477, add_goods(id=480, price=300), add_goods(id=481, price=500), add_goods(id=482, price=700)]
    buy(shopper, dict.fromkeys(goods, 2), days_ago=5)
    set_goods(475, price=1100)
    no = buy(shopper, dict.fromkeys(goods, 2))
    order_id = db.session.scalar(select(Order.id).where(Order.no == no))
    promotion = {"order_id": order_id, "goods_id": 482, "rule": "promo", "amount": -200}
    db.session.execute(insert(OrderAdjustment).values(promotion))
    set_goods(475, price=1000, stock=1)
    set_goods(476, on_sale=False, replaced_by_id=480)
    set_goods(477, on_sale=False)
    set_goods(481, stock=0)
    found = usual_of(shopper)
    assert told(found) == {
        475: "cheaper short", 476: "replaced dearer", 477: "gone", 480: "", 481: "gone", 482: "dearer",
    }  # fmt: skip
    prices = {each.line.goods_id: (each.line.price_then, each.line.price_now) for each in found.lines}
    assert (prices[475], prices[476], prices[482]) == ((1100, 1000), (250, 300), (600, 700))
    assert [each.line.goods_id for each in found.available] == [475, 476, 480, 482]


def test_one_tap_fills_the_cart_and_a_second_one_adds_nothing(shopper, fruit, stock):
    for _ in range(2):
        buy(shopper, {475: 2, 476: 4, 477: 1})
    cart.set_quantity(shopper, 475, 1)
    cart.select_all(shopper, False)
    for _ in range(2):
        found = fill(shopper, {475, 476, 9})
        assert [(line.goods_id, line.quantity, line.wanted) for line in found.lines] == [(475, 2, 2), (476, 4, 4)]
        assert in_cart(shopper) == {475: (2, True), 476: (4, True)}


def test_what_is_not_usual_is_passed_over(shopper, fruit, stock):
    buy(shopper, {475: 2})
    other = accounts.register("bert", PASSWORD)
    for _ in range(2):
        buy(other, {475: 1})
    assert fill(shopper, {475}).lines == []
    assert in_cart(shopper) == {}


def test_successors_and_stock_are_minded(shopper, fruit, stock):
    for _ in range(2):
        buy(shopper, {475: 5, 476: 2, 477: 1})
    set_goods(475, stock=3)
    set_goods(476, on_sale=False, replaced_by_id=add_goods(id=480))
    set_goods(477, stock=0)
    found = fill(shopper, {475, 476, 477})
    assert [(line.goods_id, line.quantity) for line in found.lines] == [(475, 3), (476, 2), (477, 0)]
    assert in_cart(shopper) == {475: (3, True), 480: (2, True)}


def test_the_number_of_queries_does_not_grow(shopper, fruit, stock):
    counts = []
    for goods_id in fruit:
        for _ in range(2):
            buy(shopper, dict.fromkeys(range(475, goods_id + 1), 1))
        with counted() as reading:
            usual_of(shopper)
        with counted() as filling:
            fill(shopper, set(fruit))
        counts.append((len(reading), len(filling)))
        for each in fruit:
            cart.remove(shopper, each)
    assert counts == [(3, 5)] * 3

"""Placing orders."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select, update

from axf.cart import service
from axf.cart.queries import cart_of
from axf.core import clock
from axf.extensions import db
from axf.market.models import Goods, StockMovement
from axf.market.stock import OutOfStock
from axf.order import checkout, fulfilment
from axf.order.models import Order, OrderAdjustment, OrderEvent, OrderLine
from axf.order.queries import order_of
from tests.conftest import UNPAID_LIFE, add_goods, place_all


def stock_of(goods_id: int) -> int:
    db.session.rollback()
    return db.session.scalar(select(Goods.stock).where(Goods.id == goods_id))


def count(model) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model))


def nothing_happened(user_id: int, quantity: int) -> bool:
    return (
        count(Order) == count(OrderLine) == count(OrderEvent) == 0
        and count(StockMovement) == count(Goods)
        and cart_of(user_id).count == quantity
    )


def test_selected_lines_become_an_order_and_the_others_stay(shopper, fruit):
    service.set_quantity(shopper, 475, 2)
    service.set_quantity(shopper, 476, 1)
    service.set_quantity(shopper, 477, 4)
    service.select_line(shopper, 476, False)
    with time_machine.travel("2026-11-22T04:00:00Z", tick=False):
        view = order_of(shopper, place_all(shopper))
        assert view.order.expires_at == clock.now() + timedelta(minutes=30)
    assert view.order.no.startswith("20261122")
    assert (view.order.state, view.order.goods_total, view.order.payable) == ("unpaid", 2396, 2396)
    assert [(line.goods_id, line.name, line.price, line.quantity, line.amount) for line in view.lines] == [
        (477, "草莓477", 99, 4, 396),
        (475, "草莓475", 1000, 2, 2000),
    ]
    assert [(event.event, event.from_state, event.to_state, event.actor) for event in view.events] == [
        ("place", None, "unpaid", "shopper")
    ]
    assert [(line.id, line.quantity) for line in cart_of(shopper).all_lines] == [(476, 1)]
    assert (stock_of(475), stock_of(476), stock_of(477)) == (8, 100, 96)


def test_stock_movements_say_why(shopper, fruit, order_no):
    moves = db.session.execute(
        select(StockMovement.goods_id, StockMovement.delta, StockMovement.reason, StockMovement.reference)
        .where(StockMovement.reference != "test")
        .order_by(StockMovement.goods_id)
    ).all()
    assert moves == [(475, -2, "order", order_no), (476, -1, "order", order_no)]


def test_adjustments_are_copied(shopper, fruit):
    add_goods(id=480, price=300, is_bogo=True)
    service.set_quantity(shopper, 480, 3)
    view = order_of(shopper, place_all(shopper))
    assert (view.order.goods_total, view.sums, view.order.payable) == (900, {"bogo": -300}, 600)
    assert count(OrderAdjustment) == 1


def test_an_order_keeps_what_was_sold(shopper, fruit, order_no):
    db.session.execute(update(Goods).values(price=1, name="changed"))
    db.session.commit()
    view = order_of(shopper, order_no)
    assert view.order.payable == 2250
    assert {line.name for line in view.lines} == {"草莓475", "草莓476"}


def test_a_repeat_with_the_same_token_finds_the_same_order(shopper, fruit):
    service.add(shopper, 475)
    token = checkout.new_token()
    first = checkout.place(shopper, token, 1000, UNPAID_LIFE)
    service.add(shopper, 476)
    second = checkout.place(shopper, token, 1000, UNPAID_LIFE)
    assert (first.is_new, second.is_new, second.no) == (True, False, first.no)
    assert count(Order) == 1
    assert cart_of(shopper).count == 1
    assert stock_of(475) == 9


def test_another_shoppers_token_is_no_key_to_the_order(app, shopper, fruit):
    from axf.user import accounts

    other = accounts.register("bert", "another pass phrase")
    token = checkout.new_token()
    for user_id in (shopper, other):
        service.add(user_id, 475)
    assert checkout.place(shopper, token, 1000, UNPAID_LIFE).no != checkout.place(other, token, 1000, UNPAID_LIFE).no


def test_a_changed_price_is_asked_about_again(shopper, fruit):
    service.add(shopper, 475)
    db.session.execute(update(Goods).where(Goods.id == 475).values(price=1100))
    db.session.commit()
    with pytest.raises(checkout.TotalChanged) as refusal:
        checkout.place(shopper, checkout.new_token(), 1000, UNPAID_LIFE)
    assert refusal.value.details == {"shown": 1000, "total": 1100}
    assert nothing_happened(shopper, 1)


def test_nothing_selected(shopper, fruit):
    service.add(shopper, 475)
    service.select_all(shopper, False)
    with pytest.raises(checkout.NothingSelected):
        checkout.place(shopper, checkout.new_token(), 0, UNPAID_LIFE)
    assert nothing_happened(shopper, 1)


def test_nobody_holds_the_stock_of_more_than_five_unpaid_orders(shopper, fruit, monkeypatch):
    for _ in range(checkout.MOST_UNPAID):
        service.add(shopper, 475)
        no = place_all(shopper)
    service.add(shopper, 475)
    with pytest.raises(checkout.TooManyUnpaid):
        place_all(shopper)
    assert db.session.get(Goods, 475).stock == 10 - checkout.MOST_UNPAID
    fulfilment.cancel(shopper, no)
    place_all(shopper)


def test_sold_out_lines_are_not_bought(shopper, fruit):
    service.add(shopper, 475)
    service.add(shopper, 476)
    db.session.execute(update(Goods).where(Goods.id == 476).values(stock=0))
    db.session.commit()
    with pytest.raises(checkout.TotalChanged):
        checkout.place(shopper, checkout.new_token(), 1250, UNPAID_LIFE)
    view = order_of(shopper, place_all(shopper))
    assert [line.goods_id for line in view.lines] == [475]


def test_too_few_left(shopper, fruit):
    service.set_quantity(shopper, 475, 3)
    db.session.execute(update(Goods).where(Goods.id == 475).values(stock=2))
    db.session.commit()
    with pytest.raises(OutOfStock) as refusal:
        checkout.place(shopper, checkout.new_token(), 3000, UNPAID_LIFE)
    assert refusal.value.details == {"goods_id": 475, "name": "草莓475", "name_en": "Strawberries 475", "left": 2}
    assert nothing_happened(shopper, 3)
    assert stock_of(475) == 2


def test_tokens_are_random():
    tokens = {checkout.new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert {len(token) for token in tokens} == {43}

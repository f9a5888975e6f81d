"""Placing orders."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import event, func, insert, select, update

from axf.cart import service
from axf.cart.queries import cart_of
from axf.core import clock
from axf.core.errors import NotFound
from axf.delivery.models import DeliveryArea, DeliverySlot
from axf.delivery.slots import SlotFull, SlotGone
from axf.extensions import db
from axf.market.models import Goods, StockMovement
from axf.market.stock import OutOfStock
from axf.order import checkout, fulfilment
from axf.order.models import Order, OrderAdjustment, OrderDelivery, OrderEvent, OrderLine
from axf.order.queries import order_of
from axf.order.state import WrongState
from axf.user import accounts
from tests.conftest import SLOT, UNPAID_LIFE, add_goods, place_all, total_of, wishes_of


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
    first = checkout.place(shopper, token, 1000, wishes_of(shopper), UNPAID_LIFE)
    service.add(shopper, 476)
    second = checkout.place(shopper, token, 1000, wishes_of(shopper), UNPAID_LIFE)
    assert (first.is_new, second.is_new, second.no) == (True, False, first.no)
    assert count(Order) == 1
    assert cart_of(shopper).count == 1
    assert stock_of(475) == 9


def test_another_shoppers_token_is_no_key_to_the_order(app, shopper, fruit):
    other = accounts.register("bert", "another pass phrase")
    token = checkout.new_token()
    for user_id in (shopper, other):
        service.add(user_id, 475)
    mine = checkout.place(shopper, token, 1000, wishes_of(shopper), UNPAID_LIFE)
    assert mine.no != checkout.place(other, token, 1000, wishes_of(other), UNPAID_LIFE).no


@pytest.mark.mariadb
def test_an_order_that_the_cluster_applies_meanwhile_is_found(shopper, fruit):
    """What a node that has just taken over shows: no order of the token yet, then a cart without lines."""
    service.add(shopper, 475)
    wishes, token = wishes_of(shopper), checkout.new_token()
    total = total_of(shopper, wishes)

    applied = []

    def apply(_connection, _cursor, statement, *_rest) -> None:
        if not applied and ("JOIN cart_item" in statement or "FROM cart_item" in statement):
            applied.append(token)
            with db.engine.connect() as other:  # as an applier: it waits for no lock of a foreign key
                other.exec_driver_sql("SET SESSION foreign_key_checks = 0")
                other.exec_driver_sql("DELETE FROM cart_item")
                other.execute(insert(Order).values(
                    no="A1", user_id=shopper, checkout_token=token, state="unpaid", goods_total=total,
                    payable=total, created_at=clock.now(), expires_at=clock.now() + UNPAID_LIFE,
                ))  # fmt: skip
                other.commit()
                other.invalidate()

    event.listen(db.engine, "before_cursor_execute", apply)
    placed = checkout.place(shopper, token, total, wishes, UNPAID_LIFE)
    event.remove(db.engine, "before_cursor_execute", apply)
    assert (placed, count(Order)) == (checkout.Placed("A1", is_new=False), 1)


def test_a_changed_price_is_asked_about_again(shopper, fruit):
    service.add(shopper, 475)
    db.session.execute(update(Goods).where(Goods.id == 475).values(price=1100))
    db.session.commit()
    with pytest.raises(checkout.TotalChanged) as refusal:
        checkout.place(shopper, checkout.new_token(), 1000, wishes_of(shopper), UNPAID_LIFE)
    assert refusal.value.details == {"shown": 1000, "total": 1100}
    assert nothing_happened(shopper, 1)


def test_nothing_selected(shopper, fruit):
    service.add(shopper, 475)
    service.select_all(shopper, False)
    with pytest.raises(checkout.NothingSelected):
        checkout.place(shopper, checkout.new_token(), 0, wishes_of(shopper), UNPAID_LIFE)
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
        checkout.place(shopper, checkout.new_token(), 1250, wishes_of(shopper), UNPAID_LIFE)
    view = order_of(shopper, place_all(shopper))
    assert [line.goods_id for line in view.lines] == [475]


def test_too_few_left(shopper, fruit):
    service.set_quantity(shopper, 475, 3)
    db.session.execute(update(Goods).where(Goods.id == 475).values(stock=2))
    db.session.commit()
    with pytest.raises(OutOfStock) as refusal:
        checkout.place(shopper, checkout.new_token(), 3000, wishes_of(shopper), UNPAID_LIFE)
    assert refusal.value.details == {"goods_id": 475, "name": "草莓475", "name_en": "Strawberries 475", "left": 2}
    assert nothing_happened(shopper, 3)
    assert stock_of(475) == 2


def test_tokens_are_random():
    tokens = {checkout.new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert {len(token) for token in tokens} == {43}


def delivery_of(no: str) -> OrderDelivery:
    db.session.rollback()
    return db.session.scalars(select(OrderDelivery).join(Order).where(Order.no == no)).one()


def booked(slot_id: int) -> int:
    db.session.rollback()
    return db.session.scalar(select(DeliverySlot.booked).where(DeliverySlot.id == slot_id))


def place(user_id: int, total: int, wishes: checkout.Wishes) -> str:
    return checkout.place(user_id, checkout.new_token(), total, wishes, UNPAID_LIFE).no


def test_the_address_is_copied_and_the_place_in_the_slot_taken(shopper, fruit):
    service.add(shopper, 475)
    wishes = wishes_of(shopper, wish="call", note="门口放下")
    no = place(shopper, 1000, wishes)
    found = delivery_of(no)
    assert (found.name, found.phone, found.region, found.detail) == ("张三", "13800138000", "上海市 黄浦区", "外滩1号")
    assert (found.slot_id, found.slot_starts_at, found.wish, found.note) == (wishes.slot_id, SLOT, "call", "门口放下")
    assert booked(wishes.slot_id) == 1


@pytest.mark.parametrize("end", ["cancelled", "expired"])
def test_a_dead_order_frees_its_place_once(shopper, fruit, end):
    service.add(shopper, 475)
    wishes = wishes_of(shopper)
    no = place(shopper, 1000, wishes)
    if end == "cancelled":
        fulfilment.cancel(shopper, no)
        with pytest.raises(WrongState):
            fulfilment.cancel(shopper, no)
    else:
        with time_machine.travel(clock.now() + UNPAID_LIFE):
            assert (fulfilment.expire(), fulfilment.expire()) == (1, 0)
    assert booked(wishes.slot_id) == 0


def test_somebody_elses_address_is_not_found(shopper, fruit):
    other = accounts.register("bert", "another pass phrase")
    service.add(shopper, 475)
    with pytest.raises(NotFound):
        place(shopper, 1000, wishes_of(shopper, address_id=wishes_of(other).address_id))
    assert nothing_happened(shopper, 1)


def test_where_nobody_delivers_nothing_is_ordered(shopper, fruit):
    service.add(shopper, 475)
    wishes = wishes_of(shopper)
    db.session.execute(update(DeliveryArea).values(is_open=False))
    db.session.commit()
    with pytest.raises(checkout.NotDelivered):
        place(shopper, 1000, wishes)
    assert nothing_happened(shopper, 1)


@pytest.mark.parametrize(
    ("quantity", "free_from", "freight"), [(1, None, 600), (1, 1000, 0), (1, 1001, 600), (2, 1001, 0)]
)
def test_freight_is_part_of_the_price(shopper, fruit, quantity, free_from, freight):
    service.set_quantity(shopper, 475, quantity)
    wishes = wishes_of(shopper)
    db.session.execute(update(DeliveryArea).values(fee=600, free_from=free_from))
    db.session.commit()
    no = place(shopper, 1000 * quantity + freight, wishes)
    assert order_of(shopper, no).sums == ({"freight": freight} if freight else {})


@pytest.mark.parametrize(("minimum", "missing"), [(1000, 0), (1001, 1)])
def test_the_areas_minimum_is_measured_without_the_freight(shopper, fruit, minimum, missing):
    service.add(shopper, 475)
    wishes = wishes_of(shopper)
    db.session.execute(update(DeliveryArea).values(fee=600, minimum=minimum))
    db.session.commit()
    if missing:
        with pytest.raises(checkout.BelowMinimum) as refusal:
            place(shopper, 1600, wishes)
        assert refusal.value.details == {"missing": missing}
        assert nothing_happened(shopper, 1)
    else:
        place(shopper, 1600, wishes)


@pytest.mark.parametrize(
    ("values", "refusal"),
    [({"capacity": 0}, SlotFull), ({"is_closed": True}, SlotGone), ({"cutoff_at": clock.now()}, SlotGone)],
)
def test_a_slot_that_is_full_or_over_is_refused(shopper, fruit, values, refusal):
    service.add(shopper, 475)
    wishes = wishes_of(shopper)
    db.session.execute(update(DeliverySlot).values(values))
    db.session.commit()
    with pytest.raises(refusal):
        place(shopper, 1000, wishes)
    assert nothing_happened(shopper, 1)

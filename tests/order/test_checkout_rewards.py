"""Placing orders with coupons and points, at once past the cart, for nothing; and what a refusal leaves."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import event, func, select, text

from axf.cart import service as cart
from axf.cart.queries import cart_of
from axf.core import clock
from axf.core.db import transaction
from axf.core.errors import Busy
from axf.coupon.ledger import CouponGone
from axf.coupon.models import UserCoupon
from axf.extensions import db
from axf.market.models import Goods, StockMovement
from axf.market.stock import OutOfStock
from axf.order import checkout, fulfilment
from axf.order.models import Order, OrderAdjustment, OrderDelivery, OrderEvent, OrderLine
from axf.order.queries import order_of
from axf.order.state import WrongState
from axf.points import ledger as points
from axf.points.ledger import PointsShort, Reason
from axf.points.models import PointsEntry
from tests.check.shop import broken
from tests.conftest import UNPAID_LIFE, add_area, add_slot, bring, once_before, place_all, total_of, wishes_of
from tests.coupon.conftest import add_coupon, give


@pytest.fixture
def rich(shopper, fruit) -> int:
    """A shopper with 2 × goods 475 in the cart, ¥3 off, free delivery instead of ¥6, and 5000 points."""
    add_slot(add_area(fee=600))
    db.session.commit()
    give(add_coupon(value=300, minimum=1000), shopper)
    give(add_coupon(kind="delivery", value=0, minimum=0), shopper)
    with transaction(db.session):
        points.earn(db.session, shopper, 5000, reason=Reason.WELCOME, reference="welcome", at=clock.now())
    cart.set_quantity(shopper, 475, 2)
    return shopper


def order_called(no: str) -> Order:
    db.session.rollback()
    return db.session.scalars(select(Order).filter_by(no=no)).one()


def uses(user_id: int) -> dict[bool, int | None]:
    """Return which order uses the shopper's coupons, the delivery coupon's under True."""
    db.session.rollback()
    rows = db.session.execute(select(UserCoupon.is_delivery, UserCoupon.order_id).filter_by(user_id=user_id))
    return {row.is_delivery: row.order_id for row in rows}


def entries(user_id: int) -> list[tuple[int, str, str]]:
    columns = PointsEntry.amount, PointsEntry.reason, PointsEntry.reference
    rows = db.session.execute(select(*columns).filter_by(user_id=user_id).order_by(PointsEntry.id))
    return [tuple(row) for row in rows]


def adjustments(order_id: int) -> list[tuple[str, int, int]]:
    columns = OrderAdjustment.rule, OrderAdjustment.goods_id, OrderAdjustment.amount
    rows = db.session.execute(select(*columns).filter_by(order_id=order_id).order_by(OrderAdjustment.id))
    return [tuple(row) for row in rows]


def rows_of_everything(user_id: int) -> tuple:
    """Return all that placing an order may change."""
    db.session.rollback()
    tables = Order, OrderLine, OrderAdjustment, OrderEvent, OrderDelivery, StockMovement, PointsEntry
    counts = [db.session.scalar(select(func.count()).select_from(each)) for each in tables]
    lines = [(line.id, line.quantity, line.is_select) for line in cart_of(user_id).all_lines]
    stocks = [tuple(row) for row in db.session.execute(select(Goods.id, Goods.stock, Goods.sales).order_by(Goods.id))]
    return counts, lines, stocks, uses(user_id), points.balance_of(user_id)


# Coupons and points


def test_an_order_takes_what_its_price_counts_on(rich):
    no = place_all(rich, has_points=True)
    order = order_called(no)
    assert (order.goods_total, order.payable) == (2000, 850)
    assert adjustments(order.id) == [
        ("coupon", 475, -300),
        ("points", 475, -850),
        ("freight", 475, 600),
        ("delivery-coupon", 475, -600),
    ]
    assert uses(rich) == {False: order.id, True: order.id}
    assert entries(rich) == [(5000, "welcome", "welcome"), (-850, "order", no)]
    assert points.balance_of(rich) == 4150
    assert broken() == []


def test_an_order_takes_nothing_that_it_does_not_need(rich):
    order = order_called(place_all(rich, coupon=None, has_delivery_coupon=False))
    assert (order.payable, adjustments(order.id)) == (2600, [("freight", 475, 600)])
    assert (uses(rich), points.balance_of(rich)) == ({False: None, True: None}, 5000)
    assert broken() == []


def test_a_delivery_coupon_that_is_not_needed_is_kept(shopper, fruit):
    give(add_coupon(kind="delivery", value=0, minimum=0), shopper)
    cart.set_quantity(shopper, 475, 1)
    place_all(shopper)
    assert (uses(shopper), broken()) == ({True: None}, [])


@pytest.mark.parametrize("end", ["cancelled", "cancelled by the shop", "expired"])
def test_a_dead_order_gives_everything_back_once(rich, end):
    no = place_all(rich, has_points=True)
    if end == "expired":
        with time_machine.travel(clock.now() + UNPAID_LIFE):
            assert (fulfilment.expire(), fulfilment.expire()) == (1, 0)
    else:
        act = (lambda: fulfilment.cancel(rich, no)) if end == "cancelled" else lambda: fulfilment.cancel_by_shop(no, "")
        act()
        with pytest.raises(WrongState):
            act()
    assert uses(rich) == {False: None, True: None}
    assert entries(rich) == [(5000, "welcome", "welcome"), (-850, "order", no), (850, "returned", no)]
    assert points.balance_of(rich) == 5000
    # What an order was made of stays written.
    assert len(adjustments(order_called(no).id)) == 4
    assert broken() == []


def test_what_came_back_is_used_by_the_next_order(rich):
    fulfilment.cancel(rich, place_all(rich, has_points=True))
    cart.set_quantity(rich, 475, 2)
    order = order_called(place_all(rich, has_points=True))
    assert (order.payable, uses(rich)) == (850, {False: order.id, True: order.id})
    assert (points.balance_of(rich), broken()) == (4150, [])


def test_a_repeat_returns_the_order_and_uses_nothing_more(rich):
    give(add_coupon(value=200, minimum=0), rich)
    wishes, token = wishes_of(rich, has_points=True), checkout.new_token()
    total = total_of(rich, wishes)
    first = checkout.place(rich, token, total, wishes, UNPAID_LIFE)
    cart.set_quantity(rich, 475, 2)
    before = rows_of_everything(rich)
    again = checkout.place(rich, token, total, wishes, UNPAID_LIFE)
    assert (first.is_new, again) == (True, checkout.Placed(first.no, is_new=False))
    assert rows_of_everything(rich) == before


def test_a_coupon_that_another_order_took_is_asked_about_again(rich):
    held_id = db.session.scalar(select(UserCoupon.id).filter_by(is_delivery=False))
    wishes = wishes_of(rich, coupon=held_id)
    total = total_of(rich, wishes)
    place_all(rich)
    cart.set_quantity(rich, 475, 2)
    before = rows_of_everything(rich)
    with pytest.raises(checkout.TotalChanged) as refusal:
        checkout.place(rich, checkout.new_token(), total, wishes, UNPAID_LIFE)
    # The delivery coupon is gone, too.
    assert refusal.value.details == {"shown": 1700, "total": 2600}
    assert rows_of_everything(rich) == before


TAKEN = "UPDATE user_coupon SET valid_until = valid_from WHERE is_delivery = {}"
LEFT = {
    "coupon": TAKEN.format(0),
    "delivery coupon": TAKEN.format(1),
    "points": "UPDATE points_account SET balance = 5",
}


@pytest.mark.parametrize(
    ("what", "table", "refusal"),
    [
        ("coupon", "UPDATE user_coupon", CouponGone),
        ("delivery coupon", "UPDATE user_coupon", CouponGone),
        ("points", "UPDATE points_account", PointsShort),
    ],
)
def test_what_is_gone_at_the_last_moment_stops_everything(rich, what, table, refusal):
    before = rows_of_everything(rich)
    with once_before(table, LEFT[what]) as done, pytest.raises(refusal):
        place_all(rich, has_points=True)
    assert len(done) == 1
    assert rows_of_everything(rich) == before
    assert broken() == []


def test_what_is_sold_out_at_the_last_moment_stops_everything(rich):
    before = rows_of_everything(rich)
    with once_before("UPDATE goods", "UPDATE goods SET stock = 1"), pytest.raises(OutOfStock) as refusal:
        place_all(rich, has_points=True)
    assert refusal.value.details == {"goods_ids": [475]}
    assert (rows_of_everything(rich), broken()) == (before, [])


# A cart that is edited meanwhile


EDITS = [
    "UPDATE cart_item SET quantity = quantity + 1",
    "UPDATE cart_item SET quantity = 1",
    "UPDATE cart_item SET is_select = 0",
    "DELETE FROM cart_item WHERE goods_id = 476",
]


@pytest.mark.parametrize("edit", EDITS)
def test_an_order_of_a_cart_that_is_edited_meanwhile_is_placed_anew(rich, edit):
    cart.set_quantity(rich, 476, 3)
    with once_before("DELETE FROM cart_item", edit) as done:
        no = place_all(rich, has_points=True)
    # The edit was rolled back with the first try.
    assert len(done) == 1
    assert [(line.goods_id, line.quantity) for line in order_of(rich, no).lines] == [(476, 3), (475, 2)]
    assert (cart_of(rich).all_lines, broken()) == ([], [])


def test_a_cart_that_never_rests_is_not_ordered(rich):
    cart.set_quantity(rich, 476, 3)
    before = rows_of_everything(rich)
    with once_before("DELETE FROM cart_item", EDITS[0], every_time=True) as done, pytest.raises(Busy):
        place_all(rich, has_points=True)
    assert len(done) == 5
    assert rows_of_everything(rich) == before


@pytest.mark.mariadb
@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_that_is_committed_meanwhile_is_seen(rich, edit):
    """The shopper is asked again, the order holds what the cart held, or nothing is bought: never something else."""
    cart.set_quantity(rich, 476, 3)
    done = []

    def elsewhere(_connection, _cursor, statement, _parameters, _context, _many) -> None:
        if statement.startswith("INSERT INTO orders") and not done:
            done.append(statement)
            with db.engine.begin() as connection:
                connection.execute(text(edit))

    event.listen(db.engine, "before_cursor_execute", elsewhere)
    try:
        with pytest.raises((checkout.TotalChanged, checkout.NothingSelected)):
            place_all(rich)
    finally:
        event.remove(db.engine, "before_cursor_execute", elsewhere)
    after = rows_of_everything(rich)
    assert (after[0][:5], after[3]) == ([0] * 5, {False: None, True: None})
    wanted = {0: {475: 3, 476: 4}, 1: {475: 1, 476: 1}, 2: {475: 2, 476: 3}, 3: {475: 2}}[EDITS.index(edit)]
    assert {goods_id: quantity for goods_id, quantity, _ in after[1]} == wanted


def test_what_is_put_in_while_an_order_is_placed_stays(rich):
    more = f"INSERT INTO cart_item VALUES ({rich}, 477, 4, 1, '2026-11-22 00:00:00.000000')"
    with once_before("DELETE FROM cart_item", more):
        no = place_all(rich)
    assert [line.goods_id for line in order_of(rich, no).lines] == [475]
    assert [(line.id, line.quantity) for line in cart_of(rich).all_lines] == [(477, 4)]


# Wishes and invoice


def delivery_of(no: str) -> OrderDelivery:
    db.session.rollback()
    return db.session.scalars(select(OrderDelivery).join(Order).where(Order.no == no)).one()


def test_a_line_keeps_its_wish_where_it_is_not_the_orders(rich):
    cart.set_quantity(rich, 476, 1)
    cart.set_quantity(rich, 477, 1)
    line_wishes = {475: "refund", 476: "call", 9999: "replace"}
    no = place_all(rich, wish="refund", line_wishes=line_wishes)
    lines = db.session.execute(select(OrderLine.goods_id, OrderLine.wish).order_by(OrderLine.goods_id)).all()
    assert lines == [(475, ""), (476, "call"), (477, "")]
    assert delivery_of(no).wish == "refund"


@pytest.mark.parametrize("title", ["", "爱鲜蜂（上海）有限公司", "x" * 100])
def test_the_invoices_title_is_kept(rich, title):
    assert delivery_of(place_all(rich, invoice_title=title)).invoice_title == title


# Buying at once


def test_what_is_bought_at_once_leaves_the_cart_alone(rich):
    no = place_all(rich, buy=(476, 3), coupon=None)
    assert [(line.goods_id, line.quantity) for line in order_of(rich, no).lines] == [(476, 3)]
    assert [(line.id, line.quantity, line.is_select) for line in cart_of(rich).all_lines] == [(475, 2, True)]
    assert broken() == []


def test_what_is_in_the_cart_can_be_bought_at_once_too(rich):
    no = place_all(rich, buy=(475, 4))
    assert [(line.goods_id, line.quantity) for line in order_of(rich, no).lines] == [(475, 4)]
    assert [(line.id, line.quantity) for line in cart_of(rich).all_lines] == [(475, 2)]
    assert (db.session.scalar(select(Goods.stock).filter_by(id=475)), broken()) == (6, [])


@pytest.mark.parametrize("gone", ["off sale", "sold out", "unknown"])
def test_what_is_gone_is_not_bought_at_once(rich, gone):
    changed = {"off sale": {"on_sale": False}, "sold out": {"stock": 0}}.get(gone, {})
    if changed:
        db.session.query(Goods).filter_by(id=476).update(changed)
        db.session.commit()
    before = rows_of_everything(rich)
    with pytest.raises(checkout.NothingSelected):
        place_all(rich, buy=(476 if changed else 999, 1))
    assert rows_of_everything(rich) == before


def test_no_more_is_bought_at_once_than_there_is(rich):
    before = rows_of_everything(rich)
    with pytest.raises(OutOfStock) as refusal:
        place_all(rich, buy=(475, 11))
    assert refusal.value.details == {"goods_id": 475, "name": "草莓475", "name_en": "Strawberries 475", "left": 10}
    assert rows_of_everything(rich) == before


# Nothing to pay


@pytest.mark.parametrize(
    ("quantity", "terms"),
    [(2, {"value": 5000, "minimum": 0}), (1, {"kind": "fixed", "value": 0, "minimum": 0, "goods_ids": {475}})],
)
def test_an_order_that_costs_nothing_is_paid_at_once(rich, quantity, terms):
    free = give(add_coupon(**terms), rich)
    cart.set_quantity(rich, 475, quantity)
    no = place_all(rich, coupon=free, has_points=True)
    view = order_of(rich, no)
    assert (view.order.state, view.order.payable) == ("paid", 0)
    assert view.order.paid_at == view.order.created_at
    moves = [(each.event, each.from_state, each.to_state, each.actor, each.reason) for each in view.events]
    assert moves == [("place", None, "unpaid", "shopper", ""), ("pay", "unpaid", "paid", "shop", "nothing to pay")]
    sold = db.session.execute(select(Goods.stock, Goods.sales).filter_by(id=475)).one()
    assert (tuple(sold), points.balance_of(rich)) == ((10 - quantity, quantity), 5000)
    assert broken() == []


def free_order(user_id: int) -> str:
    return place_all(user_id, coupon=give(add_coupon(value=5000, minimum=0), user_id))


def test_an_order_that_costs_nothing_does_not_expire_and_can_be_cancelled(rich):
    no = free_order(rich)
    before = rows_of_everything(rich)
    with time_machine.travel(clock.now() + timedelta(days=1)):
        assert fulfilment.expire() == 0
    assert rows_of_everything(rich) == before
    fulfilment.cancel(rich, no)
    assert (order_called(no).state, order_called(no).refunded, broken()) == ("cancelled", 0, [])


def test_an_order_that_costs_nothing_brings_nothing_when_it_arrives(rich):
    no = free_order(rich)
    before = entries(rich)
    bring(no)
    fulfilment.receive(rich, no)
    assert (order_called(no).state, entries(rich), broken()) == ("received", before, [])


def test_orders_that_cost_nothing_wait_for_no_payment(shopper, fruit):
    coupon = add_coupon(value=5000, minimum=0, per_person=checkout.MOST_UNPAID + 1)
    for _ in range(checkout.MOST_UNPAID + 1):
        give(coupon, shopper)
        cart.set_quantity(shopper, 477, 1)
        place_all(shopper)
    assert db.session.scalar(select(func.count()).where(Order.state == "paid")) == checkout.MOST_UNPAID + 1
    assert broken() == []

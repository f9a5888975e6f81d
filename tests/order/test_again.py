"""再来一单: what goes into the cart, and what is told."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from axf.cart import service as cart
from axf.cart.models import CartItem
from axf.cart.queries import cart_of
from axf.core import clock
from axf.core.errors import NotFound
from axf.extensions import db
from axf.market.models import Goods, StockMovement
from axf.order import fulfilment
from axf.order.again import Again, again, compare
from axf.order.models import Order, OrderAdjustment
from axf.order.refill import AgainLine
from axf.user import accounts
from tests.conftest import PASSWORD, add_goods, counted, place_all


def set_goods(goods_id: int, **values: object) -> None:
    db.session.execute(update(Goods).where(Goods.id == goods_id).values(**values))
    db.session.commit()


def delete_goods(goods_id: int) -> None:
    """Delete a goods as far as it can be: its movements go with it."""
    db.session.query(StockMovement).filter_by(goods_id=goods_id).delete()
    db.session.query(Goods).filter_by(id=goods_id).delete()
    db.session.commit()


def in_cart(user_id: int) -> dict[int, tuple[int, bool]]:
    db.session.rollback()
    return {line.id: (line.quantity, line.is_select) for line in cart_of(user_id).all_lines}


def told(found: Again) -> dict[int, str]:
    """Return the kinds of change by goods id."""
    kinds = ("gone", "replaced", "dearer", "cheaper", "fewer", "short", "missing")
    return {
        line.goods_id: " ".join(kind for kind in kinds if getattr(line, f"is_{kind}"))
        for line in found.lines
        if line.is_changed
    }


def line_of(found: Again, goods_id: int) -> AgainLine:
    return next(line for line in found.lines if line.goods_id == goods_id)


def numbers(found: Again) -> dict[int, tuple[int, int]]:
    """Return how many the cart holds and how many were wanted, by goods id."""
    return {line.goods_id: (line.quantity, line.wanted) for line in found.lines}


@pytest.mark.parametrize("state", ["unpaid", "cancelled"])
def test_every_line_goes_into_the_cart_selected(shopper, order_no, state):
    if state == "cancelled":
        fulfilment.cancel(shopper, order_no)
    found = again(shopper, order_no)
    assert in_cart(shopper) == {475: (2, True), 476: (1, True)}
    assert (told(found), numbers(found)) == ({}, {475: (2, 2), 476: (1, 1)})
    assert (found.no, found.quantity, found.is_whole, found.is_cart_full) == (order_no, 3, True, False)
    assert [(line.name_en, line.pack_en, line.price_then, line.price_now) for line in found.lines] == [
        ("Strawberries 476", "500 g", 250, 250),
        ("Strawberries 475", "500 g", 1000, 1000),
    ]


def test_a_double_tap_adds_nothing(shopper, order_no):
    first = again(shopper, order_no)
    assert again(shopper, order_no) == first
    assert in_cart(shopper) == {475: (2, True), 476: (1, True)}


def test_what_the_cart_holds_already_counts(shopper, order_no):
    cart.set_quantity(shopper, 475, 1)
    cart.set_quantity(shopper, 476, 5)
    cart.set_quantity(shopper, 477, 3)
    cart.select_all(shopper, False)
    found = again(shopper, order_no)
    assert in_cart(shopper) == {475: (2, True), 476: (5, True), 477: (3, False)}
    assert (told(found), numbers(found)) == ({}, {475: (2, 2), 476: (1, 1)})


@pytest.mark.parametrize(("price", "kind"), [(1001, "dearer"), (999, "cheaper"), (1000, None)])
def test_another_price_is_told(shopper, order_no, price, kind):
    set_goods(475, price=price)
    found = again(shopper, order_no)
    assert told(found) == ({475: kind} if kind else {})
    assert (line_of(found, 475).price_then, line_of(found, 475).price_now) == (1000, price)
    assert in_cart(shopper)[475] == (2, True)


def test_what_a_promotion_took_off_then_is_part_of_the_price_then(shopper, order_no):
    order_id = db.session.scalar(select(Order.id))
    rows = [("promo", -400), ("coupon", -100), ("freight", 600)]
    for rule, amount in rows:
        row = {"order_id": order_id, "goods_id": 475, "rule": rule, "amount": amount}
        db.session.execute(insert(OrderAdjustment).values(row))
    db.session.commit()
    found = again(shopper, order_no)
    assert (told(found), line_of(found, 475).price_then) == ({475: "dearer"}, 800)


@pytest.mark.parametrize(("hours", "price", "kind"), [(1, 900, "cheaper"), (-1, 1000, None)])
def test_a_promotion_that_runs_is_the_price_now(shopper, order_no, hours, price, kind):
    now = clock.now()
    span = {"promo_starts_at": now - timedelta(days=1), "promo_ends_at": now + timedelta(hours=hours)}
    set_goods(475, promo_price=900, **span)
    found = again(shopper, order_no)
    assert (told(found), line_of(found, 475).price_now) == ({475: kind} if kind else {}, price)


def test_what_is_short_goes_in_as_far_as_there_is_some(shopper, order_no):
    set_goods(475, stock=1)
    found = again(shopper, order_no)
    assert (told(found), numbers(found)) == ({475: "fewer short"}, {475: (1, 2), 476: (1, 1)})
    assert in_cart(shopper) == {475: (1, True), 476: (1, True)}
    assert found.is_whole


def test_what_is_sold_out_off_sale_or_deleted_is_gone(shopper, fruit):
    for goods_id in fruit:
        cart.set_quantity(shopper, goods_id, 1)
    no = place_all(shopper)
    set_goods(475, stock=0)
    set_goods(476, on_sale=False)
    delete_goods(477)
    found = again(shopper, no)
    assert told(found) == {475: "gone", 476: "gone", 477: "gone"}
    assert [bool(line_of(found, goods_id).goods) for goods_id in fruit] == [True, False, False]
    assert (in_cart(shopper), found.quantity, found.is_whole) == ({}, 0, True)
    assert [line_of(found, number).name_en for number in fruit] == [f"Strawberries {number}" for number in fruit]


def test_what_the_cart_held_of_something_gone_does_not_count(shopper, order_no):
    cart.set_quantity(shopper, 475, 1)
    set_goods(475, stock=0)
    found = again(shopper, order_no)
    assert (told(found), numbers(found)) == ({475: "gone"}, {475: (0, 2), 476: (1, 1)})


def test_what_is_off_sale_is_replaced_by_its_successors_successor(shopper, order_no):
    set_goods(475, on_sale=False, replaced_by_id=477)
    set_goods(477, on_sale=False, replaced_by_id=480)
    add_goods(id=480, price=1100)
    found = again(shopper, order_no)
    assert told(found) == {475: "replaced dearer"}
    line = line_of(found, 475)
    assert (line.name_en, line.goods.name_en, line.price_now) == ("Strawberries 475", "Strawberries 480", 1100)
    assert in_cart(shopper) == {480: (2, True), 476: (1, True)}


def test_a_successor_that_is_sold_out_leaves_nothing(shopper, order_no):
    set_goods(475, on_sale=False, replaced_by_id=477)
    set_goods(477, stock=0)
    assert told(again(shopper, order_no)) == {475: "gone replaced cheaper"}
    assert in_cart(shopper) == {476: (1, True)}


def test_a_successor_that_was_ordered_too_is_wanted_for_both(shopper, order_no):
    set_goods(475, on_sale=False, replaced_by_id=476)
    found = again(shopper, order_no)
    assert (told(found)[475], numbers(found)) == ("replaced cheaper", {475: (2, 2), 476: (1, 1)})
    assert in_cart(shopper) == {476: (3, True)}
    set_goods(476, stock=2)
    cart.remove(shopper, 476)
    found = again(shopper, order_no)
    # What was ordered itself comes first.
    assert numbers(found) == {475: (1, 2), 476: (1, 1)}
    assert in_cart(shopper) == {476: (2, True)}


def test_a_line_holds_at_most_99(shopper, fruit):
    for goods_id in (476, 477):
        cart.set_quantity(shopper, goods_id, 60)
    no = place_all(shopper)
    set_goods(477, on_sale=False, replaced_by_id=476)
    set_goods(476, stock=500)
    found = again(shopper, no)
    assert in_cart(shopper) == {476: (99, True)}
    assert numbers(found) == {476: (60, 60), 477: (39, 60)}


def test_a_full_cart_takes_what_it_holds_already_and_nothing_else(shopper, order_no):
    cart.set_quantity(shopper, 476, 1)
    for number in range(1000, 1099):
        add_goods(id=number)
        cart.set_quantity(shopper, number, 1)
    found = again(shopper, order_no)
    assert (told(found), found.is_cart_full, found.is_whole) == ({475: "fewer missing"}, True, False)
    assert (len(in_cart(shopper)), 475 in in_cart(shopper)) == (100, False)
    cart.remove(shopper, 1000)
    found = again(shopper, order_no)
    assert (told(found), found.is_cart_full, found.is_whole) == ({}, True, True)


def test_looking_changes_nothing(shopper, order_no):
    found = compare(shopper, order_no)
    assert (told(found), found.is_whole) == ({475: "fewer missing", 476: "fewer missing"}, False)
    assert in_cart(shopper) == {}
    done = again(shopper, order_no)
    assert compare(shopper, order_no) == done


@pytest.mark.parametrize("use_case", [again, compare])
def test_somebody_elses_order_is_not_found(shopper, order_no, use_case):
    other = accounts.register("bert", PASSWORD)
    for user_id, no in ((other, order_no), (shopper, "202601010000000000"), (shopper, "")):
        with pytest.raises(NotFound):
            use_case(user_id, no)
    assert db.session.query(CartItem).count() == 0


def test_the_number_of_queries_does_not_grow_with_the_lines(shopper, fruit):
    cart.set_quantity(shopper, 475, 1)
    small = place_all(shopper)
    for goods_id in fruit:
        cart.set_quantity(shopper, goods_id, 1)
    large = place_all(shopper)
    counts = []
    for no in (small, large):
        for use_case in (compare, again, again):
            with counted() as statements:
                use_case(shopper, no)
            counts.append(len(statements))
        cart.remove_unavailable(shopper)
        for goods_id in fruit:
            cart.remove(shopper, goods_id)
    assert counts == [3, 5, 5] * 2

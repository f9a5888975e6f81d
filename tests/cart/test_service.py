"""The cart's use cases."""

import pytest
from sqlalchemy import select, update

from axf.cart import service
from axf.cart.models import CartItem
from axf.cart.queries import cart_of
from axf.core.errors import NotFound
from axf.extensions import db
from axf.market.models import Goods
from tests.conftest import add_goods, once_before


def held(user_id: int) -> dict[int, tuple[int, bool]]:
    db.session.rollback()
    rows = db.session.execute(
        select(CartItem.goods_id, CartItem.quantity, CartItem.is_select).filter_by(user_id=user_id)
    )
    return {row.goods_id: (row.quantity, row.is_select) for row in rows}


def test_add_again_adds_another_one(shopper, fruit):
    service.add(shopper, 475)
    service.add(shopper, 475)
    assert held(shopper) == {475: (2, True)}


def test_add_selects_the_line(shopper, fruit):
    service.add(shopper, 475)
    service.select_line(shopper, 475, False)
    service.add(shopper, 475)
    assert held(shopper) == {475: (2, True)}


def test_add_stops_at_what_is_in_stock(shopper, fruit):
    service.set_quantity(shopper, 475, 10)
    with pytest.raises(service.LimitReached) as refusal:
        service.add(shopper, 475)
    assert refusal.value.details == {"limit": 10}
    assert held(shopper) == {475: (10, True)}


def test_add_stops_at_99(shopper, fruit):
    service.set_quantity(shopper, 476, 99)
    with pytest.raises(service.LimitReached) as refusal:
        service.add(shopper, 476)
    assert refusal.value.details == {"limit": 99}
    assert held(shopper) == {476: (99, True)}


@pytest.mark.parametrize(
    "change", [lambda user_id: service.add(user_id, 475), lambda user_id: service.set_quantity(user_id, 475, 3)]
)
def test_a_line_that_is_ordered_meanwhile_is_changed_anew(shopper, fruit, change):
    service.set_quantity(shopper, 475, 2)
    with once_before("UPDATE cart_item", "DELETE FROM cart_item") as done:
        change(shopper)
    # What happened meanwhile was rolled back with the first try.
    assert len(done) == 1
    assert held(shopper) == {475: (3, True)}


@pytest.mark.parametrize("values", [{"stock": 0}, {"on_sale": False}])
def test_add_refuses_what_cannot_be_bought(shopper, fruit, values):
    db.session.execute(update(Goods).where(Goods.id == 475).values(values))
    db.session.commit()
    with pytest.raises(service.NotOnSale):
        service.add(shopper, 475)
    assert held(shopper) == {}


def test_add_refuses_unknown_goods(shopper, fruit):
    with pytest.raises(NotFound):
        service.add(shopper, 9)
    assert held(shopper) == {}


def test_a_cart_has_an_end(shopper, fruit, monkeypatch):
    monkeypatch.setattr(service, "MOST_LINES", 2)
    service.add(shopper, 475)
    service.add(shopper, 476)
    with pytest.raises(service.CartFull):
        service.add(shopper, 477)
    service.add(shopper, 476)
    assert held(shopper) == {475: (1, True), 476: (2, True)}


def test_subtract_ends_with_no_line(shopper, fruit):
    service.set_quantity(shopper, 475, 2)
    service.subtract(shopper, 475)
    assert held(shopper) == {475: (1, True)}
    service.subtract(shopper, 475)
    service.subtract(shopper, 475)
    assert held(shopper) == {}


def test_set_quantity(shopper, fruit):
    service.set_quantity(shopper, 475, 3)
    service.set_quantity(shopper, 475, 4)
    assert held(shopper) == {475: (4, True)}
    with pytest.raises(service.LimitReached):
        service.set_quantity(shopper, 475, 11)
    assert held(shopper) == {475: (4, True)}
    service.set_quantity(shopper, 475, 0)
    assert held(shopper) == {}


@pytest.mark.parametrize(("put", "quantity"), [(service.add, 2), (lambda *line: service.set_quantity(*line, 5), 5)])
def test_a_line_that_others_put_in_and_take_out_all_the_time_is_found_at_last(
    shopper, fruit, monkeypatch, put, quantity
):
    """Twice another device puts the line in between our look and our writing."""
    service.add(shopper, 475)
    look, stale = service._limit, [(10, 0), (10, 0)]
    monkeypatch.setattr(service, "_limit", lambda *line: stale.pop() if stale else look(*line))
    put(shopper, 475)
    assert held(shopper) == {475: (quantity, True)}


def test_select_and_select_all(shopper, fruit):
    service.add(shopper, 475)
    service.add(shopper, 476)
    service.select_line(shopper, 475, False)
    assert held(shopper) == {475: (1, False), 476: (1, True)}
    service.select_all(shopper, False)
    assert held(shopper) == {475: (1, False), 476: (1, False)}
    service.select_all(shopper, True)
    assert held(shopper) == {475: (1, True), 476: (1, True)}
    with pytest.raises(NotFound):
        service.select_line(shopper, 477, True)


def test_remove(shopper, fruit):
    service.add(shopper, 475)
    service.remove(shopper, 475)
    service.remove(shopper, 475)
    assert held(shopper) == {}


def test_remove_unavailable_leaves_what_can_be_bought(shopper, fruit):
    for goods_id in fruit:
        service.add(shopper, goods_id)
    db.session.execute(update(Goods).where(Goods.id == 475).values(stock=0))
    db.session.execute(update(Goods).where(Goods.id == 476).values(on_sale=False))
    db.session.commit()
    service.remove_unavailable(shopper)
    assert held(shopper) == {477: (1, True)}


def test_the_cart_of_another_shopper_is_left_alone(app, shopper, fruit):
    from axf.user import accounts

    other = accounts.register("bert", "another pass phrase")
    service.add(shopper, 475)
    for act in (service.subtract, service.remove):
        act(other, 475)
    service.select_all(other, False)
    assert held(shopper) == {475: (1, True)}


def test_totals_count_selected_lines_only(shopper, fruit):
    add_goods(id=480, price=300, is_bogo=True)
    service.set_quantity(shopper, 475, 2)
    service.set_quantity(shopper, 476, 1)
    service.set_quantity(shopper, 480, 3)
    service.select_line(shopper, 476, False)
    cart = cart_of(shopper)
    assert (cart.count, cart.selected_count) == (6, 5)
    assert (cart.quote.goods_total, cart.quote.saved, cart.quote.payable) == (2900, 300, 2600)
    assert not cart.is_all_selected

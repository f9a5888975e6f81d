"""What is bought together: what counts, how many are kept, and that a repeat counts nothing twice."""

import pytest
from sqlalchemy import insert, select, update

from axf.extensions import db
from axf.market.models import BoughtWith
from axf.market.queries import bought_with
from axf.order import fulfilment, pairs
from axf.order.models import Order, OrderLine
from axf.order.pairs import count_pairs
from axf.user import accounts
from tests.conftest import PASSWORD, add_goods, counted
from tests.order.test_usual import buy, set_goods


@pytest.fixture(autouse=True)
def stock(fruit):
    for goods_id in fruit:
        set_goods(goods_id, stock=1000)


def kept() -> dict[int, dict[int, int]]:
    """Return by goods id its others with the number of orders."""
    db.session.rollback()
    found: dict[int, dict[int, int]] = {}
    for row in db.session.scalars(select(BoughtWith).order_by(BoughtWith.goods_id, BoughtWith.other_id)):
        found.setdefault(row.goods_id, {})[row.other_id] = row.orders
    return found


def write(*rows: tuple[int, int, int]) -> None:
    keys = ("goods_id", "other_id", "orders")
    db.session.execute(insert(BoughtWith), [dict(zip(keys, row, strict=True)) for row in rows])
    db.session.commit()


@pytest.mark.parametrize("batch", [1, 2, 50])
def test_pairs_of_all_shoppers_count_once_an_order(shopper, batch):
    other = accounts.register("bert", PASSWORD)
    buy(shopper, {475: 1, 476: 9, 477: 1})
    buy(other, {475: 1, 476: 1})
    buy(other, {475: 2, 476: 1, 477: 1})
    wanted = {475: {476: 3, 477: 2}, 476: {475: 3, 477: 2}, 477: {475: 2, 476: 2}}
    told: list[int] = []
    for _ in range(2):
        assert (count_pairs(told.append, batch=batch), kept()) == (6, wanted)
    assert sum(told) == 2 * 3


def test_only_settled_orders_of_the_last_180_days_count(shopper):
    buy(shopper, {475: 1, 476: 1}, days_ago=179)
    buy(shopper, {475: 1, 476: 1}, days_ago=181)
    buy(shopper, {475: 1, 476: 1}, is_paid=False)
    fulfilment.cancel(shopper, buy(shopper, {475: 1, 476: 1}))
    dropped = buy(shopper, {475: 1, 476: 1})
    order_id = db.session.scalar(select(Order.id).where(Order.no == dropped))
    db.session.execute(
        update(OrderLine).where(OrderLine.order_id == order_id, OrderLine.goods_id == 476).values(dropped=1)
    )
    db.session.commit()
    assert (count_pairs(), kept()) == (0, {})
    buy(shopper, {475: 1, 476: 1})
    assert (count_pairs(), kept()) == (2, {475: {476: 2}, 476: {475: 2}})


def test_what_is_over_goes_also_of_goods_that_are_no_more(shopper):
    write((475, 476, 9), (475, 477, 9), (476, 475, 9), (100, 475, 9), (9999, 475, 9))
    for _ in range(2):
        buy(shopper, {475: 1, 477: 1})
    assert (count_pairs(batch=2), kept()) == (2, {475: {477: 2}, 477: {475: 2}})


def test_the_best_are_kept(shopper, monkeypatch):
    monkeypatch.setattr(pairs, "MOST_OTHERS", 2)
    ids = [add_goods(id=number) for number in (601, 602, 603)]
    for _ in range(2):
        buy(shopper, dict.fromkeys([475, *ids], 1))
    buy(shopper, {475: 1, 603: 1})
    count_pairs()
    # The most often, then the smaller id.
    assert kept()[475] == {601: 2, 603: 3}


def test_the_goods_page_shows_what_can_be_bought_the_best_first(client):
    numbers = range(600, 610)
    for number in numbers:
        add_goods(id=number)
    write(*((475, number, number) for number in numbers))
    set_goods(609, stock=0)
    set_goods(608, on_sale=False)
    assert [card.id for card in bought_with(475)] == [607, 606, 605, 604, 603, 602]
    client.set_cookie("lang", "en")
    page = client.get("/axf/goods/475/").text
    assert "Often bought together" in page
    assert all(f'href="/axf/goods/{number}/"' in page for number in range(602, 608))
    assert "Often bought together" not in client.get("/axf/goods/476/").text
    with counted() as statements:
        bought_with(475)
    assert len(statements) == 1


def test_the_command_tells_what_it_kept(app, shopper):
    for _ in range(2):
        buy(shopper, {475: 1, 476: 1})
    for _ in range(2):
        found = app.test_cli_runner().invoke(args=["order", "pairs"])
        assert (found.exit_code, found.output) == (0, "2 pairs of goods that are bought together.\n")
    assert kept() == {475: {476: 2}, 476: {475: 2}}

"""Races on MariaDB, each with its negative control."""

import threading
from collections import Counter

import pytest
from sqlalchemy import func, select

from axf.cart import service
from axf.core.errors import ShopError
from axf.extensions import db
from axf.market.models import Goods, StockMovement
from axf.order import checkout, fulfilment, settlement
from axf.order.models import Order, OrderLine
from axf.payment.base import Notice
from axf.payment.models import Refund
from axf.user import accounts
from tests.concurrency import unguarded
from tests.concurrency.race import race
from tests.conftest import (
    SAME_ORIGIN,
    SLOT,
    UNPAID_LIFE,
    add_area,
    add_goods,
    add_slot,
    add_types,
    logged_in,
    place_all,
    token_of,
    wishes_of,
)

pytestmark = [pytest.mark.mariadb, pytest.mark.concurrency, pytest.mark.xdist_group("concurrency")]

PROCESSES, CHECKOUTS, STOCK = 8, 50, 100


@pytest.fixture
def shoppers(app) -> list[int]:
    """Eight shoppers, a slot for each, and one goods with 100 in stock."""
    add_types()
    add_goods(id=475, price=100, stock=STOCK)
    user_ids = [accounts.register(f"shopper{number}", "a fine pass phrase") for number in range(PROCESSES)]
    area_id = add_area()
    for number, user_id in enumerate(user_ids):
        add_slot(area_id, starts_at=SLOT + number * UNPAID_LIFE)
        wishes_of(user_id)
    return user_ids


def scalar(query):
    db.session.rollback()
    return db.session.scalar(query)


def buy(number: int, user_ids: list[int], is_guarded: bool) -> list[str]:
    """Check out one of goods 475, fifty times."""
    checkout.MOST_UNPAID = CHECKOUTS
    if not is_guarded:
        checkout.stock.take = unguarded.take
    # A slot of one's own: the lock on a common one would let the checkouts meet at the goods one after the other.
    wishes = wishes_of(user_ids[number], slot_id=number + 1)
    outcomes = []
    for _ in range(CHECKOUTS):
        try:
            service.set_quantity(user_ids[number], 475, 1)
            checkout.place(user_ids[number], checkout.new_token(), 100, wishes, UNPAID_LIFE)
            outcomes.append("sold")
        except ShopError as refusal:
            outcomes.append(refusal.code)
    return outcomes


def test_eight_processes_sell_exactly_what_is_there(database, shoppers, tmp_path):
    outcomes = race(database.url, tmp_path, PROCESSES, buy, shoppers, True)
    assert outcomes["sold"] == STOCK
    assert sum(outcomes.values()) == PROCESSES * CHECKOUTS
    assert set(outcomes) <= {"sold", "not-on-sale", "out-of-stock", "total-changed", "nothing-selected"}
    assert scalar(select(func.count()).select_from(Order)) == STOCK
    assert scalar(select(func.sum(OrderLine.quantity))) == STOCK
    assert scalar(select(Goods.stock)) == 0
    assert scalar(select(func.sum(StockMovement.delta))) == 0


def test_without_the_guard_they_oversell(database, shoppers, tmp_path):
    outcomes = race(database.url, tmp_path, PROCESSES, buy, shoppers, False)
    assert outcomes["sold"] > STOCK


def tap(_number: int, user_id: int, is_guarded: bool) -> list[str]:
    add = service.add if is_guarded else unguarded.add
    for _ in range(10):
        add(user_id, 475)
    return []


@pytest.mark.parametrize("is_guarded", [True, False])
def test_taps_from_four_devices_end_at_the_right_number(database, shoppers, tmp_path, is_guarded):
    from axf.cart.queries import cart_of

    service.add(shoppers[0], 475)
    race(database.url, tmp_path, 4, tap, shoppers[0], is_guarded)
    db.session.rollback()
    assert (cart_of(shoppers[0]).count == 41) is is_guarded


def first_tap(_number: int, user_id: int) -> list[str]:
    service.add(user_id, 475)
    return []


def test_first_taps_from_many_devices_all_count(database, shoppers, tmp_path):
    from axf.cart.queries import cart_of

    race(database.url, tmp_path, 6, first_tap, shoppers[0])
    db.session.rollback()
    assert cart_of(shoppers[0]).count == 6


def cancel(_number: int, user_id: int, no: str, is_guarded: bool) -> list[str]:
    try:
        if is_guarded:
            fulfilment.cancel(user_id, no)
        else:
            unguarded.close(no)
    except ShopError as refusal:
        return [refusal.code]
    return ["cancelled"]


@pytest.mark.parametrize("is_guarded", [True, False])
def test_stock_of_a_cancelled_order_returns_once(database, shoppers, tmp_path, is_guarded):
    service.set_quantity(shoppers[0], 475, 5)
    no = place_all(shoppers[0])
    outcomes = race(database.url, tmp_path, 6, cancel, shoppers[0], no, is_guarded)
    if is_guarded:
        assert outcomes == Counter({"wrong-state": 5, "cancelled": 1})
    assert (scalar(select(Goods.stock)) == STOCK) is is_guarded


def pay_or_cancel(number: int, user_id: int, no: str, notice: Notice) -> list[str]:
    if number % 2:
        return [settlement.settle(notice)]
    return cancel(number, user_id, no, True)


def test_money_and_cancel_at_the_same_moment_end_cancelled_and_the_money_goes_back_once(database, shoppers, tmp_path):
    """Whoever is first: a paid order can be cancelled too, and money for a cancelled one returns."""
    service.set_quantity(shoppers[0], 475, 5)
    no = place_all(shoppers[0])
    payment = settlement.start(shoppers[0], no, "mock")
    notice = Notice("mock", "e1", payment.no, payment.amount, "R1", "{}")
    outcomes = race(database.url, tmp_path, 6, pay_or_cancel, shoppers[0], no, notice)
    assert (outcomes["cancelled"], outcomes["wrong-state"], outcomes["repeated"]) == (1, 2, 2)
    assert outcomes["applied"] + outcomes["unmatched"] == 1
    assert (scalar(select(Order.state)), scalar(select(Goods.stock))) == ("cancelled", STOCK)
    reason = "cancel" if outcomes["applied"] else "late"
    assert db.session.execute(select(Refund.amount, Refund.reason)).all() == [(payment.amount, reason)]


def register(_number: int, name: str) -> list[str]:
    try:
        accounts.register(name, "a fine pass phrase")
    except ShopError as refusal:
        return [refusal.code]
    return ["registered"]


def test_one_name_is_registered_once(database, shoppers, tmp_path):
    outcomes = race(database.url, tmp_path, 6, register, "same-name")
    assert outcomes == Counter({"username-taken": 5, "registered": 1})


def test_twenty_identical_checkouts_make_one_order(app, shoppers):
    service.set_quantity(shoppers[0], 475, 3)
    page = logged_in(app, shoppers[0])
    fields = {
        "csrf_token": token_of(page, "/axf/checkout/"),
        "checkout_token": checkout.new_token(),
        "shown_total": "300",
        "address_id": str(wishes_of(shoppers[0]).address_id),
        "slot_id": str(wishes_of(shoppers[0]).slot_id),
        "wish": "refund",
    }
    cookies = page.get_cookie("ticket").value, page.get_cookie("axf_session").value
    answers, barrier = [], threading.Barrier(20)

    def submit() -> None:
        client = app.test_client()
        client.set_cookie("ticket", cookies[0])
        client.set_cookie("axf_session", cookies[1])
        barrier.wait(60)
        answer = client.post("/axf/checkout/", data=fields, headers=SAME_ORIGIN)
        answers.append((answer.status_code, answer.location))

    threads = [threading.Thread(target=submit) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(answers)) == 1
    assert answers[0][0] == 303
    assert scalar(select(func.count()).select_from(Order)) == 1
    assert scalar(select(Goods.stock)) == STOCK - 3

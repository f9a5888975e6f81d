"""Workers of uWSGI die by kill -9 amid checkouts and notices, on MariaDB: nothing is half, nothing is twice."""

import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select

from axf.cart import service as cart
from axf.cart.models import CartItem
from axf.delivery.models import DeliverySlot
from axf.extensions import db
from axf.market.models import Goods
from axf.order import checkout, settlement
from axf.order.models import Order, OrderDelivery, OrderEvent, OrderLine
from axf.payment.models import Payment, PaymentNotice
from axf.payment.providers.mock import APP_ID
from axf.payment.providers.mock_cashier import signed_message
from tests.check.shop import broken
from tests.concurrency.served import SECRET, Served, uwsgi
from tests.conftest import SAME_ORIGIN, add_goods, add_types, logged_in, token_of, wishes_of
from tests.points.test_ledger import add_user

pytestmark = [pytest.mark.mariadb, pytest.mark.concurrency, pytest.mark.xdist_group("concurrency")]

SHOPPERS, CLIENTS, STOCK, MOST_SECONDS = 36, 8, 1000, 40
# A worker dies after so many more answers and seconds, so often: one that takes its place needs a second or two.
ANSWERS, SECONDS, KILLS = (2, 12), (0, 0.05), 3


@pytest.fixture
def served(database, tmp_path):
    with uwsgi(database.url, tmp_path) as running:
        yield running


@pytest.fixture
def checkouts(app) -> list[tuple[int, str, dict]]:
    """Shoppers who are about to press the button: their id, form and headers."""
    add_types()
    add_goods(id=475, price=1000, stock=STOCK)
    add_goods(id=476, price=250, stock=STOCK)
    ready = []
    for user_id in [add_user() for _ in range(SHOPPERS)]:
        cart.set_quantity(user_id, 475, 2)
        cart.set_quantity(user_id, 476, 1)
        wishes = wishes_of(user_id)
        page = logged_in(app, user_id)
        form = {
            "csrf_token": token_of(page, "/axf/checkout/"),
            "checkout_token": checkout.new_token(),
            "shown_total": "2250",
            "address_id": str(wishes.address_id),
            "slot_id": str(wishes.slot_id),
            "wish": "refund",
        }
        cookies = "; ".join(f"{name}={page.get_cookie(name).value}" for name in ("ticket", "axf_session"))
        ready.append((user_id, urlencode(form), {**SAME_ORIGIN, "Cookie": cookies}))
    return ready


class Killer:
    """Kills the worker that serves, now and then, while requests are on their way."""

    def __init__(self, served: Served, seed: int) -> None:
        self.served, self.chosen, self.answers = served, random.Random(seed), threading.Semaphore(0)

    def __enter__(self) -> "Killer":
        self.thread = threading.Thread(target=self.run)
        self.thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.thread.join()

    def run(self) -> None:
        for _ in range(KILLS):
            for _ in range(self.chosen.randint(*ANSWERS)):
                self.answers.acquire(timeout=MOST_SECONDS)
            time.sleep(self.chosen.uniform(*SECONDS))
            self.served.kill_oldest_worker()


def insist(killer: Killer, path: str, body: bytes | str, headers: dict) -> tuple[int, str, bytes, int]:
    """Send the same request until something answers, as clients do whose connection broke; and how often that was."""
    deadline, tries = time.monotonic() + MOST_SECONDS, 0
    while time.monotonic() < deadline:
        tries += 1
        try:
            status, location, answer = killer.served.ask("POST", path, body, headers)
        except (OSError, HTTPException):
            status = 502
        if status < 500:
            killer.answers.release()
            return status, location, answer, tries
        time.sleep(0.05)
    raise AssertionError(f"{path} was never answered")


def at_once(act, each) -> list:
    with ThreadPoolExecutor(CLIENTS) as clients:
        return list(clients.map(act, each))


def count(what) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(what))


def test_what_was_acknowledged_is_whole_and_what_is_repeated_is_once(served, checkouts):
    def order(ready: tuple[int, str, dict]) -> tuple[str, int]:
        """Order, and order again with the same token: the answer may have been lost."""
        _user_id, form, headers = ready
        headers = {**headers, "Content-Type": "application/x-www-form-urlencoded"}
        answers = [insist(killer, "/axf/checkout/", form, headers) for _ in range(2)]
        assert [status for status, *_ in answers] == [303, 303]
        assert answers[0][1] == answers[1][1]
        return answers[0][1].rstrip("/").rpartition("/")[2], sum(tries for *_, tries in answers)

    with Killer(served, 11) as killer:
        acknowledged = at_once(order, checkouts)
    # Two requests for each order, and those that a death cost.
    assert sum(tries for _no, tries in acknowledged) > 2 * SHOPPERS
    by_shopper = {user_id: no for (user_id, *_), (no, _tries) in zip(checkouts, acknowledged, strict=True)}
    assert dict(db.session.execute(select(Order.user_id, Order.no)).all()) == by_shopper
    assert count(Order) == count(OrderDelivery) == count(OrderEvent) == SHOPPERS
    assert (count(OrderLine), count(CartItem)) == (2 * SHOPPERS, 0)
    stocks = dict(db.session.execute(select(Goods.id, Goods.stock)).all())
    assert stocks == {475: STOCK - 2 * SHOPPERS, 476: STOCK - SHOPPERS}
    assert db.session.scalar(select(DeliverySlot.booked)) == SHOPPERS
    assert broken() == []

    payments = {settlement.start(user_id, no, "mock").no for user_id, no in by_shopper.items()}
    notices = [told(no) for no in sorted(payments) for _ in range(3)]
    random.Random(12).shuffle(notices)

    def tell(notice: dict) -> int:
        raw, headers = signed_message(notice, SECRET)
        status, _location, answer, tries = insist(killer, "/axf/pay/mock/notify/", raw, headers)
        assert (status, answer) == (200, b"success")
        return tries

    with Killer(served, 13) as killer:
        tries = at_once(tell, notices)
    assert sum(tries) > len(notices)
    db.session.rollback()
    assert Counter(db.session.scalars(select(Order.state))) == {"paid": SHOPPERS}
    assert Counter(db.session.scalars(select(PaymentNotice.outcome))) == {"applied": SHOPPERS}
    assert Counter(db.session.scalars(select(Payment.state))) == {"applied": SHOPPERS}
    assert dict(db.session.execute(select(Goods.id, Goods.sales)).all()) == {475: 2 * SHOPPERS, 476: SHOPPERS}
    assert broken() == []


def told(payment_no: str) -> dict:
    named = {"event_id": f"E-{payment_no}", "payment_no": payment_no, "reference": f"T-{payment_no}"}
    return {"app_id": APP_ID, "status": "paid", "amount": 2250, **named}

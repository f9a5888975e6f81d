"""Races for the same pieces of a received order, and of two people who decide one request, on MariaDB."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from axf.aftersale import queries, service
from axf.aftersale.models import AfterSale, AfterSaleEvent, AfterSaleLine
from axf.aftersale.rules import Limits, Reason
from axf.aftersale.service import Wanted
from axf.aftersale.state import Kind
from axf.core.errors import ShopError
from axf.credit import ledger as credit
from axf.extensions import db
from axf.order.models import LineRefund, Order
from axf.storage.local import Folder
from tests.aftersale.flow import LIMITS, NEVER, ask, bring, make_old, wanted
from tests.check.shop import broken
from tests.concurrency import unguarded
from tests.concurrency.race import race

pytestmark = [pytest.mark.mariadb, pytest.mark.concurrency, pytest.mark.xdist_group("concurrency")]

PROCESSES = 6


@pytest.fixture
def received(shopper, order_no) -> str:
    """A received order over 2 × goods 475 and 1 × goods 476: ¥22.50."""
    make_old(shopper)
    return bring(shopper, order_no)


def ask_for_both(number: int, user_id: int, no: str, limits: Limits, is_guarded: bool) -> list[str]:
    """Ask for both pieces of goods 475, in words of one's own, as another window would."""
    try:
        if not is_guarded:
            unguarded.ask(user_id, no, {475: 2}, number + 1)
            return ["asked"]
        # Each window shows the present: who is told that somebody was quicker looks again, once.
        for _ in range(2):
            order_id = db.session.scalar(select(Order.id).where(Order.no == no))
            wish = Wanted(Kind.REFUND, Reason.MISSING, f"window {number}", {475: 2}, queries.count_of(order_id) + 1)
            try:
                service.ask(user_id, no, wish, uploads=(), store=Folder(Path("/nonexistent")), limits=limits)
            except service.AskedAlready:
                db.session.rollback()
                continue
            return ["asked"]
        return ["asked-already"]
    except ShopError as refusal:
        return [refusal.code]


def pieces() -> int:
    db.session.rollback()
    return int(db.session.scalar(select(func.sum(AfterSaleLine.quantity))) or 0)


@pytest.mark.parametrize("limits", [NEVER, LIMITS], ids=["a person", "the rule"])
def test_the_same_pieces_are_asked_back_once(database, shopper, received, tmp_path, limits):
    before = credit.balance_of(shopper)
    outcomes = race(database.url, tmp_path, PROCESSES, ask_for_both, shopper, received, limits, True)
    assert outcomes["asked"] == 1
    assert sum(outcomes.values()) == PROCESSES
    assert pieces() == 2
    assert credit.balance_of(shopper) - before == (2000 if limits is LIMITS else 0)
    assert broken() == []


def test_without_the_guard_they_are_asked_back_many_times(database, shopper, received, tmp_path):
    outcomes = race(database.url, tmp_path, PROCESSES, ask_for_both, shopper, received, NEVER, False)
    assert outcomes["asked"] > 1
    assert pieces() > 2
    assert "after-sale-pieces" in broken()


def decide(number: int, no: str, user_id: int) -> list[str]:
    """Approve, reject or withdraw the request."""
    acts = (
        ("approved", lambda: service.approve(no)),
        ("rejected", lambda: service.reject(no, "no")),
        ("withdrawn", lambda: service.withdraw(user_id, no)),
    )
    name, act = acts[number % 3]
    try:
        act()
    except ShopError as refusal:
        return [refusal.code]
    return [name]


def test_a_request_is_decided_once(database, shopper, received, tmp_path):
    no = ask(shopper, received, wanted({475: 2}), NEVER)
    before = credit.balance_of(shopper)
    outcomes = race(database.url, tmp_path, PROCESSES, decide, no, shopper)
    assert outcomes["request-moved"] == PROCESSES - 1
    db.session.rollback()
    state = db.session.scalar(select(AfterSale.state))
    is_paid = state == "done"
    assert credit.balance_of(shopper) - before == (2000 if is_paid else 0)
    assert db.session.scalar(select(func.count()).select_from(LineRefund)) == (1 if is_paid else 0)
    assert db.session.scalar(select(func.count()).select_from(AfterSaleEvent)) == (3 if is_paid else 2)
    assert broken() == []

"""Races for the points of a shopper, on MariaDB."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, insert, select, update

from axf.core import clock
from axf.core.db import retried, transaction
from axf.core.errors import ShopError
from axf.extensions import db
from axf.points import check_in as daily
from axf.points import expiry, ledger
from axf.points.ledger import PointsShort
from axf.points.models import CheckIn, PointsAccount, PointsEntry
from tests.concurrency.race import meet, race
from tests.points.test_ledger import START, add_user, earn

pytestmark = [pytest.mark.mariadb, pytest.mark.concurrency, pytest.mark.xdist_group("concurrency")]

PROCESSES, TRIES, PRICE, COVERED = 8, 5, 100, 12


@pytest.fixture
def user_id(app) -> int:
    """A shopper with points for twelve times the price, and some over."""
    user_id = add_user("anna")
    earn(user_id, COVERED * PRICE + PRICE - 1)
    return user_id


def spend_unguarded(session, user_id: int, amount: int, *, reference: str, at) -> None:
    """ledger.spend as shops commonly write it: read, decide, write back."""
    balance = session.scalar(select(PointsAccount.balance).where(PointsAccount.user_id == user_id))
    meet()
    if balance < amount:
        raise PointsShort(left=balance)
    row = {"user_id": user_id, "amount": -amount, "reason": "order", "reference": reference, "created_at": at}
    session.execute(insert(PointsEntry).values(row))
    session.execute(update(PointsAccount).where(PointsAccount.user_id == user_id).values(balance=balance - amount))


def spend(number: int, user_id: int, is_guarded: bool) -> list[str]:
    act = ledger.spend if is_guarded else spend_unguarded
    outcomes = []
    for each in range(TRIES):
        try:
            with transaction(db.session):
                act(db.session, user_id, PRICE, reference=f"{number}-{each}", at=START)
            outcomes.append("spent")
        except ShopError as refusal:
            outcomes.append(refusal.code)
    return outcomes


def balance_and_sum(user_id: int) -> tuple[int, int]:
    db.session.rollback()
    entries = select(func.sum(PointsEntry.amount)).where(PointsEntry.user_id == user_id)
    return ledger.balance_of(user_id), int(db.session.scalar(entries))


def test_exactly_what_is_covered_can_be_spent(database, user_id, tmp_path):
    outcomes = race(database.url, tmp_path, PROCESSES, spend, user_id, True)
    assert outcomes == {"spent": COVERED, "points-short": PROCESSES * TRIES - COVERED}
    assert balance_and_sum(user_id) == (PRICE - 1, PRICE - 1)


def test_without_the_guard_points_are_spent_twice(database, user_id, tmp_path):
    outcomes = race(database.url, tmp_path, PROCESSES, spend, user_id, False)
    balance, entries = balance_and_sum(user_id)
    assert outcomes["spent"] > COVERED
    assert entries < 0 <= balance


def check_in(_number: int, user_id: int, is_guarded: bool) -> list[str]:
    # All processes are on the same day, whenever the test runs.
    with time_machine.travel(START, tick=True):
        if is_guarded:
            found = daily.check_in(user_id)
            return [f"{found.streak} {found.points} {'new' if found.is_new else 'known'}"]
        return check_in_unguarded(user_id)


def check_in_unguarded(user_id: int) -> list[str]:
    """Look whether it is done, then give the points: without the lock and without the keys of day and entry."""
    with transaction(db.session):
        if db.session.scalar(select(CheckIn.day).where(CheckIn.user_id == user_id)):
            return ["known"]
        meet()
        more = update(PointsAccount).where(PointsAccount.user_id == user_id)
        db.session.execute(more.values(balance=PointsAccount.balance + daily.REWARDS[0]))
    return ["new"]


def test_a_day_counts_once_for_all_who_check_in_at_once(database, user_id, tmp_path):
    before = balance_and_sum(user_id)[0]
    outcomes = race(database.url, tmp_path, PROCESSES, check_in, user_id, True)
    assert outcomes == {"1 5 new": 1, "1 5 known": PROCESSES - 1}
    assert balance_and_sum(user_id) == (before + 5, before + 5)
    assert db.session.scalar(select(func.count()).select_from(CheckIn)) == 1


def test_without_lock_and_keys_it_counts_for_each(database, user_id, tmp_path):
    before = balance_and_sum(user_id)[0]
    outcomes = race(database.url, tmp_path, PROCESSES, check_in, user_id, False)
    assert outcomes["new"] > 1
    assert balance_and_sum(user_id)[0] == before + 5 * outcomes["new"]


def test_a_first_account_is_made_once(database, app, tmp_path):
    user_id = add_user("bert")
    race(database.url, tmp_path, PROCESSES, earn_some, user_id)
    assert balance_and_sum(user_id) == (PROCESSES * TRIES, PROCESSES * TRIES)


def earn_some(number: int, user_id: int) -> list[str]:
    @retried
    def earn_one(reference: str) -> None:
        with transaction(db.session):
            ledger.earn(db.session, user_id, 1, reason="received", reference=reference, at=clock.now())

    for each in range(TRIES):
        earn_one(f"{number}-{each}")
    return []


def sweep(_number: int) -> list[str]:
    return ["swept"] * expiry.sweep(START + timedelta(400))


def test_hosts_that_sweep_at_once_take_what_is_over_once(database, user_id, tmp_path):
    others = [add_user() for _ in range(5)]
    for other in others:
        earn(other, 10)
    assert race(database.url, tmp_path, 4, sweep) == {"swept": 6}
    assert [balance_and_sum(each) for each in (user_id, *others)] == [(0, 0)] * 6


def spend_or_sweep(number: int, user_id: int) -> list[str]:
    """Half of the processes spend what was earned late, the others sweep what is over meanwhile."""
    now = START + timedelta(400)
    if number % 2:
        return ["swept"] * expiry.sweep(now)
    try:
        spend_one(user_id, number, now)
    except ShopError as refusal:
        return [refusal.code]
    return ["spent"]


@retried
def spend_one(user_id: int, number: int, now) -> None:
    with transaction(db.session):
        ledger.spend(db.session, user_id, PRICE, reference=f"late-{number}", at=now)


def test_spending_and_sweeping_at_once_keep_the_books(database, user_id, tmp_path):
    earn(user_id, 3 * PRICE, "late", START + timedelta(300))
    outcomes = race(database.url, tmp_path, PROCESSES, spend_or_sweep, user_id)
    assert (outcomes["spent"], outcomes["points-short"]) == (3, 1)
    assert balance_and_sum(user_id) == (0, 0)
    expired = select(PointsEntry.amount).where(PointsEntry.user_id == user_id, PointsEntry.reason == "expire")
    assert list(db.session.scalars(expired)) == [-(COVERED * PRICE + PRICE - 1)]

"""Races for a shopper's growth on MariaDB: the account is always what its entries add up to."""

import pytest
from sqlalchemy import func, insert, select, update

from axf.core import clock
from axf.core.db import transaction
from axf.extensions import db
from axf.vip import corrections, ledger
from axf.vip.models import GrowthEntry, VipAccount
from tests.concurrency.race import meet, race

pytestmark = [pytest.mark.mariadb, pytest.mark.concurrency, pytest.mark.xdist_group("concurrency")]

PROCESSES, TIMES = 8, 10


@pytest.fixture
def member_id(shopper) -> int:
    """A shopper with 30 growth."""
    corrections.adjust(shopper, 30, "start")
    return shopper


def grow_unguarded(session, user_id: int, amount: int, *, reason: str, reference: str, at) -> bool:
    """ledger.grow as shops commonly write it: read, add, write back."""
    growth = session.scalar(select(VipAccount.growth).filter_by(user_id=user_id))
    meet()
    session.execute(update(VipAccount).filter_by(user_id=user_id).values(growth=growth + amount))
    entry = {"user_id": user_id, "amount": amount, "reason": reason, "reference": reference, "created_at": at}
    session.execute(insert(GrowthEntry).values(entry))
    return True


def grow(number: int, user_id: int, is_guarded: bool) -> list[str]:
    add = ledger.grow if is_guarded else grow_unguarded
    for each in range(TIMES):
        with transaction(db.session):
            add(db.session, user_id, 1, reason="order", reference=f"{number}-{each}", at=clock.now())
    return []


def growth_and_entries(user_id: int) -> tuple[int, int]:
    db.session.rollback()
    entries = db.session.scalar(select(func.sum(GrowthEntry.amount)).filter_by(user_id=user_id))
    return ledger.growth_of(user_id), int(entries or 0)


def test_growth_that_comes_at_once_adds_up(database, member_id, tmp_path):
    race(database.url, tmp_path, PROCESSES, grow, member_id, True)
    assert growth_and_entries(member_id) == (30 + PROCESSES * TIMES, 30 + PROCESSES * TIMES)


def test_without_the_guard_growth_is_lost(database, member_id, tmp_path):
    race(database.url, tmp_path, PROCESSES, grow, member_id, False)
    growth, entries = growth_and_entries(member_id)
    assert growth < entries == 30 + PROCESSES * TIMES


def adjust(number: int, user_id: int, amount: int, reference: str) -> list[str]:
    return [str(corrections.adjust(user_id, amount, reference.format(number)))]


def test_the_same_growth_counts_once_though_the_account_is_made_meanwhile(database, shopper, tmp_path):
    outcomes = race(database.url, tmp_path, PROCESSES, adjust, shopper, 10, "same")
    assert outcomes == {"10": 1, "0": PROCESSES - 1}
    assert growth_and_entries(shopper) == (10, 10)


def test_no_more_growth_goes_than_is_there(database, member_id, tmp_path):
    outcomes = race(database.url, tmp_path, PROCESSES, adjust, member_id, -20, "refund-{}")
    assert outcomes == {"-20": 1, "-10": 1, "0": PROCESSES - 2}
    assert growth_and_entries(member_id) == (0, 0)

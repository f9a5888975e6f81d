"""The sweep takes what is over, of everybody, once; and a shopper is told what ends next."""

from datetime import date, timedelta

import pytest

from axf.extensions import db
from axf.points import expiry, ledger
from axf.points.expiry import Ending
from tests.conftest import counted
from tests.points.test_ledger import (
    START,
    add_user,
    earn,
    entries,
    expire,
    give_back,
    numbers_of,
    shanghai,
    spend,
)

END = shanghai("2027-11-23")


@pytest.fixture
def user_id(app) -> int:
    return add_user("anna")


def test_the_sweep_takes_of_everybody_what_is_over_and_nothing_else(app, monkeypatch):
    monkeypatch.setattr(expiry, "BATCH", 2)
    wasteful, thrifty, early, late = (add_user() for _ in range(4))
    for user_id in (wasteful, thrifty, early):
        earn(user_id, 100)
    earn(wasteful, 5, "new", START + timedelta(1))
    earn(late, 100, at=START + timedelta(1))
    spend(thrifty, 100)
    add_user()
    assert expiry.sweep(END - timedelta(microseconds=1)) == 0
    assert [expiry.sweep(END), expiry.sweep(END)] == [2, 0]
    assert [numbers_of(user_id, END) for user_id in (wasteful, thrifty, early, late)] == [
        (5, 5), (0, 0), (0, 0), (100, 100),
    ]  # fmt: skip
    assert [entries(user_id)[-1][1] for user_id in (wasteful, thrifty, early, late)] == [
        "expire", "order", "expire", "received",
    ]  # fmt: skip


def test_a_sweep_that_comes_late_takes_everything_at_once(user_id):
    earn(user_id, 100, "a")
    earn(user_id, 50, "b", START + timedelta(30))
    assert expiry.sweep(END + timedelta(100)) == 1
    assert entries(user_id)[2:] == [(-150, "expire", "2028-03-02")]


def test_a_sweep_of_nobody_asks_once(app):
    with counted() as statements:
        assert expiry.sweep(END) == 0
    assert len(statements) == 1


def test_what_ends_next_comes_first_and_days_are_added_up(user_id):
    earn(user_id, 10, "a")
    earn(user_id, 20, "b", START + timedelta(hours=3))
    earn(user_id, 40, "c", START + timedelta(1))
    spend(user_id, 13)
    assert expiry.expiring(user_id, START) == [Ending(END, 17), Ending(END + timedelta(1), 40)]
    assert [each.last_day for each in expiry.expiring(user_id, START)] == [date(2027, 11, 22), date(2027, 11, 23)]
    spend(user_id, 17, "b")
    assert expiry.expiring(user_id, START) == [Ending(END + timedelta(1), 40)]
    give_back(user_id, 17)
    assert expiry.expiring(user_id, START) == [Ending(END, 17), Ending(END + timedelta(1), 40)]
    # What is over ends no more, whether it was swept or not.
    for _ in range(2):
        assert expiry.expiring(user_id, END) == [Ending(END + timedelta(1), 40)]
        expire(user_id, END)


def test_who_has_nothing_loses_nothing(user_id):
    assert expiry.expiring(user_id, START) == []
    earn(user_id, 10)
    spend(user_id, 10)
    assert expiry.expiring(user_id, START) == []


@pytest.mark.parametrize("days", [1, 3])
def test_what_ends_next_is_two_queries_for_a_day_and_for_many(user_id, days):
    for number in range(days):
        earn(user_id, 5, str(number), START + timedelta(number))
    with counted() as statements:
        assert len(expiry.expiring(user_id, START)) == days
    assert len(statements) == 2


def test_a_shopper_who_is_swept_costs_as_many_statements_with_many_lots(user_id):
    for number in range(3):
        earn(user_id, 5, str(number), START + timedelta(number))
    with counted() as statements:
        assert expiry.sweep(END + timedelta(5)) == 1
    assert len(statements) == 8
    db.session.rollback()
    assert ledger.balance_of(user_id) == 0

"""每日签到: once each Shanghai day, more for days in a row."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from axf.extensions import db
from axf.points import check_in as daily
from axf.points import ledger
from axf.points.check_in import CheckedIn, Standing
from axf.points.models import CheckIn, PointsEntry
from tests.conftest import counted
from tests.points.test_ledger import add_user, entries, shanghai

FIRST = date(2026, 11, 23)


@pytest.fixture
def user_id(app) -> int:
    return add_user("anna")


def check_in(user_id: int, at: str | datetime) -> CheckedIn:
    instant = shanghai(at) if isinstance(at, str) else at
    with time_machine.travel(instant, tick=False):
        return daily.check_in(user_id)


def check_in_on(user_id: int, *days: int) -> list[tuple[int, int]]:
    """Check in on these days, counted from FIRST, and return streak and points of each."""
    found = [check_in(user_id, f"{FIRST + timedelta(day)}T08:00") for day in days]
    return [(each.streak, each.points) for each in found]


def test_a_check_in_has_all_its_values(user_id):
    at = shanghai("2026-11-23T00:00:00.000001")
    assert check_in(user_id, at) == CheckedIn(FIRST, 1, 5, is_new=True)
    row = db.session.scalars(select(CheckIn)).one()
    assert (row.user_id, row.day, row.streak, row.points, row.created_at) == (user_id, FIRST, 1, 5, at)
    entry = db.session.scalars(select(PointsEntry)).one()
    assert (entry.amount, entry.reason, entry.reference) == (5, "check-in", "2026-11-23")
    assert (entry.expires_at, entry.created_at) == (shanghai("2027-11-24"), at.astimezone(UTC))
    assert ledger.balance_of(user_id) == 5


def test_days_in_a_row_bring_more_and_begin_again_after_seven(user_id):
    assert check_in_on(user_id, *range(9)) == [
        (1, 5), (2, 6), (3, 7), (4, 8), (5, 9), (6, 10), (7, 20), (8, 5), (9, 6),
    ]  # fmt: skip
    assert ledger.balance_of(user_id) == sum(daily.REWARDS) + 11


def test_a_missed_day_begins_again(user_id):
    assert check_in_on(user_id, 0, 1, 3, 4, 6) == [(1, 5), (2, 6), (1, 5), (2, 6), (1, 5)]


@pytest.mark.parametrize(
    ("first", "second", "streak"),
    [
        ("2026-11-23T00:00", "2026-11-23T23:59:59", None),
        ("2026-11-23T23:59:59", "2026-11-24T00:00", 2),
        ("2026-11-30T07:59", "2026-12-01T08:01", 2),
        ("2026-12-31T23:00", "2027-01-01T01:00", 2),
        ("2026-11-23T00:00", "2026-11-25T00:00", 1),
    ],
)
def test_the_day_is_shanghais(user_id, first, second, streak):
    check_in(user_id, first)
    again = check_in(user_id, second)
    assert (again.is_new, again.streak) == ((True, streak) if streak else (False, 1))


def test_a_second_time_on_a_day_changes_nothing(user_id):
    check_in_on(user_id, 0, 1)
    before = entries(user_id)
    assert check_in(user_id, "2026-11-24T20:00") == CheckedIn(date(2026, 11, 24), 2, 6, is_new=False)
    assert entries(user_id) == before


def test_the_check_in_of_one_is_not_that_of_another(user_id):
    other = add_user("bert")
    check_in_on(user_id, 0)
    assert check_in_on(other, 0, 1) == [(1, 5), (2, 6)]
    assert daily.standing_of(user_id, FIRST + timedelta(1)) == Standing(is_done=False, streak=1)


@pytest.mark.parametrize(
    ("done", "day", "is_done", "streak", "next_points", "place"),
    [
        ([], 0, False, 0, 5, 0),
        ([0], 0, True, 1, 6, 1),
        ([0], 1, False, 1, 6, 1),
        ([0], 2, False, 0, 5, 0),
        (range(6), 6, False, 6, 20, 6),
        (range(7), 6, True, 7, 5, 7),
        (range(7), 7, False, 7, 5, 0),
        (range(8), 7, True, 8, 6, 1),
    ],
)
def test_how_a_shopper_stands(user_id, done, day, is_done, streak, next_points, place):
    check_in_on(user_id, *done)
    with counted() as statements:
        found = daily.standing_of(user_id, FIRST + timedelta(day))
    assert (found, found.next_points, found.place) == (Standing(is_done, streak), next_points, place)
    assert len(statements) == 1


@pytest.mark.parametrize("count", [1, 3])
def test_the_calendar_is_one_query_over_one_month(user_id, count):
    days = [date(2026, 11, 30), date(2026, 12, 1), date(2026, 12, 31), date(2027, 1, 1), *[date(2026, 12, 9)] * count]
    for day in sorted(set(days)):
        check_in(user_id, f"{day}T12:00")
    with counted() as statements:
        found = daily.calendar(user_id, date(2026, 12, 15))
    assert found == {date(2026, 12, 1): 6, date(2026, 12, 9): 5, date(2026, 12, 31): 5}
    assert len(statements) == 1
    assert daily.calendar(user_id, date(2027, 2, 1)) == {}


@pytest.mark.parametrize(
    ("day", "following"),
    [
        (date(2026, 11, 30), date(2026, 12, 1)),
        (date(2026, 12, 1), date(2027, 1, 1)),
        (date(2027, 1, 31), date(2027, 2, 1)),
    ],
)
def test_the_month_after(day, following):
    assert daily.next_month(day) == following


def test_rewards_grow():
    assert list(daily.REWARDS) == sorted(daily.REWARDS)
    assert [daily.reward_of(streak) for streak in (1, 7, 8, 14, 15)] == [5, 20, 5, 20, 5]

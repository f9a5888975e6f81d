"""Points come and go once for a reason and reference, never below zero, and those that end first go first."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, insert, select

from axf.core import clock
from axf.core.clock import SHOP_ZONE
from axf.core.db import retried, transaction
from axf.extensions import db
from axf.points import expiry, ledger
from axf.points.ledger import PointsShort
from axf.points.models import PointsAccount, PointsEntry
from axf.user.models import User
from tests.conftest import counted

START = datetime(2026, 11, 22, 4, tzinfo=UTC)
YEAR = timedelta(366)
numbers = count(1)


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHOP_ZONE)


def add_user(name: str | None = None) -> int:
    """Add a shopper who never logs in: a password's hash would cost more than the test."""
    name = name or f"u{next(numbers)}"
    row = {"username": name, "username_key": name, "password_hash": "-", "created_at": clock.now()}
    user_id = db.session.execute(insert(User).values(row)).inserted_primary_key[0]
    db.session.commit()
    return user_id


@pytest.fixture
def user_id(app) -> int:
    return add_user("anna")


def earn(user_id: int, amount: int, reference: str = "a", at: datetime = START, reason: str = "received") -> bool:
    is_new = ledger.earn(db.session, user_id, amount, reason=reason, reference=reference, at=at)
    db.session.commit()
    return is_new


def spend(user_id: int, amount: int, reference: str = "a", at: datetime = START) -> None:
    with transaction(db.session):
        ledger.spend(db.session, user_id, amount, reference=reference, at=at)


def give_back(user_id: int, amount: int, reference: str = "a", at: datetime = START, reason: str = "returned") -> bool:
    is_new = ledger.give_back(db.session, user_id, amount, reason=reason, reference=reference, at=at)
    db.session.commit()
    return is_new


def take_back(user_id: int, amount: int, reference: str = "a", at: datetime = START, reason: str = "reversed") -> int:
    taken = ledger.take_back(db.session, user_id, amount, reason=reason, reference=reference, at=at)
    db.session.commit()
    return taken


def expire(user_id: int, now: datetime) -> int:
    over = ledger.expire(db.session, user_id, now)
    db.session.commit()
    return over


def entries(user_id: int) -> list[tuple[int, str, str]]:
    rows = db.session.execute(
        select(PointsEntry.amount, PointsEntry.reason, PointsEntry.reference)
        .filter_by(user_id=user_id)
        .order_by(PointsEntry.id)
    )
    return [tuple(row) for row in rows]


def numbers_of(user_id: int, now: datetime = START) -> tuple[int, int]:
    db.session.rollback()
    return ledger.balance_of(user_id), ledger.usable_of(user_id, now)


def accounts_made() -> int:
    return db.session.scalar(select(func.count()).select_from(PointsAccount))


@pytest.mark.parametrize(
    ("paid", "rate", "points"),
    [
        (0, 100, 0), (99, 100, 0), (100, 100, 1), (199, 200, 2), (2850, 100, 28), (2850, 120, 33), (2999, 150, 43),
        (100, 150, 1), (200, 150, 3), (999_999_900, 200, 19_999_998),
    ],
)  # fmt: skip
def test_points_earned_are_whole_yuan_times_the_rate(paid, rate, points):
    assert ledger.earned_for(paid, rate) == points


@pytest.mark.parametrize(
    ("points", "refunded", "paid", "part"),
    [(28, 0, 2850, 0), (28, 1, 2850, 0), (28, 102, 2850, 1), (28, 2849, 2850, 27), (28, 2850, 2850, 28),
     (28, 9999, 2850, 28), (0, 100, 2850, 0), (5, 0, 0, 0), (0, 0, 0, 0)],
)  # fmt: skip
def test_a_refund_has_its_part_of_the_points(points, refunded, paid, part):
    assert ledger.part_of(points, refunded, paid) == part


@given(st.integers(0, 10_000), st.lists(st.integers(0, 5000), max_size=8))
def test_the_parts_of_all_refunds_add_up(points, refunds):
    paid, before, parts = sum(refunds), 0, 0
    for refund in refunds:
        part = ledger.part_of(points, before + refund, paid) - ledger.part_of(points, before, paid)
        before, parts = before + refund, parts + part
        assert part >= 0
        assert parts <= points
    assert parts == (points if paid else 0)


@pytest.mark.parametrize(
    ("at", "end"),
    [
        ("2026-11-22T00:00:00", "2027-11-23T00:00:00"),
        ("2026-11-22T23:59:59.999999", "2027-11-23T00:00:00"),
        ("2026-12-31T12:00:00", "2028-01-01T00:00:00"),
        ("2027-02-28T12:00:00", "2028-02-29T00:00:00"),
        ("2028-02-28T12:00:00", "2029-03-01T00:00:00"),
        ("2028-02-29T12:00:00", "2029-03-01T00:00:00"),
        ("2028-03-01T12:00:00", "2029-03-02T00:00:00"),
    ],
)
def test_points_end_with_the_shanghai_day_a_year_later(at, end):
    assert ledger.end_of_lot(shanghai(at)) == shanghai(end)
    assert ledger.end_of_lot(shanghai(at).astimezone(UTC)).tzinfo is UTC


def test_earned_points_are_written_with_all_their_values(user_id):
    assert earn(user_id, 33, "20261122000000000001")
    entry = db.session.scalars(select(PointsEntry)).one()
    assert (entry.user_id, entry.amount, entry.reason, entry.reference, entry.expires_at, entry.created_at) == (
        user_id, 33, "received", "20261122000000000001", shanghai("2027-11-23"), START,
    )  # fmt: skip
    assert numbers_of(user_id) == (33, 33)


def test_points_are_earned_once_for_a_reason_and_reference(user_id):
    assert [earn(user_id, 10, "a"), earn(user_id, 10, "a"), earn(user_id, 7, "a"), earn(user_id, 5, "b")] == [
        True, False, False, True,
    ]  # fmt: skip
    assert earn(user_id, 3, "a", reason="welcome")
    assert (numbers_of(user_id), entries(user_id)) == (
        (18, 18),
        [(10, "received", "a"), (5, "received", "b"), (3, "welcome", "a")],
    )


def test_nothing_is_written_for_nothing(user_id):
    assert (earn(user_id, 0), give_back(user_id, 0), take_back(user_id, 0), take_back(user_id, 9)) == (
        False,
        False,
        0,
        0,
    )
    spend(user_id, 0)
    assert expire(user_id, START) == 0
    assert (numbers_of(user_id), entries(user_id), accounts_made()) == ((0, 0), [], 0)


@pytest.mark.parametrize("amount", [1, 100])
def test_what_is_there_can_be_spent(user_id, amount):
    earn(user_id, 100)
    spend(user_id, amount, "20261122000000000001")
    entry = db.session.scalars(select(PointsEntry).order_by(PointsEntry.id.desc())).first()
    assert (entry.amount, entry.reason, entry.reference, entry.expires_at, entry.created_at) == (
        -amount, "order", "20261122000000000001", None, START,
    )  # fmt: skip
    assert numbers_of(user_id) == (100 - amount, 100 - amount)


@pytest.mark.parametrize("has", [0, 99])
def test_more_than_there_is_cannot_be_spent(user_id, has):
    earn(user_id, has)
    before = entries(user_id)
    with pytest.raises(PointsShort) as refusal:
        spend(user_id, 100)
    assert (refusal.value.code, refusal.value.status, refusal.value.details) == ("points-short", 409, {"left": has})
    assert (numbers_of(user_id), entries(user_id)) == ((has, has), before)


def test_spending_is_two_statements_and_reading_one(user_id):
    earn(user_id, 100)
    with transaction(db.session), counted() as statements:
        ledger.spend(db.session, user_id, 100, reference="a", at=START)
    assert len(statements) == 2
    with counted() as statements:
        ledger.balance_of(user_id)
        ledger.usable_of(user_id, START)
    assert len(statements) == 2


def test_points_of_an_order_come_back_once(user_id):
    earn(user_id, 100)
    spend(user_id, 80)
    assert [give_back(user_id, 80), give_back(user_id, 80), give_back(user_id, 1)] == [True, False, False]
    assert numbers_of(user_id) == (100, 100)
    assert entries(user_id) == [(100, "received", "a"), (-80, "order", "a"), (80, "returned", "a")]


def test_a_refund_takes_at_most_what_is_there_and_once(user_id):
    earn(user_id, 100)
    assert [take_back(user_id, n, name) for n, name in ((30, "a"), (30, "a"), (200, "b"), (1, "c"))] == [30, 0, 70, 0]
    assert (numbers_of(user_id), entries(user_id)) == (
        (0, 0),
        [(100, "received", "a"), (-30, "reversed", "a"), (-70, "reversed", "b")],
    )


def test_the_points_of_one_are_not_those_of_another(user_id):
    other = add_user("bert")
    assert earn(user_id, 100)
    assert earn(other, 7)
    with pytest.raises(PointsShort):
        spend(other, 8)
    assert (numbers_of(user_id), numbers_of(other)) == ((100, 100), (7, 7))


def test_the_ledger_never_commits(user_id):
    earn(user_id, 100)
    ledger.earn(db.session, user_id, 5, reason="received", reference="b", at=START)
    ledger.spend(db.session, user_id, 50, reference="b", at=START)
    ledger.give_back(db.session, user_id, 5, reason="returned", reference="b", at=START)
    ledger.take_back(db.session, user_id, 5, reason="reversed", reference="b", at=START)
    ledger.expire(db.session, user_id, START + 2 * YEAR)
    assert (numbers_of(user_id), entries(user_id)) == ((100, 100), [(100, "received", "a")])


def test_nothing_ends_before_its_instant_and_all_that_is_left_at_it(user_id):
    earn(user_id, 100)
    spend(user_id, 30)
    end = shanghai("2027-11-23")
    assert expire(user_id, end - timedelta(microseconds=1)) == 0
    assert numbers_of(user_id, end - timedelta(microseconds=1)) == (70, 70)
    assert numbers_of(user_id, end) == (70, 0)
    assert [expire(user_id, end), expire(user_id, end), expire(user_id, end + YEAR)] == [70, 0, 0]
    assert (numbers_of(user_id, end), entries(user_id)[-1]) == ((0, 0), (-70, "expire", "2027-11-23"))


def test_what_is_over_pays_for_nothing_although_no_sweep_came(user_id):
    earn(user_id, 60, "old")
    earn(user_id, 40, "new", START + timedelta(1))
    end = shanghai("2027-11-23")
    with pytest.raises(PointsShort) as refusal:
        spend(user_id, 41, at=end)
    assert (refusal.value.details, numbers_of(user_id, end)) == ({"left": 40}, (100, 40))
    spend(user_id, 30, at=end)
    assert numbers_of(user_id, end) == (10, 10)
    assert entries(user_id)[2:] == [(-60, "expire", "2027-11-23"), (-30, "order", "a")]


def test_a_refund_does_not_spare_what_is_over(user_id):
    earn(user_id, 60, "old")
    earn(user_id, 40, "new", START + timedelta(1))
    assert take_back(user_id, 50, at=shanghai("2027-11-23")) == 40
    assert entries(user_id)[2:] == [(-60, "expire", "2027-11-23"), (-40, "reversed", "a")]


def test_what_comes_back_after_its_end_goes_with_the_next_sweep_even_of_the_same_day(user_id):
    earn(user_id, 100)
    spend(user_id, 100)
    end = shanghai("2027-11-23")
    for number, reference in ((40, "2027-11-23"), (60, "2027-11-23/2")):
        give_back(user_id, number, reference=f"a/{number}", at=end)
        assert numbers_of(user_id, end) == (number, 0)
        assert expire(user_id, end) == number
        assert entries(user_id)[-1] == (-number, "expire", reference)


@retried
def earn_at_once(user_id: int) -> bool:
    with transaction(db.session):
        return ledger.earn(db.session, user_id, 5, reason="received", reference="a", at=START)


def test_who_repeats_a_use_case_earns_once(user_id):
    assert [earn_at_once(user_id), earn_at_once(user_id)] == [True, False]
    assert numbers_of(user_id) == (5, 5)


@dataclass
class Lot:
    """Points that were earned together, as a person would keep the book."""

    expires_at: datetime
    amount: int
    left: int


class Book:
    """The naive model: every lot has its rest; what is taken goes lot by lot from the one that ends first."""

    def __init__(self) -> None:
        self.lots: list[Lot] = []
        self.spent = 0

    def balance(self) -> int:
        return sum(lot.left for lot in self.lots)

    def usable(self, now: datetime) -> int:
        return sum(lot.left for lot in self.lots if lot.expires_at > now)

    def expire(self, now: datetime) -> int:
        over = self.balance() - self.usable(now)
        for lot in self.lots:
            if lot.expires_at <= now:
                lot.left = 0
        return over

    def take(self, amount: int) -> None:
        for lot in self.lots:
            part = min(lot.left, amount)
            lot.left -= part
            amount -= part
        assert amount == 0

    def give_back(self, amount: int) -> None:
        for lot in reversed(self.lots):
            part = min(lot.amount - lot.left, amount)
            lot.left += part
            amount -= part
        assert amount == 0


MOVES = st.lists(
    st.tuples(
        st.sampled_from(["earn", "earn", "spend", "spend", "give_back", "take_back", "expire", "look"]),
        st.integers(1, 60),
        st.sampled_from([0, 0, 1, 20, 100, 364, 366]),
    ),
    max_size=20,
)


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(MOVES)
def test_the_closed_form_is_what_a_book_of_lots_says(app, moves):
    user_id, book, now = add_user(), Book(), START
    for number, (move, amount, days) in enumerate(moves):
        now, reference = now + timedelta(days), str(number)
        if move == "earn":
            assert earn(user_id, amount, reference, now)
            book.lots.append(Lot(ledger.end_of_lot(now), amount, amount))
        elif move == "spend" and amount <= book.usable(now):
            spend(user_id, amount, reference, now)
            book.expire(now)
            book.take(amount)
            book.spent += amount
        elif move == "spend":
            with pytest.raises(PointsShort) as refusal:
                spend(user_id, amount, reference, now)
            assert refusal.value.details == {"left": book.usable(now)}
        elif move == "give_back":
            back = min(amount, book.spent)
            assert give_back(user_id, back, reference, now) == bool(back)
            book.give_back(back)
            book.spent -= back
        elif move == "take_back":
            book.expire(now)
            taken = min(amount, book.balance())
            assert take_back(user_id, amount, reference, now) == taken
            book.take(taken)
        elif move == "expire":
            assert expire(user_id, now) == book.expire(now)
        assert numbers_of(user_id, now) == (book.balance(), book.usable(now))
        assert ledger.balance_of(user_id) == sum(entry[0] for entry in entries(user_id))
        left: dict[datetime, int] = {}
        for lot in book.lots:
            if lot.left and lot.expires_at > now:
                left[lot.expires_at] = left.get(lot.expires_at, 0) + lot.left
        assert [(each.expires_at, each.points) for each in expiry.expiring(user_id, now)] == sorted(left.items())

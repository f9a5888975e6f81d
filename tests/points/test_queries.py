"""The history of points, a page at a time."""

from datetime import timedelta

import pytest

from axf.core.errors import NotFound
from axf.core.paging import encode_cursor
from axf.points import queries
from axf.points.queries import history_of
from tests.conftest import counted
from tests.points.test_ledger import START, add_user, earn, give_back, shanghai, spend

NO = "202611220000000001"


@pytest.fixture
def user_id(app) -> int:
    return add_user("anna")


def test_a_move_tells_all_of_itself(user_id):
    earn(user_id, 100, NO)
    (move,) = history_of(user_id).moves
    assert (move.amount, move.reason, move.reference, move.created_at, move.expires_at) == (
        100, "received", NO, START, shanghai("2027-11-23"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("reason", "reference", "order_no", "note"),
    [
        ("received", NO, NO, ""),
        ("reversed", f"{NO}/R1", NO, ""),
        ("check-in", "2026-11-22", None, ""),
        ("welcome", "welcome", None, ""),
        ("adjusted", "T-1 Late delivery", None, "Late delivery"),
    ],
)
def test_a_move_knows_its_order_or_its_note(user_id, reason, reference, order_no, note):
    earn(user_id, 1, reference, reason=reason)
    (move,) = history_of(user_id).moves
    assert (move.order_no, move.note) == (order_no, note)


def test_pages_joined_are_the_whole_history_newest_first(user_id, monkeypatch):
    monkeypatch.setattr(queries, "PAGE_SIZE", 2)
    other = add_user("bert")
    earn(other, 9)
    for number in range(3):
        earn(user_id, 10 + number, str(number), START + timedelta(number))
    # The same instant: the id decides.
    spend(user_id, 5, "a", START + timedelta(2))
    give_back(user_id, 5, "a", START + timedelta(2))
    pages, cursor = [], None
    while True:
        page = history_of(user_id, cursor)
        pages.append([move.amount for move in page.moves])
        cursor = page.cursor
        if cursor is None:
            break
    assert pages == [[5, -5], [12, 11], [10]]


@pytest.mark.parametrize("count", [1, 3])
def test_the_history_is_one_query(user_id, count):
    for number in range(count):
        earn(user_id, 1, str(number))
    with counted() as statements:
        assert len(history_of(user_id).moves) == count
    assert len(statements) == 1


def test_who_has_no_history_has_an_empty_one(user_id):
    assert (history_of(user_id).moves, history_of(user_id).cursor) == ([], None)


@pytest.mark.parametrize(
    "cursor", ["x", encode_cursor([1, 2]), encode_cursor([-1, 0, 1]), encode_cursor([1, 10**6, 1])]
)
def test_a_broken_cursor_is_not_found(user_id, cursor):
    with pytest.raises(NotFound):
        history_of(user_id, cursor)

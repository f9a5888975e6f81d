"""Store credit: never below zero, each entry once."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from axf.core import clock
from axf.core.db import transaction
from axf.credit import adjustment, ledger, queries
from axf.credit.adjustment import BadCredit
from axf.credit.ledger import BalanceShort
from axf.credit.models import CreditEntry
from axf.extensions import db


def entries() -> list[tuple[int, str, str]]:
    db.session.rollback()
    rows = db.session.execute(
        select(CreditEntry.amount, CreditEntry.reason, CreditEntry.reference).order_by(CreditEntry.id)
    )
    return [tuple(row) for row in rows]


def add(user_id: int, amount: int, reference: str) -> bool:
    with transaction(db.session):
        return ledger.add(db.session, user_id, amount, reason="refund", reference=reference, at=clock.now())


def take(user_id: int, amount: int, reference: str) -> None:
    with transaction(db.session):
        ledger.take(db.session, user_id, amount, reason="order", reference=reference, at=clock.now())


def test_what_comes_and_goes_is_the_balance(shopper):
    assert ledger.balance_of(shopper) == 0
    assert [add(shopper, 0, "none"), add(shopper, 500, "a"), add(shopper, 500, "a"), add(shopper, 7, "b")] == [
        False, True, False, True,
    ]  # fmt: skip
    take(shopper, 507, "x")
    assert ledger.balance_of(shopper) == 0
    assert entries() == [(500, "refund", "a"), (7, "refund", "b"), (-507, "order", "x")]


def test_nobody_spends_more_than_there_is(shopper):
    add(shopper, 500, "a")
    with pytest.raises(BalanceShort) as short:
        take(shopper, 501, "x")
    assert short.value.details == {"left": 500}
    take(shopper, 500, "x")
    add(shopper, 500, "b")
    with pytest.raises(IntegrityError):
        take(shopper, 500, "x")
    assert ledger.balance_of(shopper) == 500


def test_a_correction_counts_once(shopper):
    assert adjustment.adjust(shopper, 1250, reference="T-1") is True
    assert adjustment.adjust(shopper, 9999, reference="T-1") is False
    assert adjustment.adjust(shopper, -250, reference="T-2") is True
    assert ledger.balance_of(shopper) == 1000
    moves, cursor = queries.history_of(shopper)
    assert ([(move.amount, move.reason, move.order_no) for move in moves], cursor) == (
        [(-250, "adjusted", None), (1250, "adjusted", None)], None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("amount", "reference"), [(0, "T"), (10**9, "T"), (1, ""), (1, "T 1"), (1, "爱"), (1, "T" * 33)]
)
def test_what_is_no_correction_is_refused(shopper, amount, reference):
    with pytest.raises(BadCredit):
        adjustment.adjust(shopper, amount, reference=reference)
    assert entries() == []


def test_the_history_comes_in_pages(shopper):
    for number in range(queries.PAGE_SIZE + 1):
        add(shopper, 1, str(number))
    first, cursor = queries.history_of(shopper)
    second, end = queries.history_of(shopper, cursor)
    assert (len(first), len(second), end) == (queries.PAGE_SIZE, 1, None)
    assert len({move.id for move in first + second}) == queries.PAGE_SIZE + 1

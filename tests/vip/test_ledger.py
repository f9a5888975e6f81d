"""Growth comes and goes once for a reason and reference, is never below zero, and the level follows at once."""

import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, insert, select

from axf.core import clock
from axf.extensions import db
from axf.pricing import Vip
from axf.user import accounts
from axf.vip import ledger
from axf.vip.ledger import NO_LEVEL, Level
from axf.vip.models import GrowthEntry, VipAccount, VipLevel
from tests.conftest import PASSWORD, counted

LADDER = [
    Level(0, "普通会员", "Member", 0, 100, 100, None, None),
    Level(1, "铜牌会员", "Bronze", 100, 99, 100, None, None),
    Level(3, "金牌会员", "Gold", 1500, 97, 120, 3900, None),
]


def add_levels(*levels: Level) -> None:
    """Add these levels, or those of LADDER."""
    for level in levels or LADDER:
        db.session.execute(insert(VipLevel).values(vars(level)))
    db.session.commit()


@pytest.fixture
def ladder(app) -> list[Level]:
    """The levels V0, V1 from 100 growth and V3 from 1500."""
    add_levels()
    return LADDER


def grow(user_id: int, amount: int, reference: str = "a", reason: str = "order") -> bool:
    is_new = ledger.grow(db.session, user_id, amount, reason=reason, reference=reference, at=clock.now())
    db.session.commit()
    return is_new


def shrink(user_id: int, amount: int, reference: str = "a", reason: str = "refund") -> int:
    taken = ledger.shrink(db.session, user_id, amount, reason=reason, reference=reference, at=clock.now())
    db.session.commit()
    return taken


def entries(user_id: int) -> list[tuple[int, str, str]]:
    rows = db.session.execute(
        select(GrowthEntry.amount, GrowthEntry.reason, GrowthEntry.reference)
        .filter_by(user_id=user_id)
        .order_by(GrowthEntry.id)
    )
    return [tuple(row) for row in rows]


def accounts_made() -> int:
    return db.session.scalar(select(func.count()).select_from(VipAccount))


@pytest.mark.parametrize(("paid", "growth"), [(0, 0), (99, 0), (100, 1), (199, 1), (2850, 28), (1_000_000, 10_000)])
def test_a_whole_yuan_is_one_growth(paid, growth):
    assert ledger.growth_for(paid) == growth


@pytest.mark.parametrize(("growth", "level"), [(0, 0), (1, 0), (99, 0), (100, 1), (1499, 1), (1500, 3), (2**31 - 1, 3)])
def test_a_level_begins_with_its_growth(shopper, ladder, growth, level):
    grow(shopper, growth)
    found = ledger.level_of(shopper)
    assert (found.level, found) == (level, next(each for each in ladder if each.level == level))
    assert ledger.level_at(ladder, growth) == found
    assert ledger.growth_of(shopper) == growth


def test_the_levels_come_in_their_order(app):
    add_levels(*reversed(LADDER))
    with counted() as statements:
        assert ledger.levels() == LADDER
    assert len(statements) == 1


def test_a_shop_without_levels_gives_no_advantage(shopper):
    grow(shopper, 5000)
    assert ledger.level_of(shopper) == ledger.level_at([], 5000) == NO_LEVEL
    assert (NO_LEVEL.label, NO_LEVEL.terms, ledger.levels()) == ("V0", Vip(), [])


def test_below_the_first_level_there_is_none(shopper):
    add_levels(LADDER[1])
    assert ledger.level_of(shopper) == ledger.level_at(LADDER[1:2], 99) == NO_LEVEL


def test_a_level_tells_the_price_rules_its_terms(shopper, ladder):
    grow(shopper, 1500)
    found = ledger.level_of(shopper)
    assert (found.label, found.terms) == ("V3", Vip(rate=97, free_delivery_from=3900))


@pytest.mark.parametrize("growth", [0, 1, 100])
def test_the_level_takes_one_query(shopper, ladder, growth):
    grow(shopper, growth)
    with counted() as statements:
        ledger.level_of(shopper)
    assert len(statements) == 1


def test_the_level_follows_from_growth_at_once(shopper, ladder):
    seen = []
    for amount, reference in ((99, "a"), (1, "b"), (1400, "c")):
        grow(shopper, amount, reference)
        seen.append(ledger.level_of(shopper).level)
    shrink(shopper, 1, "c")
    seen.append(ledger.level_of(shopper).level)
    assert seen == [0, 1, 3, 1]


def test_growth_is_written_once_for_a_reason_and_reference(shopper):
    assert [grow(shopper, 100, "a"), grow(shopper, 100, "a"), grow(shopper, 7, "a"), grow(shopper, 5, "b")] == [
        True, False, False, True,
    ]  # fmt: skip
    assert grow(shopper, 3, "a", reason="adjust")
    assert (ledger.growth_of(shopper), entries(shopper)) == (
        108,
        [(100, "order", "a"), (5, "order", "b"), (3, "adjust", "a")],
    )


def test_nothing_is_written_for_nothing(shopper):
    assert (grow(shopper, 0), shrink(shopper, 0), shrink(shopper, 10)) == (False, 0, 0)
    assert (ledger.growth_of(shopper), entries(shopper), accounts_made()) == (0, [], 0)


def test_a_refund_takes_at_most_what_is_there_and_once(shopper):
    grow(shopper, 100, "a")
    assert [shrink(shopper, 30, "a"), shrink(shopper, 30, "a"), shrink(shopper, 200, "b"), shrink(shopper, 1, "c")] == [
        30, 0, 70, 0,
    ]  # fmt: skip
    assert ledger.growth_of(shopper) == 0
    assert entries(shopper) == [(100, "order", "a"), (-30, "refund", "a"), (-70, "refund", "b")]


def test_the_growth_of_one_is_not_the_growth_of_another(shopper, ladder):
    other = accounts.register("bert", PASSWORD)
    assert grow(shopper, 1500, "a")
    assert grow(other, 100, "a")
    assert shrink(other, 50, "a") == 50
    assert (ledger.growth_of(shopper), ledger.growth_of(other)) == (1500, 50)
    assert (ledger.level_of(shopper).level, ledger.level_of(other).level) == (3, 0)


def test_what_is_rolled_back_never_was(shopper):
    ledger.grow(db.session, shopper, 100, reason="order", reference="a", at=clock.now())
    db.session.rollback()
    assert (ledger.growth_of(shopper), entries(shopper)) == (0, [])


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 300), st.integers(0, 9)), max_size=25))
def test_growth_is_always_the_sum_of_its_entries(app, moves):
    user_id = accounts.register(uuid.uuid4().hex[:20], PASSWORD)
    expected, written = 0, set()
    for is_growth, amount, number in moves:
        key = (is_growth, number)
        if is_growth:
            assert grow(user_id, amount, str(number)) == bool(amount and key not in written)
            change = 0 if key in written else amount
        else:
            change = 0 if key in written else -min(amount, expected)
            assert shrink(user_id, amount, str(number)) == -change
        if change:
            written.add(key)
        expected += change
        assert expected >= 0
    assert ledger.growth_of(user_id) == expected == sum(entry[0] for entry in entries(user_id))

"""Birthday coupons: those of the level, once a year."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from sqlalchemy import insert, select, update

from axf.core.db import transaction
from axf.coupon import terms
from axf.coupon.ledger import Issued
from axf.coupon.models import UserCoupon
from axf.extensions import db
from axf.user import accounts, birthdays
from axf.user.models import User
from axf.vip import ledger as vip
from axf.vip import levels
from tests.conftest import PASSWORD, counted
from tests.coupon.conftest import add_coupon

DAY = date(2026, 11, 22)


@pytest.fixture
def gifts(app) -> tuple[int, int]:
    """The coupons that V1 and V2 get; V0 gets none."""
    levels.install()
    found = add_coupon(issue="grant"), add_coupon(issue="grant", value=1500)
    for level, coupon_id in enumerate(found, start=1):
        levels.save_level(level, birthday_coupon_id=coupon_id)
    return found


def born(name: str, birthday: str | None, growth: int = 0) -> int:
    user_id = accounts.register(name, PASSWORD)
    accounts.set_birthday(user_id, birthday)
    if growth:
        with transaction(db.session):
            now = datetime.now(UTC)
            vip.grow(db.session, user_id, growth, reason="adjust", reference=name, at=now)
    return user_id


def held() -> list[tuple[int, int, str, str]]:
    db.session.rollback()
    columns = (UserCoupon.user_id, UserCoupon.coupon_id, UserCoupon.source, UserCoupon.reference)
    return [tuple(row) for row in db.session.execute(select(*columns).order_by(UserCoupon.user_id, UserCoupon.id))]


def test_everybody_gets_the_coupon_of_the_level_once_a_year(gifts, monkeypatch):
    monkeypatch.setattr(birthdays, "BATCH", 2)
    anna = born("anna", "11-22", 100)
    born("bert", "11-22")
    cleo = born("cleo", "11-22", 9999)
    born("dora", "11-23", 100)
    born("emil", None, 100)
    levels.save_level(5, birthday_coupon_id=gifts[1])
    levels.save_level(4, birthday_coupon_id=gifts[1])
    assert birthdays.congratulate(DAY) == Issued(2, 0, 0)
    expected = [(anna, gifts[0], "birthday", "birthday-2026"), (cleo, gifts[1], "birthday", "birthday-2026")]
    assert held() == expected
    assert birthdays.congratulate(DAY) == Issued(0, 2, 0)
    assert held() == expected
    assert birthdays.congratulate(date(2027, 11, 22)) == Issued(2, 0, 0)


def test_another_level_and_another_day_bring_no_second_one_in_a_year(gifts):
    anna = born("anna", "11-22", 100)
    birthdays.congratulate(DAY)
    with transaction(db.session):
        vip.grow(db.session, anna, 500, reason="adjust", reference="more", at=datetime.now(UTC))
    accounts.set_birthday(anna, "12-01")
    assert birthdays.congratulate(date(2026, 12, 1)) == Issued(0, 1, 0)
    assert len(held()) == 1


@pytest.mark.parametrize(
    ("day", "names"),
    [
        (date(2027, 2, 28), {"feb28", "feb29"}),
        (date(2028, 2, 28), {"feb28"}),
        (date(2028, 2, 29), {"feb29"}),
        (date(2027, 3, 1), {"mar01"}),
    ],
)
def test_who_was_born_on_a_leap_day_has_one_every_year(gifts, day, names):
    for name, birthday in (("feb28", "02-28"), ("feb29", "02-29"), ("mar01", "03-01")):
        born(name, birthday, 100)
    birthdays.congratulate(day)
    ids = [user_id for user_id, *_ in held()]
    assert set(db.session.scalars(select(User.username).where(User.id.in_(ids)))) == names


def test_today_is_the_shops_day(gifts):
    born("anna", "11-23", 100)
    with time_machine.travel(datetime(2026, 11, 22, 15, 59, tzinfo=UTC), tick=False):
        assert birthdays.congratulate() == Issued(0, 0, 0)
    with time_machine.travel(datetime(2026, 11, 22, 16, 0, tzinfo=UTC), tick=False):
        assert birthdays.congratulate() == Issued(1, 0, 0)


def test_a_stopped_coupon_keeps_no_other_level_from_theirs(gifts, caplog):
    born("anna", "11-22", 100)
    born("cleo", "11-22", 500)
    terms.stop(gifts[0])
    assert birthdays.congratulate(DAY) == Issued(1, 0, 0)
    assert caplog.messages == [f"birthday coupon {gifts[0]} is stopped or over: 1 shoppers got none"]


@pytest.mark.parametrize("count", [1, 3])
def test_many_birthdays_need_no_more_queries(gifts, count):
    for number in range(count):
        born(f"anna{number}", "11-22", 100)
    with counted() as statements:
        birthdays.congratulate(DAY)
    assert len(statements) == 8


def test_the_command_says_how_many(app, gifts):
    born("anna", "11-22", 100)
    run = app.test_cli_runner().invoke
    found = run(args=["user", "birthdays", "--day", "2026-11-22"])
    assert (found.exit_code, found.output) == (
        0, "1 birthday coupons given, 0 had theirs, 0 came too late: all are issued.\n",
    )  # fmt: skip
    found = run(args=["user", "birthdays", "--day", "today"])
    assert (found.exit_code, found.output) == (2, "Error: --day: 'today' is not a day like 2026-11-22\n")


def test_a_shop_without_levels_gives_none(app):
    db.session.execute(
        insert(User).values(username="a", username_key="a", password_hash="", created_at=datetime.now(UTC))
    )
    db.session.execute(update(User).values(birthday="11-22"))
    db.session.commit()
    assert birthdays.congratulate(DAY) == Issued(0, 0, 0)

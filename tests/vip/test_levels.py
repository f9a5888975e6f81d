"""The ladder of levels: made once, changed in one place, never worse further up."""

import pytest
from sqlalchemy import insert

from axf.core import clock
from axf.coupon.models import Coupon
from axf.extensions import db
from axf.vip import ledger, levels
from axf.vip.ledger import Level
from axf.vip.levels import DEFAULTS, BadLevel
from tests.vip.test_ledger import add_levels, grow

V3 = DEFAULTS[3]


def ladder() -> list[Level]:
    db.session.rollback()
    return ledger.levels()


def add_coupon() -> int:
    row = {
        "name": "生日券", "name_en": "Birthday", "kind": "amount", "value": 1000, "minimum": 5000, "goods_ids": set(),
        "food_type_ids": set(), "is_first_order": False, "issue": "grant", "per_person": 1, "issued": 0,
        "valid_days": 7, "is_stopped": False, "created_at": clock.now(),
    }  # fmt: skip
    coupon_id = db.session.execute(insert(Coupon).values(row)).inserted_primary_key[0]
    db.session.commit()
    return coupon_id


@pytest.fixture
def installed(app) -> None:
    levels.install()


def test_a_shop_begins_with_six_levels(app):
    assert [levels.install(), levels.install()] == [6, 0]
    assert ladder() == list(DEFAULTS)
    terms = [(each.label, each.growth, each.rate, each.points_rate, each.free_delivery_from) for each in DEFAULTS]
    assert terms == [
        ("V0", 0, 100, 100, None),
        ("V1", 100, 99, 110, None),
        ("V2", 500, 98, 120, 4900),
        ("V3", 1500, 97, 130, 3900),
        ("V4", 4000, 96, 150, 2900),
        ("V5", 10_000, 95, 200, 0),
    ]


def test_installing_leaves_alone_what_is_there(app):
    mine = Level(1, "老朋友", "Friend", 120, 98, 120, None, None)
    add_levels(DEFAULTS[0], mine)
    assert levels.install() == 4
    assert ladder() == [DEFAULTS[0], mine, *DEFAULTS[2:]]


def test_a_missing_level_that_does_not_fit_is_not_made(app):
    mine = Level(1, "老朋友", "Friend", 900, 99, 100, None, None)
    add_levels(mine)
    with pytest.raises(BadLevel) as refused:
        levels.install()
    assert refused.value.details == {"problem": "V2 above V1 needs more growth: 500 is not above 900"}
    assert ladder() == [mine]


def test_a_level_is_changed_and_counts_at_once(shopper, installed):
    grow(shopper, 1200)
    assert ledger.level_of(shopper).level == 2
    for _ in range(2):
        assert not levels.save_level(3, growth=1200, free_delivery_from=3500)
    assert ledger.level_of(shopper) == Level(3, V3.name, V3.name_en, 1200, 97, 130, 3500, None)


def test_a_level_is_added(installed):
    terms = {"rate": 94, "points_rate": 250, "free_delivery_from": 0, "birthday_coupon_id": add_coupon()}
    assert levels.save_level(6, name="传奇会员", name_en="Legend", growth=30_000, **terms)
    coupon_id = terms["birthday_coupon_id"]
    assert ladder() == [*DEFAULTS, Level(6, "传奇会员", "Legend", 30_000, 94, 250, 0, coupon_id)]
    assert not levels.save_level(6, birthday_coupon_id=None)
    assert ladder()[-1].birthday_coupon_id is None


@pytest.mark.parametrize(
    ("level", "terms", "problem"),
    [
        (3, {"growth": 500}, "V3 above V2 needs more growth: 500 is not above 500"),
        (3, {"growth": 4000}, "V4 above V3 needs more growth: 4000 is not above 4000"),
        (3, {"rate": 99}, "V3 above V2 may not pay more: 99 % is above 98 %"),
        (3, {"rate": 95}, "V4 above V3 may not pay more: 96 % is above 95 %"),
        (3, {"points_rate": 119}, "V3 above V2 may not earn fewer points: 119 % is below 120 %"),
        (3, {"points_rate": 151}, "V4 above V3 may not earn fewer points: 150 % is below 151 %"),
        (3, {"free_delivery_from": 5000}, "V3 above V2 may not have free delivery from a larger sum on"),
        (3, {"free_delivery_from": None}, "V3 above V2 may not have free delivery from a larger sum on"),
        (3, {"free_delivery_from": 2800}, "V4 above V3 may not have free delivery from a larger sum on"),
        (3, {"growth": 0}, "V0 begins with growth 0, and no other level does"),
        (0, {"growth": 1}, "V0 begins with growth 0, and no other level does"),
        (3, {"growth": -1}, "growth is -1, not 0 to 999999999"),
        (3, {"rate": 0}, "rate is 0, not 1 to 100"),
        (0, {"rate": 101}, "rate is 101, not 1 to 100"),
        (5, {"points_rate": 1001}, "points rate is 1001, not 100 to 1000"),
        (5, {"free_delivery_from": -1}, "free delivery from is -1, not 0 to 999999999"),
        (3, {"name": ""}, "a level needs a Chinese and an English name of 1 to 40 letters: ''"),
        (3, {"name_en": " x"}, "a level needs a Chinese and an English name of 1 to 40 letters: ' x'"),
        (3, {"name": "x" * 41}, f"a level needs a Chinese and an English name of 1 to 40 letters: '{'x' * 41}'"),
        (3, {"birthday_coupon_id": 7}, "there is no coupon 7"),
        (6, {"name": "x", "name_en": "x"}, "a new level needs growth"),
        (6, {"growth": 20_000}, "a new level needs name and name en"),
        (6, {"name": "x", "name_en": "x", "growth": 20_000}, "V6 above V5 may not pay more: 100 % is above 95 %"),
        (100, {"name": "x", "name_en": "x", "growth": 20_000}, "level is 100, not 0 to 99"),
    ],
)
def test_what_no_level_can_be_is_refused(installed, level, terms, problem):
    with pytest.raises(BadLevel) as refused:
        levels.save_level(level, **terms)
    assert refused.value.details == {"problem": problem}
    assert ladder() == list(DEFAULTS)

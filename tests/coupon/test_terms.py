"""Terms and codes: what can be made, and what is refused whole."""

import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from axf.core.errors import NotFound
from axf.coupon import terms
from axf.coupon.models import Coupon, CouponCode
from axf.coupon.terms import BadCoupon
from axf.extensions import db
from tests.conftest import CHILD, FRUIT, HOT, counted
from tests.coupon.conftest import MORNING, add_coupon, give

NAMES = {"name": "满59减8", "name_en": "¥8 off ¥59"}
SIMPLE = {**NAMES, "kind": "amount", "value": 800, "issue": "claim", "valid_days": 7}


@pytest.fixture(autouse=True)
def now(app):
    with time_machine.travel(MORNING, tick=False):
        yield


def counts() -> tuple[int, int]:
    db.session.rollback()
    return tuple(db.session.scalar(select(func.count()).select_from(model)) for model in (Coupon, CouponCode))


def row(coupon_id: int) -> dict:
    coupon = db.session.get(Coupon, coupon_id)
    return {column.name: getattr(coupon, column.name) for column in Coupon.__table__.columns}


def test_a_coupon_is_made_with_what_it_is_given(fruit):
    given = {
        **NAMES,
        "kind": "percent",
        "value": 88,
        "minimum": 3000,
        "cap": 1000,
        "goods_ids": {475},
        "food_type_ids": {FRUIT, CHILD},
        "is_first_order": True,
        "issue": "grant",
        "total": 50,
        "per_person": 2,
        "valid_from": MORNING + timedelta(days=1),
        "valid_until": MORNING + timedelta(days=2),
        "hour_from": 8,
        "hour_until": 24,
    }
    coupon_id = terms.create(**given)
    made = {"id": coupon_id, "issued": 0, "is_stopped": False, "created_at": MORNING, "valid_days": None}
    assert row(coupon_id) == {**given, **made}


def test_what_is_not_given_has_its_default():
    coupon_id = terms.create(**SIMPLE)
    assert row(coupon_id) == {
        **terms.DEFAULTS, **SIMPLE, "id": coupon_id, "issued": 0, "is_stopped": False, "created_at": MORNING,
    }  # fmt: skip


def test_a_window_without_a_beginning_begins_now():
    coupon_id = terms.create(**{**SIMPLE, "valid_days": None, "valid_until": MORNING + timedelta(hours=1)})
    assert row(coupon_id)["valid_from"] == MORNING


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"name": ""}, "a coupon needs a Chinese name of 1 to 40 and an English one of 1 to 80 letters: ''"),
        ({"name_en": "y" * 81}, "a coupon needs a Chinese name of 1 to 40 and an English one of 1 to 80 letters"),
        ({"name": "a\u200bb"}, "a coupon needs a Chinese name of 1 to 40"),
        ({"kind": "gift"}, "there is no kind gift or no way claim to come by it"),
        ({"issue": "luck"}, "there is no kind amount or no way luck to come by it"),
        ({"value": 0}, "value is 0, not 1 to 999999999"),
        ({"value": 2_000_000_000}, "value is 2000000000, not 1 to 999999999"),
        ({"kind": "percent", "value": 100}, "value is 100, not 1 to 99"),
        ({"kind": "percent", "value": 0}, "value is 0, not 1 to 99"),
        ({"kind": "delivery", "value": 1}, "value is 1, not 0 to 0"),
        ({"minimum": -1}, "minimum is -1, not 0 to 999999999"),
        ({"kind": "percent", "value": 88, "cap": 0}, "cap is 0, not 1 to 999999999"),
        ({"cap": 100}, "only a percent coupon has a cap"),
        ({"kind": "fixed", "value": 1}, "a fixed price is for goods that are named, not for food types"),
        ({"kind": "fixed", "goods_ids": {475}, "food_type_ids": {FRUIT}}, "a fixed price is for goods that are named"),
        ({"total": 0}, "total is 0, not 1 to 100000000"),
        ({"per_person": 0}, "per person is 0, not 1 to 1000"),
        ({"valid_days": 0}, "valid days is 0, not 1 to 3650"),
        ({"valid_days": None}, "a coupon is valid for a number of days, or in a window that ends"),
        ({"valid_from": MORNING}, "a coupon is valid for a number of days, or in a window that ends"),
        ({"valid_until": MORNING}, "a coupon is valid for a number of days, or in a window that ends"),
        ({"valid_days": None, "valid_until": MORNING}, "the window ends before it begins"),
        (
            {"valid_days": None, "valid_from": MORNING - timedelta(2), "valid_until": MORNING},
            "the window is over already",
        ),
        ({"hour_from": 8}, "hours are two, from 0 to 24, the first the smaller one"),
        ({"hour_from": 10, "hour_until": 8}, "hours are two, from 0 to 24, the first the smaller one"),
        ({"hour_from": 8, "hour_until": 25}, "hours are two, from 0 to 24, the first the smaller one"),
        ({"goods_ids": {475, 998, 999}}, "there is no goods 998"),
        ({"food_type_ids": {1}}, "there is no food type with goods of its own: 1"),
        ({"food_type_ids": {HOT, FRUIT}}, f"there is no food type with goods of its own: {HOT}"),
    ],
)
def test_what_cannot_be_is_refused_whole(fruit, values, problem):
    with pytest.raises(BadCoupon) as refusal:
        terms.create(**{**SIMPLE, **values})
    assert problem in refusal.value.details["problem"]
    assert counts() == (0, 0)


def test_the_list_says_how_many_are_used(shopper, order_no):
    from axf.coupon import ledger
    from axf.order.models import Order

    first, second = terms.create(**SIMPLE), terms.create(**SIMPLE)
    held_id = give(first, shopper, MORNING)
    ledger.use(db.session, shopper, held_id, db.session.scalars(select(Order.id)).one(), MORNING)
    db.session.commit()
    with counted() as statements:
        found = terms.list_coupons()
    assert len(statements) == 1
    assert [(view.coupon.id, view.coupon.issued, view.used) for view in found] == [(second, 0, 0), (first, 1, 1)]


def test_stopping_stops_and_a_repeat_changes_nothing():
    coupon_id = terms.create(**SIMPLE)
    for _ in range(2):
        terms.stop(coupon_id)
        assert row(coupon_id)["is_stopped"] is True
    with pytest.raises(NotFound):
        terms.stop(99)


def test_codes_are_many_different_and_easy_to_type():
    coupon_id = add_coupon(issue="code")
    codes = terms.make_codes(coupon_id, 300)
    assert len(set(codes)) == 300
    assert all(re.fullmatch("[2-9A-HJKMNP-TV-Z]{12}", code) for code in codes)
    assert [(code.code, code.uses_left) for code in terms.codes_of(coupon_id)] == [(code, 1) for code in sorted(codes)]
    assert terms.codes_of(99) == []


def test_a_code_of_ones_own_words_is_folded():
    coupon_id = add_coupon(issue="code")
    assert terms.make_own_code(coupon_id, " bee－２０２６ ") == "BEE2026"
    assert [(code.code, code.uses_left) for code in terms.codes_of(coupon_id)] == [("BEE2026", None)]
    with pytest.raises(BadCoupon, match="there is a code BEE2026 already"):
        terms.make_own_code(coupon_id, "BEE2026")
    assert counts() == (1, 1)


@pytest.mark.parametrize("text", ["", "abc", "a" * 21, "好好好好", "a_b_c_d", "=1+1"])
def test_what_is_no_code_is_refused(text):
    coupon_id = add_coupon(issue="code")
    with pytest.raises(BadCoupon, match="is not a code of 4 to 20"):
        terms.make_own_code(coupon_id, text)
    assert counts() == (1, 0)


@pytest.mark.parametrize(
    ("issue", "count", "uses", "problem"),
    [
        ("claim", 1, 1, "is not one of codes: shoppers come by it by claim"),
        ("code", 0, 1, "0 codes are not 1 to 10000"),
        ("code", 10_001, 1, "10001 codes are not 1 to 10000"),
        ("code", 1, 0, "uses are 0, not 1 to 100000000"),
    ],
)
def test_codes_that_cannot_be_are_refused(issue, count, uses, problem):
    with pytest.raises(BadCoupon, match=problem):
        terms.make_codes(add_coupon(issue=issue), count, uses)
    assert counts() == (1, 0)


def test_codes_of_no_coupon_are_not_found():
    with pytest.raises(NotFound):
        terms.make_codes(99, 1)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("abcd-efgh-jkmn", "ABCDEFGHJKMN"),
        ("ａｂｃ　２", "ABC2"),
        ("a–b—c ‑d", "ABCD"),
        ("\u200bab\tc", "ABC"),
        ("", ""),
    ],
)
def test_a_code_is_known_however_it_is_typed(typed, code):
    assert terms.fold(typed) == code


def test_a_code_is_written_in_fours():
    assert terms.code_text("ABCDEFGHJKMN") == "ABCD-EFGH-JKMN"
    assert terms.code_text("BEE2026") == "BEE2026"

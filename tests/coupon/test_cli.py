"""``flask coupon``."""

import csv
import io

import pytest
import time_machine
from sqlalchemy import func, insert, select

from axf.coupon.models import Coupon, CouponCode, UserCoupon
from axf.extensions import db
from axf.user import accounts
from axf.vip.models import VipAccount, VipLevel
from tests.conftest import FRUIT, PASSWORD
from tests.coupon.conftest import MORNING, add_coupon, issued, shanghai

CREATE = ("create", "满59减8", "--name-en", "¥8 off ¥59", "--issue", "claim")


@pytest.fixture
def run(app):
    """Run ``flask coupon …`` on 2026-03-01 at 08:00 in Shanghai and return its result."""

    def invoke(*arguments: str):
        with time_machine.travel(MORNING, tick=False):
            found = app.test_cli_runner().invoke(args=["coupon", *arguments])
        db.session.rollback()
        return found

    return invoke


@pytest.fixture
def levels(app) -> list[int]:
    """Three shoppers with no growth, 100 and 500; V0 from 0, V1 from 100, V2 from 500."""
    ids = [accounts.register(name, PASSWORD) for name in ("anna", "bert", "cleo")]
    rates = {"rate": 100, "points_rate": 100, "free_delivery_from": None, "birthday_coupon_id": None}
    for level, growth in enumerate((0, 100, 500)):
        db.session.execute(
            insert(VipLevel).values(level=level, name=f"V{level}", name_en=f"V{level}", growth=growth, **rates)
        )
    for user_id, growth in ((ids[1], 100), (ids[2], 500)):
        db.session.execute(insert(VipAccount).values(user_id=user_id, growth=growth))
    db.session.commit()
    return ids


def holders() -> list[int]:
    return list(db.session.scalars(select(UserCoupon.user_id).order_by(UserCoupon.user_id)))


def test_create_makes_what_it_is_told(run, fruit):
    found = run(
        *CREATE, "--percent", "88", "--cap", "10", "--minimum", "29.90", "--goods", "475", "--goods", "476",
        "--food-type", str(FRUIT), "--first-order", "--total", "50", "--per-person", "2", "--from", "2026-03-02 08:00",
        "--until", "2026-04-01 00:00", "--hours", "8-10",
    )  # fmt: skip
    coupon = db.session.scalars(select(Coupon)).one()
    assert (found.exit_code, found.output) == (0, f"Coupon {coupon.id} 满59减8 is made.\n")
    assert (coupon.kind, coupon.value, coupon.cap, coupon.minimum) == ("percent", 88, 1000, 2990)
    assert (coupon.goods_ids, coupon.food_type_ids, coupon.is_first_order) == ({475, 476}, {FRUIT}, True)
    assert (coupon.issue, coupon.total, coupon.per_person) == ("claim", 50, 2)
    assert (coupon.valid_from, coupon.valid_until) == (shanghai("2026-03-02 08:00"), shanghai("2026-04-01 00:00"))
    assert (coupon.valid_days, coupon.hour_from, coupon.hour_until) == (None, 8, 10)


@pytest.mark.parametrize(
    ("options", "kind", "value"),
    [
        (("--off", "8"), "amount", 800),
        (("--percent", "88"), "percent", 88),
        (("--price", "9.90", "--goods", "475"), "fixed", 990),
        (("--free-delivery",), "delivery", 0),
    ],
)
def test_the_option_says_the_kind(run, fruit, options, kind, value):
    assert run(*CREATE, "--days", "7", *options).exit_code == 0
    coupon = db.session.scalars(select(Coupon)).one()
    assert (coupon.kind, coupon.value, coupon.valid_days, coupon.per_person) == (kind, value, 7, 1)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--days", "7"), "say one of --off, --percent, --price and --free-delivery"),
        (("--days", "7", "--off", "8", "--percent", "88"), "say one of --off, --percent, --price and --free-delivery"),
        (("--days", "7", "--off", "abc"), "--off: 'abc' is not a sum in yuan like 5.90"),
        (("--days", "7", "--off", "8", "--hours", "8"), "--hours: '8' are not hours of the day like 8-10"),
        (("--days", "7", "--off", "8", "--hours", "10-8"), "hours are two, from 0 to 24, the first the smaller one"),
        (("--off", "8"), "a coupon is valid for a number of days, or in a window that ends"),
        (("--off", "8", "--until", "tomorrow"), "--until: 'tomorrow' is not a time like '2026-11-22 08:00'"),
        (("--off", "8", "--until", "2026-02-01 00:00"), "the window ends before it begins"),
        (("--days", "7", "--price", "9"), "a fixed price is for goods that are named, not for food types"),
        (("--days", "7", "--off", "8", "--goods", "475"), "there is no goods 475"),
    ],
)
def test_create_says_in_one_sentence_what_is_wrong(run, options, sentence):
    found = run(*CREATE, *options)
    assert (found.exit_code, found.output) == (2, f"Error: {sentence}\n")
    assert db.session.scalar(select(func.count()).select_from(Coupon)) == 0


def test_the_list_shows_them_all(run, shopper):
    add_coupon(issued=3, total=3, per_person=2, is_first_order=True, hour_from=8, hour_until=10)
    add_coupon(kind="percent", value=88, cap=1000, minimum=0, is_stopped=True, food_type_ids=frozenset({FRUIT}))
    begin, end = shanghai("2026-02-01 00:00"), shanghai("2026-03-01 00:00")
    add_coupon(kind="delivery", value=0, minimum=0, valid_from=begin, valid_until=end, name="[b]免运费")
    add_coupon(kind="fixed", value=990, minimum=0, goods_ids=frozenset({475}))
    lines = [" ".join(line.split()) for line in run("list").output.splitlines() if line.strip()]
    text = " ".join(lines)
    assert "¥8.00 off, from ¥59.00, first order," in text
    assert "3/3 0 7 days out" in text
    assert "88% is paid, at most ¥10.00 off, food" in text
    assert "stopped" in text
    assert "[b]免运费" in text
    assert "2026-02-01 00:00 – 2026-03-01 00:00 over" in text
    assert "one for ¥9.90, goods 475 claim 0 0 7 days running" in text


def test_grant_gives_to_those_who_are_named_once(run, levels):
    coupon_id = add_coupon(issue="grant")
    found = run("grant", str(coupon_id), "--user", "ANNA", "--user", "cleo")
    assert (found.exit_code, found.output) == (0, "2 given, 0 had it already, 0 came too late: all are issued.\n")
    found = run("grant", str(coupon_id), "--user", "anna")
    assert found.output == "0 given, 1 had it already, 0 came too late: all are issued.\n"
    assert holders() == [levels[0], levels[2]]


@pytest.mark.parametrize(("level", "count"), [(0, 3), (1, 2), (2, 1)])
def test_grant_gives_to_a_level_and_above(run, levels, monkeypatch, level, count):
    monkeypatch.setattr("axf.coupon.claims.BATCH", 1)
    coupon_id = add_coupon(issue="grant")
    found = run("grant", str(coupon_id), "--level", str(level))
    assert found.output == f"{count} given, 0 had it already, 0 came too late: all are issued.\n"
    assert holders() == levels[3 - count :]


def test_grant_says_who_came_too_late(run, levels):
    coupon_id = add_coupon(issue="grant", total=2)
    found = run("grant", str(coupon_id), "--level", "0")
    assert found.output == "2 given, 0 had it already, 1 came too late: all are issued.\n"
    assert (holders(), issued(coupon_id)) == (levels[:2], (2, 2))


def test_another_round_gives_another(run, levels):
    coupon_id = add_coupon(issue="grant", per_person=2)
    for number in ("1", "1", "2"):
        run("grant", str(coupon_id), "--user", "anna", "--round", number)
    assert issued(coupon_id) == (2, 2)


@pytest.mark.parametrize(
    ("options", "code", "sentence"),
    [
        ((), 2, "say either --user or --level"),
        (("--user", "anna", "--level", "1"), 2, "say either --user or --level"),
        (("--user", "anna", "--user", "nobody"), 2, "there is no shopper nobody"),
        (("--level", "7"), 2, "there is no level 7"),
    ],
)
def test_grant_says_in_one_sentence_what_is_wrong(run, levels, options, code, sentence):
    found = run("grant", str(add_coupon()), *options)
    assert (found.exit_code, found.output, holders()) == (code, f"Error: {sentence}\n", [])


def test_what_is_not_there_or_over_is_refused(run, levels):
    for command in (
        ("grant", "99", "--user", "anna"),
        ("stop", "99"),
        ("codes", "99"),
        ("codes", "99", "--count", "1"),
    ):
        found = run(*command)
        assert (found.exit_code, found.output) == (1, "Error: there is no coupon 99\n")
    coupon_id = add_coupon(is_stopped=True)
    found = run("grant", str(coupon_id), "--user", "anna")
    assert (found.exit_code, found.output) == (1, f"Error: coupon {coupon_id} is stopped or over\n")


def test_codes_are_written_as_csv(run):
    coupon_id = add_coupon(issue="code", name='=HYPERLINK("x")')
    (head, *first) = csv.reader(io.StringIO(run("codes", str(coupon_id), "--count", "2", "--uses", "3").stdout))
    assert head == ["code", "coupon", "name", "uses_left", "made"]
    assert [row[1:] for row in first] == [[str(coupon_id), '\'=HYPERLINK("x")', "3", "2026-03-01 08:00"]] * 2
    stored = set(db.session.scalars(select(CouponCode.code)))
    assert {row[0].replace("-", "") for row in first} == stored
    (_, own) = csv.reader(io.StringIO(run("codes", str(coupon_id), "--code", "bee-2026").stdout))
    assert own[0] == "BEE2026"
    assert own[3] == ""
    (_, *everything) = csv.reader(io.StringIO(run("codes", str(coupon_id)).stdout))
    assert sorted(everything) == sorted([*first, own])


def test_codes_go_into_a_new_file(run, tmp_path):
    coupon_id, file = add_coupon(issue="code"), tmp_path / "codes.csv"
    found = run("codes", str(coupon_id), "--count", "5", "--out", str(file))
    assert (found.exit_code, found.output) == (0, f"5 codes written to {file}.\n")
    assert file.read_bytes().startswith(b"\xef\xbb\xbfcode,")
    assert "满59减8" in file.read_text()
    before = file.read_bytes()
    found = run("codes", str(coupon_id), "--count", "5", "--out", str(file))
    assert (found.exit_code, found.output) == (2, f"Error: {file} cannot be made: File exists\n")
    assert file.read_bytes() == before
    assert db.session.scalar(select(func.count()).select_from(CouponCode)) == 5


def test_no_file_is_left_where_no_codes_were_made(run, tmp_path):
    coupon_id, file = add_coupon(issue="claim"), tmp_path / "codes.csv"
    found = run("codes", str(coupon_id), "--count", "5", "--out", str(file))
    sentence = f"coupon {coupon_id} is not one of codes: shoppers come by it by claim"
    assert (found.exit_code, found.output, file.exists()) == (2, f"Error: {sentence}\n", False)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--count", "1", "--code", "BEE2026"), "say either --count or --code"),
        (("--uses", "1"), "--uses is for new codes: say --count or --code, too"),
        (("--code", "好"), "'好' is not a code of 4 to 20 letters A to Z and digits"),
    ],
)
def test_codes_says_in_one_sentence_what_is_wrong(run, options, sentence):
    found = run("codes", str(add_coupon(issue="code")), *options)
    assert (found.exit_code, found.output) == (2, f"Error: {sentence}\n")


def test_stop_stops(run):
    coupon_id = add_coupon()
    assert run("stop", str(coupon_id)).output == f"Coupon {coupon_id} is stopped.\n"
    assert db.session.scalars(select(Coupon.is_stopped)).one() is True

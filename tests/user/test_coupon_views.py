"""领券中心, my coupons and the birthday on the account page."""

import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from axf.coupon import ledger, queries, terms
from axf.coupon.models import UserCoupon
from axf.extensions import db
from axf.order.models import Order
from axf.user import accounts, coupon_views
from tests.conftest import CHILD, FRUIT, PASSWORD, counted, logged_in, post
from tests.coupon.conftest import MORNING, add_coupon, give, issued

CENTRE, MINE = "/axf/coupons/", "/axf/coupons/mine/"
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def now(app):
    with time_machine.travel(MORNING, tick=False):
        yield


@pytest.fixture
def english(member):
    member.set_cookie("lang", "en")
    return member


def words(client, path: str) -> str:
    """Return what a page says, without its markup."""
    page = client.get(path).get_data(as_text=True)
    main = page[page.index("<main") : page.index("</main>")]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def held(user_id: int) -> list[tuple[int, str]]:
    db.session.rollback()
    return [tuple(row) for row in db.session.execute(select(UserCoupon.coupon_id, UserCoupon.source).where(
        UserCoupon.user_id == user_id
    ))]  # fmt: skip


# The coupon centre


def test_the_centre_shows_what_can_be_claimed_and_in_which_state(english, shopper, fruit):
    other = accounts.register("bert", PASSWORD)
    give(add_coupon(name_en="Gone", total=1), other)
    give(add_coupon(name_en="Mine", total=3), shopper)
    give(add_coupon(name_en="Twice", per_person=2), shopper)
    add_coupon(name_en="Ahead", valid_from=MORNING + DAY, valid_until=MORNING + 2 * DAY)
    add_coupon(name_en="Secret", issue="grant")
    page = words(english, CENTRE)
    assert "Ahead good until 3 Mar, 08:00 from Mon 2 Mar, 08:00 Get it Ahead" in page
    assert "Twice good for 7 days Get one more Twice" in page
    assert "Mine good for 7 days 33% gone Got it" in page
    assert "Gone good for 7 days All gone" in page
    assert "Secret" not in page


def test_the_terms_are_in_words(english, member, fruit):
    add_coupon(
        kind="percent", value=88, cap=1000, minimum=2990, food_type_ids=frozenset({FRUIT, CHILD}), is_first_order=True,
        hour_from=8, hour_until=10,
    )  # fmt: skip
    add_coupon(kind="fixed", value=990, minimum=0, goods_ids=frozenset({475}))
    add_coupon(kind="delivery", value=0, minimum=3900, goods_ids=frozenset({475, 476, 477}))
    page = words(english, CENTRE)
    assert (
        "12% off from ¥29.90 ¥8 off ¥59 at most ¥10 off · only Fruit, Imported fruit · first order only"
        " · daily 08:00–10:00 good for 7 days" in page
    )
    assert "¥ 9 .90 any order ¥8 off ¥59 one piece · only Strawberries 475 good for 7 days" in page
    assert "Free delivery from ¥39 ¥8 off ¥59 only certain goods good for 7 days For these goods" in page
    member.set_cookie("lang", "zh")
    page = words(member, CENTRE)
    assert (
        "8.8折 满29.90可用 满59减8 最多减 ¥10 · 仅限优选水果、进口水果 · 仅限首单"
        " · 每天 08:00–10:00 可用 领取后 7 天内有效" in page
    )
    assert "¥ 9 .90 无门槛 满59减8 限 1 件 · 仅限草莓475 领取后 7 天内有效" in page
    assert "免运费 满39可用 满59减8 仅限指定商品 领取后 7 天内有效 看看指定商品 草莓475 草莓476 草莓477" in page


def test_an_anonymous_visitor_sees_it_and_the_way_in(client, app):
    add_coupon()
    page = client.get(CENTRE).get_data(as_text=True)
    assert 'href="/axf/login/?next=/axf/coupons/"' in page
    assert "csrf_token" not in page
    answer = post(client, f"{CENTRE}1/claim/", page="/axf/login/")
    assert (answer.status_code, answer.location) == (303, "/axf/login/")
    assert issued(1) == (0, 0)


def test_an_empty_centre_shows_a_way_on(english):
    assert "No coupons today" in words(english, CENTRE)


@pytest.mark.parametrize("count", [1, 3])
def test_the_centre_needs_four_queries(member, fruit, count):
    for _ in range(count):
        add_coupon(goods_ids=frozenset({475}), food_type_ids=frozenset({FRUIT}))
    member.get(CENTRE)
    with counted() as statements:
        member.get(CENTRE)
    assert len(statements) == 4


# Claiming


def test_claiming_gives_it_and_says_so(english, shopper):
    coupon_id = add_coupon()
    answer = post(english, f"{CENTRE}{coupon_id}/claim/", page=CENTRE)
    assert (answer.status_code, answer.location) == (303, CENTRE)
    assert "The coupon is yours." in words(english, CENTRE)
    assert held(shopper) == [(coupon_id, "claim")]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"total": 0}, "All of these coupons are taken."),
        ({"is_stopped": True}, "This coupon is no longer given out."),
        ({"per_person": 1}, "You have had as many of this coupon as one person can."),
    ],
)
def test_what_stands_against_a_claim_is_said(english, shopper, values, message):
    coupon_id = add_coupon(**values)
    if "per_person" in values:
        give(coupon_id, shopper)
    before = issued(coupon_id)
    answer = post(english, f"{CENTRE}{coupon_id}/claim/")
    assert (answer.status_code, answer.location) == (303, CENTRE)
    assert message in words(english, CENTRE)
    assert issued(coupon_id) == before


def test_what_is_not_offered_is_not_found(member, shopper):
    coupon_id = add_coupon(issue="grant")
    assert post(member, f"{CENTRE}{coupon_id}/claim/").status_code == 404
    assert post(member, f"{CENTRE}99/claim/").status_code == 404
    assert held(shopper) == []


# Codes


def test_a_code_gives_its_coupon(english, shopper):
    coupon_id = add_coupon(issue="code")
    terms.make_own_code(coupon_id, "BEE2026")
    answer = post(english, f"{CENTRE}code/", page=CENTRE, code=" bee-2026 ")
    assert (answer.status_code, answer.location) == (303, MINE)
    assert "The coupon is yours." in words(english, MINE)
    assert held(shopper) == [(coupon_id, "code")]


@pytest.mark.parametrize(
    ("code", "status", "message"),
    [
        ("", 400, "Please enter the code."),
        ("A" * 61, 400, "This is too long for a code."),
        ("NOTHING", 404, "We do not know this code. Please check it letter by letter."),
        ("USED", 409, "This code has been used already."),
    ],
)
def test_what_stands_against_a_code_is_said_beside_the_field(english, shopper, code, status, message):
    terms.make_own_code(add_coupon(issue="code"), "USED", 1)
    bert = logged_in(english.application, accounts.register("bert", PASSWORD))
    assert post(bert, f"{CENTRE}code/", page=CENTRE, code="USED").status_code == 303
    answer = post(english, f"{CENTRE}code/", page=CENTRE, code=code)
    page = answer.get_data(as_text=True)
    assert answer.status_code == status
    assert re.search(rf'id="code-error"><span>{re.escape(message)}</span>', page)
    assert held(shopper) == []


def test_guessing_codes_ends_soon(english, shopper, monkeypatch):
    monkeypatch.setattr(coupon_views, "CODE_TRIES", 2)
    terms.make_own_code(add_coupon(issue="code"), "BEE2026")
    for guess in ("AAAA", "BBBB"):
        assert post(english, f"{CENTRE}code/", page=CENTRE, code=guess).status_code == 404
    answer = post(english, f"{CENTRE}code/", page=CENTRE, code="BEE2026")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "3600")
    assert "Too many tries. Please try again in 60 minutes." in answer.get_data(as_text=True)
    assert held(shopper) == []
    with time_machine.travel(MORNING + timedelta(hours=1), tick=False):
        assert post(english, f"{CENTRE}code/", page=CENTRE, code="BEE2026").status_code == 303


# My coupons


def test_my_coupons_show_what_can_be_used_and_where(english, shopper, fruit):
    give(add_coupon(name_en="All"), shopper)
    give(add_coupon(name_en="Goods", goods_ids=frozenset({475})), shopper)
    give(add_coupon(name_en="Type", food_type_ids=frozenset({FRUIT})), shopper)
    give(add_coupon(name_en="Child", food_type_ids=frozenset({CHILD})), shopper)
    ahead = add_coupon(name_en="Ahead", valid_from=MORNING + DAY, valid_until=MORNING + 30 * DAY)
    give(ahead, shopper)
    page = english.get(MINE).get_data(as_text=True)
    ways = re.findall(r'href="([^"]+)">Use it<span class="hidden-text"> (\w+)</span>', page)
    assert ways == [
        ("/axf/market/", "All"),
        ("/axf/goods/475/", "Goods"),
        (f"/axf/market/{FRUIT}/0/0/", "Type"),
        (f"/axf/market/{FRUIT}/{CHILD}/0/", "Child"),
    ]
    assert "Ahead good until 31 Mar, 08:00 from Mon 2 Mar, 08:00" in words(english, MINE)


def test_used_and_ended_ones_are_told_apart(english, shopper, order_no):
    used, ended = (give(add_coupon(name_en=name), shopper) for name in ("One", "Two"))
    ledger.use(db.session, shopper, used, db.session.scalars(select(Order.id)).one(), MORNING)
    db.session.commit()
    with time_machine.travel(MORNING + 7 * DAY, tick=False):
        english = logged_in(english.application, shopper)
        english.set_cookie("lang", "en")
        assert "One good until 8 Mar, 08:00 Used Sun 1 Mar, 08:00" in words(english, f"{MINE}?tab=used")
        assert "Two good until 8 Mar, 08:00 Ended Sun 8 Mar, 08:00" in words(english, f"{MINE}?tab=ended")
        assert "No coupons yet" in words(english, MINE)
    assert ended != used


def test_the_past_comes_a_page_at_a_time(english, shopper, monkeypatch):
    monkeypatch.setattr(queries, "PAGE_SIZE", 2)
    coupon_id = add_coupon(per_person=3)
    for number in range(3):
        give(coupon_id, shopper, MORNING - (30 + number) * DAY)
    page = english.get(f"{MINE}?tab=ended").get_data(as_text=True)
    assert page.count('<article class="coupon is-off">') == 2
    (next_url,) = re.findall(r'href="([^"]+)" rel="next"', page)
    page = english.get(next_url.replace("&amp;", "&")).get_data(as_text=True)
    assert page.count('<article class="coupon is-off">') == 1
    assert 'rel="next"' not in page


def test_there_is_no_other_list(member):
    assert member.get(f"{MINE}?tab=stolen").status_code == 404
    assert member.get(f"{MINE}?tab=used&after=nonsense").status_code == 404


def test_my_coupons_are_mine_alone(english, client, shopper):
    give(add_coupon(name_en="Berts"), accounts.register("bert", PASSWORD))
    assert "Berts" not in words(english, MINE)
    assert client.get(MINE).location == "/axf/login/?next=/axf/coupons/mine/"


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("tab", ["usable", "used", "ended"])
def test_my_coupons_need_four_queries_at_most(member, shopper, fruit, tab, count):
    coupon_id = add_coupon(per_person=9, goods_ids=frozenset({475}), food_type_ids=frozenset({FRUIT}))
    for number in range(count):
        give(coupon_id, shopper, MORNING - (0 if tab == "usable" else 30 + number) * DAY)
    member.get(MINE)
    with counted() as statements:
        member.get(f"{MINE}?tab={tab}")
    assert len(statements) == (2 if tab == "used" else 4)


def test_mine_tells_how_many_are_usable(english, shopper):
    assert "My coupons My points" in words(english, "/axf/mine/")
    give(add_coupon(), shopper)
    assert "My coupons 1 usable" in words(english, "/axf/mine/")


# The birthday


def birthday(user_id: int) -> str | None:
    db.session.rollback()
    return accounts.birthday_of(user_id)


def test_the_birthday_is_set_shown_and_forgotten(english, shopper):
    for month, day, stored in (("02", "29", "02-29"), ("12", "31", "12-31"), ("", "", None)):
        answer = post(english, "/axf/account/birthday/", page="/axf/account/", month=month, day=day)
        assert (answer.status_code, answer.location) == (303, "/axf/account/")
        assert birthday(shopper) == stored
        page = english.get("/axf/account/").get_data(as_text=True)
        assert "Your birthday is saved." in page
        assert re.findall(r'<option selected value="(\d\d)">', page) == [each for each in (month, day) if each]


@pytest.mark.parametrize(
    ("month", "day", "message"),
    [
        ("02", "30", "This month has no such day."),
        ("04", "31", "This month has no such day."),
        ("04", "", "Please choose month and day, or neither."),
        ("", "04", "Please choose month and day, or neither."),
        ("13", "01", "Not a valid choice."),
        ("xx", "01", "Not a valid choice."),
        ("01", "00", "Not a valid choice."),
    ],
)
def test_no_such_birthday_is_told(english, shopper, month, day, message):
    answer = post(english, "/axf/account/birthday/", page="/axf/account/", month=month, day=day)
    assert answer.status_code == 400
    assert message in answer.get_data(as_text=True)
    assert birthday(shopper) is None

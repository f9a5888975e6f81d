"""My points and the check-in, as browsers see them, with and without JavaScript."""

import re
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from sqlalchemy import func, select

from axf.core import clock
from axf.extensions import db
from axf.points import adjustment, ledger, queries
from axf.points.models import CheckIn
from axf.user import accounts
from tests.conftest import AJAX, PASSWORD, SAME_ORIGIN, counted, logged_in, post
from tests.points.test_ledger import START, earn, expire, give_back, shanghai, spend, take_back

POINTS, CHECK_IN = "/axf/points/", "/axf/check-in/"
NO = "202611220000000001"


@pytest.fixture(autouse=True)
def now():
    """Sunday, 2026-11-22, noon in Shanghai."""
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def member(member):
    member.set_cookie("lang", "en")
    return member


def page_of(answer) -> str:
    return unescape(answer.get_data(as_text=True))


def words_of(page: str) -> str:
    return " ".join(re.sub("<[^>]*>", " ", re.search("<main[^>]*>(.*)</main", page, re.DOTALL)[1]).split())


def rows_of(page: str) -> list[str]:
    return [words_of(f"<main>{row}</main>") for row in re.findall(r'<li class="row">.*?</li>', page, re.DOTALL)]


def check_ins() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(CheckIn))


def test_nothing_yet_says_how_to_begin(member):
    page = page_of(member.get(POINTS))
    words = words_of(page)
    assert "0 worth ¥0.00" in words
    assert "No points yet" in words
    assert "Next to expire" not in words
    assert f'href="{CHECK_IN}"' in page
    assert 'rel="next"' not in page


def test_the_page_tells_worth_what_ends_next_and_why(member, shopper):
    earn(shopper, 1000, NO, START - timedelta(360))
    earn(shopper, 300, "2026-11-21", START - timedelta(1), reason="check-in")
    spend(shopper, 60, f"{NO[:-1]}2")
    give_back(shopper, 60, f"{NO[:-1]}2/R1")
    take_back(shopper, 5, f"{NO}/R1")
    earn(shopper, 7, "new", reason="something-new")
    adjustment.adjust(shopper, 1, reference="T-1", text="Late delivery")
    page = page_of(member.get(POINTS))
    words = words_of(page)
    assert "1,303 worth ¥13.03" in words
    assert "Next to expire: 995 points until 27 Nov 2026" in words
    assert "300 points until 21 Nov 2027 8 points until 22 Nov 2027" in words
    assert rows_of(page) == [
        "Corrected by the shop Late delivery Sun 22 Nov, 12:00 +1",
        "Points Sun 22 Nov, 12:00 +7",
        f"Taken back after a refund Order {NO} Sun 22 Nov, 12:00 −5",
        f"Back from an order Order {NO[:-1]}2 Sun 22 Nov, 12:00 +60",
        f"Spent on an order Order {NO[:-1]}2 Sun 22 Nov, 12:00 −60",
        "Daily check-in Sat 21 Nov, 12:00 +300",
        f"For an order you received Order {NO} Thu 27 Nov, 12:00 +1,000",
    ]
    assert f'href="/axf/order/{NO}/"' in page


def test_what_the_shop_wrote_is_only_text(member, shopper):
    adjustment.adjust(shopper, 1, reference="T-1", text="<b>sorry</b>")
    assert "&lt;b&gt;sorry&lt;/b&gt;" in member.get(POINTS).get_data(as_text=True)


def test_what_is_over_is_not_counted_before_the_sweep_nor_after(member, shopper, now):
    earn(shopper, 100)
    now.move_to(shanghai("2027-11-22T23:59"))
    member = logged_in(member.application, shopper)
    assert "100 可抵 ¥1.00" in words_of(page_of(member.get(POINTS)))
    now.move_to(shanghai("2027-11-23"))
    for _ in range(2):
        assert "0 可抵 ¥0.00" in words_of(page_of(member.get(POINTS)))
        expire(shopper, clock.now())
    assert "积分过期" in words_of(page_of(member.get(POINTS)))


def test_the_history_is_read_a_page_at_a_time(member, shopper, monkeypatch):
    monkeypatch.setattr(queries, "PAGE_SIZE", 2)
    for number in range(3):
        earn(shopper, number + 1, str(number), reason="check-in")
    first = page_of(member.get(POINTS))
    following = re.search(r'href="([^"]*)" rel="next"', first)[1]
    second = page_of(member.get(following))
    assert [row[-2:] for row in (*rows_of(first), *rows_of(second))] == ["+3", "+2", "+1"]
    assert 'rel="next"' not in second
    assert member.get(f"{POINTS}?after=x").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_is_four_queries_however_much_happened(member, shopper, count):
    for number in range(count):
        earn(shopper, 1, str(number), START - timedelta(number))
    with counted() as statements:
        assert member.get(POINTS).status_code == 200
    assert len(statements) == 4


def test_my_page_tells_the_points_and_all_else_in_one_query_besides_the_ticket(member, shopper):
    earn(shopper, 123)
    with counted() as statements:
        page = page_of(member.get("/axf/mine/"))
    assert len(statements) == 1 + 1  # the ticket's, and ours
    assert "My points 123" in words_of(page)
    assert f'href="{POINTS}"' in page


def test_the_points_of_another_are_not_shown(app, member, shopper):
    other = accounts.register("bert", PASSWORD)
    earn(shopper, 100, NO)
    assert "100" not in rows_of(page_of(logged_in(app, other).get(POINTS)))


def test_the_home_page_offers_the_check_in_to_everybody_alike(client, member):
    client.set_cookie("lang", "en")
    pages = [browser.get("/axf/home/") for browser in (client, member)]
    assert pages[0].data == pages[1].data
    form = re.search(rf'<form[^>]*method="post" action="{CHECK_IN}">.*?</form>', page_of(pages[0]), re.DOTALL)[0]
    assert "Daily check-in" in form
    assert "csrf_token" not in form


def test_the_form_of_the_home_page_checks_in_and_says_so(member, shopper):
    answer = member.post(CHECK_IN, headers=SAME_ORIGIN)
    assert (answer.status_code, answer.location, check_ins()) == (303, CHECK_IN, 1)
    assert "+5 points for today's check-in" in words_of(page_of(member.get(CHECK_IN)))
    assert "+5 points for today's" not in words_of(page_of(member.get(CHECK_IN)))
    assert ledger.balance_of(shopper) == 5


def test_a_second_time_says_that_it_is_done(member, shopper):
    for _ in range(2):
        member.post(CHECK_IN, headers=SAME_ORIGIN)
    assert "You have checked in today already." in words_of(page_of(member.get(CHECK_IN)))
    assert (check_ins(), ledger.balance_of(shopper)) == (1, 5)


def test_the_pages_own_button_carries_a_token(member, shopper):
    assert post(member, CHECK_IN, page=CHECK_IN).status_code == 303
    assert check_ins() == 1


def test_a_browser_that_does_not_say_where_it_is_needs_the_token(member, shopper):
    answer = member.post(CHECK_IN)
    assert (answer.status_code, answer.location, check_ins()) == (303, CHECK_IN, 0)
    token = re.search('name="csrf_token" value="([^"]+)"', page_of(member.get(CHECK_IN)))[1]
    assert member.post(CHECK_IN, data={"csrf_token": token}).status_code == 303
    assert check_ins() == 1


def test_another_site_cannot_check_in(member, shopper):
    assert member.post(CHECK_IN, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert member.get(CHECK_IN, headers=AJAX).status_code == 200
    assert check_ins() == 0


def test_who_is_not_logged_in_is_led_there_and_back(client, shopper):
    answer = client.post(CHECK_IN, headers=SAME_ORIGIN)
    assert (answer.status_code, answer.location) == (303, f"/axf/login/?next={CHECK_IN}")
    answer = client.post(CHECK_IN, headers=AJAX)
    assert (answer.status_code, answer.json["login_url"]) == (401, f"/axf/login/?next={CHECK_IN}")
    assert client.get(CHECK_IN).location == f"/axf/login/?next={CHECK_IN}"
    assert client.get(POINTS).location == f"/axf/login/?next={POINTS}"
    assert check_ins() == 0


def test_a_script_is_told_the_numbers(member, shopper):
    earn(shopper, 100)
    first, second = (member.post(CHECK_IN, headers=AJAX).json for _ in range(2))
    numbers = {"code": "ok", "streak": 1, "points": 5, "balance": 105}
    assert first == {**numbers, "msg": "+5 points for today's check-in", "is_new": True}
    assert second == {**numbers, "msg": "You have checked in today already. See you tomorrow!", "is_new": False}


def test_the_check_in_page_tells_the_streak_and_what_comes(member, shopper, now):
    words = words_of(page_of(member.get(CHECK_IN)))
    assert "Start today Check in now for 5 points." in words
    for _ in range(2):
        member.post(CHECK_IN, headers=SAME_ORIGIN)
        now.shift(timedelta(1))
    now.shift(-timedelta(1))
    page = page_of(member.get(CHECK_IN))
    assert "2 days in a row Done for today. Tomorrow brings 7 points." in words_of(page)
    assert "disabled>Checked in today<" in page
    now.shift(timedelta(1))
    page = page_of(member.get(CHECK_IN))
    assert "2 days in a row Check in now for 7 points." in words_of(page)
    assert [len(re.findall(f"check-in-step{state}", page)) for state in (" is-done", " is-next", "")] == [2, 1, 7]


def test_the_calendar_shows_the_days_of_its_month(member, shopper):
    member.post(CHECK_IN, headers=SAME_ORIGIN)
    page = page_of(member.get(CHECK_IN))
    assert "November 2026" in page
    assert re.search(r'<td class="is-checked is-today" aria-current="date"><span class="calendar-day number">22<', page)
    assert "checked in, 5 points" in page
    assert "1 day checked in · +5 points" in words_of(page)
    days = re.findall(r'calendar-day number">(\d+)<', page)
    assert days == [str(number) for number in range(1, 31)]
    # Sunday the first ends the first week.
    week = page.partition("<tbody>")[2].partition("</tr>")[0]
    assert (week.count("<td></td>"), week.count('calendar-day number">1<')) == (6, 1)


@pytest.mark.parametrize(
    ("month", "earlier", "later"),
    [("2026-11", "2026-10", None), ("2026-10", "2026-09", "2026-11"), ("2025-12", None, "2026-01")],
)
def test_the_months_of_a_year_can_be_seen(member, month, earlier, later):
    page = page_of(member.get(f"{CHECK_IN}?month={month}"))
    ways = re.findall(r'calendar-way--(\w+)" href="/axf/check-in/\?month=([0-9-]+)"', page)
    assert dict(ways) == {name: to for name, to in (("earlier", earlier), ("later", later)) if to}
    assert "No check-ins in this month" in words_of(page)


@pytest.mark.parametrize("month", ["2026-12", "2025-11", "0000-01", "2026-13", "2026-1", "x", "", "٢٠٢٦-١١", "9999-12"])
def test_no_other_month_can(member, month):
    assert member.get(CHECK_IN, query_string={"month": month}).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_check_in_page_is_one_query_besides_the_ticket(member, shopper, now, count):
    for _ in range(count):
        member.post(CHECK_IN, headers=SAME_ORIGIN)
        now.shift(timedelta(1))
    member.get(CHECK_IN)
    with counted() as statements:
        assert member.get(CHECK_IN).status_code == 200
    assert len(statements) == 3

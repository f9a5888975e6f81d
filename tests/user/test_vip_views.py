"""The page of the level, the badge on 我的, and public pages that stay the same for members."""

import re
from html import unescape

import pytest

from axf.core import clock
from axf.extensions import db
from axf.user import accounts
from axf.vip import ledger, levels
from axf.vip.queries import PAGE_SIZE
from tests.conftest import CHILD, FRUIT, PASSWORD, counted, logged_in
from tests.vip.test_ledger import grow, shrink

PATH = "/axf/vip/"


@pytest.fixture
def member(member):
    member.set_cookie("lang", "en")
    return member


@pytest.fixture
def installed(app) -> None:
    levels.install()


def page_of(client, path: str = PATH) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return unescape(answer.get_data(as_text=True))


def words(html: str) -> str:
    return " ".join(re.sub("<[^>]+>", " ", html).split())


def card(page: str) -> str:
    return words(re.search(r'<section class="level-card".*?</section>', page, re.DOTALL)[0])


def perks(page: str, which: str = "now") -> list[str]:
    box = re.search(rf'id="perks-{which}".*?</section>', page, re.DOTALL)
    return [words(each) for each in re.findall(r"<li>.*?</li>", box[0], re.DOTALL)] if box else []


def history(page: str) -> list[str]:
    box = re.search(r'<ul class="rows" data-cards.*?</ul>', page, re.DOTALL)
    return [words(each) for each in re.findall(r"<li.*?</li>", box[0], re.DOTALL)] if box else []


def test_the_page_wants_a_login(client):
    answer = client.get(PATH)
    assert (answer.status_code, answer.location) == (303, "/axf/login/?next=/axf/vip/")


def test_a_new_shopper_sees_the_way_to_the_first_level(member, installed):
    page = page_of(member)
    assert card(page) == "V0 V0 Member 0 growth 100 more growth to V1 Bronze"
    assert '<progress value="0" max="100"' in page
    assert perks(page) == ["Ordinary prices, points for every yuan"]
    assert perks(page, "next") == ["1% off every price", "1.1× points"]
    assert "No growth yet" in page


@pytest.mark.parametrize(
    ("growth", "told", "progress"),
    [
        (99, "V0 V0 Member 99 growth 1 more growth to V1 Bronze", (99, 100)),
        (100, "V1 V1 Bronze 100 growth 400 more growth to V2 Silver", (100, 500)),
        (1500, "V3 V3 Gold 1,500 growth 2,500 more growth to V4 Platinum", (1500, 4000)),
        (9999, "V4 V4 Platinum 9,999 growth 1 more growth to V5 Diamond", (9999, 10_000)),
    ],
)
def test_the_card_tells_how_far_it_is(member, shopper, installed, growth, told, progress):
    grow(shopper, growth)
    page = page_of(member)
    assert card(page) == told
    assert f'<progress value="{progress[0]}" max="{progress[1]}"' in page


def test_the_highest_level_has_no_next(member, shopper, installed):
    grow(shopper, 12_345)
    page = page_of(member)
    assert card(page) == "V5 V5 Diamond 12,345 growth You have the highest level. Thank you for being with us."
    assert perks(page) == ["5% off every price", "2× points", "Free delivery, always"]
    assert ("<progress" in page, perks(page, "next")) == (False, [])


def test_what_levels_bring_is_told_in_words(member, shopper, installed):
    grow(shopper, 1500)
    page = page_of(member)
    assert perks(page) == ["3% off every price", "1.3× points", "Free delivery from ¥39"]
    assert perks(page, "next") == ["4% off every price", "1.5× points", "Free delivery from ¥29"]
    rows = re.findall(r'<li class="row row--top level-row".*?</div>', page, re.DOTALL)
    assert [words(each) for each in rows][2:4] == [
        "V2 Silver from 500 growth 2% off every price 1.2× points Free delivery from ¥49",
        "V3 Gold from 1,500 growth Your level 3% off every price 1.3× points Free delivery from ¥39",
    ]
    assert ["aria-current" in each for each in rows] == [False, False, False, True, False, False]
    member.set_cookie("lang", "zh")
    assert perks(page_of(member)) == ["商品 9.7 折", "1.3 倍积分", "满 ¥39 免运费"]


def test_sums_with_fen_and_odd_rates_are_told_exactly(member, installed):
    levels.save_level(1, rate=99, points_rate=115, free_delivery_from=5950)
    assert perks(page_of(member), "next") == ["1% off every price", "1.15× points", "Free delivery from ¥59.50"]
    member.set_cookie("lang", "zh")
    assert perks(page_of(member), "next") == ["商品 9.9 折", "1.15 倍积分", "满 ¥59.50 免运费"]


def test_a_shop_without_levels_still_shows_growth(member, shopper):
    grow(shopper, 250)
    page = page_of(member)
    assert card(page) == "V0 V0 Member 250 growth"
    assert ("All levels" in page, "highest level" in page, len(history(page))) == (False, False, 1)


def test_the_history_tells_why(member, shopper, installed):
    no = "202603021926765738"
    grow(shopper, 1600, no)
    shrink(shopper, 100, no)
    grow(shopper, 5, "ticket 4711", reason="adjust")
    page = page_of(member)
    told = [re.sub(r"\w{3} \d+ \w{3}, \d\d:\d\d", "…", each) for each in history(page)]
    assert told == [
        "Corrected by the shop … · ticket 4711 +5",
        f"Refund … · {no} −100",
        f"Order received … · {no} +1,600",
    ]
    assert page.count(f'href="/axf/order/{no}/"') == 1


def test_a_reference_is_only_text(member, shopper, installed):
    grow(shopper, 5, "<script>x</script>", reason="adjust")
    assert "<script>x" not in member.get(PATH).get_data(as_text=True)


def test_the_history_is_paged_without_loss(member, shopper, installed):
    for number in range(PAGE_SIZE * 2 + 1):
        ledger.grow(db.session, shopper, 1, reason="adjust", reference=f"n{number}", at=clock.now())
    db.session.commit()
    path, seen, pages = PATH, [], 0
    while path:
        page = page_of(member, path)
        seen += re.findall(r"· (n\d+)", page)
        more = re.search(r'href="([^"]+)" rel="next"', page)
        path, pages = more and more[1], pages + 1
    assert (seen, pages) == ([f"n{number}" for number in reversed(range(PAGE_SIZE * 2 + 1))], 3)


@pytest.mark.parametrize("cursor", ["x", "WzEsMV0", "💣", "a" * 5000])
def test_a_made_up_cursor_is_not_found(member, cursor):
    assert member.get(PATH, query_string={"after": cursor}).status_code == 404


def test_nobody_sees_the_growth_of_another(app, member, shopper, installed):
    grow(accounts.register("bert", PASSWORD), 700, "secret", reason="adjust")
    page = page_of(member)
    assert ("secret" in page, card(page)) == (False, "V0 V0 Member 0 growth 100 more growth to V1 Bronze")


def test_the_page_asks_as_often_for_three_entries_as_for_one(member, shopper, installed):
    numbers = []
    for number in range(3):
        grow(shopper, 100, str(number))
        with counted() as statements:
            page_of(member)
        numbers.append(len(statements))
    assert numbers == [4, 4, 4]


def test_my_page_shows_the_level_with_one_query_more(app, member, shopper, installed):
    grow(shopper, 1500)
    with counted() as statements:
        page = page_of(member, "/axf/mine/")
    assert words(re.search(r'<a class="level-badge" href="/axf/vip/">.*?</a>', page)[0]) == "V3 Gold"
    assert sum("vip_level" in statement for statement in statements) == 1
    assert "level-badge" not in page_of(app.test_client(), "/axf/mine/")


@pytest.mark.parametrize("path", ["/axf/home/", f"/axf/market/{FRUIT}/{CHILD}/0/", "/axf/goods/475/"])
def test_public_pages_are_the_same_bytes_for_a_member(app, client, shopper, fruit, installed, path):
    grow(shopper, 1500)
    with client.get(path) as anonymous, logged_in(app, shopper).get(path) as personal:
        assert anonymous.data == personal.data
    if path != "/axf/home/":
        assert b'data-vip-price="475"></p>' in anonymous.data

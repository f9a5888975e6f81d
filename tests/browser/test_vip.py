"""A member sees the price of the level beside the ordinary one, and nothing moves when it comes."""

import re
from itertools import count

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from axf.core import clock
from axf.user.models import User
from axf.vip import ledger
from tests.browser.conftest import DESKTOP, PHONE, Site
from tests.browser.test_accessibility import check

pytestmark = [pytest.mark.browser, pytest.mark.mariadb, pytest.mark.xdist_group("browser")]

SMALL = {"width": 320, "height": 568}
PUBLIC = {"home": "/axf/home/", "market": "/axf/market/103532/0/3/", "goods": "/axf/goods/475/"}
# Where the prices, names and buttons of the first screens are.
PLACES = """() => [...document.querySelectorAll(".price, .goods-name, .detail-name, .stepper, .banner")]
  .map((each) => { const box = each.getBoundingClientRect(); return [box.x, box.y, box.width, box.height]; })"""
numbers = count(1)
WIDTH = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def gold(visit, site: Site):
    """Open a window in which a new V3 shopper is logged in: ``gold(viewport, lang, …)``."""

    def open_window(viewport: dict, lang: str = "en", **options) -> Page:
        page = visit(viewport, **options)
        page.context.add_cookies([{"name": "lang", "value": "en", "url": site.url}])
        page.username = f"gold{next(numbers)}"
        page.goto("/axf/register/")
        page.get_by_label("Username").fill(page.username)
        for field in page.locator("[type=password]").all():
            field.fill("a fine pass phrase")
        page.get_by_label("I have read the privacy notice").check()
        page.get_by_role("button", name="Register").click()
        expect(page).to_have_url(re.compile("/axf/mine/"))
        site.flask("vip", "adjust", "--user", page.username, "--amount", "1620", "--reference", "test")
        page.context.add_cookies([{"name": "lang", "value": lang, "url": site.url}])
        return page

    return open_window


@pytest.mark.parametrize(("viewport", "lang"), [(PHONE, "zh"), (SMALL, "en"), (DESKTOP, "en")])
def test_the_price_of_the_level_is_laid_beside_and_moves_nothing(gold, picture, viewport: dict, lang: str):
    page = gold(viewport, lang)
    for name, path in PUBLIC.items():
        page.route("**/axf/overlay/**", lambda route: None)
        page.goto(path)
        expect(page.locator(".price-vip-level")).to_have_count(0)
        before = page.evaluate(PLACES)
        page.unroute_all()
        page.goto(path)
        shown = page.locator("[data-vip-price]").first
        expect(shown).to_have_text(re.compile(r"V3 ¥\d+\.\d\d$"))
        assert page.evaluate(PLACES) == before
        assert page.evaluate(WIDTH) <= 0
        picture(page, f"vip-{name}-{viewport['width']}-{lang}")
    assert page.troubles == []


def test_more_cards_bring_their_prices_along(gold):
    page = gold(PHONE)
    page.goto("/axf/market/104749/0/0/")
    expect(page.locator(".price-vip-level")).to_have_count(30)
    page.get_by_role("link", name="Load more").click()
    expect(page.locator(".price-vip-level")).to_have_count(60)


def test_cart_and_level_page_need_no_javascript(gold, site: Site, picture):
    page = gold(PHONE, java_script_enabled=False)
    page.goto(PUBLIC["market"])
    page.locator('article.goods [data-step="1"]').first.click()
    page.goto("/axf/cart/")
    expect(page.locator(".cart-line .price-vip")).to_have_text(re.compile(r"V3 ¥\d+\.\d\d$"))
    picture(page, "vip-cart-without-javascript")
    page.goto("/axf/mine/")
    page.get_by_role("link", name="V3 Gold").click()
    expect(page.get_by_text("2,380 more growth to V4 Platinum")).to_be_visible()
    picture(page, "vip-page-without-javascript", full_page=True)


@pytest.mark.parametrize(("viewport", "scheme", "lang"), [(SMALL, "light", "en"), (PHONE, "dark", "zh")])
def test_what_a_member_sees_breaks_no_rule(gold, viewport: dict, scheme: str, lang: str):
    page = gold(viewport, lang, color_scheme=scheme)
    page.goto(PUBLIC["market"])
    page.locator('article.goods [data-step="1"]').first.click()
    expect(page.locator("article.goods .stepper.is-open")).to_have_count(1)
    for path in [*PUBLIC.values(), "/axf/cart/", "/axf/mine/", "/axf/vip/"]:
        check(page, path)


def give_entries(site: Site, username: str, number: int) -> None:
    """Book so many entries of one growth each, as one command for each would."""
    engine = create_engine(site.environment["AXF_DATABASE_URL"])
    with Session(engine) as session:
        user_id = session.scalars(select(User.id).filter_by(username=username)).one()
        for each in range(number):
            ledger.grow(session, user_id, 1, reason="adjust", reference=f"entry {each}", at=clock.now())
        session.commit()
    engine.dispose()


def test_a_long_history_is_loaded_in_pieces(gold, site: Site, picture):
    page = gold(PHONE)
    give_entries(site, page.username, 21)
    page.goto("/axf/vip/")
    entries = page.locator("[data-cards] > li")
    expect(entries).to_have_count(20)
    page.get_by_role("link", name="Load more").click()
    expect(entries).to_have_count(22)
    expect(entries.nth(20)).to_be_focused()
    picture(page, "vip-page-long", full_page=True)
    assert page.troubles == []

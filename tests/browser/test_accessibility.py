"""No page breaks a rule of axe, light and dark, in either language, on a phone and on a desktop."""

import re

import pyotp
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, ROOT, Site

pytestmark = [pytest.mark.browser, pytest.mark.mariadb, pytest.mark.xdist_group("browser")]

PUBLIC = [
    "/axf/home/",
    "/axf/kinds/",
    "/axf/market/",
    "/axf/market/103532/0/3/",
    "/axf/goods/475/",
    "/axf/goods/401/share/",
    "/axf/mine/",
    "/axf/coupons/",
    "/axf/login/",
    "/axf/register/",
    "/axf/no-such-page/",
    "/axf/offline/",
    "/axf/privacy/",
    "/axf/search/",
    "/axf/search/?q=milk&from=9&to=3",
    "/axf/search/?q=milk+tyre",
]
PRIVATE = [
    "/axf/cart/",
    "/axf/checkout/",
    "/axf/mine/",
    "/axf/orders/",
    "/axf/orders/?status=unpaid",
    "/axf/orders/?status=to-receive",
    "/axf/orders/?status=to-review",
    "/axf/orders/?status=after-sale",
    "/axf/credit/",
    "/axf/after-sales/",
    "/axf/account/",
    "/axf/account/devices/",
    "/axf/account/two-step/",
    "/axf/account/data/",
    "/axf/privacy/agree/",
    "/axf/addresses/",
    "/axf/addresses/new/",
    "/axf/vip/",
    "/axf/points/",
    "/axf/check-in/",
    "/axf/messages/",
    "/axf/goods/475/alert/",
    "/axf/coupons/",
    "/axf/coupons/mine/",
    "/axf/coupons/mine/?tab=used",
    "/axf/reviews/",
    "/axf/favourites/",
    "/axf/footprints/",
    "/axf/usual/",
]


def check(page: Page, path: str) -> None:
    page.goto(path)
    check_shown(page, path)


def check_shown(page: Page, path: str) -> None:
    page.wait_for_load_state("networkidle")
    violations = Axe().run(page).response["violations"]
    found = {each["id"]: [node["html"][:150] for node in each["nodes"]] for each in violations}
    assert found == {}, path
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width <= 0, f"{path} scrolls sideways"


def log_in(page: Page, name: str, password: str = "demo-axf-2026") -> None:
    page.goto("/axf/login/")
    page.locator("[name=username]").fill(name)
    page.locator("[name=password]").fill(password)
    send(page, "username")
    page.wait_for_load_state("networkidle")


def send(page: Page, field: str) -> None:
    page.locator(f"form:has([name={field}]) button:not([type=button])").click()


@pytest.mark.timeout(400)
@pytest.mark.parametrize(
    ("viewport", "scheme", "lang"), [(PHONE, "light", "zh"), (DESKTOP, "light", "en"), (PHONE, "dark", "en")]
)
def test_pages_break_no_rule(visit, site: Site, viewport: dict, scheme: str, lang: str):
    page = visit(viewport, color_scheme=scheme)
    page.context.add_cookies([{"name": "lang", "value": lang, "url": site.url}])
    for path in PUBLIC:
        check(page, path)
    log_in(page, "demo")
    expect(page).to_have_url(re.compile("/axf/mine/"))
    for path in PRIVATE:
        check(page, path)


def test_everything_fits_on_a_small_phone(visit, site: Site):
    page = visit({"width": 320, "height": 568})
    page.context.add_cookies([{"name": "lang", "value": "en", "url": site.url}])
    for path in PUBLIC:
        page.goto(path)
        width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert width <= 0, f"{path} scrolls sideways"


@pytest.mark.timeout(300)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_orders_in_every_state_and_nginx_own_pages_break_no_rule(visit, scheme: str):
    page = visit(PHONE, color_scheme=scheme)
    for file in sorted((ROOT / "deploy" / "pages").glob("*.html")):
        page.route(f"**/{file.stem}/", lambda route, _request, file=file: route.fulfill(path=file))
        check(page, f"/{file.stem}/")
    log_in(page, "demo_orders")
    page.goto("/axf/orders/")
    links = page.locator("main a[href^='/axf/order/']").evaluate_all("all => all.map(each => each.pathname)")
    orders = sorted({path for path in links if re.fullmatch(r"/axf/order/\d+/", path)})
    assert len(orders) >= 6
    for path in orders:
        check(page, path)
        way = page.locator("main a[href$='/address/']")
        if way.count():
            check(page, f"{path}address/")


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("scheme", "lang"), [("light", "zh"), ("dark", "en")])
def test_two_step_login_and_what_is_refused_break_no_rule(visit, site: Site, scheme: str, lang: str):
    page, name, password = visit(PHONE, color_scheme=scheme), f"bee_{lang}", "pears and lilac 7"
    page.context.add_cookies([{"name": "lang", "value": lang, "url": site.url}])
    page.goto("/axf/register/")
    send(page, "repeat")
    check_shown(page, "registration refused")
    for field, value in {"username": name, "password": password, "repeat": password}.items():
        page.locator(f"[name={field}]").fill(value)
    page.locator("[name=agrees]").check()
    send(page, "repeat")
    expect(page).to_have_url(re.compile("/axf/mine/"))
    page.goto("/axf/account/data/")
    send(page, "farewell")
    check_shown(page, "deletion refused")
    page.goto("/axf/account/two-step/")
    secret = page.locator(".two-step-secret").inner_text()
    for code, shown in (("12345", "a code too short"), (pyotp.TOTP(secret).now(), "recovery codes")):
        page.locator("[name=code]").fill(code)
        page.locator("[name=password]").fill(password)
        send(page, "setup")
        check_shown(page, shown)
    expect(page.locator(".recovery-codes code")).to_have_count(8)
    check(page, "/axf/account/two-step/")
    page.context.clear_cookies(name="ticket")
    log_in(page, name, password)
    page.locator("[name=code]").fill("12345")
    send(page, "code")
    check_shown(page, "second step refused")

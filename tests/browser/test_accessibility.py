"""No page breaks a rule of axe, light and dark, in either language, on a phone and on a desktop."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, Site

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
    page.wait_for_load_state("networkidle")
    violations = Axe().run(page).response["violations"]
    found = {each["id"]: [node["html"][:150] for node in each["nodes"]] for each in violations}
    assert found == {}, path
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width <= 0, f"{path} scrolls sideways"


@pytest.mark.timeout(400)
@pytest.mark.parametrize(
    ("viewport", "scheme", "lang"), [(PHONE, "light", "zh"), (DESKTOP, "light", "en"), (PHONE, "dark", "en")]
)
def test_pages_break_no_rule(visit, site: Site, viewport: dict, scheme: str, lang: str):
    page = visit(viewport, color_scheme=scheme)
    page.context.add_cookies([{"name": "lang", "value": lang, "url": site.url}])
    for path in PUBLIC:
        check(page, path)
    page.goto("/axf/login/")
    page.locator("[name=username]").fill("demo")
    page.locator("[name=password]").fill("demo-axf-2026")
    page.locator("form.form button:not([type=button])").click()
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

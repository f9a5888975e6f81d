"""Buying at once, and the checkout with everything in it: coupon, points, addresses; its sums follow every choice."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, Site
from tests.browser.test_accessibility import check
from tests.browser.test_shopping import choose_english, paste_an_address, pay, register, write_an_address

pytestmark = [pytest.mark.browser, pytest.mark.mariadb, pytest.mark.xdist_group("browser")]

SMALL = {"width": 320, "height": 568}
GOODS = "/axf/goods/401/"
# Enough for the coupon that every new shopper holds.
THREE = "/axf/checkout/?buy=401&quantity=3"


@pytest.fixture
def shopper(visit, site: Site):
    """Open a window of a new shopper with 500 points and a coupon: ``shopper(name, …)``."""

    def open_window(name: str, viewport: dict = PHONE, **options) -> Page:
        page = visit(viewport, **options)
        choose_english(page)
        register(page, name)
        site.flask("points", "adjust", "--user", name, "--amount", "500", "--reason", "A gift", "--reference", name)
        return page

    return open_window


def total(page: Page) -> str:
    return page.locator("[data-total]").inner_text()


def test_buy_now_with_coupon_and_points(shopper, picture):
    page = shopper("elsa")
    page.goto(GOODS)
    for number in ("1", "2"):
        page.get_by_role("button", name="Add to cart").click()
        expect(page.locator("[data-number]")).to_have_text(number)
    page.get_by_role("button", name="Buy now").click()
    expect(page.locator("[name=quantity]")).to_have_value("2")
    paste_an_address(page)
    expect(page.locator("[name=quantity]")).to_have_value("2")
    before = total(page)
    page.get_by_label("Note").fill("Ring twice")
    page.get_by_label("Invoice for").fill("ACME")
    page.get_by_label("Invoice for").press("Enter")
    page.get_by_label("No coupon").check(force=True)
    expect(page.locator("[data-total]")).not_to_have_text(before)
    expect(page.get_by_label("No coupon")).to_be_focused()
    page.locator("[name=coupon]").first.check(force=True)
    expect(page.locator("[data-total]")).to_have_text(before)
    page.get_by_label(re.compile("^Use 500 points")).check()
    expect(page.locator(".sums")).to_contain_text("Points−¥5.00")
    expect(page.locator("[data-live]")).to_have_text(f"Amount to pay {total(page)}")
    expect(page.get_by_label("Note")).to_have_value("Ring twice")
    picture(page, "phone-checkout-buy-now", full_page=True)
    pay(page)
    for words in ("Ring twice", "Invoice for ACME", "Points"):
        expect(page.get_by_text(words).first).to_be_visible()
    page.goto("/axf/cart/")
    expect(page.locator(".cart-line")).to_have_count(1)
    assert page.troubles == []


def test_the_last_of_quick_choices_counts_and_nothing_is_ordered_meanwhile(shopper):
    page = shopper("emil")
    page.goto(THREE)
    paste_an_address(page)
    held = []

    def hold(route) -> None:
        held.append(route)

    page.route("**/axf/checkout/", hold)
    page.get_by_label("No coupon").check(force=True)
    page.get_by_label(re.compile("^Use 500 points")).check()
    page.get_by_role("button", name="Submit order").click()
    expect(page.locator(".paybar-go")).to_have_attribute("aria-busy", "true")
    assert [route.request.resource_type for route in held] == ["fetch", "fetch"]
    held[-1].continue_()
    page.unroute_all()
    expect(page.locator(".sums")).to_contain_text("Points−¥5.00")
    expect(page).to_have_url(re.compile("/axf/checkout/"))
    expect(page.locator(".sums")).not_to_contain_text("Coupon")
    page.route(
        "**/axf/checkout/", lambda route: route.abort() if route.request.resource_type == "fetch" else route.continue_()
    )
    page.locator("[name=coupon]").first.check(force=True)
    expect(page.locator(".sums")).to_contain_text("Coupon")
    expect(page.get_by_label(re.compile("^Use 500 points"))).to_be_checked()


def bring(site: Site, page: Page) -> None:
    """Pick the paid order whose page this is, and bring it."""
    no = re.search(r"/axf/order/(\d+)/", page.url)[1]
    site.flask("order", "pick", no)
    site.flask("order", "ship", no, "--rider", "王师傅", "--phone", "13900000001")
    site.flask("order", "deliver", no)
    page.reload()


def test_buy_now_without_javascript(shopper, site: Site, picture):
    page = shopper("edda", java_script_enabled=False)
    page.goto(GOODS)
    page.get_by_role("button", name="Buy now").click()
    expect(page.locator("[name=quantity]")).to_have_value("1")
    page.goto(THREE)
    write_an_address(page)
    before = total(page)
    page.get_by_label("Invoice for").fill("ACME")
    page.get_by_label(re.compile("^Use 500 points")).check()
    page.get_by_label("Invoice for").press("Enter")
    expect(page.get_by_role("heading", name="Check out")).to_be_visible()
    expect(page.get_by_label("Invoice for")).to_have_value("ACME")
    assert total(page) != before
    page.get_by_label("No coupon").check(force=True)
    page.get_by_role("button", name="Work it out again").click()
    expect(page.locator(".sums")).not_to_contain_text("Coupon")
    picture(page, "phone-checkout-without-javascript", full_page=True)
    pay(page)
    bring(site, page)
    page.get_by_role("button", name="Yes, I have it").click()
    expect(page.get_by_role("heading", name="Received")).to_be_visible()


def test_checkout_and_orders_break_no_rule_in_any_state(shopper, visit, site: Site, picture):
    page = shopper("egon")
    page.goto(THREE)
    paste_an_address(page)

    def look(name: str, *paths: str) -> None:
        kept = page.context.storage_state()
        for viewport, scheme, lang in ((SMALL, "light", "en"), (PHONE, "dark", "zh"), (DESKTOP, "light", "en")):
            window = visit(viewport, color_scheme=scheme, storage_state=kept)
            window.context.add_cookies([{"name": "lang", "value": lang, "url": site.url}])
            for path in paths:
                check(window, path)
            picture(window, f"{name}-{viewport['width']}-{scheme}-{lang}", full_page=True)
            assert window.troubles == []

    look("checkout", GOODS, THREE)
    orders = []
    for _ in range(3):
        page.goto(THREE)
        page.get_by_role("button", name="Submit order").click()
        expect(page.get_by_role("heading", name="Waiting for your payment")).to_be_visible()
        orders.append(re.search(r"/axf/order/\d+/", page.url)[0])
        if len(orders) < 3:
            page.get_by_role("button", name="Pay now").click()
            page.get_by_role("button", name="Pay").click()
            expect(page.get_by_role("heading", name="Paid. Thank you!")).to_be_visible()
        if len(orders) == 1:
            bring(site, page)
            page.get_by_role("button", name="Yes, I have it").click()
    look("order-unpaid", "/axf/orders/?status=to-review", *orders)

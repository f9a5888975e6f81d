"""From the home page to a paid order, as a shopper does it, with JavaScript and without."""

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Site

pytestmark = [pytest.mark.browser, pytest.mark.mariadb, pytest.mark.xdist_group("browser")]

PASSWORD = "a fine pass phrase"
FRUIT = "/axf/market/103532/0/0/"


def avatar() -> dict:
    file = io.BytesIO()
    Image.new("RGB", (900, 600), (31, 122, 61)).save(file, "JPEG")
    return {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}


def choose_english(page: Page) -> None:
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def register(page: Page, name: str) -> None:
    page.get_by_role("link", name="Account").click()
    page.get_by_role("link", name="Register").click()
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label(re.compile("again", re.IGNORECASE)).fill(PASSWORD)
    page.get_by_label("I have read the privacy notice").check()
    page.locator("input[type=file]").set_input_files(avatar())
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    expect(page.locator(".profile img")).to_have_js_property("naturalWidth", 256)


def paste_an_address(page: Page) -> None:
    page.get_by_role("link", name="Add an address").click()
    page.get_by_label("Paste an address").fill("张三 +86 138 0013 8000 上海市黄浦区南京东路 100 号 8 楼")
    page.get_by_role("button", name="Fill in the fields").click()
    expect(page.get_by_label("Mobile number")).to_have_value("13800138000")
    page.get_by_role("button", name="Save the address").click()
    expect(page.get_by_role("heading", name="Check out")).to_be_visible()


def write_an_address(page: Page) -> None:
    page.get_by_role("link", name="Add an address").click()
    page.get_by_label("Name of who receives it").fill("李四")
    page.get_by_label("Mobile number").fill("139-0013-9000")
    for label, choice in (("Province", "上海市"), ("City", "上海市"), ("District", "黄浦区")):
        field = page.get_by_label(label, exact=True)
        if not field.locator("option", has_text=choice).count():
            page.get_by_role("button", name="Next: show the choices").click()
        if not field.locator("option:checked", has_text=choice).count():
            field.select_option(label=choice)
    page.get_by_label("Street, building, room").fill("淮海路 1 号")
    page.get_by_role("button", name="Save the address").click()
    expect(page.get_by_role("heading", name="Check out")).to_be_visible()


def pay(page: Page) -> None:
    page.get_by_role("button", name="Submit order").click()
    expect(page.get_by_role("heading", name="Waiting for your payment")).to_be_visible()
    page.get_by_role("button", name="Pay now").click()
    expect(page.get_by_role("heading", name="Pay this order")).to_be_visible()
    page.get_by_role("button", name="Pay").click()
    expect(page.get_by_role("heading", name="Paid. Thank you!")).to_be_visible()


def amount(text: str) -> str:
    return re.search(r"¥\s*([\d,]+\.\d\d)", text)[1]


def test_with_javascript(visit, site: Site, picture):
    page = visit(PHONE)
    choose_english(page)
    picture(page, "phone-home")
    register(page, "anna")
    picture(page, "phone-account")

    page.goto(FRUIT)
    cards = page.locator("article.goods:not(.is-sold-out)")
    for number, taps in ((0, 2), (1, 1)):
        plus = cards.nth(number).locator('[data-step="1"]')
        for _ in range(taps):
            plus.click()
        expect(cards.nth(number).locator("[data-number]")).to_have_text(str(taps))
    expect(page.locator("[data-cart-badge]")).to_have_text("3")
    picture(page, "phone-market")
    page.reload()
    expect(cards.nth(0).locator("[data-number]")).to_have_text("2")

    page.get_by_role("link", name="Cart").click()
    expect(page.locator(".cart-line")).to_have_count(2)
    before = page.locator("[data-total]").inner_text()
    page.locator(".cart-line").nth(0).get_by_role("checkbox").click()
    expect(page.locator("[data-total]")).not_to_have_text(before)
    page.locator(".cart-line").nth(0).get_by_role("checkbox").click()
    expect(page.locator("[data-total]")).to_have_text(before)
    picture(page, "phone-cart")

    page.get_by_role("link", name="Check out (3)").click()
    picture(page, "phone-checkout-without-address")
    paste_an_address(page)
    page.get_by_label("Note").fill("请放门口")
    picture(page, "phone-checkout", full_page=True)
    pay(page)
    expect(page.get_by_text("南京东路 100 号 8 楼")).to_be_visible()
    picture(page, "phone-paid")
    no = re.search(r"\d{10,}", page.url)[0]
    assert "paid" in site.flask("order", "show", no)
    page.get_by_role("link", name="Account").click()
    expect(page.get_by_role("link", name="To receive 1")).to_be_visible()
    assert page.troubles == []


def test_without_javascript(visit, site: Site, picture):
    page = visit(PHONE, java_script_enabled=False)
    choose_english(page)
    register(page, "bert")

    page.goto(FRUIT)
    page.locator('article.goods [data-step="1"]').first.click()
    expect(page).to_have_url(re.compile(FRUIT))
    page.locator('article.goods [data-step="1"]').first.click()
    page.get_by_role("link", name="Cart").click()
    line = page.locator(".cart-line")
    expect(line).to_have_count(1)
    expect(line.locator("input[name=quantity]:visible")).to_have_value("2")
    line.get_by_role("checkbox").click()
    expect(page.get_by_role("checkbox", name="Select all")).to_have_attribute("aria-checked", "false")
    page.get_by_role("checkbox", name="Select all").click()
    page.locator(".cart-line").locator("input[name=quantity]:visible").fill("3")
    page.locator(".cart-line").locator("input[name=quantity]:visible").press("Enter")
    picture(page, "phone-cart-without-javascript")

    page.get_by_role("link", name="Check out (3)").click()
    write_an_address(page)
    total = amount(page.get_by_role("button", name="Submit order").inner_text())
    pay(page)
    no = re.search(r"\d{10,}", page.url)[0]
    shown = site.flask("order", "show", no)
    assert f"payable ¥{total.replace(',', '')}" in shown.replace(",", "")
    assert ": paid" in shown


def test_a_basket_on_its_way_to_a_full_off(visit, site: Site, picture):
    page = visit(PHONE)
    choose_english(page)
    register(page, "cora")
    page.goto("/axf/goods/437/")
    expect(page.locator(".detail-prices")).to_contain_text(re.compile(r"9\s*\.90\s*Usual price\s*¥12\.90"))
    expect(page.locator(".offers")).to_contain_text("¥5 off from ¥59")
    picture(page, "phone-goods-promoted")
    page.get_by_role("button", name="Add to cart").click()
    expect(page.locator("[data-cart-badge]").first).to_have_text("1")

    page.get_by_role("link", name="Cart").last.click()
    offers = page.locator("[data-offers]")
    expect(offers).to_be_hidden()
    number = page.get_by_role("textbox", name="How many: Peruvian Blueberries")
    for quantity, told in (("5", "Add ¥9.50 for ¥5 off from ¥59"), ("6", "You get ¥5 off from ¥59")):
        number.fill(quantity)
        number.press("Enter")
        expect(offers).to_contain_text(told)
        drawn = offers.inner_html()
        page.reload()
        assert offers.inner_html() == drawn
    expect(page.locator("[data-total]")).to_have_text("¥54.40")
    picture(page, "phone-cart-promoted", full_page=True)
    assert page.troubles == []


def test_a_tap_while_logged_out_leads_through_login_to_the_cart(visit, site: Site):
    page = visit(PHONE)
    choose_english(page)
    page.goto(FRUIT)
    page.locator('article.goods [data-step="1"]').first.click()
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()


def test_a_picture_that_is_too_large_is_not_even_sent(visit, site: Site):
    page = visit(PHONE)
    choose_english(page)
    page.goto("/axf/register/")
    page.get_by_label("Username").fill("carl")
    page.locator("input[type=file]").set_input_files(
        {"name": "big.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8" + bytes(9 * 1024 * 1024)}
    )
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_text(re.compile("5 MB")).last).to_be_visible()
    expect(page.get_by_label("Username")).to_have_value("carl")
    expect(page.get_by_role("button", name="Register")).to_be_enabled()

"""The gallery and the share sheet, as fingers, keys, WeChat and browsers without script meet them."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, Site

pytestmark = [pytest.mark.browser, pytest.mark.mariadb, pytest.mark.xdist_group("browser")]

GOODS = "/axf/goods/401/"
WECHAT = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 MicroMessenger/8.0.50"


def test_the_gallery_moves_by_keys_and_by_its_small_pictures(visit, site: Site):
    page = visit(PHONE)
    page.goto(GOODS)
    track, thumbs = page.locator(".gallery-track"), page.locator(".gallery-thumb")
    expect(thumbs.nth(0)).to_have_attribute("aria-current", "true")
    track.focus()
    page.keyboard.press("ArrowRight")
    expect(thumbs.nth(1)).to_have_attribute("aria-current", "true")
    before = page.evaluate("scrollY")
    thumbs.nth(2).click()
    expect(thumbs.nth(2)).to_have_attribute("aria-current", "true")
    assert page.evaluate("scrollY") == before
    loaded = "pictures => pictures.every(picture => picture.complete && picture.naturalWidth)"
    page.wait_for_function(f"({loaded})([...document.querySelectorAll('.gallery-track img')])")


def test_the_share_sheet_shows_the_code_and_says_that_the_link_is_copied(visit, site: Site):
    page = visit(PHONE)
    page.context.add_cookies([{"name": "lang", "value": "en", "url": site.url}])
    page.goto(GOODS)
    page.get_by_role("link", name="Share").click()
    dialog = page.get_by_role("dialog", name="Share it")
    expect(dialog).to_be_visible()
    assert Axe().run(page).response["violations"] == []
    page.wait_for_function("document.querySelector('dialog .share-code').naturalWidth > 200")
    expect(dialog.get_by_label("Link")).to_have_value(page.locator("[rel=canonical]").get_attribute("href"))
    dialog.get_by_role("button", name="Copy link").click()
    expect(dialog.get_by_role("status")).to_have_text("The link is copied")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("link", name="Share")).to_be_focused()


def test_a_phone_shares_by_its_own_sheet(visit, site: Site):
    page = visit(PHONE)
    page.add_init_script("navigator.share = (what) => { window.shared = what; return Promise.resolve(); }")
    page.goto(GOODS)
    page.locator("[data-share]").click()
    page.wait_for_function("window.shared")
    canonical = page.locator("[rel=canonical]").get_attribute("href")
    assert page.evaluate("window.shared") == {"title": "丹东99草莓 300g/盒", "url": canonical}
    expect(page.locator("[data-share-dialog]")).to_be_hidden()


def test_in_wechat_the_sheet_says_how_wechat_shares(visit, site: Site):
    page = visit(PHONE, user_agent=WECHAT)
    page.add_init_script("navigator.share = () => { window.shared = true; return Promise.resolve(); }")
    page.goto(GOODS)
    page.locator("[data-share]").click()
    expect(page.locator("[data-share-wechat]")).to_have_text("点右上角 ··· 分享，或长按二维码保存。")
    expect(page.locator("[data-share-copy]")).to_be_hidden()
    assert page.evaluate("window.shared") is None


def test_without_script_sharing_is_a_page_and_pictures_are_links(visit, site: Site):
    page = visit(PHONE, java_script_enabled=False)
    page.goto(GOODS)
    page.locator(".gallery-thumb").nth(1).click()
    expect(page.locator("#picture-2")).to_be_in_viewport()
    page.locator("[data-share]").click()
    expect(page).to_have_url(f"{site.url}{GOODS}share/")
    expect(page.locator(".share-code")).to_be_visible()
    page.get_by_role("link", name="返回商品").click()
    expect(page).to_have_url(f"{site.url}{GOODS}")

"""A tap on + before registration, the heart, the footprints and the usual basket, with JavaScript and without."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Site
from tests.browser.test_accessibility import check
from tests.browser.test_shopping import FRUIT, PASSWORD, choose_english

pytestmark = [pytest.mark.browser, pytest.mark.mariadb, pytest.mark.xdist_group("browser")]

SMALL = {"width": 320, "height": 568}


def make_an_account(page: Page, name: str) -> None:
    """Register from the login page on which the tap ended."""
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    page.get_by_role("link", name="Make an account").click()
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label(re.compile("again", re.IGNORECASE)).fill(PASSWORD)
    page.get_by_label("I have read the privacy notice").check()
    page.get_by_role("button", name="Register").click()


@pytest.mark.parametrize(("name", "script"), [("tapper", True), ("plain_tapper", False)])
def test_a_tap_on_plus_leads_through_registration_to_the_cart(visit, site: Site, name: str, script: bool):
    page = visit(PHONE, java_script_enabled=script)
    choose_english(page)
    page.goto(FRUIT)
    card = page.locator("article.goods:not(.is-sold-out)").first
    goods = card.locator(".goods-name").inner_text()
    card.locator('[data-step="1"]').click()
    make_an_account(page, name)
    expect(page).to_have_url(re.compile("/axf/cart/$"))
    expect(page.get_by_text("It is in your cart.")).to_be_visible()
    expect(page.locator(".cart-line")).to_have_count(1)
    expect(page.locator(".cart-name")).to_have_text(goods)
    # The answer of 401 to the tap is told by the browser itself.
    assert [each for each in page.troubles if "401" not in each] == []


def test_the_heart_and_the_footprints(visit, site: Site, picture):
    page = visit(PHONE)
    choose_english(page)
    noted: list[str] = []
    page.on("request", lambda request: request.url.endswith("/seen/") and noted.append(request.url))
    page.goto(FRUIT)
    page.locator("article.goods:not(.is-sold-out) .goods-name a").first.click()
    goods, name = page.url, page.locator("h1").inner_text()
    page.wait_for_load_state("networkidle")
    assert noted == []
    page.get_by_role("button", name="Keep in my favourites").click()
    make_an_account(page, "keeper")
    expect(page).to_have_url(re.compile("/axf/favourites/$"))
    expect(page.get_by_role("heading", name=name)).to_be_visible()

    page.goto(goods)
    heart = page.get_by_role("button", name="Keep in my favourites")
    expect(heart).to_have_attribute("aria-pressed", "true")
    page.wait_for_load_state("networkidle")
    assert len(noted) == 1
    picture(page, "goods-with-heart")
    heart.click()
    expect(page.locator("[data-toast]")).to_have_text("No longer in your favourites")
    page.reload()
    expect(heart).to_have_attribute("aria-pressed", "false")
    heart.click()
    expect(page.locator("[data-toast]")).to_have_text("Kept in your favourites")

    for viewport in (SMALL, PHONE):
        page.set_viewport_size(viewport)
        for path in ("/axf/favourites/", "/axf/footprints/", "/axf/usual/"):
            check(page, path)
            picture(page, f"{path.strip('/').replace('/', '-')}-{viewport['width']}")
    page.goto("/axf/footprints/")
    page.get_by_role("button", name=f"Forget that I looked at this: {name}").click()
    expect(page.get_by_role("heading", name="Nothing here yet")).to_be_visible()
    assert [each for each in page.troubles if "401" not in each] == []


def test_the_usual_basket_goes_into_the_cart_without_javascript(visit, site: Site, picture):
    page = visit(PHONE, java_script_enabled=False)
    choose_english(page)
    page.goto("/axf/login/?next=/axf/usual/")
    page.get_by_label("Username").fill("demo_orders")
    page.get_by_label("Password", exact=True).fill("demo-axf-2026")
    page.get_by_role("button", name="Log in").click()
    boxes = page.locator("input[type=checkbox]")
    count = boxes.count()
    assert count >= 2
    boxes.first.uncheck()
    picture(page, "usual")
    page.get_by_role("button", name="Put into the cart").click()
    expect(page).to_have_url(re.compile("/axf/cart/$"))
    expect(page.locator(".cart-line")).to_have_count(count - 1)

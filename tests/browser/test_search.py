"""Searching with the keyboard, with what the device remembers, and back to the same place."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Site

pytestmark = [pytest.mark.browser, pytest.mark.mariadb, pytest.mark.xdist_group("browser")]


def box(page: Page):
    return page.get_by_role("combobox")


def english(page: Page, site: Site) -> None:
    page.context.add_cookies([{"name": "lang", "value": "en", "url": site.url}])


def test_the_combobox_is_driven_by_keyboard(visit, picture):
    page = visit(PHONE)
    page.goto("/axf/home/")
    box(page).press_sequentially("cao")
    expect(page.get_by_role("listbox")).to_be_visible()
    expect(box(page)).to_have_attribute("aria-expanded", "true")
    box(page).press("ArrowDown")
    expect(box(page)).to_have_attribute("aria-activedescendant", "suggestion-0")
    expect(page.get_by_role("option", selected=True)).to_have_count(1)
    expect(page.locator("[data-search] [role=status]")).to_have_text(re.compile(r"\d+ 条建议"))
    picture(page, "suggestions")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    box(page).press("ArrowUp")
    box(page).press("ArrowDown")
    expect(box(page)).to_have_attribute("aria-activedescendant", "suggestion-0")
    box(page).press("Home")
    expect(page.get_by_role("option", selected=True)).to_have_count(0)
    box(page).press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(box(page)).to_have_value("cao")
    box(page).press("Escape")
    expect(box(page)).to_have_value("")
    box(page).fill("丹东")
    box(page).press("ArrowDown")
    expect(page.get_by_role("option")).to_have_count(1)
    box(page).press("ArrowDown")
    box(page).press("Enter")
    expect(page.get_by_role("heading", name="丹东99草莓")).to_be_visible()


def test_enter_without_a_choice_searches_and_the_device_remembers(visit, site: Site):
    page = visit({"width": 1280, "height": 800})
    english(page, site)
    for text in ("strawberries", "milk"):
        page.goto("/axf/search/")
        box(page).fill(text)
        box(page).press("Enter")
        expect(page.get_by_role("heading", name=text, level=1)).to_be_visible()
    page.goto("/axf/search/")
    kept = page.locator("[data-search-history-list] a")
    expect(kept).to_have_text(["milk", "strawberries"])
    page.get_by_role("button", name="Forget milk").click()
    expect(kept).to_have_text(["strawberries"])
    box(page).click()
    expect(page.get_by_role("option")).to_have_text([re.compile("strawberries")])
    page.get_by_role("button", name="Clear").click()
    expect(page.locator("[data-search-history]")).to_be_hidden()
    asked = {line.split()[0] for line in site.flask("search", "asked").splitlines() if line.strip()}
    assert {"strawberries", "milk"} <= asked


def test_coming_back_finds_the_list_and_the_place_again(visit):
    page = visit(PHONE)
    page.goto("/axf/search/?q=牛奶")
    expect(page.locator("[data-cards] > li")).to_have_count(30)
    page.locator("[data-more] a").click()
    expect(page.locator("[data-cards] > li")).not_to_have_count(30)
    count = page.locator("[data-cards] > li").count()
    last = page.locator("[data-cards] > li").last
    last.scroll_into_view_if_needed()
    place = page.evaluate("scrollY")
    last.get_by_role("link").first.click()
    expect(page).to_have_url(re.compile("/axf/goods/"))
    page.go_back()
    expect(page.locator("[data-cards] > li")).to_have_count(count)
    page.wait_for_function("place => Math.abs(scrollY - place) < 80", arg=place)


def test_search_works_without_javascript(visit, site: Site):
    page = visit(PHONE, java_script_enabled=False)
    english(page, site)
    page.goto("/axf/home/")
    page.get_by_role("searchbox").fill("strawberry jam")
    page.get_by_role("searchbox").press("Enter")
    expect(page.get_by_role("link", name="Strawberry Jam")).to_be_visible()
    page.locator("summary", has_text="Filters").click()
    page.get_by_label("Buy 1 get 1").check()
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("Nothing fits these filters")).to_be_visible()

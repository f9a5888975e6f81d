"""The service worker in Chromium: what it keeps, what it never keeps, and how it goes.

The shop runs in this process: a test can take it off the network, deploy a new version, switch the worker off.
"""

import re
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update
from werkzeug.serving import make_server

from axf.cart import service as cart
from axf.extensions import db
from axf.home import screen
from axf.market.models import Goods
from tests.browser.conftest import PHONE
from tests.conftest import CHILD, FRUIT, PASSWORD, add_address, add_area, add_slot, start_anew
from tests.ports import free_port

pytestmark = [pytest.mark.browser, pytest.mark.sqlite, pytest.mark.xdist_group("browser")]

LISTING = f"/axf/market/{FRUIT}/{CHILD}/0/"
PRIVATE = ["/axf/cart/", "/axf/orders/", "/axf/mine/", "/axf/account/", "/axf/messages/"]
KEPT = """async () => {
  const kept = {};
  for (const name of await caches.keys()) {
    const store = await caches.open(name);
    kept[name] = await Promise.all((await store.keys()).map(async (key) => {
      const { pathname, search } = new URL(key.url);
      return [pathname + search, await (await store.match(key)).text()];
    }));
  }
  return kept;
}"""

# The two stores of before are two new ones.
TAKEN_OVER = """async (before) => {
  const now = await caches.keys();
  return now.length === 2 && !now.some((name) => before.includes(name));
}"""


class Shop:
    """The shop on a port that stays its own while it is off the network."""

    def __init__(self, app: Flask) -> None:
        self.app, self.port = app, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.server = None

    def go_online(self) -> None:
        self.server = make_server("127.0.0.1", self.port, self.app, threaded=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def go_offline(self) -> None:
        if self.server is not None:
            self.server.shutdown()
            self.server.server_close()
            self.server = None

    def deploy(self, folder: Path) -> None:
        """Serve styles of which one has changed."""
        for kind in ("css", "js", "img"):
            shutil.copytree(Path(self.app.static_folder) / kind, folder / kind)
        with (folder / "css/goods.css").open("a") as file:
            file.write("\n.deployed { color: var(--ink); }\n")
        self.app.static_folder = str(folder)
        start_anew(self.app)


@pytest.fixture
def shop(app, fruit) -> Iterator[Shop]:
    shop = Shop(app)
    shop.go_online()
    yield shop
    shop.go_offline()


@pytest.fixture
def page(browser: Browser, shop: Shop) -> Iterator[Page]:
    """A phone that has been on the home page: the worker is there."""
    context = browser.new_context(base_url=shop.url, viewport=PHONE)
    context.set_default_timeout(20_000)
    page = context.new_page()
    page.goto("/axf/home/")
    until(page, "() => navigator.serviceWorker.controller !== null")
    yield page
    context.close()


def until(page: Page, condition: str, argument: object = None) -> None:
    """Wait until a function in the page says yes; Playwright's own wait needs eval, which the shop forbids."""
    deadline = time.monotonic() + 20
    while not page.evaluate(condition, argument):
        assert time.monotonic() < deadline, condition
        time.sleep(0.05)


def see(page: Page, path: str) -> None:
    """Open a public page and wait until it is kept."""
    page.goto(path)
    until(page, "async (path) => Boolean(await caches.match(path))", path)


def log_in(page: Page) -> None:
    page.goto("/axf/login/")
    page.locator("[name=username]").fill("anna")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("form.form button:not([type=button])").click()
    expect(page).to_have_url(re.compile("/axf/mine/"))


def kept_pages(page: Page) -> dict[str, str]:
    stores = page.evaluate(KEPT)
    (name,) = [name for name in stores if name.startswith("axf-pages-")]
    return dict(stores[name])


def expect_no_violation(page: Page) -> None:
    assert [each["id"] for each in Axe().run(page).response["violations"]] == []


def expect_offline_page(page: Page, path: str, words: str = "网络断开了") -> None:
    page.goto(path)
    expect(page.get_by_role("heading", level=1)).to_have_text(words)
    expect(page).to_have_url(re.compile(re.escape(path)))


def test_offline_shows_what_was_seen_of_the_public_pages_and_nothing_private(page, shop, shopper, picture):
    log_in(page)
    see(page, LISTING)
    see(page, "/axf/goods/475/")
    page.locator('[data-stepper][data-goods="475"] [data-step="1"]').first.click()
    expect(page.locator("[data-cart-badge]").first).to_have_text("1")
    for path in (*PRIVATE, "/axf/goods/476/?reviews=photo", "/axf/_styleguide/"):
        page.goto(path)
    page.wait_for_load_state("networkidle")

    stores = page.evaluate(KEPT)
    assert len(stores) == 2
    assert set(kept_pages(page)) == {"/axf/offline/", "/axf/home/", LISTING, "/axf/goods/475/"}
    (files,) = [dict(kept) for name, kept in stores.items() if name.startswith("axf-files-")]
    assert all(re.fullmatch(r"/static/(css|js|img)/.+\?v=[0-9a-f]{12}", address) for address in files)
    assert not any("anna" in text for kept in stores.values() for _address, text in kept)

    shop.go_offline()
    page.goto("/axf/goods/475/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("草莓475")
    expect(page.locator("[data-kept]")).to_be_visible()
    expect_no_violation(page)
    picture(page, "kept-goods")
    page.locator('[data-stepper][data-goods="475"] [data-step="1"]').first.click()
    expect(page.locator("[data-toast]")).to_contain_text("网络")
    for path in (*PRIVATE, "/axf/goods/476/", "/axf/goods/475/?reviews=photo", "/axf/search/?q=x"):
        expect_offline_page(page, path)
        assert "anna" not in page.content()
    expect(page.locator("[data-kept-pages] a")).to_have_text([re.compile("草莓475"), re.compile("进口水果")])
    expect_no_violation(page)
    picture(page, "offline")
    page.goto("/axf/home/?source=home-screen")
    expect(page.locator("main.home")).to_be_visible()

    shop.go_online()
    page.goto("/axf/cart/")
    assert page.locator("[data-line]").get_attribute("data-quantity") == "1"
    shop.go_offline()
    expect_offline_page(page, "/axf/cart/")
    shop.go_online()
    page.get_by_role("button", name="再试一次").click()
    expect(page.locator("[data-line]")).to_have_count(1)


def test_no_copy_is_shown_in_the_language_of_before(page, shop):
    see(page, "/axf/goods/475/")
    page.goto("/axf/mine/")
    page.get_by_role("button", name="English").last.click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    until(page, "async () => (await caches.match('/axf/offline/')).headers.get('Content-Language') === 'en'")
    assert list(kept_pages(page)) == ["/axf/offline/"]
    shop.go_offline()
    expect_offline_page(page, "/axf/goods/475/", "You are offline")
    shop.go_online()
    see(page, "/axf/goods/475/")
    shop.go_offline()
    page.goto("/axf/goods/475/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Strawberries 475")


def test_pages_come_from_the_network_while_there_is_one(page, shop):
    see(page, "/axf/goods/475/")
    for price in (1100, 1200):
        db.session.execute(update(Goods).where(Goods.id == 475).values(price=price))
        db.session.commit()
        page.goto("/axf/goods/475/")
        expect(page.locator(".price-yuan").first).to_have_text(str(price // 100))
    until(page, "async () => (await (await caches.match('/axf/goods/475/')).text()).includes('¥12.00')")
    shop.go_offline()
    page.goto("/axf/goods/475/")
    expect(page.locator(".price-yuan").first).to_have_text("12")


def test_the_store_is_bounded_and_takes_only_what_the_server_allows(page, app, monkeypatch):
    monkeypatch.setattr(screen, "KEPT_PAGES", 2)
    before = page.evaluate("caches.keys()")
    page.evaluate("async () => (await navigator.serviceWorker.getRegistration('/axf/')).update()")
    until(page, TAKEN_OVER, before)
    for path in (LISTING, "/axf/goods/475/"):
        see(page, path)
    with monkeypatch.context() as forbidding:
        answer = ("secret", {"Cache-Control": "private", "Content-Language": "zh-Hans"})
        forbidding.setitem(app.view_functions, "market.goods", lambda goods_id: answer)
        page.goto("/axf/goods/477/")
    see(page, "/axf/goods/476/")
    until(page, "async (path) => !(await caches.match(path))", LISTING)
    assert set(kept_pages(page)) == {"/axf/offline/", "/axf/home/", "/axf/goods/475/", "/axf/goods/476/"}


def test_a_new_version_takes_over_and_reloads_nothing(page, shop, shopper, tmp_path, picture):
    add_address(shopper)
    add_slot(add_area())
    db.session.commit()
    cart.set_quantity(shopper, 475, 1)
    log_in(page)
    buying = page.context.new_page()
    buying.goto("/axf/checkout/")
    buying.locator("[name=note]").fill("放在门口")
    see(page, "/axf/goods/475/")
    before = page.evaluate("caches.keys()")

    shop.deploy(tmp_path / "static")
    fresh = page.context.new_page()
    fresh.goto("/axf/goods/475/")
    fresh.wait_for_load_state("networkidle")
    until(page, TAKEN_OVER, before)  # browsers ask for it by themselves after a page
    expect(page.locator("[data-renewed]")).to_be_visible()
    expect(fresh.locator("[data-renewed]")).to_be_hidden()
    expect_no_violation(page)
    picture(page, "renewed")
    expect(buying.locator("[name=note]")).to_have_value("放在门口")
    expect(buying.locator("[data-renewed]")).to_be_hidden()

    page.get_by_role("button", name="刷新").click()
    page.wait_for_load_state("networkidle")
    expect(page.locator("[data-renewed]")).to_be_hidden()
    shop.go_offline()
    page.goto("/axf/goods/475/")
    assert page.evaluate(
        "[...document.styleSheets].some((s) => [...s.cssRules].some((r) => r.selectorText === '.deployed'))"
    )


def test_the_kill_switch_empties_the_store_and_takes_the_worker_away(page, shop, app):
    see(page, "/axf/goods/475/")
    app.config["SERVICE_WORKER"] = False
    start_anew(app)
    page.goto("/axf/home/")
    until(page, "async () => !(await caches.keys()).length")
    until(page, "async () => !(await navigator.serviceWorker.getRegistrations()).length")
    page.goto("/axf/goods/475/")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("navigator.serviceWorker.controller") is None
    assert page.evaluate("navigator.serviceWorker.getRegistrations()") == []
    assert page.evaluate("caches.keys()") == []


def test_the_account_offers_the_home_screen_where_the_browser_can(page):
    page.goto("/axf/mine/")
    row = page.get_by_role("button", name="把爱鲜蜂放到桌面")
    expect(row).to_be_hidden()
    page.evaluate(
        """() => {
          const event = new Event("beforeinstallprompt", { cancelable: true });
          event.prompt = () => { document.title = "asked"; };
          dispatchEvent(event);
        }"""
    )
    row.click()
    expect(page).to_have_title("asked")
    expect(row).to_be_hidden()


def test_chromium_finds_nothing_wrong_with_the_manifest(page):
    client = page.context.new_cdp_session(page)
    found = client.send("Page.getAppManifest")
    assert (found["errors"], found["url"]) == ([], f"{page.url.split('/axf/')[0]}/manifest.webmanifest")
    # Playwright's windows are incognito ones; there is no other reason against installing.
    errors = client.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [error["errorId"] for error in errors] == ["in-incognito"]

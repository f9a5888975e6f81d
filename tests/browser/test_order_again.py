"""再来一单 without JavaScript, and its page in every state: it breaks no rule and fits on every phone."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Connection, create_engine, text

from tests.browser.conftest import DESKTOP, PHONE, Site
from tests.browser.test_accessibility import check
from tests.browser.test_shopping import FRUIT, choose_english, register, write_an_address

pytestmark = [pytest.mark.browser, pytest.mark.mariadb, pytest.mark.xdist_group("browser")]

SMALL = {"width": 320, "height": 568}
EMPTY_CART = "DELETE FROM cart_item WHERE user_id = (SELECT id FROM users WHERE username = 'dora')"


def order_and_cancel(page: Page) -> list[int]:
    """Order one of each of the first goods, two of the third, and cancel that; return the goods' ids."""
    page.goto(FRUIT)
    links = page.locator("article.goods:not(.is-sold-out) a[href*='/axf/goods/']")
    ids = list(dict.fromkeys(re.search(r"/goods/(\d+)/", link.get_attribute("href"))[1] for link in links.all()))[:6]
    for goods_id in (*ids, ids[2]):
        page.goto(f"/axf/goods/{goods_id}/")
        page.locator('[data-step="1"]').first.click()
    page.goto("/axf/checkout/")
    write_an_address(page)
    page.get_by_role("button", name="Submit order").click()
    page.get_by_text("Cancel this order").click()
    page.get_by_role("button", name="Cancel the order").click()
    expect(page.get_by_role("heading", name="Cancelled")).to_be_visible()
    return list(map(int, ids))


@pytest.fixture
def goods(site: Site) -> Iterator[Connection]:
    """A connection to the shop's database; goods are afterwards as they were, for the tests that follow."""
    engine = create_engine(site.environment["AXF_DATABASE_URL"], isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        query = "SELECT id, name, name_en, price, stock, on_sale, replaced_by_id FROM goods"
        before = [dict(row) for row in connection.execute(text(query)).mappings()]
        yield connection
        columns = ", ".join(f"{name} = :{name}" for name in before[0] if name != "id")
        connection.execute(text(f"UPDATE goods SET {columns} WHERE id = :id"), before)
    engine.dispose()


def test_an_order_goes_into_the_cart_again_and_its_page_tells_what_changed(
    visit, site: Site, goods: Connection, picture
):
    page = visit(PHONE, java_script_enabled=False)
    choose_english(page)
    register(page, "dora")
    dearer, cheaper, short, gone, replaced, same = order_and_cancel(page)
    path = re.search(r"/axf/order/\d+/", page.url)[0] + "again/"
    picture(page, "order-cancelled", full_page=True)

    page.get_by_role("button", name="Order again").click()
    expect(page.get_by_text("All of the order is in your cart, at the same prices.")).to_be_visible()
    expect(page.locator(".cart-line")).to_have_count(6)
    picture(page, "again-nothing-changed")

    site.flask("goods", "replace", str(replaced), str(same))
    for change in (
        f"price = price + 1234 WHERE id = {dearer}",
        f"price = price - 100 WHERE id = {cheaper}",
        f"stock = 1 WHERE id = {short}",
        f"stock = 0 WHERE id = {gone}",
        f"on_sale = 0 WHERE id = {replaced}",
        f"name = CONCAT(name, '超长名字的优选有机水果礼盒装'), name_en ="
        f" 'A very long name of organic fruit in a gift box with a ribbon and a card' WHERE id = {same}",
    ):
        goods.execute(text(f"UPDATE goods SET {change}"))
    goods.execute(text(EMPTY_CART))
    page.goto("/axf/orders/")
    page.get_by_role("button", name="Order again").click()
    expect(page.get_by_role("heading", name="What is different now")).to_be_visible()
    page.reload()
    for words in ("Dearer: ", "Cheaper: ", "Only 1 left", "Sold out right now", "Instead of: "):
        expect(page.get_by_text(words).first).to_be_visible()
    kept = page.context.storage_state()
    for viewport, scheme, lang in (
        (SMALL, "light", "en"),
        (PHONE, "light", "zh"),
        (PHONE, "dark", "en"),
        (DESKTOP, "light", "en"),
        (DESKTOP, "dark", "zh"),
    ):
        window = visit(viewport, color_scheme=scheme, storage_state=kept)
        window.context.add_cookies([{"name": "lang", "value": lang, "url": site.url}])
        check(window, path)
        picture(window, f"again-{viewport['width']}-{scheme}-{lang}", full_page=True)
        assert window.troubles == []
    for address in ("/axf/orders/", path.removesuffix("again/")):
        check(window, address)
    page.get_by_role("link", name="To the cart").click()
    expect(page.locator(".cart-line")).to_have_count(4)

    goods.execute(text(EMPTY_CART))
    goods.execute(text(f"UPDATE goods SET stock = 0 WHERE id IN ({dearer}, {cheaper}, {short}, {same})"))
    page.goto(path)
    expect(page.get_by_text("Nothing of this order is in your cart.")).to_be_visible()
    picture(page, "again-all-gone", full_page=True)

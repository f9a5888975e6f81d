"""The whole life of an order as its shopper sees it: paid, picked short, brought, reviewed, partly refunded."""

import io
import re
from decimal import Decimal

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, Site
from tests.browser.test_accessibility import check
from tests.browser.test_shopping import choose_english, paste_an_address, pay, register

pytestmark = [pytest.mark.browser, pytest.mark.mariadb, pytest.mark.xdist_group("browser")]

STRAWBERRIES, BLUEBERRIES = 401, 437


@pytest.fixture
def look(visit, site: Site, picture):
    """Look at a page of this shopper on a phone and on a desktop: ``look(page, name, path)``."""

    def at(page: Page, name: str, path: str) -> None:
        kept = page.context.storage_state()
        for viewport, scheme, lang in ((PHONE, "light", "zh"), (DESKTOP, "dark", "en")):
            window = visit(viewport, color_scheme=scheme, storage_state=kept)
            window.context.add_cookies([{"name": "lang", "value": lang, "url": site.url}])
            check(window, path)
            picture(window, f"life-{name}-{viewport['width']}-{scheme}-{lang}", full_page=True)
            assert window.troubles == []
            window.context.close()

    return at


def photo(name: str, colour: tuple[int, int, int]) -> dict:
    file = io.BytesIO()
    Image.new("RGB", (1200, 900), colour).save(file, "JPEG")
    return {"name": name, "mimeType": "image/jpeg", "buffer": file.getvalue()}


def yuan(text: str) -> Decimal:
    return Decimal(re.search(r"¥([\d,]+\.\d\d)", text)[1].replace(",", ""))


@pytest.mark.timeout(900)
def test_from_the_order_to_the_last_fen(visit, site: Site, look):
    page = visit(PHONE)
    choose_english(page)
    register(page, "olga")
    site.flask("points", "adjust", "--user", "olga", "--amount", "333", "--reason", "A gift", "--reference", "life")

    # Ordered with a coupon and points, so that nothing is a round sum, and paid.
    for goods, pieces in ((STRAWBERRIES, 3), (BLUEBERRIES, 2)):
        page.goto(f"/axf/goods/{goods}/")
        for number in range(1, pieces + 1):
            page.get_by_role("button", name="Add to cart").first.click()
            expect(page.locator("[data-number]").first).to_have_text(str(number))
    page.goto("/axf/checkout/")
    paste_an_address(page)
    page.get_by_label(re.compile("^Use 333 points")).check()
    expect(page.locator(".sums")).to_contain_text("Points−¥3.33")
    expect(page.locator(".sums")).to_contain_text("Coupon")
    paid = yuan(page.locator("[data-total]").inner_text())
    pay(page)
    order = re.search(r"/axf/order/\d+/", page.url)[0]
    no = order.split("/")[3]
    look(page, "paid", order)

    # Two of three are found: the third goes back at once.
    site.flask("order", "pick", no)
    said = site.flask("order", "short", no, f"{STRAWBERRIES}=2")
    short = yuan(said)
    page.goto(order)
    expect(page.get_by_role("heading", name="We are picking your things")).to_be_visible()
    expect(page.locator(".fixed-lines .row").filter(has_text="1 not delivered")).to_have_count(1)
    expect(page.locator(".order-back li")).to_have_count(1)
    assert yuan(page.locator(".order-back li").inner_text()) == short
    look(page, "picked-short", order)

    # The page that lies open tells by itself who brings it, and when it is there.
    follower = visit(PHONE, storage_state=page.context.storage_state())
    follower.clock.install()
    follower.goto(order)
    expect(follower.get_by_text("王师傅")).to_have_count(0)
    site.flask("order", "ship", no, "--rider", "王师傅", "--phone", "13900000001", "--expected", "23:59")
    follower.clock.run_for(20_000)
    expect(follower.get_by_text("王师傅")).to_be_visible()
    expect(follower.locator(".stages [aria-current=step]")).to_have_text("On its way")
    expect(follower.get_by_role("link", name=re.compile("Call the rider"))).to_have_attribute("href", "tel:13900000001")
    look(page, "shipped", order)
    site.flask("order", "deliver", no)
    follower.clock.run_for(20_000)
    expect(follower.locator(".stages [aria-current=step]")).to_have_text("Delivered")
    assert follower.troubles == []
    look(page, "delivered", order)

    # Received, and reviewed with a photo that everybody sees.
    page.goto("/axf/orders/?status=to-receive")
    page.get_by_role("button", name="Yes, I have it").click()
    expect(page.get_by_role("heading", name="Received")).to_be_visible()
    look(page, "received", order)
    berries = page.locator(".fixed-lines .row").filter(has_text="1 not delivered")
    berries.get_by_role("link", name=re.compile("Write a review")).click()
    write = re.sub("^https?://[^/]+", "", page.url)
    look(page, "review-write", write)
    page.get_by_label("Very good").check(force=True)
    page.locator("[name=text]").fill("Red to the stem and sweet")
    page.locator("input[type=file]").set_input_files(photo("strawberries.jpg", (190, 40, 50)))
    page.get_by_role("button", name="Send the review").click()
    expect(page).not_to_have_url(re.compile("/axf/order/.*review"))
    look(page, "my-reviews", "/axf/reviews/")
    page.goto(f"/axf/goods/{STRAWBERRIES}/?reviews=photos")
    review = page.get_by_text("Red to the stem and sweet")
    expect(review).to_be_visible()

    # One of two boxes of berries was squashed: a person decides, for the shopper is new.
    page.goto(order)
    page.get_by_role("link", name="Ask for a refund or replacement").click()
    page.locator(f"[name=q_{BLUEBERRIES}]").select_option("1")
    page.get_by_role("button", name="Next: show what comes back").click()
    promised = yuan(page.locator(".after-sale-sums .sums-total, .after-sale-sums > :last-child").first.inner_text())
    asking = re.sub("^https?://[^/]+", "", page.url)
    look(page, "after-sale-ask", asking)
    page.get_by_label("Damaged").check(force=True)
    page.locator("[name=text]").fill("Half of the box is squashed")
    page.locator("input[type=file]").set_input_files(photo("blueberries.jpg", (60, 60, 140)))
    page.get_by_role("button", name="Send the request").click()
    expect(page.get_by_role("heading", name="We are looking at it")).to_be_visible()
    request = re.sub("^https?://[^/]+", "", page.url).split("?")[0]
    look(page, "after-sale-asked", request)
    site.flask("aftersale", "approve", request.rstrip("/").split("/")[-1], "--reason", "Sorry!")
    page.goto(request)
    expect(page.get_by_role("heading", name="Settled")).to_be_visible()
    look(page, "after-sale-settled", request)
    look(page, "after-sales", "/axf/after-sales/")

    # What the page says, what the books say and what was promised are the same fen.
    site.flask("payment", "reconcile")
    page.goto(order)
    assert sorted(yuan(text) for text in page.locator(".order-back li").all_inner_texts()) == sorted([short, promised])
    look(page, "refunded", order)
    payment = re.search(rf"{no}P\w+", site.flask("order", "show", no))[0]
    shown = site.flask("payment", "show", payment)
    assert yuan(shown) == paid
    refunds = re.findall(r"refund .*", shown)
    assert sorted(yuan(line) for line in refunds) == sorted([short, promised])
    site.flask("check", "invariants")

    site.flask("worker", "run", "--once")
    page.goto("/axf/messages/")
    for words in ("delivered", "on its way", f"¥{short}", f"¥{promised}"):
        expect(page.locator(".message").filter(has_text=re.compile(words, re.IGNORECASE)).first).to_be_visible()
    look(page, "messages", "/axf/messages/")
    look(page, "orders-after-sale", "/axf/orders/?status=after-sale")
    look(page, "account", "/axf/mine/")
    assert page.troubles == []

"""Two languages, chosen by one cookie."""

import re
from dataclasses import replace

import pytest

from axf.cart import service as cart
from axf.core import clock
from axf.extensions import db
from axf.home.models import Nav
from axf.home.styleguide import SAMPLES
from axf.i18n import current_lang, local
from axf.market.cards import Card
from tests.conftest import CHILD, FRUIT, SAME_ORIGIN, logged_in

CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+")
PUBLIC = ["/axf/home/", f"/axf/market/{FRUIT}/{CHILD}/0/", "/axf/goods/475/", "/axf/nowhere/"]
PRIVATE = [
    "/axf/cart/", "/axf/checkout/", "/axf/orders/", "/axf/orders/?status=cancelled", "/axf/mine/", "/axf/account/",
    "/axf/login/", "/axf/register/", "/axf/addtocart/?goodsid=475",
]  # fmt: skip


@pytest.fixture
def full_shop(app, shopper, order_no) -> list[str]:
    """A shop with something on each page; the addresses of all pages."""
    db.session.add(
        Nav(name="水果", name_en="Fruit", picture="x", target="/axf/market/", position=1, starts_at=clock.now())
    )
    db.session.commit()
    cart.add(shopper, 477)
    return [*PUBLIC, *PRIVATE, f"/axf/order/{order_no}/"]


@pytest.mark.parametrize(("cookie", "html_lang"), [(None, "zh-Hans"), ("zh", "zh-Hans"), ("en", "en")])
def test_the_cookie_chooses_the_language_of_every_page(app, shopper, full_shop, cookie, html_lang):
    browser = logged_in(app, shopper)
    if cookie:
        browser.set_cookie("lang", cookie)
    for path in full_shop:
        assert f'<html lang="{html_lang}">' in browser.get(path).get_data(as_text=True), path


def test_english_pages_are_english_throughout(app, shopper, full_shop):
    browser = logged_in(app, shopper)
    browser.set_cookie("lang", "en")
    for path in full_shop:
        page = browser.get(path).get_data(as_text=True)
        # An address is Chinese in every language, and says so.
        page = re.sub('<span class="address-card" lang="zh-Hans">.*?<br>.*?</span>', "", page, flags=re.DOTALL)
        assert CHINESE.findall(page) == ["中文"] * page.count("中文"), path


def test_chinese_pages_have_no_english_texts(app, shopper, full_shop):
    browser = logged_in(app, shopper)
    for path in full_shop:
        page = browser.get(path).get_data(as_text=True)
        # The number of a request is hexadecimal: it may look like a word.
        page = re.sub("请求编号：[0-9a-f]{12}", "", page)
        seen = re.sub("<[^>]*>", " ", page.partition("</head>")[2])
        told = re.findall(r'(?:aria-label|alt|data-text-[a-z-]+)="([^"]*)"', page)
        words = re.findall("[A-Za-z]{3,}", re.sub("{[a-z]+}", "", " ".join([seen, *told])))
        assert set(words) <= {"English", "JPEG", "PNG", "WebP", "anna", "not", "found"}, path
        assert CHINESE.search(seen), path


@pytest.mark.parametrize("value", ["fr", "EN", "zh_Hans", "", "en-GB", "<b>", "%00", "e" * 4000])
def test_a_wrong_cookie_means_chinese(app, value):
    page = app.test_client(use_cookies=False).get("/axf/login/", headers={"Cookie": f"lang={value}"})
    assert page.status_code == 200
    assert '<html lang="zh-Hans">' in page.get_data(as_text=True)


def test_the_browsers_own_language_does_not_count(client):
    page = client.get("/axf/home/", headers={"Accept-Language": "en-GB,en;q=0.9"})
    assert '<html lang="zh-Hans">' in page.get_data(as_text=True)


def test_outside_of_a_request_it_is_chinese(app):
    assert current_lang() == "zh"


def test_switching_keeps_the_choice_and_goes_back(client, fruit):
    answer = client.post("/axf/language/", data={"to": "en", "next": "/axf/goods/475/"}, headers=SAME_ORIGIN)
    assert (answer.status_code, answer.location) == (303, "/axf/goods/475/")
    assert "Strawberries 475" in client.get("/axf/goods/475/").get_data(as_text=True)
    cookie = answer.headers["Set-Cookie"]
    assert re.search(r"^lang=en; .*Max-Age=31536000; .*Path=/; SameSite=Lax", cookie)
    client.post("/axf/language/", data={"to": "zh"}, headers=SAME_ORIGIN)
    assert "草莓475" in client.get("/axf/goods/475/").get_data(as_text=True)


@pytest.mark.parametrize(
    ("method", "path", "back"),
    [
        ("GET", f"/axf/market/{FRUIT}/0/3/?after=WzEsMV0", f"/axf/market/{FRUIT}/0/3/?after=WzEsMV0"),
        ("GET", "/axf/orders/?status=unpaid", "/axf/orders/?status=unpaid"),
        ("GET", "/axf/nowhere/", "/axf/nowhere/"),
        ("POST", "/axf/login/", "/axf/login/"),
        ("POST", "/axf/logout/", "/axf/home/"),
    ],
)
def test_the_switch_shows_the_same_page_again(member, fruit, method, path, back):
    page = member.open(path, method=method).get_data(as_text=True)
    switch = page[page.index('action="/axf/language/"') :]
    assert re.search('name="next" value="([^"]*)"', switch)[1] == back


@pytest.mark.parametrize("to", ["fr", "", "en ", "zh_Hans", None])
def test_switching_to_an_unknown_language_is_refused(client, to):
    answer = client.post("/axf/language/", data={} if to is None else {"to": to}, headers=SAME_ORIGIN)
    assert answer.status_code == 400
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {}])
def test_another_site_does_not_switch(client, headers):
    answer = client.post("/axf/language/", data={"to": "en"}, headers=headers)
    assert "Set-Cookie" not in answer.headers


def test_a_row_speaks_the_pages_language(app):
    apple = replace(SAMPLES[0], name="苹果", name_en="Apple")
    nameless = replace(apple, name_en="")
    assert isinstance(apple, Card)
    with app.test_request_context(headers={"Cookie": "lang=en"}):
        assert (local(apple, "name"), local(nameless, "name")) == ("Apple", "苹果")
    with app.test_request_context():
        assert local(apple, "name") == "苹果"

"""What search engines see of a page: one address in each language, words, a picture, and what is not to be found."""

import json
import re

import pytest
from sqlalchemy import update

from axf.canonical import LONGEST_DESCRIPTION, shortened
from axf.extensions import db
from axf.market import queries
from axf.market.models import Goods
from tests.conftest import CHILD, FRUIT, SAME_ORIGIN
from tests.test_security import addresses, gets, is_public  # noqa: F401 - a fixture

SHOP = "https://shop.example"
MARKET = f"/axf/market/{FRUIT}/{CHILD}/0/"


@pytest.fixture
def shop(app, fruit):
    app.config["BASE_URL"] = SHOP
    return app.test_client()


def head(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True).partition("</head>")[0]


def links(page: str) -> dict[str, str]:
    """Return the canonical address and the alternates by language."""
    canonical = dict.fromkeys(re.findall('<link rel="canonical" href="([^"]+)">', page))
    alternates = re.findall('<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', page)
    return {"canonical": "".join(canonical), **dict(alternates)}


def metas(page: str) -> dict[str, str]:
    return dict(
        re.findall('<meta (?:property|name)="((?:og|twitter):[^"]+|description|robots)" content="([^"]*)">', page)
    )


def data(page: str) -> list[dict]:
    return [json.loads(block) for block in re.findall('<script type="application/ld.json">(.*?)</script>', page)]


@pytest.mark.parametrize(
    ("path", "plain"),
    [
        ("/axf/home/", "/axf/home/"),
        ("/axf/home/?utm_source=x", "/axf/home/"),
        (MARKET, MARKET),
        (f"/axf/market/{FRUIT}/{CHILD}/3/", MARKET),
        ("/axf/goods/475/", "/axf/goods/475/"),
        ("/axf/goods/475/?reviews=photos", "/axf/goods/475/"),
    ],
)
@pytest.mark.parametrize(
    ("cookie", "named", "is_english"), [("", "", 0), ("en", "", 1), ("", "en", 1), ("en", "zh", 0)]
)
def test_a_page_has_one_address_in_each_language(shop, path, plain, cookie, named, is_english):
    if cookie:
        shop.set_cookie("lang", cookie)
    if named:
        path += f"{'&' if '?' in path else '?'}lang={named}"
    page = head(shop, path)
    chinese, english = SHOP + plain, f"{SHOP}{plain}?lang=en"
    assert links(page) == {
        "canonical": english if is_english else chinese, "zh-Hans": chinese, "en": english, "x-default": chinese,
    }  # fmt: skip
    assert f'<html lang="{"en" if is_english else "zh-Hans"}">' in page
    told = metas(page)
    assert told["og:url"] == links(page)["canonical"]
    locales = ("en_US", "zh_CN") if is_english else ("zh_CN", "en_US")
    assert (told["og:locale"], told["og:locale:alternate"]) == locales


def test_the_goods_page_tells_a_shared_link_what_it_is(shop):
    db.session.execute(update(Goods).values(name_en='Sweet "berries" <b>', description_en="Line one\nand two"))
    db.session.commit()
    page = head(shop, "/axf/goods/475/?lang=en")
    assert metas(page) == {
        "description": "Sweet &#34;berries&#34; &lt;b&gt;, 500 g: ¥10.00. Line one and two",
        "og:site_name": "AXF",
        "og:type": "product",
        "og:title": "Sweet &#34;berries&#34; &lt;b&gt; 500 g",
        "og:description": "Sweet &#34;berries&#34; &lt;b&gt;, 500 g: ¥10.00. Line one and two",
        "og:url": f"{SHOP}/axf/goods/475/?lang=en",
        "og:locale": "en_US",
        "og:locale:alternate": "zh_CN",
        "og:image": f"{SHOP}/static/img/goods/generic-fruit-480.webp",
        "og:image:alt": "Sweet &#34;berries&#34; &lt;b&gt;",
        "twitter:card": "summary",
    }


def test_titles_and_descriptions_say_what_is_on_the_page(shop):
    seen = {}
    for path in ("/axf/home/", f"/axf/market/{FRUIT}/0/0/", MARKET, "/axf/goods/475/"):
        page = head(shop, f"{path}?lang=en")
        seen[path] = (re.search("<title>(.*)</title>", page)[1], metas(page)["og:title"], metas(page)["description"])
    assert seen == {
        "/axf/home/": (
            "Fresh groceries, at your door · AXF",
            "Fresh groceries, at your door",
            "Fruit, milk, drinks, snacks and things for every day, fairly priced, at the time you choose.",
        ),
        f"/axf/market/{FRUIT}/0/0/": (
            "Fruit · Recommended · AXF",
            "Fruit",
            "Fruit at AXF: picked fresh, fairly priced, brought to your door.",
        ),
        MARKET: (
            "Imported fruit · Recommended · AXF",
            "Imported fruit · Fruit",
            "Imported fruit at AXF: picked fresh, fairly priced, brought to your door.",
        ),
        "/axf/goods/475/": (
            "Strawberries 475 500 g · AXF",
            "Strawberries 475 500 g",
            "Strawberries 475, 500 g: ¥10.00. Sweet",
        ),
    }


def test_further_pages_and_goods_off_sale_are_not_indexed(shop, monkeypatch):
    monkeypatch.setattr(queries, "PAGE_SIZE", 2)
    first = shop.get(MARKET).get_data(as_text=True)
    further = head(shop, re.search(r'href="([^"]+after=[^"]+)"', first)[1].replace("&amp;", "&"))
    db.session.execute(update(Goods).where(Goods.id == 476).values(on_sale=False))
    db.session.commit()
    for page in (further, head(shop, "/axf/goods/476/"), head(shop, "/axf/goods/475/share/")):
        assert (metas(page)["robots"], links(page)) == ("noindex", {"canonical": ""})


def test_everything_private_is_kept_out_of_search_engines(app, client, addresses):  # noqa: F811
    for endpoint, path in gets(addresses).items():
        with client.get(path) as answer:
            tag = answer.headers.get("X-Robots-Tag")
            assert (tag == "noindex") == (not is_public(app, endpoint)), endpoint


def test_the_language_of_the_address_stays_on_its_links_until_the_switch(shop):
    page = shop.get("/axf/goods/475/?lang=en").get_data(as_text=True)
    main = page.partition("<body")[2]
    for kept in (f"/axf/market/{FRUIT}/{CHILD}/0/?lang=en", "/axf/cart/?lang=en", "/axf/home/?lang=en"):
        assert f'href="{kept}"' in main
    assert 'data-overlay-url="/axf/overlay/"' in page
    assert not re.search(r'(?:src|href)="/static/[^"]*lang=', page)
    form = {"to": "zh", "next": "/axf/goods/475/?reviews=bad&lang=en"}
    answer = shop.post("/axf/language/", data=form, headers=SAME_ORIGIN)
    assert answer.location == "/axf/goods/475/?reviews=bad"
    plain = shop.get("/axf/goods/475/").get_data(as_text=True).partition("</header>")[2]
    assert re.findall('href="[^"]*lang=', plain) == []


@pytest.mark.parametrize("named", ["de", "", "EN", "zh_Hans", "en&lang=zh", "../x"])
def test_a_language_that_is_none_is_nobodys(shop, named):
    page = shop.get(f"/axf/home/?lang={named}").get_data(as_text=True)
    assert ('<html lang="en">' in page) == (named == "en&lang=zh")


def test_payment_gateways_are_never_given_a_language(app, shop):
    from flask import url_for

    with app.test_request_context("/axf/order/x/?lang=en"):
        assert url_for("order.notify", name="mock") == "/axf/pay/mock/notify/"
    with app.test_request_context("/axf/order/x/pay/?lang=en", method="POST"):
        assert url_for("home.index") == "/axf/home/"


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("", ""),
        (" a\n b ", "a b"),
        ("x" * LONGEST_DESCRIPTION, "x" * LONGEST_DESCRIPTION),
        ("甜" * 200, "甜" * (LONGEST_DESCRIPTION - 1) + "…"),
        ("y" * (LONGEST_DESCRIPTION - 2) + " zz", "y" * (LONGEST_DESCRIPTION - 2) + "…"),
    ],
)
def test_a_description_is_one_line_of_what_is_shown(text, short):
    assert shortened(text) == short

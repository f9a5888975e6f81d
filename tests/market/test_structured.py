"""The data about goods, lists and the shop (JSON-LD): whole values, for every page and every state."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import update

from axf.core import clock
from axf.extensions import db
from axf.market import promotions, queries
from axf.market.models import Goods, GoodsPicture
from axf.market.structured import product
from axf.review.shown import ShownReview
from tests.conftest import CHILD, FRUIT, add_goods
from tests.delivery.test_slots import MORNING as NOW
from tests.test_canonical import SHOP, data, head, shop  # noqa: F401 - a fixture

GOODS = f"{SHOP}/axf/goods/475/?lang=en"
HOSTILE = "</script><!--<script>alert(1)//\u2028' & \"x"


def change(**values: object) -> None:
    db.session.execute(update(Goods).where(Goods.id == 475).values(**values))
    db.session.commit()


def product_of(client, path: str = "/axf/goods/475/?lang=en") -> dict:
    return data(head(client, path))[0]


def test_a_goods_is_a_product_with_an_offer(shop):  # noqa: F811
    facts = {"origin": "越南", "origin_en": "Vietnam", "storage": "chilled", "shelf_life_days": 1}
    change(price=123450, allergens={"milk", "gluten"}, **facts)
    db.session.add(GoodsPicture(goods_id=475, position=1, picture="generic-milk", alt="奶", alt_en="Milk"))
    db.session.commit()
    assert product_of(shop) == {
        "@context": "https://schema.org",
        "@type": "Product",
        "@id": f"{GOODS}#product",
        "name": "Strawberries 475",
        "sku": "T-475",
        "url": GOODS,
        "image": [f"{SHOP}/static/img/goods/generic-{name}-480.webp" for name in ("fruit", "milk")],
        "description": "Sweet",
        "size": "500 g",
        "offers": {
            "@type": "Offer",
            "url": GOODS,
            "price": "1234.50",
            "priceCurrency": "CNY",
            "availability": "https://schema.org/InStock",
            "itemCondition": "https://schema.org/NewCondition",
        },
        "additionalProperty": [
            {"@type": "PropertyValue", "name": "Origin", "value": "Vietnam"},
            {"@type": "PropertyValue", "name": "Storage", "value": "Chilled, 0–4 °C"},
            {"@type": "PropertyValue", "name": "Shelf life", "value": "1 day"},
            {"@type": "PropertyValue", "name": "Allergens", "value": "gluten, milk"},
        ],
    }


@pytest.mark.parametrize(
    ("values", "availability"),
    [
        ({"stock": 1}, "InStock"),
        ({"stock": 0}, "OutOfStock"),
        ({"stock": 5, "on_sale": False}, "Discontinued"),
    ],
)
def test_an_offer_says_whether_it_can_be_bought(shop, values, availability):  # noqa: F811
    change(**values)
    assert product_of(shop)["offers"]["availability"] == f"https://schema.org/{availability}"


def test_a_special_price_says_its_last_day(shop):  # noqa: F811
    with time_machine.travel(NOW - timedelta(days=1)):
        promotions.set_promo_price(475, 790, NOW, NOW + timedelta(days=1))
    # It ends at 08:00 in Shanghai, on that day.
    last = (NOW + timedelta(days=1)).astimezone(clock.SHOP_ZONE).date().isoformat()
    seen = {}
    for when in (NOW, NOW + timedelta(days=1)):
        with time_machine.travel(when, tick=False):
            offer = product_of(shop)["offers"]
            seen[when] = (offer["price"], offer.get("priceValidUntil"))
    assert list(seen.values()) == [("7.90", last), ("10.00", None)]


def test_ratings_are_there_only_with_reviews_and_the_first_three_of_them(app, shop):  # noqa: F811
    assert {"aggregateRating", "review"} & product_of(shop).keys() == set()
    change(review_count=7, review_stars=32)
    reviews = [ShownReview(n, f"a***{n}", 5 - n, "甜" if n else "", NOW, "", None, "", ()) for n in range(4)]
    with app.test_request_context():
        found = product(queries.goods_detail(475)[0], reviews)
    rated = {"bestRating": 5, "worstRating": 1}
    assert found["aggregateRating"] == {
        "@type": "AggregateRating", "ratingValue": "4.6", "reviewCount": 7, **rated,
    }  # fmt: skip
    day = NOW.astimezone(clock.SHOP_ZONE).date().isoformat()
    assert found["review"] == [
        {
            "@type": "Review",
            "author": {"@type": "Person", "name": f"a***{n}"},
            "datePublished": day,
            "reviewRating": {"@type": "Rating", "ratingValue": 5 - n, **rated},
            **({"reviewBody": "甜"} if n else {}),
        }
        for n in range(3)
    ]


def test_a_list_leads_to_its_goods_in_its_order_and_says_where_it_stands(shop):  # noqa: F811
    crumbs, listed = data(head(shop, f"/axf/market/{FRUIT}/{CHILD}/3/"))
    assert crumbs == {
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": 1, "name": "首页", "item": f"{SHOP}/axf/home/"},
            {"@type": "ListItem", "position": 2, "name": "优选水果", "item": f"{SHOP}/axf/market/{FRUIT}/0/0/"},
            {"@type": "ListItem", "position": 3, "name": "进口水果", "item": f"{SHOP}/axf/market/{FRUIT}/{CHILD}/0/"},
        ],
    }
    assert listed == {
        "@context": "https://schema.org",
        "@type": "ItemList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "url": f"{SHOP}/axf/goods/{goods_id}/"}
            for place, goods_id in enumerate((477, 476, 475), start=1)
        ],
    }
    last = data(head(shop, "/axf/goods/475/"))[1]["itemListElement"][3]
    assert last == {"@type": "ListItem", "position": 4, "name": "草莓475", "item": f"{SHOP}/axf/goods/475/"}


@pytest.mark.parametrize(("lang", "query"), [("zh", ""), ("en", "lang=en&")])
def test_the_home_page_says_whose_shop_it_is_and_how_to_search_it(shop, lang, query):  # noqa: F811
    store, site = data(head(shop, f"/axf/home/?lang={lang}"))[0]["@graph"]
    assert (store["@type"], store["logo"]) == ("OnlineStore", f"{SHOP}/static/img/icons/icon-512.png")
    assert site["publisher"] == {"@id": store["@id"]}
    assert site["potentialAction"]["target"] == {
        "@type": "EntryPoint",
        "urlTemplate": f"{SHOP}/axf/search/?{query}q={{search_term_string}}",
    }


def test_no_text_gets_out_of_its_block(shop):  # noqa: F811
    change(name=HOSTILE, description=HOSTILE, origin=HOSTILE[:60])
    add_goods(id=480, name=HOSTILE)
    page = shop.get("/axf/goods/475/").get_data(as_text=True)
    blocks = page.split('<script type="application/ld+json">')[1:]
    assert [block.count("</script>") >= 1 and block.index("<") == block.index("</script>") for block in blocks] == [
        True,
        True,
    ]
    found = data(head(shop, "/axf/goods/475/"))[0]
    assert (found["name"], found["description"]) == (HOSTILE, HOSTILE)
    assert "<!--<script>" not in page

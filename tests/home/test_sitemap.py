"""robots.txt and the sitemap."""

import re
from urllib.parse import urlsplit
from xml.etree import ElementTree

from sqlalchemy import update

from axf.extensions import db
from axf.home import sitemap
from axf.market.models import Goods
from tests.conftest import CHILD, FRUIT, HOT, NEW, add_goods, counted
from tests.test_canonical import SHOP, shop  # noqa: F401 - a fixture

NAMESPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def locations(client, path: str) -> list[str]:
    """Return the addresses of a sitemap file, each without the shop's own beginning."""
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (200, "application/xml")
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    found = [each.text or "" for each in ElementTree.fromstring(answer.data).iter(f"{NAMESPACE}loc")]
    assert all(address.startswith(SHOP) for address in found)
    return [address.removeprefix(SHOP) for address in found]


def test_every_page_of_the_catalogue_is_listed_once_in_each_language(shop):  # noqa: F811
    types = [(FRUIT, 0), (FRUIT, CHILD), (NEW, 0), (HOT, 0)]
    plain = ["/axf/home/", *(f"/axf/market/{type_id}/{child_id}/0/" for type_id, child_id in types)]
    assert locations(shop, "/sitemap-pages.xml") == [f"{path}{query}" for path in plain for query in ("", "?lang=en")]
    shop.set_cookie("lang", "en")
    assert len(locations(shop, "/sitemap-pages.xml?lang=en")) == 10


def test_parts_hold_their_ids_and_only_what_is_on_sale(shop, monkeypatch):  # noqa: F811
    monkeypatch.setattr(sitemap, "PART_SIZE", 100)
    monkeypatch.setattr(sitemap, "BATCH_SIZE", 2)
    for goods_id in (100, 199, 200, 1000099):
        add_goods(id=goods_id)
    db.session.execute(update(Goods).where(Goods.id.in_((200, 476))).values(on_sale=False))
    db.session.commit()
    assert locations(shop, "/sitemap.xml") == [
        "/sitemap-pages.xml", "/sitemap-goods-1.xml", "/sitemap-goods-4.xml", "/sitemap-goods-10000.xml",
    ]  # fmt: skip
    listed = {part: list(sitemap.goods_ids(part)) for part in (0, 1, 2, 4, 10000)}
    assert listed == {0: [], 1: [100, 199], 2: [], 4: [475, 477], 10000: [1000099]}
    assert locations(shop, "/sitemap-goods-4.xml") == [
        "/axf/goods/475/", "/axf/goods/475/?lang=en", "/axf/goods/477/", "/axf/goods/477/?lang=en",
    ]  # fmt: skip
    for path in locations(shop, "/sitemap-goods-4.xml"):
        assert f'<link rel="canonical" href="{SHOP}{path}">' in shop.get(path).get_data(as_text=True)
    for part in ("0", "2", "99999999999", "x"):
        assert shop.get(f"/sitemap-goods-{part}.xml").status_code == 404


def test_a_part_is_walked_in_batches(app, fruit, monkeypatch):
    monkeypatch.setattr(sitemap, "BATCH_SIZE", 2)
    with counted() as statements:
        assert list(sitemap.goods_ids(0)) == [475, 476, 477]
    assert len(statements) == 2
    with counted() as statements:
        assert sitemap.goods_parts() == [0]
    assert len(statements) == 2


def test_robots_are_kept_out_of_what_is_private_and_nothing_else(app, shop):  # noqa: F811
    text = shop.get("/robots.txt").get_data(as_text=True)
    assert text.startswith("User-agent: *\nDisallow: /axf/account/\n")
    assert text.endswith(f"\n\nSitemap: {SHOP}/sitemap.xml\n")
    closed = re.findall("^Disallow: (.*)$", text, re.MULTILINE)
    assert {"/axf/cart/", "/axf/checkout/", "/axf/order/", "/axf/addtocart/", "/axf/mine/"} <= set(closed)
    public = ["/axf/home/", "/axf/market/1/0/0/", "/axf/goods/475/", "/axf/goods/475/share/", "/static/css/base.css"]
    assert not [path for path in public for prefix in closed if path.startswith(prefix)]


def test_the_sitemap_leads_to_pages_that_are_open_to_robots(shop):  # noqa: F811
    closed = re.findall("^Disallow: (.*)$", shop.get("/robots.txt").get_data(as_text=True), re.MULTILINE)
    for path in [*locations(shop, "/sitemap-pages.xml"), *locations(shop, "/sitemap-goods-0.xml")]:
        assert shop.get(path).status_code == 200, path
        assert not any(urlsplit(path).path.startswith(prefix) for prefix in closed), path

"""The market and goods pages."""

import re
from datetime import datetime, timedelta

import pytest
import time_machine
from sqlalchemy import update

from axf.core import clock
from axf.extensions import db
from axf.market import promotions, queries
from axf.market.models import Goods
from tests.conftest import CHILD, FRUIT, HOT, NEW, add_goods, counted
from tests.delivery.test_slots import MORNING as NOW

DAY, MOMENT = timedelta(days=1), timedelta(microseconds=1)


@pytest.mark.parametrize("sort", [0, 1, 2, 3])
@pytest.mark.parametrize("place", [(FRUIT, 0), (FRUIT, CHILD), (HOT, 0), (NEW, 0)])
def test_every_sort_of_every_kind_of_type(client, fruit, place, sort):
    page = client.get(f"/axf/market/{place[0]}/{place[1]}/{sort}/")
    assert page.status_code == 200
    assert "草莓475" in page.get_data(as_text=True)


@pytest.mark.parametrize(
    "path",
    [
        "/axf/market/1/0/0/",
        f"/axf/market/{FRUIT}/1/0/",
        f"/axf/market/{HOT}/{CHILD}/0/",
        f"/axf/market/{FRUIT}/0/4/",
        f"/axf/market/{FRUIT}/0/-1/",
        f"/axf/market/{FRUIT}/0/٣/",
        f"/axf/market/{FRUIT}/0/0/?after=junk",
        "/axf/market/99999999999/0/0/",
        "/axf/goods/1/",
        "/axf/goods/2147483648/",
    ],
)
def test_unknown_places_are_a_404_page(client, fruit, path):
    page = client.get(path)
    assert page.status_code == 404
    assert "/axf/home/" in page.get_data(as_text=True)


def test_the_market_leads_to_its_first_type(client, fruit):
    assert client.get("/axf/market/").location == f"/axf/market/{HOT}/0/0/"


def test_an_empty_catalogue_is_a_404_page(client):
    assert client.get("/axf/market/").status_code == 404


def test_an_empty_child_says_so_and_leads_on(client, fruit):
    client.set_cookie("lang", "en")
    db.session.execute(update(Goods).values(on_sale=False))
    db.session.commit()
    page = client.get(f"/axf/market/{FRUIT}/{CHILD}/0/").get_data(as_text=True)
    assert f"/axf/market/{FRUIT}/0/0/" in page
    assert "data-stepper" not in page


def test_load_more_leads_to_the_next_page(client, fruit, monkeypatch):
    monkeypatch.setattr(queries, "PAGE_SIZE", 2)
    page = client.get(f"/axf/market/{FRUIT}/0/3/").get_data(as_text=True)
    cursor = page.split(f"/axf/market/{FRUIT}/0/3/?after=")[1].split('"')[0]
    following = client.get(f"/axf/market/{FRUIT}/0/3/?after={cursor}").get_data(as_text=True)
    assert ("草莓475" in page, "草莓475" in following) == (False, True)


def test_a_card_shows_price_unit_price_and_tags(client, fruit):
    db.session.execute(update(Goods).where(Goods.id == 475).values(is_bogo=True, is_featured=True))
    db.session.commit()
    client.set_cookie("lang", "en")
    page = client.get(f"/axf/market/{FRUIT}/0/0/").get_data(as_text=True)
    for words in ("Strawberries 475", "500 g", "Top pick", "Buy 1 get 1"):
        assert words in page


def promote(goods_id: int = 475, price: int = 790, **times: datetime) -> None:
    with time_machine.travel(NOW - DAY):
        promotions.set_promo_price(goods_id, price, **{"starts_at": NOW, "ends_at": NOW + DAY, **times})


def text_of(page: str) -> str:
    return " ".join(re.sub("<[^>]+>", " ", page).split())


@pytest.mark.parametrize(
    ("lang", "words", "until"),
    [
        ("en", "Special price ¥ 7 .90 Usual price ¥10.00", "Special price Until Mon 2 Mar, 08:00"),
        ("zh", "限时特价 ¥ 7 .90 原价 ¥10.00", "限时特价 3月2日 周一 08:00 截止"),
    ],
)
@pytest.mark.parametrize(
    ("moment", "holds"), [(NOW - MOMENT, False), (NOW, True), (NOW + DAY - MOMENT, True), (NOW + DAY, False)]
)
def test_a_special_price_is_shown_while_it_holds(client, fruit, moment, holds, lang, words, until):
    promote()
    client.set_cookie("lang", lang)
    with time_machine.travel(moment, tick=False):
        card, detail = (
            text_of(client.get(path).get_data(as_text=True))
            for path in (f"/axf/market/{FRUIT}/0/0/", "/axf/goods/475/")
        )
    assert (words in card, until in detail, "¥ 7 .90" in detail, "¥7.90/500" in detail) == (holds,) * 4
    assert ("¥ 10 .00" in card, "¥ 10 .00" in detail) == (not holds,) * 2


def test_a_card_has_two_tags_at_most_and_the_goods_page_all(client, fruit):
    promote()
    promotions.set_second_half(475, True)
    db.session.execute(update(Goods).where(Goods.id == 475).values(is_featured=True, stock=3))
    db.session.commit()
    client.set_cookie("lang", "en")
    with time_machine.travel(NOW, tick=False):
        card, detail = (
            re.findall('<span class="tag[^>]*>([^<]+)', client.get(path).get_data(as_text=True))
            for path in (f"/axf/market/{FRUIT}/0/2/", "/axf/goods/475/")
        )
    assert card == ["Special price", "2nd at half price"]
    assert detail == ["2nd at half price", "Top pick", "Special price"]


def test_the_goods_page_lists_the_full_offs_that_count_it(client, fruit):
    deal = {"name_en": "Deal", "minimum": 6000, "off": 500, "starts_at": NOW, "ends_at": NOW + DAY}
    with time_machine.travel(NOW, tick=False):
        promotions.create_full_off(name="全场", goods_ids=(), **deal)
        promotions.create_full_off(name="莓果", goods_ids=[475], **{**deal, "minimum": 5990, "off": 1000})
        promotions.create_full_off(name="别的", goods_ids=[476], **deal)
        promotions.create_full_off(name="明天", goods_ids=(), **{**deal, "starts_at": NOW + MOMENT})
        text = text_of(client.get("/axf/goods/475/").get_data(as_text=True))
    assert "满减 满59.90减10 莓果 · 3月2日 周一 08:00 截止 满减 满60减5 全场 · 3月2日 周一 08:00 截止" in text
    assert ("别的" in text, "明天" in text) == (False, False)


@pytest.mark.parametrize("sort", [2, 3])
def test_the_sorts_by_price_go_by_the_ordinary_price(client, fruit, sort):
    promote(price=1)
    with time_machine.travel(NOW, tick=False):
        page = client.get(f"/axf/market/{FRUIT}/0/{sort}/").get_data(as_text=True)
    shown = re.findall(r'goods-name"><a href="/axf/goods/(\d+)/"', page)
    assert shown == (["475", "476", "477"] if sort == 2 else ["477", "476", "475"])


def test_goods_page(client, fruit):
    client.set_cookie("lang", "en")
    page = client.get("/axf/goods/475/").get_data(as_text=True)
    for words in ("Strawberries 475", "Sweet", "Imported fruit", "/axf/addtocart/?goodsid=475"):
        assert words in page


def test_goods_that_cannot_be_bought_have_no_button(client, fruit):
    db.session.execute(update(Goods).where(Goods.id == 475).values(stock=0))
    db.session.commit()
    page = client.get("/axf/goods/475/")
    assert page.status_code == 200
    assert "/axf/addtocart/?goodsid=475" not in page.get_data(as_text=True)


def test_a_hostile_name_is_only_text(client, fruit):
    db.session.execute(update(Goods).where(Goods.id == 475).values(name='"><script>x</script>'))
    db.session.commit()
    for path in (f"/axf/market/{FRUIT}/0/0/", "/axf/goods/475/"):
        assert "<script>x" not in client.get(path).get_data(as_text=True)


@pytest.mark.parametrize(
    ("path", "most"),
    [(f"/axf/market/{FRUIT}/{CHILD}/0/", 2), (f"/axf/market/{HOT}/0/1/", 2), ("/axf/goods/475/", 5)],
)
def test_queries_do_not_grow_with_rows(client, fruit, path, most):
    with counted() as few:
        assert client.get(path).status_code == 200
    for number in range(1, 40):
        add_goods(id=number)
        promotions.set_second_half(number, True)
        promotions.create_full_off(
            name="满减", name_en="Deal", minimum=100, off=1, goods_ids=(), starts_at=NOW, ends_at=clock.now() + DAY
        )
    with counted() as many:
        assert client.get(path).status_code == 200
    assert len(few) == len(many) <= most

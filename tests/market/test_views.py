"""The market and goods pages."""

import pytest
from sqlalchemy import update

from axf.extensions import db
from axf.market import queries
from axf.market.models import Goods
from tests.conftest import CHILD, FRUIT, HOT, NEW, add_goods, counted


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


@pytest.mark.parametrize("path", [f"/axf/market/{FRUIT}/{CHILD}/0/", f"/axf/market/{HOT}/0/1/", "/axf/goods/475/"])
def test_queries_do_not_grow_with_rows(client, fruit, path):
    with counted() as few:
        assert client.get(path).status_code == 200
    for number in range(1, 40):
        add_goods(id=number)
    with counted() as many:
        assert client.get(path).status_code == 200
    assert len(few) == len(many) <= 4

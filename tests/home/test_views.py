"""The home page and what it reads."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import insert
from sqlalchemy.exc import DatabaseError

from axf.core import clock
from axf.extensions import db
from axf.home import queries
from axf.home.models import MainShow, MainShowGoods, MustBuy, Nav, Shop, Wheel
from tests.conftest import CHILD, FRUIT, add_goods, counted

MODELS = [Wheel, Nav, MustBuy, Shop, MainShow]
MARKET = f"/axf/market/{FRUIT}/{CHILD}/0/"


def put(model, number: int = 1, **values: object) -> int:
    """Add an item to the home page and return its id."""
    row = {
        "name": f"{model.__tablename__}中{number}",
        "name_en": f"{model.__tablename__} {number}",
        "picture": "fruit",
        "target": MARKET,
        "position": number,
        "starts_at": clock.now() - timedelta(days=1),
        **values,
    }
    found = db.session.execute(insert(model).values(row)).inserted_primary_key[0]
    db.session.commit()
    return found


def items(model) -> list[Any]:
    """Return what the home page shows of one of the five tables."""
    home = queries.home()
    if model is MainShow:
        return [show.item for show in home.shows]
    return list(getattr(home, {Wheel: "wheels", Nav: "navs", MustBuy: "mustbuys", Shop: "shops"}[model]))


def present(mainshow_id: int, *goods_ids: int) -> None:
    for position, goods_id in enumerate(goods_ids):
        row = {"mainshow_id": mainshow_id, "goods_id": goods_id, "position": position}
        db.session.execute(insert(MainShowGoods).values(row))
    db.session.commit()


@pytest.fixture
def full_home(fruit) -> None:
    """A home page with all of its parts: 3 banners, 4 icons, 4 must-buys, 11 shop blocks, 2 main shows."""
    for model, count in ((Wheel, 3), (Nav, 4), (MustBuy, 4), (Shop, 11)):
        for number in range(1, count + 1):
            put(model, number)
    for number in (1, 2):
        present(put(MainShow, number), 475, 476, 477)


def page_of(client) -> str:
    client.set_cookie("lang", "en")
    answer = client.get("/axf/home/")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def names(model, page: str) -> list[str]:
    return re.findall(rf">({model.__tablename__} \d+)<", page)


def test_all_parts_are_shown_in_their_order(client, full_home):
    page = page_of(client)
    assert {model: len(names(model, page)) for model in MODELS} == {Wheel: 3, Nav: 4, MustBuy: 4, Shop: 11, MainShow: 2}
    firsts = [page.index(f">{model.__tablename__} 1<") for model in MODELS]
    assert firsts == sorted(firsts)


def test_shop_blocks_come_in_slices_of_one_two_four_and_four(client, full_home):
    slices = re.findall(r'<ul class="shops shops--(\d)">(.*?)</ul>', page_of(client), re.DOTALL)
    assert [(columns, names(Shop, block)) for columns, block in slices] == [
        ("1", ["shop 1"]),
        ("2", ["shop 2", "shop 3"]),
        ("4", ["shop 4", "shop 5", "shop 6", "shop 7"]),
        ("4", ["shop 8", "shop 9", "shop 10", "shop 11"]),
    ]


def test_a_main_show_presents_its_goods_in_their_order(client, fruit):
    present(put(MainShow), 477, 475, 476)
    page = page_of(client)
    strip = page[page.index('class="goods-strip"') :]
    shown = re.findall(r'<a [^>]*href="/axf/goods/(\d+)/"', strip)
    assert list(dict.fromkeys(shown)) == ["477", "475", "476"]


def test_goods_off_sale_are_not_presented(client, fruit):
    add_goods(id=480, on_sale=False)
    present(put(MainShow), 480, 475)
    (show,) = queries.home().shows
    assert [card.id for card in show.cards] == [475]


def test_every_picture_leads_somewhere(client, full_home):
    page = page_of(client)
    main = page[page.index('<main class="main') : page.index("</main>")]
    links = set(re.findall(r'<a [^>]*href="([^"]+)"', main))
    assert {MARKET, "/axf/goods/475/", "/axf/goods/476/", "/axf/goods/477/"} <= links
    for link in links:
        assert client.get(link).status_code == 200, link
    for picture in re.findall(r"<img[^>]*>", main):
        assert re.search(r' width="\d+" height="\d+" alt="', picture), picture


def test_only_the_first_banner_is_fetched_first(client, full_home):
    page = page_of(client)
    assert page.count('fetchpriority="high"') == 1
    assert page.index('fetchpriority="high"') < page.index(">wheel 1<") < page.index('loading="lazy"')


@pytest.mark.parametrize("model", MODELS)
def test_position_decides_and_then_the_older_one(app, model):
    first, second, third = put(model, position=2), put(model, position=1), put(model, position=2)
    assert [item.id for item in items(model)] == [second, first, third]


@pytest.mark.parametrize("model", MODELS)
def test_an_item_is_shown_from_its_start_until_its_end(app, model):
    now = clock.now().replace(microsecond=0)
    put(model, starts_at=now, ends_at=now + timedelta(hours=1))
    with time_machine.travel(now - timedelta(seconds=1), tick=False) as time:
        shown = []
        for step in (0, 1, 3599, 1):
            time.shift(step)
            shown.append(len(items(model)))
    assert shown == [0, 1, 1, 0]


def test_an_item_without_an_end_stays(app):
    put(Wheel)
    with time_machine.travel(clock.now() + timedelta(days=36500)):
        assert len(items(Wheel)) == 1


def test_a_show_whose_time_is_over_takes_its_goods_along(client, fruit):
    present(put(MainShow, ends_at=clock.now() - timedelta(hours=1)), 475)
    assert queries.home().shows == ()
    assert "/axf/goods/475/" not in page_of(client)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/axf/", "javascript:alert(1)", "/AXF/home/", ""]
)
def test_no_picture_leads_out_of_the_shop(app, model, target):
    with pytest.raises(DatabaseError):
        put(model, target=target)
    db.session.rollback()
    assert items(model) == []


def test_an_empty_home_page_leads_to_the_market(client):
    page = page_of(client)
    assert "We are setting up the stall" in page
    assert 'href="/axf/market/"' in page


@pytest.mark.parametrize("model", [Wheel, Nav, MustBuy, Shop, MainShow])
def test_each_part_may_stand_alone(client, model):
    put(model)
    page = page_of(client)
    assert names(model, page) == [f"{model.__tablename__} 1"]
    assert sum(len(names(other, page)) for other in MODELS) == 1
    assert "We are setting up the stall" not in page


@pytest.mark.parametrize("count", [1, 2, 3, 5, 7, 9, 11, 14])
def test_any_number_of_shop_blocks_makes_a_page(client, count):
    for number in range(1, count + 1):
        put(Shop, number)
    assert names(Shop, page_of(client)) == [f"shop {number}" for number in range(1, min(count, 11) + 1)]


def test_a_hostile_name_is_only_text(client):
    put(Wheel, name_en='"><script>x</script>', picture='x"onload="x')
    page = page_of(client)
    assert "<script>x" not in page
    assert '"onload="' not in page


def test_queries_do_not_grow_with_rows(client, full_home):
    page_of(client)
    with counted() as few:
        page_of(client)
    for number in range(10, 40):
        present(put(MainShow, number), 475, 476, 477)
        put(Nav, number)
    with counted() as many:
        page_of(client)
    assert len(few) == len(many) <= 2

"""常购清单, as browsers see it."""

import html
import re

import pytest

from axf.cart.queries import cart_of
from axf.extensions import db
from tests.conftest import counted, post
from tests.order.test_usual import buy, set_goods

PATH = "/axf/usual/"


@pytest.fixture
def member(member):
    member.set_cookie("lang", "en")
    return member


@pytest.fixture
def bought(shopper, fruit):
    for goods_id in fruit:
        set_goods(goods_id, stock=100)
    for _ in range(2):
        buy(shopper, {475: 2, 476: 1, 477: 3})


def words_of(answer) -> str:
    main = re.search(r"<main.*?</main>", answer.get_data(as_text=True), re.DOTALL)[0]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def in_cart(user_id: int) -> dict[int, int]:
    db.session.rollback()
    return {line.id: line.quantity for line in cart_of(user_id).all_lines}


def test_an_empty_basket_says_how_it_is_filled(member):
    page = member.get(PATH)
    assert "No usual basket yet" in words_of(page)
    assert "Put into the cart" not in page.get_data(as_text=True)


def test_all_that_can_be_had_is_chosen_and_told(member, bought):
    set_goods(475, price=1200)
    set_goods(477, stock=0)
    page = member.get(PATH)
    boxes = re.findall(r'<input type="checkbox" name="goods" value="(\d+)" form="usual" checked>', page.text)
    assert boxes == ["475", "476"]
    words = words_of(page)
    assert "Strawberries 475 500 g · ¥12.00 2 orders, last on" in words
    assert "Dearer: ¥10.00 then, ¥12.00 now × 2" in words
    assert "Strawberries 477 500 g 2 orders, last on" in words
    assert "Sold out right now × 3" in words


def test_the_chosen_ones_go_into_the_cart(member, shopper, bought):
    answer = post(member, PATH, goods=["475", "477"])
    assert (answer.status_code, answer.location, in_cart(shopper)) == (303, "/axf/cart/", {475: 2, 477: 3})
    assert "5 things of your usual basket are in your cart" in words_of(member.get("/axf/cart/"))


def test_what_could_not_go_in_is_told_on_the_page(member, shopper, bought):
    set_goods(475, stock=1)
    answer = post(member, PATH, goods=["475", "476"])
    assert (answer.location, in_cart(shopper)) == (PATH, {475: 1, 476: 1})
    words = words_of(member.get(PATH))
    assert "2 things of your usual basket are in your cart" in words
    assert "Only 1 left 1 in the cart" in words


@pytest.mark.parametrize("goods", [[], ["x"], ["-1", "1e3", "٤٧٥", "99999999999", "9999999999"]])
def test_nothing_chosen_is_told(member, shopper, bought, goods):
    assert post(member, PATH, goods=goods).location == PATH
    assert "Please choose something first." in words_of(member.get(PATH))
    assert in_cart(shopper) == {}


def test_the_page_asks_as_often_for_3_as_for_1(member, shopper, fruit):
    counts = []
    for goods_id in fruit:
        for _ in range(2):
            buy(shopper, {goods_id: 1})
        with counted() as statements:
            member.get(PATH)
        counts.append(len(statements))
    assert counts == [4, 4, 4]


def test_an_empty_cart_leads_there(member):
    assert f'href="{PATH}"' in member.get("/axf/cart/").text
    assert f'href="{PATH}"' in member.get("/axf/mine/").text

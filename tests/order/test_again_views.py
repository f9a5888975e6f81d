"""再来一单, as browsers see it."""

import html
import re

import pytest
from sqlalchemy import update

from axf.cart import service as cart
from axf.cart.queries import cart_of
from axf.extensions import db
from axf.market.models import Goods
from axf.order import fulfilment
from axf.user import accounts
from tests.conftest import AJAX, PASSWORD, add_goods, counted, logged_in, place_all, post


@pytest.fixture
def member(member):
    member.set_cookie("lang", "en")
    return member


def set_goods(goods_id: int, **values: object) -> None:
    db.session.execute(update(Goods).where(Goods.id == goods_id).values(**values))
    db.session.commit()


def path_of(no: str) -> str:
    return f"/axf/order/{no}/again/"


def words_of(answer) -> str:
    main = re.search(r"<main.*?</main>", answer.get_data(as_text=True), re.DOTALL)[0]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def in_cart(user_id: int) -> dict[int, int]:
    db.session.rollback()
    return {line.id: line.quantity for line in cart_of(user_id).all_lines}


def test_an_order_that_is_as_before_leads_to_the_cart_with_a_word(member, shopper, order_no):
    answer = post(member, path_of(order_no))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/axf/cart/")
    assert in_cart(shopper) == {475: 2, 476: 1}
    page = member.get("/axf/cart/")
    assert "All of the order is in your cart, at the same prices." in words_of(page)
    assert "All of the order" not in words_of(member.get("/axf/cart/"))


def test_what_has_changed_has_a_page_that_can_be_loaded_again(member, shopper, order_no):
    set_goods(475, price=1200)
    answer = post(member, path_of(order_no))
    assert (answer.status_code, answer.headers["Location"]) == (303, path_of(order_no))
    for _ in range(2):
        words = words_of(member.get(path_of(order_no)))
        assert "3 things of this order are in your cart." in words
        assert "What is different now Strawberries 475 500 g Dearer: ¥10.00 then, ¥12.00 now × 2" in words
        assert "As before Strawberries 476 500 g × 1" in words
        assert "Put all of it" not in words
        assert in_cart(shopper) == {475: 2, 476: 1}


def test_each_kind_of_change_is_told_in_words(member, shopper, fruit):
    add_goods(id=478, price=500)
    add_goods(id=480, price=300)
    for goods_id in (475, 476, 477, 478):
        cart.set_quantity(shopper, goods_id, 2)
    no = place_all(shopper)
    set_goods(475, stock=1, price=800)
    set_goods(476, on_sale=False, replaced_by_id=480)
    set_goods(477, on_sale=False)
    set_goods(478, stock=0)
    post(member, path_of(no))
    words = words_of(member.get(path_of(no)))
    assert "3 things of this order are in your cart." in words
    for told in (
        "Strawberries 475 500 g Cheaper: ¥10.00 then, ¥8.00 now Only 1 left 1 of 2 in your cart",
        "Strawberries 480 500 g Instead of: Strawberries 476 ¥2.50 then, ¥3.00 now × 2",
        "Strawberries 477 500 g No longer sold",
        "Strawberries 478 500 g Sold out right now",
    ):
        assert told in words
    assert "As before" not in words


def test_an_order_of_which_nothing_is_left_leads_to_the_market(member, shopper, order_no):
    set_goods(475, on_sale=False)
    set_goods(476, stock=0)
    assert post(member, path_of(order_no)).headers["Location"] == path_of(order_no)
    page = member.get(path_of(order_no))
    assert "Nothing of this order is in your cart." in words_of(page)
    assert 'href="/axf/market/">Go to the market</a>' in page.get_data(as_text=True)
    assert in_cart(shopper) == {}


def test_what_was_taken_out_of_the_cart_can_be_put_there_again(member, shopper, order_no):
    set_goods(475, price=1200)
    post(member, path_of(order_no))
    cart.remove(shopper, 475)
    words = words_of(member.get(path_of(order_no)))
    assert "0 of 2 in your cart" in words
    assert "Put all of it into the cart again" in words
    post(member, path_of(order_no), page=path_of(order_no))
    assert in_cart(shopper) == {475: 2, 476: 1}


def test_a_full_cart_is_told(member, shopper, order_no):
    for number in range(1000, 1100):
        add_goods(id=number)
        cart.set_quantity(shopper, number, 1)
    post(member, path_of(order_no))
    words = words_of(member.get(path_of(order_no)))
    assert "Your cart holds as many different goods as it can." in words


def test_a_script_gets_what_the_page_tells(member, shopper, order_no):
    set_goods(475, price=1200, stock=1)
    set_goods(476, on_sale=False, replaced_by_id=477)
    answer = post(member, path_of(order_no), headers=AJAX)
    assert answer.json == {
        "code": "ok",
        "msg": "2 things are in your cart",
        "count": 2,
        "lines": [
            {
                "goods_id": 476,
                "wanted": 1,
                "quantity": 1,
                "is_gone": False,
                "replaced_by": 477,
                "price_then": 250,
                "price_now": 99,
            },
            {
                "goods_id": 475,
                "wanted": 2,
                "quantity": 1,
                "is_gone": False,
                "replaced_by": None,
                "price_then": 1000,
                "price_now": 1200,
            },
        ],
    }


def test_names_are_told_in_the_shoppers_language(app, shopper, order_no):
    set_goods(475, price=1200)
    chinese = logged_in(app, shopper)
    post(chinese, path_of(order_no))
    words = words_of(chinese.get(path_of(order_no)))
    assert "再来一单 这一单有 3 件在购物车中。" in words
    assert "草莓475 500g 涨价：当时 ¥10.00，现在 ¥12.00 × 2" in words


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_somebody_elses_order_is_a_404(app, order_no, method):
    other = logged_in(app, accounts.register("bert", PASSWORD))
    answer = post(other, path_of(order_no)) if method == "POST" else other.get(path_of(order_no))
    assert answer.status_code == 404


def test_it_is_for_logged_in_shoppers(client, order_no):
    answer = client.get(path_of(order_no))
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/axf/login/?next={path_of(order_no)}")


def button(no: str) -> str:
    return f'<form class="again" method="post" action="{path_of(no)}">'


def test_the_button_is_where_there_is_nothing_to_pay(member, shopper, order_no):
    pages = ("/axf/orders/", f"/axf/order/{order_no}/")
    assert [button(order_no) in member.get(page).get_data(as_text=True) for page in pages] == [False, False]
    fulfilment.cancel(shopper, order_no)
    assert [button(order_no) in member.get(page).get_data(as_text=True) for page in pages] == [True, True]


def test_the_page_asks_no_more_for_three_lines(member, shopper, fruit):
    counts = []
    for goods_ids in (fruit[:1], fruit):
        for goods_id in goods_ids:
            cart.set_quantity(shopper, goods_id, 1)
        no = place_all(shopper)
        with counted() as statements:
            assert member.get(path_of(no)).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]

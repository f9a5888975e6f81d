"""A tap on + before the login: carried out once right after it, and never for a link of somebody else."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import update

from axf.cart import service
from axf.cart.queries import cart_of
from axf.core import clock
from axf.extensions import db
from axf.market.models import Goods, StockMovement
from axf.user import accounts
from tests.conftest import AJAX, PASSWORD, SAME_ORIGIN, post, token_of

ADD = "/axf/addtocart/?goodsid=475"


@pytest.fixture
def client(client):
    client.set_cookie("lang", "en")
    return client


def held(user_id: int) -> dict[int, tuple[int, bool]]:
    db.session.rollback()
    return {line.id: (line.quantity, line.is_select) for line in cart_of(user_id).all_lines}


def set_goods(goods_id: int, **values: object) -> None:
    db.session.execute(update(Goods).where(Goods.id == goods_id).values(**values))
    db.session.commit()


def log_in(client, path: str):
    """Follow the login page at ``path`` to its end, as a browser does."""
    page = client.get(path).get_data(as_text=True)
    way = re.search('name="next" type="hidden" value="([^"]*)"', page)[1].replace("&amp;", "&")
    return post(client, "/axf/login/", page="/axf/login/", username="anna", password=PASSWORD, next=way)


@pytest.mark.parametrize("script", [True, False])
def test_the_login_leads_to_the_cart_with_the_goods_in_it(client, shopper, fruit, script):
    tap = client.post(ADD, data={"next": "/axf/goods/475/"}, headers=AJAX if script else SAME_ORIGIN)
    assert tap.status_code == (401 if script else 303)
    answer = log_in(client, tap.json["login_url"] if script else tap.location)
    assert (answer.status_code, answer.location) == (303, "/axf/cart/")
    assert held(shopper) == {475: (1, True)}
    page = client.get("/axf/cart/").get_data(as_text=True)
    assert "It is in your cart." in page
    # Another login carries nothing out again.
    service.remove(shopper, 475)
    question = log_in(client, f"/axf/login/?next={ADD}")
    assert (question.location, held(shopper)) == (ADD, {})


def test_registration_leads_there_too(client, fruit):
    tap = client.post(ADD, headers=SAME_ORIGIN)
    login = client.get(tap.location).get_data(as_text=True)
    register = client.get(re.search('href="(/axf/register/[^"]+)"', login)[1]).get_data(as_text=True)
    way = re.search('name="next" type="hidden" value="([^"]+)"', register)[1].replace("&amp;", "&")
    fields = {"username": "berta", "password": PASSWORD, "repeat": PASSWORD, "agrees": "1", "next": way}
    assert post(client, "/axf/register/", page="/axf/register/", **fields).location == "/axf/cart/"
    assert held(accounts.id_of("berta")) == {475: (1, True)}


@pytest.mark.parametrize(
    "headers",
    [{}, {"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}],
    ids=str,
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_link_or_form_of_another_origin_puts_anything_in(client, shopper, fruit, method, headers):
    assert client.open(ADD, method=method, headers=headers).status_code in (200, 403)
    assert log_in(client, f"/axf/login/?next={ADD}").location == ADD
    assert '<form class="empty" method="post"' in client.get(ADD).get_data(as_text=True)
    assert held(shopper) == {}


def test_a_forged_session_carries_nothing(client, shopper, fruit):
    client.set_cookie("axf_session", "eyJ3aXNoIjp7ImtpbmQiOiJjYXJ0In19.aSJ0AA.c2lnbmF0dXJl")
    assert log_in(client, f"/axf/login/?next={ADD}").location == ADD
    assert held(shopper) == {}


def test_a_login_that_leads_elsewhere_forgets_the_wish(client, shopper, fruit):
    tap = client.post(ADD, headers=SAME_ORIGIN)
    assert log_in(client, "/axf/login/").location == "/axf/mine/"
    assert (log_in(client, tap.location).location, held(shopper)) == (ADD, {})


@pytest.mark.parametrize(("minutes", "lines"), [(29, {475: (1, True)}), (31, {})])
def test_a_wish_lives_half_an_hour(client, shopper, fruit, monkeypatch, minutes, lines):
    before = clock.now() - timedelta(minutes=minutes)
    with monkeypatch.context() as then:
        then.setattr(clock, "now", lambda: before)
        tap = client.post(ADD, headers=SAME_ORIGIN)
    answer = log_in(client, tap.location)
    assert (answer.location, held(shopper)) == ("/axf/cart/" if lines else ADD, lines)


def test_a_wrong_password_does_not_lose_the_wish(client, shopper, fruit):
    tap = client.post(ADD, headers=SAME_ORIGIN)
    wrong = {"username": "anna", "password": "not that one", "next": ADD}
    assert post(client, "/axf/login/", page="/axf/login/", **wrong).status_code == 401
    assert held(shopper) == {}
    assert (log_in(client, tap.location).location, held(shopper)) == ("/axf/cart/", {475: (1, True)})


def test_a_form_that_is_sent_twice_adds_nothing(app, client, shopper, fruit):
    tap = client.post(ADD, headers=SAME_ORIGIN)
    token = token_of(client, tap.location)
    cookie = client.get_cookie("axf_session").value
    for _ in range(2):
        browser = app.test_client()
        browser.set_cookie("axf_session", cookie)
        fields = {"csrf_token": token, "username": "anna", "password": PASSWORD, "next": ADD}
        assert browser.post("/axf/login/", data=fields, headers=SAME_ORIGIN).location == "/axf/cart/"
    assert held(shopper) == {475: (1, True)}


def test_what_the_cart_holds_already_is_selected_and_not_more(client, shopper, fruit):
    service.set_quantity(shopper, 475, 3)
    service.select_line(shopper, 475, False)
    log_in(client, client.post(ADD, headers=SAME_ORIGIN).location)
    assert held(shopper) == {475: (3, True)}


@pytest.mark.parametrize("change", [{"stock": 0}, {"on_sale": False}], ids=str)
def test_what_sold_out_in_the_meantime_is_told_kindly(client, shopper, fruit, change):
    tap = client.post(ADD, headers=SAME_ORIGIN)
    set_goods(475, **change)
    answer = log_in(client, tap.location)
    assert answer.location == "/axf/goods/475/alert/"
    page = client.get(answer.location).get_data(as_text=True)
    assert "Sorry, it sold out while you logged in." in page
    assert "Tell me when it is back" in page
    assert held(shopper) == {}


def test_a_full_cart_is_told_in_the_cart(client, shopper, fruit, monkeypatch):
    monkeypatch.setattr(service, "MOST_LINES", 1)
    service.add(shopper, 476)
    answer = log_in(client, client.post(ADD, headers=SAME_ORIGIN).location)
    page = client.get(answer.location).get_data(as_text=True)
    assert (answer.location, "Your cart holds as many different goods as it can." in page) == ("/axf/cart/", True)
    assert held(shopper) == {476: (1, True)}


@pytest.mark.parametrize(("path", "landing"), [(ADD, "/axf/cart/"), ("/axf/goods/475/favourite/", "/axf/favourites/")])
def test_a_goods_that_is_gone_does_not_stand_against_the_login(client, shopper, fruit, path, landing):
    tap = client.post(path, headers=SAME_ORIGIN)
    db.session.query(StockMovement).filter_by(goods_id=475).delete()
    db.session.query(Goods).filter_by(id=475).delete()
    db.session.commit()
    answer = log_in(client, tap.location)
    assert answer.location == landing
    assert "We could not find that." in client.get(landing).get_data(as_text=True)

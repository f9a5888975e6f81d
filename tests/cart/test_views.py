"""The cart as browsers see it: by script, by plain form, logged out, too full, somebody else's."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from axf.cart import queries, service
from axf.cart.models import CartItem
from axf.core import clock
from axf.extensions import db
from axf.market import promotions
from axf.market.models import Goods
from axf.user import accounts
from tests.conftest import AJAX, PASSWORD, SAME_ORIGIN, add_goods, counted, logged_in, post, token_of
from tests.vip.test_ledger import LADDER, add_levels, grow


def held(user_id: int) -> dict[int, tuple[int, bool]]:
    db.session.rollback()
    rows = db.session.execute(
        select(CartItem.goods_id, CartItem.quantity, CartItem.is_select).filter_by(user_id=user_id)
    )
    return {row.goods_id: (row.quantity, row.is_select) for row in rows}


def ask(client, path: str, **fields: object):
    """Send a form of the cart page by script."""
    return post(client, path, page="/axf/account/", headers=AJAX, **fields)


def set_goods(goods_id: int, **values: object) -> None:
    db.session.execute(update(Goods).where(Goods.id == goods_id).values(values))
    db.session.commit()


def fill(user_id: int, count: int) -> None:
    for number in range(1001, 1001 + count):
        service.add(user_id, add_goods(id=number))


@pytest.fixture
def ladder(app) -> None:
    """The levels V0, V1 (99 %) from 100 growth and V3 (97 %) from 1500."""
    add_levels(*LADDER)


# One more, one less


def test_a_tap_by_script_answers_with_the_numbers_of_the_server(member, shopper, fruit):
    add_goods(id=480, price=300, is_bogo=True)
    service.set_quantity(shopper, 480, 2)
    answer = member.post("/axf/addtocart/?goodsid=475", headers=AJAX)
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert answer.json == {
        "code": "ok",
        "msg": "购物车里有 1 件",
        "goods_id": 475,
        "quantity": 1,
        "count": 3,
        "selected_count": 3,
        "is_all_selected": True,
        "goods_total": 1600,
        "saved": 300,
        "saved_text": "¥3.00",
        "total": 1300,
        "total_text": "¥13.00",
        "offers": [],
    }


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("where", ["query_string", "data"])
def test_the_seed_addresses_answer_a_script_in_both_ways(member, shopper, fruit, method, where):
    if (method, where) == ("GET", "data"):
        where = "query_string"
    service.set_quantity(shopper, 475, 2)
    for path, quantity in (("/axf/addtocart/", 3), ("/axf/subtocart/", 2)):
        answer = member.open(path, method=method, headers=AJAX, **{where: {"goodsid": "475"}})
        assert (answer.json["quantity"], held(shopper)) == (quantity, {475: (quantity, True)})


def test_taking_the_last_one_out_takes_the_line_along(member, shopper, fruit):
    service.add(shopper, 475)
    answer = member.post("/axf/subtocart/?goodsid=475", headers=AJAX)
    assert (answer.json["quantity"], answer.json["count"], answer.json["total_text"]) == (0, 0, "¥0.00")
    assert held(shopper) == {}
    again = member.post("/axf/subtocart/?goodsid=475", headers=AJAX)
    assert (again.status_code, again.json["quantity"]) == (200, 0)


def test_a_plain_form_goes_back_to_where_it_was(member, shopper, fruit):
    back = {"next": "/axf/goods/475/"}
    answer = member.post("/axf/addtocart/?goodsid=475", data=back, headers=SAME_ORIGIN)
    assert (answer.status_code, answer.location) == (303, "/axf/goods/475/")
    assert held(shopper) == {475: (1, True)}
    answer = member.post("/axf/subtocart/?goodsid=475", headers=SAME_ORIGIN)
    assert (answer.status_code, answer.location) == (303, "/axf/cart/")
    assert held(shopper) == {}


@pytest.mark.parametrize(("path", "after"), [("/axf/addtocart/", 3), ("/axf/subtocart/", 1)])
def test_a_link_asks_before_it_changes_anything(member, shopper, fruit, path, after):
    service.set_quantity(shopper, 475, 2)
    member.set_cookie("lang", "en")
    page = member.get(f"{path}?goodsid=475&next=/axf/home/").get_data(as_text=True)
    assert "Strawberries 475 500 g" in page
    assert held(shopper) == {475: (2, True)}
    action = re.search('<form class="empty" method="post" action="([^"]+)"', page)[1]
    fields = dict(re.findall('<input type="hidden" name="([a-z_]+)" value="([^"]+)"', page.split("<main")[1]))
    assert (action, fields["next"]) == (f"{path}?goodsid=475", "/axf/home/")
    answer = member.post(action, data=fields)
    assert (answer.status_code, answer.location) == (303, "/axf/home/")
    assert held(shopper) == {475: (after, True)}


def test_a_link_for_unknown_goods_is_not_found(client, member, fruit):
    for browser in (client, member):
        assert browser.get("/axf/addtocart/?goodsid=9").status_code == 404


# Logged out


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_script_without_a_login_is_told_the_way(client, fruit, method):
    answer = client.open("/axf/addtocart/?goodsid=475&next=/axf/home/", method=method, headers=AJAX)
    assert (answer.status_code, answer.json["code"]) == (401, "login-needed")
    assert answer.json["login_url"] == "/axf/login/?next=/axf/addtocart/?goodsid%3D475%26next%3D/axf/home/"


def test_an_unsafe_way_back_is_not_carried_through_the_login(client, fruit):
    tap = client.post("/axf/addtocart/?goodsid=475", data={"next": "//evil.example"}, headers=SAME_ORIGIN)
    assert tap.location == "/axf/login/?next=/axf/addtocart/?goodsid%3D475"


FORMS = {
    "/axf/cart/quantity/": {"goodsid": "475", "quantity": "5"},
    "/axf/cart/select/": {"goodsid": "475", "is_select": "0"},
    "/axf/cart/select-all/": {"is_select": "0"},
    "/axf/cart/delete/": {"goodsid": "475"},
    "/axf/cart/clear-gone/": {},
}


@pytest.mark.parametrize("path", FORMS)
def test_the_forms_of_the_cart_want_a_login(client, path):
    token = token_of(client, "/axf/login/")
    answer = client.post(path, data={"csrf_token": token, **FORMS[path]}, headers=AJAX)
    assert (answer.status_code, answer.json["code"]) == (401, "login-needed")


def test_the_cart_page_wants_a_login(client):
    assert client.get("/axf/cart/").location == "/axf/login/?next=/axf/cart/"


# Wrong input


@pytest.mark.parametrize(
    "number",
    ["", "0", "-1", "+475", " 475", "475 ", "4.75", "1e2", "٤٧٥", "４７５", "x", "2147483648", "9" * 5000, "475,476"],
)
def test_a_goods_number_is_plain_digits(client, member, shopper, fruit, number):
    for path in ("/axf/addtocart/", "/axf/subtocart/"):
        for browser in (client, member):
            answer = browser.post(path, data={"goodsid": number}, headers=AJAX)
            assert (answer.status_code, answer.json["code"]) == (400, "bad-input")
    for path in ("/axf/cart/quantity/", "/axf/cart/select/", "/axf/cart/delete/"):
        assert ask(member, path, **{**FORMS[path], "goodsid": number}).json["code"] == "bad-input"
    assert held(shopper) == {}


@pytest.mark.parametrize("quantity", ["", "-1", "100", "1.5", "９", "x"])
def test_a_quantity_is_from_0_to_99(member, shopper, fruit, quantity):
    service.add(shopper, 475)
    answer = ask(member, "/axf/cart/quantity/", goodsid="475", quantity=quantity)
    assert (answer.status_code, answer.json["code"]) == (400, "bad-input")
    assert held(shopper) == {475: (1, True)}


@pytest.mark.parametrize("path", FORMS)
def test_nothing_at_all_is_bad_input(member, shopper, fruit, path):
    service.add(shopper, 475)
    if FORMS[path]:
        assert ask(member, path).json["code"] == "bad-input"
    assert held(shopper) == {475: (1, True)}


def test_unknown_goods_are_not_found(member, shopper, fruit):
    assert member.post("/axf/addtocart/?goodsid=9", headers=AJAX).json["code"] == "not-found"
    assert ask(member, "/axf/cart/quantity/", goodsid="9", quantity="1").json["code"] == "not-found"
    assert held(shopper) == {}


# Limits


def test_the_limits_are_told_in_words(member, shopper, fruit, monkeypatch):
    member.set_cookie("lang", "en")
    service.set_quantity(shopper, 475, 10)
    answer = member.post("/axf/addtocart/?goodsid=475", headers=AJAX)
    assert (answer.status_code, answer.json["code"]) == (409, "limit-reached")
    assert answer.json["msg"] == "You can buy at most 10 of these."
    answer = ask(member, "/axf/cart/quantity/", goodsid="475", quantity="11")
    assert (answer.status_code, answer.json["code"]) == (409, "limit-reached")
    set_goods(476, stock=0)
    assert member.post("/axf/addtocart/?goodsid=476", headers=AJAX).json["code"] == "not-on-sale"
    monkeypatch.setattr(service, "MOST_LINES", 1)
    assert member.post("/axf/addtocart/?goodsid=477", headers=AJAX).json["code"] == "cart-full"
    assert held(shopper) == {475: (10, True)}


def test_a_plain_form_is_told_a_limit_on_a_page(member, shopper, fruit):
    member.set_cookie("lang", "en")
    service.set_quantity(shopper, 475, 10)
    answer = member.post("/axf/addtocart/?goodsid=475", headers=SAME_ORIGIN)
    assert answer.status_code == 409
    assert "You can buy at most 10 of these." in answer.get_data(as_text=True)


# The forms of the page


def test_quantity_select_and_delete_by_script(member, shopper, fruit):
    service.add(shopper, 475)
    service.add(shopper, 476)
    answer = ask(member, "/axf/cart/quantity/", goodsid="475", quantity="3").json
    assert (answer["quantity"], answer["count"], answer["total"]) == (3, 4, 3250)
    answer = ask(member, "/axf/cart/select/", goodsid="475", is_select="0").json
    assert (answer["is_all_selected"], answer["selected_count"], answer["total"]) == (False, 1, 250)
    answer = ask(member, "/axf/cart/select-all/", is_select="1").json
    assert (answer["is_all_selected"], answer["selected_count"], answer["total"]) == (True, 4, 3250)
    answer = ask(member, "/axf/cart/delete/", goodsid="475").json
    assert (answer["quantity"], answer["count"], answer["total"]) == (0, 1, 250)
    answer = ask(member, "/axf/cart/quantity/", goodsid="476", quantity="0").json
    assert (answer["count"], answer["is_all_selected"], held(shopper)) == (0, False, {})


def test_a_line_that_is_not_there_cannot_be_selected(member, fruit):
    answer = ask(member, "/axf/cart/select/", goodsid="475", is_select="1")
    assert (answer.status_code, answer.json["code"]) == (404, "not-found")


def test_plain_forms_come_back_to_the_cart(member, shopper, fruit):
    service.add(shopper, 475)
    for path, fields in FORMS.items():
        answer = post(member, path, page="/axf/cart/", **fields, next="/axf/cart/#line-475")
        assert (answer.status_code, answer.location) == (303, "/axf/cart/#line-475"), path
    assert held(shopper) == {}


def test_clearing_takes_only_what_cannot_be_bought(member, shopper, fruit):
    for goods_id in fruit:
        service.add(shopper, goods_id)
    set_goods(475, stock=0)
    set_goods(476, on_sale=False)
    page = member.get("/axf/cart/").get_data(as_text=True)
    gone = page[page.index("cart-lines--gone") :]
    assert [goods_id in gone for goods_id in ("草莓475", "草莓476", "草莓477")] == [True, True, False]
    assert ask(member, "/axf/cart/clear-gone/").json["count"] == 1
    assert held(shopper) == {477: (1, True)}


def test_nobody_touches_somebody_elses_cart(app, shopper, fruit):
    service.set_quantity(shopper, 475, 2)
    other = logged_in(app, accounts.register("bert", PASSWORD))
    for path, fields in FORMS.items():
        if path != "/axf/cart/quantity/":
            ask(other, path, **fields, user_id=str(shopper))
    other.post(f"/axf/subtocart/?goodsid=475&user_id={shopper}", headers=AJAX)
    assert held(shopper) == {475: (2, True)}
    assert "草莓475" not in other.get("/axf/cart/").get_data(as_text=True)


# The page


def test_an_empty_cart_leads_to_the_market(member):
    member.set_cookie("lang", "en")
    page = member.get("/axf/cart/").get_data(as_text=True)
    assert "Your cart is empty" in page
    assert 'href="/axf/market/"' in page


def test_the_page_shows_lines_sums_and_the_way_to_the_checkout(member, shopper, fruit):
    member.set_cookie("lang", "en")
    service.set_quantity(shopper, 475, 2)
    service.add(shopper, 476)
    service.select_line(shopper, 476, False)
    page = member.get("/axf/cart/").get_data(as_text=True)
    assert re.findall(r'id="line-(\d+)-select" role="checkbox" aria-checked="(\w+)"', page) == [
        ("476", "false"),
        ("475", "true"),
    ]
    assert re.findall(r'id="line-(\d+)-number" name="quantity" value="(\d+)"', page) == [("476", "1"), ("475", "2")]
    assert "Check out (2)" in page
    assert "20.00" in re.sub("<[^>]+>", "", page[page.index("paybar") :])


def test_the_page_shows_and_counts_the_price_of_the_level(member, shopper, fruit, ladder):
    member.set_cookie("lang", "en")
    grow(shopper, 1500)
    service.set_quantity(shopper, 475, 2)
    service.add(shopper, 477)
    page = member.get("/axf/cart/").get_data(as_text=True)
    shown = [
        " ".join(re.sub("<[^>]+>", "", each).split()) for each in re.findall(r'<p class="cart-price">.*?</p>', page)
    ]
    # 3 % of 99 fen is 2 fen: ¥0.97.
    assert shown == [
        "¥0.99 Market price ¥12.00 Member price V3 ¥0.97",
        "¥10.00 Market price ¥12.00 Member price V3 ¥9.70",
    ]
    bar = " ".join(re.sub("<[^>]+>", "", page[page.index("paybar") :]).split())
    assert "¥20.37 ¥0.62 saved" in bar
    answer = ask(member, "/axf/cart/quantity/", goodsid="477", quantity="0").json
    assert (answer["goods_total"], answer["saved"], answer["total"]) == (2000, 60, 1940)


def test_without_a_lower_price_there_is_only_the_ordinary_one(member, shopper, fruit, ladder):
    service.add(shopper, 475)
    assert 'class="price-vip"' not in member.get("/axf/cart/").get_data(as_text=True)


def test_a_line_that_stock_no_longer_covers_offers_the_rest(member, shopper, fruit):
    member.set_cookie("lang", "en")
    service.set_quantity(shopper, 475, 5)
    set_goods(475, stock=3)
    page = member.get("/axf/cart/").get_data(as_text=True)
    assert "Only 3 left" in page
    rest = page[page.index("data-short") :]
    assert 'name="quantity" value="3"' in rest


def test_promotions_are_shown_and_counted(member, shopper, fruit):
    member.set_cookie("lang", "en")
    now = clock.now()
    promotions.set_promo_price(475, 800, now, now + timedelta(days=1))
    promotions.set_second_half(476, True)
    for goods_id in (475, 476):
        service.set_quantity(shopper, goods_id, 2)
    page = member.get("/axf/cart/").get_data(as_text=True)
    text = " ".join(re.sub("<[^>]+>", " ", page).split())
    assert "Strawberries 475 500 g Special price ¥ 8 .00 Usual price ¥10.00" in text
    assert "Strawberries 476 500 g 2nd at half price ¥ 2 .50 Market price ¥12.00" in text
    assert "Total ¥ 19 .75 ¥5.25 saved" in text


def test_how_far_it_is_to_a_full_off_is_said_by_page_and_script(member, shopper, fruit):
    member.set_cookie("lang", "en")
    now = clock.now()
    terms = {"name": "满减", "name_en": "Deal <b>", "minimum": 2000, "off": 300, "goods_ids": ()}
    promotions.create_full_off(**terms, starts_at=now, ends_at=now + timedelta(days=1))
    answer = member.post("/axf/addtocart/?goodsid=475", headers=AJAX).json
    near = {"text": "Add ¥10.00 for ¥3 off from ¥20", "name": "Deal <b>", "total": 1000, "minimum": 2000}
    assert (answer["offers"], answer["total"]) == ([near], 1000)
    page = member.get("/axf/cart/").get_data(as_text=True)
    drawn = '<li class="progress"><span>Add ¥10.00 for ¥3 off from ¥20 <span class="hint">Deal &lt;b&gt;</span></span>'
    assert drawn + '<progress value="1000" max="2000" aria-hidden="true"></progress></li>' in page
    answer = ask(member, "/axf/cart/quantity/", goodsid="475", quantity="5").json
    done = {"text": "You get ¥3 off from ¥20", "name": "Deal <b>", "total": 2000, "minimum": 2000}
    assert (answer["offers"], answer["saved"], answer["total"]) == ([done], 300, 4700)
    page = member.get("/axf/cart/").get_data(as_text=True)
    assert '<li class="progress is-done"><span>You get ¥3 off from ¥20' in page
    member.set_cookie("lang", "zh")
    assert "已享满20减3" in member.get("/axf/cart/").get_data(as_text=True)
    ask(member, "/axf/cart/quantity/", goodsid="475", quantity="1")
    assert "再买 ¥10.00 享满20减3" in member.get("/axf/cart/").get_data(as_text=True)


def test_a_hostile_name_is_only_text(member, shopper, fruit):
    service.add(shopper, 475)
    set_goods(475, name='"><script>x</script>{n}')
    assert "<script>x" not in member.get("/axf/cart/").get_data(as_text=True)
    assert "<script>x" not in member.get("/axf/addtocart/?goodsid=475").get_data(as_text=True)


# The overlay


def test_the_overlay_tells_what_is_personal(member, shopper, fruit):
    service.set_quantity(shopper, 475, 2)
    service.add(shopper, 476)
    answer = member.get("/axf/overlay/?goods=475,477")
    assert answer.json == {
        "code": "ok", "msg": "", "user": {"username": "anna"}, "count": 3, "quantities": {"475": 2}, "favourites": [],
        "vip": {"level": 0, "name": "普通会员", "rate": 100}, "vip_prices": {},
    }  # fmt: skip
    assert answer.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(("lang", "name"), [("zh", "金牌会员"), ("en", "Gold")])
def test_the_overlay_tells_the_prices_of_the_level(member, shopper, fruit, ladder, lang, name):
    grow(shopper, 1500)
    member.set_cookie("lang", lang)
    answer = member.get("/axf/overlay/?goods=475,476,9999999999").json
    assert answer["vip"] == {"level": 3, "name": name, "rate": 97}
    # 97 % of ¥10.00 and ¥2.50, the discount rounded down.
    assert answer["vip_prices"] == {"475": 970, "476": 243}


def test_the_price_of_the_level_is_only_told_when_it_is_lower(member, shopper, fruit, ladder):
    grow(shopper, 1500)
    add_goods(id=33, price=33)
    add_goods(id=34, price=34)
    assert member.get("/axf/overlay/?goods=33,34").json["vip_prices"] == {"34": 33}


@pytest.mark.parametrize(("growth", "prices"), [(0, {}), (99, {}), (100, {"475": 990}), (1499, {"475": 990})])
def test_the_price_follows_the_level_at_once(member, shopper, fruit, ladder, growth, prices):
    grow(shopper, growth)
    assert member.get("/axf/overlay/?goods=475").json["vip_prices"] == prices


@pytest.mark.parametrize(
    ("starts", "ends", "promo", "price"),
    [
        (-1, 1, 800, 776),
        (0, 1, 800, 776),
        (1, 2, 800, 970),
        (-1, 0, 800, 970),
        (-1, 1, 1000, 970),
        (-1, 1, 1200, 970),
    ],
)
def test_the_level_counts_on_the_price_that_holds_now(member, shopper, fruit, ladder, starts, ends, promo, price):
    grow(shopper, 1500)
    now = datetime(2026, 3, 2, tzinfo=UTC)
    span = {"promo_starts_at": now + timedelta(hours=starts), "promo_ends_at": now + timedelta(hours=ends)}
    set_goods(475, promo_price=promo, **span)
    found = queries.overlay(shopper, {475}, now)
    assert found.vip_prices == {475: price}


def test_in_a_shop_without_levels_there_are_no_prices_of_one(member, shopper, fruit):
    grow(shopper, 5000)
    answer = member.get("/axf/overlay/?goods=475").json
    assert (answer["vip"]["level"], answer["vip_prices"]) == (0, {})


def test_what_is_gone_does_not_count(member, shopper, fruit):
    service.add(shopper, 475)
    service.add(shopper, 476)
    set_goods(475, stock=0)
    assert member.get("/axf/overlay/").json["count"] == 1


def test_the_overlay_of_a_visitor_is_empty_and_asks_nobody(client, fruit):
    with counted() as statements:
        answer = client.get("/axf/overlay/?goods=475")
    assert answer.json == {"code": "ok", "msg": "", "user": None, "count": 0, "quantities": {}}
    assert statements == []


@pytest.mark.parametrize("goods", ["", ",", "x", "475,x,-1,1e5,٤٧٥", "9" * 5000, ",".join(["475"] * 5000)])
def test_the_overlay_passes_over_what_is_no_number(member, shopper, fruit, goods):
    service.add(shopper, 475)
    answer = member.get("/axf/overlay/", query_string={"goods": goods})
    assert (answer.status_code, answer.json["count"]) == (200, 1)
    assert set(answer.json["quantities"]) <= {"475"}


# How many queries


def test_the_cart_page_asks_as_often_for_40_lines_as_for_3(member, shopper, fruit):
    fill(shopper, 3)
    with counted() as few:
        assert member.get("/axf/cart/").status_code == 200
    for number in range(2001, 2038):
        service.add(shopper, add_goods(id=number))
    with counted() as many:
        assert member.get("/axf/cart/").get_data(as_text=True).count('class="cart-line"') == 40
    assert len(few) == len(many) <= 2 + 1


@pytest.mark.parametrize("headers", [AJAX, SAME_ORIGIN])
@pytest.mark.parametrize("path", ["/axf/addtocart/?goodsid=475", "/axf/subtocart/?goodsid=475"])
def test_a_tap_asks_as_often_with_40_lines_as_with_3(member, shopper, fruit, path, headers):
    service.set_quantity(shopper, 475, 5)
    fill(shopper, 2)
    with counted() as few:
        assert member.post(path, headers=headers).status_code in (200, 303)
    for number in range(2001, 2038):
        service.add(shopper, add_goods(id=number))
    with counted() as many:
        assert member.post(path, headers=headers).status_code in (200, 303)
    assert len(few) == len(many) <= 4 + 1


def test_the_first_of_a_goods_asks_no_more_often(member, fruit):
    with counted() as statements:
        assert member.post("/axf/addtocart/?goodsid=475", headers=AJAX).status_code == 200
    assert len(statements) <= 4 + 1


def test_the_overlay_asks_three_times_at_most(member, shopper, fruit, ladder):
    grow(shopper, 1500)
    fill(shopper, 3)
    with counted() as few:
        assert len(member.get("/axf/overlay/?goods=475").json["vip_prices"]) == 1
    for number in range(2001, 2038):
        service.add(shopper, add_goods(id=number))
    with counted() as three:
        assert len(member.get("/axf/overlay/?goods=475,476,477").json["vip_prices"]) == 3
    with counted() as many:
        member.get("/axf/overlay/?goods=" + ",".join(str(number) for number in range(2001, 2038)))
    assert len(few) == len(three) == len(many) <= 3

"""The checkout page: choices, prices without ordering, buying at once, and whatever a browser may send."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from axf.cart import service as cart
from axf.cart.queries import cart_of
from axf.core import clock
from axf.coupon.models import UserCoupon
from axf.delivery.models import DeliverySlot
from axf.extensions import db
from axf.market.models import Goods
from axf.order.models import Order
from axf.user import accounts
from axf.user.models import Address
from tests.conftest import PASSWORD, SAME_ORIGIN, add_goods, logged_in, wishes_of
from tests.coupon.conftest import add_coupon
from tests.coupon.conftest import give as give_coupon
from tests.order.test_views import form_of, text_of


@pytest.fixture
def member(member):
    member.set_cookie("lang", "en")
    return member


@pytest.fixture
def full_cart(shopper, fruit) -> None:
    """2 × goods 475 and 1 × goods 476: ¥22.50."""
    cart.set_quantity(shopper, 475, 2)
    cart.set_quantity(shopper, 476, 1)
    wishes_of(shopper)


def give(user_id: int, value: int) -> int:
    """Give a shopper a coupon of so many fen off any order; return the id it is held under."""
    return give_coupon(add_coupon(name_en="¥3 off", value=value, minimum=0), user_id)


def ordered() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Order))


def send(client, fields: dict):
    return client.post("/axf/checkout/", data=fields, headers=SAME_ORIGIN)


def test_an_update_shows_the_choices_and_what_was_typed_and_orders_nothing(member, shopper, full_cart):
    held = give(shopper, 300)
    fields = form_of(member.get("/axf/checkout/"))
    assert fields["shown_total"] == "1950"
    typed = {"note": "Ring <twice>", "invoice_title": "ACME", "wish": "call", "wish_475": "replace"}
    answer = send(member, {**fields, **typed, "do": "update", "coupon": "none"})
    page = answer.get_data(as_text=True)
    assert (answer.status_code, ordered()) == (200, 0)
    for piece in (
        'name="shown_total" value="2250"',
        f'name="checkout_token" value="{fields["checkout_token"]}"',
        ">Ring &lt;twice&gt;</textarea>",
        'value="ACME"',
        'name="wish" value="call" form="order" checked',
        '<option value="replace" selected>',
        'name="coupon" value="none" form="order" checked',
    ):
        assert piece in page
    chosen = send(member, {**fields, "do": "update", "coupon": held}).get_data(as_text=True)
    assert f'name="coupon" value="{held}" form="order" checked' in chosen
    assert "Coupon ¥3 off −¥3.00" in " ".join(re.sub("<[^>]+>", " ", chosen).split())


def test_an_update_needs_no_valid_field(member, full_cart):
    token = form_of(member.get("/axf/checkout/"))["csrf_token"]
    answer = send(member, {"csrf_token": token, "do": "update"})
    assert (answer.status_code, ordered()) == (200, 0)
    assert 'name="shown_total" value="2250"' in answer.get_data(as_text=True)


FIELDS = (
    "address_id", "slot_id", "wish", "note", "invoice_title", "coupon", "has_points", "has_delivery_coupon",
    "checkout_token", "shown_total", "shown", "wish_475", "do",
)  # fmt: skip
GARBAGE = (
    "",
    "-1",
    "0",
    "99999999999999999999",
    "１２３",
    "²",
    "1e3",
    "none",
    "\x00",
    "<script>",
    "爱" * 10_000,
    ["1", "2"],
)


@pytest.mark.parametrize("field", FIELDS)
def test_garbage_in_any_field_gives_a_page(member, full_cart, field):
    fields = form_of(member.get("/axf/checkout/"))
    for garbage in GARBAGE:
        answer = send(member, {**fields, "do": "update", field: garbage})
        assert answer.status_code in (200, 303, 400), (field, garbage)
        assert "<script>" not in answer.get_data(as_text=True)


@pytest.mark.parametrize("field", ["address_id", "slot_id", "wish", "coupon", "checkout_token", "shown_total"])
@pytest.mark.parametrize("garbage", ["-1", "１２３", "²", "爱" * 10_000, "99999999999999999999"])
def test_garbage_orders_nothing(member, full_cart, field, garbage):
    answer = send(member, {**form_of(member.get("/axf/checkout/")), field: garbage})
    assert (answer.status_code, ordered()) == (400, 0)


@pytest.mark.parametrize("field", ["note", "invoice_title"])
def test_too_long_a_text_orders_nothing(member, full_cart, field):
    answer = send(member, {**form_of(member.get("/axf/checkout/")), field: "爱" * 10_000})
    assert (answer.status_code, ordered()) == (400, 0)


def test_garbage_in_the_address_or_a_buy_shows_the_page_or_the_cart(member, shopper, full_cart):
    for garbage in ("-1", "0", "１", "9" * 30, "<script>", "\x00"):
        assert member.get("/axf/checkout/", query_string={"address": garbage}).status_code == 200
        assert member.get("/axf/checkout/", query_string={"buy": "475", "quantity": garbage}).status_code == 200


FORGED = [("475:1:1,476:1:1;freight:999", 409), ("1:1:1;", 409), ("475:2:1000", 303), ("x" * 9000, 303), (";;;", 303)]


@pytest.mark.parametrize(("shown", "status"), FORGED)
def test_a_forged_text_of_what_was_shown_changes_no_price(member, full_cart, shown, status):
    """One that can be read only makes the shop ask again; what cannot be read tells nothing."""
    fields = {**form_of(member.get("/axf/checkout/")), "shown": shown}
    refused = send(member, {**fields, "shown_total": "1"})
    assert (refused.status_code, ordered()) == (409, 0)
    asked_again = form_of(refused)
    assert asked_again["shown_total"] == "2250"
    assert send(member, fields).status_code == status
    assert send(member, asked_again).status_code == 303
    assert ordered() == 1


def test_somebody_elses_coupon_is_not_used(member, shopper, full_cart):
    other = accounts.register("otto", PASSWORD)
    held = give(other, 300)
    fields = {**form_of(member.get("/axf/checkout/")), "coupon": held}
    assert 'name="shown_total" value="2250"' in send(member, {**fields, "do": "update"}).get_data(as_text=True)
    assert send(member, {**fields, "shown_total": "1950"}).status_code == 409
    assert send(member, fields).status_code == 303
    assert db.session.scalar(select(UserCoupon.order_id).filter_by(id=held)) is None


def test_buying_at_once_leaves_the_cart_alone(member, shopper, full_cart):
    page = member.get("/axf/checkout/?buy=477&quantity=3")
    fields = form_of(page)
    assert (fields["buy"], fields["quantity"]) == ("477", "3")
    assert send(member, fields).status_code == 303
    assert cart_of(shopper).count == 3


def test_buying_what_is_not_there_leads_to_the_cart(member, shopper, fruit):
    add_goods(id=490, stock=0)
    for goods in ("999999", "490"):
        assert member.get(f"/axf/checkout/?buy={goods}").location == "/axf/cart/"


def test_buy_now_stands_on_the_page_of_a_goods_for_everybody(app, client, member, fruit):
    page = client.get("/axf/goods/475/").get_data(as_text=True)
    assert 'action="/axf/checkout/" data-buy="475"' in page
    where = client.get("/axf/checkout/?buy=475&quantity=1").location
    assert where == "/axf/login/?next=/axf/checkout/?buy%3D475%26quantity%3D1"
    db.session.execute(update(Goods).where(Goods.id == 475).values(stock=0))
    db.session.commit()
    assert "data-buy" not in client.get("/axf/goods/475/").get_data(as_text=True)


def test_the_button_says_what_stands_in_its_way(app, member, shopper, full_cart):
    def told() -> str:
        answer = member.get("/axf/checkout/")
        assert re.search(r'value="place" disabled', answer.get_data(as_text=True))
        return text_of(answer)

    db.session.execute(update(DeliverySlot).values(capacity=1, booked=1))
    db.session.commit()
    assert "No delivery time is free." in told()
    db.session.execute(update(Address).values(district="440103"))
    db.session.commit()
    assert "We do not deliver here yet. Submit order" in told()
    other = accounts.register("olga", PASSWORD)
    cart.set_quantity(other, 475, 1)
    fresh = logged_in(app, other)
    fresh.set_cookie("lang", "en")
    page = text_of(fresh.get("/axf/checkout/"))
    assert "Please add an address first. Submit order ¥10.00" in page
    assert "Delivery is added when we know where to." in page


def test_a_special_price_shows_on_its_line(member, shopper, full_cart):
    now = clock.now()
    special = {
        "promo_price": 600,
        "promo_starts_at": now - timedelta(hours=1),
        "promo_ends_at": now + timedelta(hours=1),
    }
    db.session.execute(update(Goods).where(Goods.id == 475).values(special))
    db.session.commit()
    assert "¥12.00 Usual price ¥20.00 × 2 ¥6.00 each" in text_of(member.get("/axf/checkout/"))

"""Checkout, my orders, an order, cancelling and paying, as browsers see them."""

import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select, update

from axf.cart import service as cart
from axf.cart.queries import cart_of
from axf.core import clock
from axf.delivery.models import DeliverySlot
from axf.extensions import db
from axf.market.models import Goods
from axf.order import checkout, fulfilment, lists, settlement
from axf.order.models import Order
from axf.order.queries import order_of
from axf.payment.base import Notice
from axf.payment.models import Payment
from axf.user import accounts
from tests.conftest import (
    PASSWORD,
    SLOT,
    UNPAID_LIFE,
    add_goods,
    add_slot,
    counted,
    logged_in,
    place_all,
    post,
    wishes_of,
)
from tests.order.flow import pick


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


def orders() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(Order.no).order_by(Order.id)))


def stock_of(goods_id: int) -> int:
    db.session.rollback()
    return db.session.scalar(select(Goods.stock).where(Goods.id == goods_id))


def set_goods(goods_id: int, **values: object) -> None:
    db.session.execute(update(Goods).where(Goods.id == goods_id).values(values))
    db.session.commit()


def form_of(answer) -> dict[str, str]:
    """Return the fields with which the checkout page orders, the time as it is proposed."""
    page = answer.get_data(as_text=True)
    form = page[page.index('action="/axf/checkout/"') :]
    fields = dict(re.findall('<input type="hidden" name="([a-z_]+)" value="([^"]*)">', form.split("</form>")[0]))
    slot = re.search(r'name="slot_id".*?<option value="(\d+)"', page, re.DOTALL)
    return {**fields, "slot_id": slot[1], "wish": "refund", "note": ""}


def submit(client, fields: dict[str, str]):
    return client.post("/axf/checkout/", data=fields, headers={"Sec-Fetch-Site": "same-origin"})


def pay(user_id: int, no: str) -> None:
    payment = settlement.start(user_id, no, "mock")
    settlement.settle(Notice("mock", f"e-{payment.no}", payment.no, payment.amount, "R1", "{}"))


def text_of(answer) -> str:
    return " ".join(re.sub("<[^>]+>", " ", answer.get_data(as_text=True)).split())


# Checkout


def test_the_checkout_shows_what_is_ordered_and_for_how_much(member, shopper, full_cart):
    add_goods(id=480, price=300, is_bogo=True, name_en="Pears")
    cart.set_quantity(shopper, 480, 2)
    cart.add(shopper, 477)
    cart.select_line(shopper, 477, False)
    answer = member.get("/axf/checkout/")
    text = text_of(answer)
    for words in (
        "Strawberries 475",
        "Pears",
        "Buy one, get one −¥3.00",
        "Amount to pay ¥25.50",
        "Submit order ¥25.50",
    ):
        assert words in text
    assert "Strawberries 477" not in text
    fields = form_of(answer)
    assert (fields["shown_total"], len(fields["checkout_token"])) == ("2550", 43)
    assert form_of(member.get("/axf/checkout/"))["checkout_token"] != fields["checkout_token"]


def test_nothing_selected_leads_back_to_the_cart(member, shopper, fruit):
    assert member.get("/axf/checkout/").location == "/axf/cart/"
    cart.add(shopper, 475)
    cart.select_all(shopper, False)
    assert member.get("/axf/checkout/").location == "/axf/cart/"


def test_submitting_makes_the_order_and_shows_it(member, shopper, full_cart):
    answer = submit(member, form_of(member.get("/axf/checkout/")))
    (no,) = orders()
    assert (answer.status_code, answer.location) == (303, f"/axf/order/{no}/")
    assert order_of(shopper, no).order.payable == 2250
    assert (stock_of(475), stock_of(476)) == (8, 99)
    page = text_of(member.get(answer.location))
    for words in ("Waiting for your payment", "Pay now ¥22.50", "Order placed", no):
        assert words in page


def test_submitting_twice_is_one_order(member, full_cart):
    fields = form_of(member.get("/axf/checkout/"))
    first, second = submit(member, fields), submit(member, fields)
    assert first.location == second.location
    assert (len(orders()), stock_of(475)) == (1, 8)


def test_a_total_that_changed_is_shown_before_anything_is_ordered(member, full_cart):
    fields = form_of(member.get("/axf/checkout/"))
    set_goods(475, price=1500)
    refused = submit(member, fields)
    assert refused.status_code == 409
    assert "The total has changed from ¥22.50 to ¥32.50. Please check it and submit again." in text_of(refused)
    assert (orders(), stock_of(475)) == ([], 10)
    again = form_of(refused)
    assert (again["shown_total"], again["checkout_token"]) == ("3250", fields["checkout_token"])
    assert submit(member, again).status_code == 303
    assert len(orders()) == 1


def test_what_ran_short_is_named(member, full_cart):
    fields = form_of(member.get("/axf/checkout/"))
    set_goods(475, stock=1)
    refused = submit(member, fields)
    assert refused.status_code == 409
    assert "Strawberries 475: only 1 left. Please choose fewer." in text_of(refused)
    assert (orders(), stock_of(475)) == ([], 1)


def test_a_cart_that_was_emptied_elsewhere_orders_nothing(member, shopper, full_cart):
    fields = form_of(member.get("/axf/checkout/"))
    cart.select_all(shopper, False)
    refused = submit(member, fields)
    assert refused.status_code == 409
    assert 'href="/axf/cart/"' in refused.get_data(as_text=True)
    assert orders() == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("shown_total", ""),
        ("shown_total", "-1"),
        ("shown_total", "22.50"),
        ("shown_total", "２２５０"),
        ("shown_total", "2147483648"),
        ("slot_id", ""),
        ("slot_id", "soon"),
        ("wish", "gift"),
        ("note", "x" * 201),
        ("checkout_token", ""),
        ("checkout_token", "short"),
        ("checkout_token", "a" * 44),
        ("checkout_token", "a" * 42 + "\n"),
    ],
)
def test_a_form_that_is_not_ours_is_asked_again(member, full_cart, field, value):
    fields = form_of(member.get("/axf/checkout/"))
    refused = submit(member, {**fields, field: value})
    assert refused.status_code == 400
    assert form_of(refused)["shown_total"] == "2250"
    assert orders() == []


def test_the_client_cannot_choose_the_price_or_the_shopper(app, member, shopper, full_cart):
    other = accounts.register("bert", PASSWORD)
    fields = form_of(member.get("/axf/checkout/"))
    assert submit(member, {**fields, "shown_total": "1"}).status_code == 409
    submit(member, {**fields, "payable": "1", "price": "1", "user_id": str(other)})
    (no,) = orders()
    assert order_of(shopper, no).order.payable == 2250


def test_one_goods_is_bought_at_once_past_the_cart(member, shopper, full_cart):
    fields = form_of(member.get("/axf/checkout/?buy=476&quantity=3"))
    assert (fields["buy"], fields["quantity"], fields["shown_total"]) == ("476", "3", "750")
    assert submit(member, fields).status_code == 303
    (no,) = orders()
    assert [(line.goods_id, line.quantity) for line in order_of(shopper, no).lines] == [(476, 3)]
    assert {line.id: line.quantity for line in cart_of(shopper).all_lines} == {475: 2, 476: 1}


@pytest.mark.parametrize(
    ("quantity", "bought"), [("", 1), ("0", 1), ("-1", 1), ("x", 1), ("99", 99), ("100", 99), ("2147483648", 1)]
)
def test_a_quantity_that_no_line_could_hold_is_bounded(member, shopper, full_cart, quantity, bought):
    fields = form_of(member.get(f"/axf/checkout/?buy=476&quantity={quantity}"))
    assert (fields["quantity"], fields["shown_total"]) == (str(bought), str(250 * bought))
    assert submit(member, fields).status_code == 303


def test_what_is_gone_is_not_bought_at_once(member, full_cart):
    fields = form_of(member.get("/axf/checkout/?buy=476"))
    set_goods(476, on_sale=False)
    for gone in (476, 999):
        assert member.get(f"/axf/checkout/?buy={gone}").location == "/axf/cart/"
    assert submit(member, fields).status_code == 409
    assert orders() == []


def test_the_checkout_wants_a_login(client):
    assert client.get("/axf/checkout/").location == "/axf/login/?next=/axf/checkout/"


# My orders


def numbers(answer) -> list[str]:
    return list(dict.fromkeys(re.findall(r'href="/axf/order/(\d+)/"', answer.get_data(as_text=True))))


@pytest.fixture
def three_orders(shopper, full_cart) -> dict[str, str]:
    """An unpaid, a paid and a cancelled order, the unpaid one the newest."""
    found = {}
    for state in ("cancelled", "paid", "unpaid"):
        cart.set_quantity(shopper, 475, 1)
        found[state] = place_all(shopper)
    fulfilment.cancel(shopper, found["cancelled"])
    pay(shopper, found["paid"])
    return found


def test_each_tab_shows_its_orders_the_newest_first(member, three_orders):
    unpaid, paid, cancelled = (three_orders[state] for state in ("unpaid", "paid", "cancelled"))
    assert numbers(member.get("/axf/orders/")) == [unpaid, paid, cancelled]
    assert numbers(member.get("/axf/orders/?status=")) == [unpaid, paid, cancelled]
    assert numbers(member.get("/axf/orders/?status=unpaid")) == [unpaid]
    assert numbers(member.get("/axf/orders/?status=to-receive")) == [paid]
    assert numbers(member.get("/axf/orders/?status=to-review")) == []
    assert numbers(member.get("/axf/orders/?status=after-sale")) == []


@pytest.mark.parametrize(
    "query", ["status=paid", "status=x", "after=junk", "after=WzEsMl0", "after=Wy0xLDAsMV0", "after=WzEsMTAwMDAwMCwxXQ"]
)
def test_an_unknown_tab_or_page_is_not_found(member, query):
    assert member.get(f"/axf/orders/?{query}").status_code == 404


@pytest.mark.parametrize("tab", ["", "unpaid", "to-receive", "to-review", "after-sale"])
def test_an_empty_tab_says_so(member, tab):
    page = member.get(f"/axf/orders/?status={tab}").get_data(as_text=True)
    assert 'class="empty' in page
    assert 'href="/axf/market/"' in page


def test_load_more_shows_every_order_once(member, shopper, full_cart, monkeypatch):
    monkeypatch.setattr(lists, "PAGE_SIZE", 2)
    placed = []
    for _ in range(5):
        cart.set_quantity(shopper, 475, 1)
        placed.append(place_all(shopper))
        pay(shopper, placed[-1])
    seen, path = [], "/axf/orders/?status=to-receive"
    while path:
        answer = member.get(path)
        seen += numbers(answer)
        more = re.search('href="([^"]+)" rel="next"', answer.get_data(as_text=True))
        path = more and more[1].replace("&amp;", "&")
        assert path is None or "status=to-receive" in path
    assert seen == placed[::-1]


def test_orders_of_others_are_not_listed(app, three_orders):
    other = logged_in(app, accounts.register("bert", PASSWORD))
    for tab in ("", "unpaid", "to-receive", "to-review", "after-sale"):
        assert numbers(other.get(f"/axf/orders/?status={tab}")) == []


# An order


def test_somebody_elses_order_is_not_found_and_not_touched(app, shopper, order_no):
    other = logged_in(app, accounts.register("bert", PASSWORD))
    assert other.get(f"/axf/order/{order_no}/").status_code == 404
    for act in ("cancel", "pay"):
        answer = post(other, f"/axf/order/{order_no}/{act}/", page="/axf/account/", provider="mock")
        assert answer.status_code == 404
    assert order_of(shopper, order_no).order.state == "unpaid"
    assert db.session.scalar(select(func.count()).select_from(Payment)) == 0


@pytest.mark.parametrize("no", ["1", "x", "%00", "' OR 1=1", "9" * 300])
def test_an_unknown_number_is_not_found(member, order_no, no):
    assert member.get(f"/axf/order/{no}/").status_code == 404


def test_an_order_wants_a_login(client, order_no):
    assert client.get(f"/axf/order/{order_no}/").location == f"/axf/login/?next=/axf/order/{order_no}/"


def test_an_order_keeps_what_was_sold(member, order_no):
    set_goods(475, price=9999, name_en="Renamed", on_sale=False)
    text = text_of(member.get(f"/axf/order/{order_no}/"))
    assert "Strawberries 475" in text
    assert "¥20.00 × 2 ¥10.00 each" in text
    assert "Renamed" not in text


def test_each_state_of_an_order_has_its_words_and_buttons(member, three_orders):
    words = {"unpaid": "Waiting for your payment", "paid": "Paid. Thank you!", "cancelled": "Cancelled"}
    for state, no in three_orders.items():
        page = member.get(f"/axf/order/{no}/").get_data(as_text=True)
        assert f'<h1 class="page-title">{words[state]}</h1>' in page
        assert (f"/axf/order/{no}/pay/" in page) == (state == "unpaid")
        assert (f"/axf/order/{no}/cancel/" in page) == (state != "cancelled")


def test_when_the_time_is_over_nothing_can_be_paid(member, shopper, order_no):
    with time_machine.travel(order_of(shopper, order_no).order.expires_at + timedelta(seconds=1)):
        page = member.get(f"/axf/order/{order_no}/").get_data(as_text=True)
        assert "The time to pay is over" in page
        assert f"/axf/order/{order_no}/pay/" not in page
        assert "The time to pay is over" in text_of(member.get("/axf/orders/"))


def test_an_order_page_asks_as_often_for_40_lines_as_for_3(member, shopper, fruit):
    def place(count: int) -> str:
        for number in range(count):
            cart.add(shopper, add_goods(id=1000 * count + number))
        return place_all(shopper)

    counts = []
    for no in (place(3), place(40)):
        with counted() as statements:
            assert member.get(f"/axf/order/{no}/").status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 8 + 1


def test_the_list_asks_as_often_for_many_orders_as_for_one(member, shopper, order_no):
    with counted() as few:
        member.get("/axf/orders/")
    for _ in range(4):
        cart.set_quantity(shopper, 475, 1)
        place_all(shopper)
    with counted() as many:
        assert len(numbers(member.get("/axf/orders/"))) == 5
    assert len(few) == len(many) <= 3 + 2 + 1


# Cancelling and paying


def test_cancelling_puts_the_goods_back_and_keeps_the_reason(member, shopper, order_no):
    reason = "changed my mind <b>"
    answer = post(member, f"/axf/order/{order_no}/cancel/", page="/axf/account/", reason=reason)
    assert (answer.status_code, answer.location) == (303, f"/axf/order/{order_no}/")
    view = order_of(shopper, order_no)
    assert (view.order.state, view.events[-1].reason, stock_of(475)) == ("cancelled", reason, 10)
    assert "Reason: changed my mind &lt;b&gt;" in member.get(answer.location).get_data(as_text=True)


def test_cancelling_needs_no_reason_and_a_long_one_is_cut(member, shopper, full_cart):
    for reason, kept in ((None, ""), ("长" * 300, "长" * 200)):
        cart.set_quantity(shopper, 475, 1)
        no = place_all(shopper)
        post(member, f"/axf/order/{no}/cancel/", page="/axf/account/", **({"reason": reason} if reason else {}))
        view = order_of(shopper, no)
        assert (view.order.state, view.events[-1].reason) == ("cancelled", kept)


def test_cancelling_twice_cancels_once(member, shopper, order_no):
    for _ in range(2):
        post(member, f"/axf/order/{order_no}/cancel/", page="/axf/account/")
    assert [event.event for event in order_of(shopper, order_no).events] == ["place", "cancel"]
    assert stock_of(475) == 10


def test_an_order_that_is_picked_goes_on_when_its_old_page_cancels(member, shopper, order_no):
    pay(shopper, order_no)
    pick(order_no)
    post(member, f"/axf/order/{order_no}/cancel/", page="/axf/account/")
    assert order_of(shopper, order_no).order.state == "picking"
    assert stock_of(475) == 8


def test_paying_leads_to_the_providers_page_with_one_attempt(member, shopper, order_no):
    first, second = (post(member, f"/axf/order/{order_no}/pay/", provider="mock") for _ in range(2))
    assert first.status_code == second.status_code == 303
    assert first.location.startswith("/mock-gateway/?request=")
    attempts = db.session.scalars(select(Payment)).all()
    assert [(each.provider, each.amount, each.state) for each in attempts] == [("mock", 2250, "pending")]
    assert order_of(shopper, order_no).order.state == "unpaid"


@pytest.mark.parametrize("provider", ["gold", "", "MOCK", "x" * 100, None])
def test_an_unknown_way_to_pay_is_told(member, order_no, provider):
    fields = {} if provider is None else {"provider": provider}
    answer = post(member, f"/axf/order/{order_no}/pay/", **fields)
    assert answer.status_code == 404
    assert "This way to pay is not available." in text_of(answer)
    assert db.session.scalar(select(func.count()).select_from(Payment)) == 0


@pytest.mark.parametrize("state", ["paid", "cancelled"])
def test_what_is_paid_or_cancelled_is_not_paid_again(member, three_orders, state):
    attempts = select(func.count()).select_from(Payment)
    before = db.session.scalar(attempts)
    answer = post(member, f"/axf/order/{three_orders[state]}/pay/", page="/axf/account/", provider="mock")
    assert not (answer.location or "").startswith("/mock-gateway/")
    db.session.rollback()
    assert db.session.scalar(attempts) == before


def test_what_is_too_late_is_not_paid(member, shopper, order_no):
    with time_machine.travel(order_of(shopper, order_no).order.expires_at):
        answer = post(member, f"/axf/order/{order_no}/pay/", page="/axf/account/", provider="mock")
    assert not (answer.location or "").startswith("/mock-gateway/")
    assert db.session.scalar(select(func.count()).select_from(Payment)) == 0


def test_a_hoarder_is_told_to_pay_first(member, shopper, full_cart):
    for _ in range(checkout.MOST_UNPAID):
        cart.set_quantity(shopper, 475, 1)
        place_all(shopper)
    cart.set_quantity(shopper, 475, 1)
    refused = submit(member, form_of(member.get("/axf/checkout/")))
    assert refused.status_code == 409
    assert "Please pay or cancel one first." in text_of(refused)
    assert len(orders()) == checkout.MOST_UNPAID


def test_an_order_waits_as_long_as_is_configured(app, member, shopper, full_cart):
    app.config["UNPAID_LIFE"] = UNPAID_LIFE + timedelta(minutes=5)
    before = clock.now()
    submit(member, form_of(member.get("/axf/checkout/")))
    order = order_of(shopper, orders()[0]).order
    assert order.expires_at - order.created_at == UNPAID_LIFE + timedelta(minutes=5)
    assert order.created_at >= before


def test_a_time_that_was_chosen_and_is_lost_is_asked_for_again(member, shopper, full_cart):
    fields = form_of(member.get("/axf/checkout/"))
    other = add_slot(db.session.scalar(select(DeliverySlot.area_id)), starts_at=SLOT + timedelta(days=1))
    db.session.execute(update(DeliverySlot).where(DeliverySlot.id == other).values(booked=DeliverySlot.capacity))
    db.session.commit()
    page = submit(member, {**fields, "slot_id": str(other), "do": "update"}).get_data(as_text=True)
    assert "Please choose a time." in page
    assert '<option value="" selected>' in page


def test_a_page_kept_from_before_its_order_gets_a_fresh_token(member, shopper, full_cart):
    fields = form_of(member.get("/axf/checkout/"))
    assert submit(member, fields).status_code == 303
    cart.add(shopper, 477)
    again = form_of(submit(member, {**fields, "do": "update"}))
    assert again["checkout_token"] != fields["checkout_token"]
    assert submit(member, again).status_code == 303
    assert len(orders()) == 2


def test_what_is_gone_from_the_order_is_named(member, shopper, full_cart):
    fields = form_of(member.get("/axf/checkout/"))
    cart.remove(shopper, 475)
    answer = submit(member, fields)
    assert answer.status_code == 409
    assert "Not in this order any more: Strawberries 475" in text_of(answer)


def test_an_address_deleted_meanwhile_is_told(member, shopper, full_cart):
    answer = submit(member, {**form_of(member.get("/axf/checkout/")), "address_id": "999"})
    assert answer.status_code == 404
    assert "This address is gone." in text_of(answer)
    assert orders() == []


def test_a_broken_field_is_told(member, shopper, full_cart):
    answer = submit(member, {**form_of(member.get("/axf/checkout/")), "coupon": "all of them"})
    assert answer.status_code == 400
    assert "Please check what you entered." in text_of(answer)


def test_other_goods_for_the_same_sum_are_asked_about(member, shopper, full_cart):
    fields = form_of(member.get("/axf/checkout/"))
    cart.remove(shopper, 475)
    cart.set_quantity(shopper, add_goods(id=481, price=2000), 1)
    answer = submit(member, fields)
    assert (answer.status_code, orders()) == (409, [])
    assert "Prices have changed since you looked." in text_of(answer)
    assert "New in this order: Strawberries 481" in text_of(answer)
    assert submit(member, form_of(answer)).status_code == 303

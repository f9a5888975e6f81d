"""The mock gateway: signed both ways, over real HTTP."""

import json
import time
from datetime import timedelta

import pytest

from axf.core import clock
from axf.order.queries import order_of
from axf.payment.base import BadNotice, Start
from axf.payment.providers.mock import APP_ID, MockProvider
from axf.payment.providers.mock_cashier import signed_notice
from tests.conftest import SAME_ORIGIN, post
from tests.payment.gateways import served

SECRET = "a secret of the tests, long enough"
TRADE = {"app_id": APP_ID, "payment_no": "20261122P1", "amount": 2250}


def signed_request(app, notify_url: str, payment_no: str = "P1", minutes: int = 5) -> str:
    """Return what the shop signs for the cashier: 100 fen."""
    expires_at = clock.now() + timedelta(minutes=minutes)
    start = Start(payment_no, 100, "AXF", notify_url, "/axf/mine/?paid=1", "/axf/mine/", expires_at)
    return MockProvider(app.config["SECRET_KEY"]).start(start).address.split("request=")[1]


def test_a_signed_notice_is_read():
    raw, headers = signed_notice(TRADE, SECRET)
    notice = MockProvider(SECRET).read_notice(raw, headers)
    assert (notice.provider, notice.payment_no, notice.amount) == ("mock", "20261122P1", 2250)
    assert notice.raw == raw.decode()


def test_paying_twice_is_one_event():
    first, second = (json.loads(signed_notice(TRADE, SECRET)[0]) for _ in range(2))
    assert first["event_id"] == second["event_id"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"raw": b'{"amount": 1}'}, "signature"),
        ({"X-Mock-Signature": ""}, "signature"),
        ({"X-Mock-Signature": "0" * 64}, "signature"),
        ({"X-Mock-Signature": "签"}, "signature"),
        ({"X-Mock-Timestamp": ""}, "time"),
        ({"X-Mock-Timestamp": "٣"}, "time"),
        ({"X-Mock-Timestamp": "9" * 400}, "time"),
        ({"X-Mock-Timestamp": "9" * 5000}, "time"),
        ({"X-Mock-Timestamp": str(int(time.time()) - 301)}, "time"),
        ({"X-Mock-Timestamp": str(int(time.time()) + 99_999)}, "time"),
    ],
)
def test_a_forged_notice_is_refused(change, reason):
    raw, headers = signed_notice(TRADE, SECRET)
    raw = change.pop("raw", raw)
    with pytest.raises(BadNotice) as refusal:
        MockProvider(SECRET).read_notice(raw, {**headers, **change})
    assert refusal.value.details == {"reason": reason}


@pytest.mark.parametrize("change", [{"app_id": "another shop"}, {"amount": "2250"}, {"amount": True}])
def test_a_signed_notice_with_foreign_content_is_refused(change):
    raw, headers = signed_notice({**TRADE, **change}, SECRET)
    with pytest.raises(BadNotice) as refusal:
        MockProvider(SECRET).read_notice(raw, headers)
    assert refusal.value.details == {"reason": "content"}


def test_another_secret_signs_nothing():
    raw, headers = signed_notice(TRADE, "another secret")
    with pytest.raises(BadNotice):
        MockProvider(SECRET).read_notice(raw, headers)


def test_the_cashier_refuses_what_the_shop_did_not_sign(client):
    assert client.get("/mock-gateway/?request=forged").status_code == 400
    assert client.post("/mock-gateway/", data={"request": "forged"}, headers=SAME_ORIGIN).status_code == 400


def test_the_shop_refuses_a_forged_notice(client):
    answer = client.post("/axf/pay/mock/notify/", data=b"{}", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json["code"]) == (400, "bad-notice")


def test_an_unknown_provider_is_not_found(client):
    answer = client.post("/axf/pay/gold/notify/", data=b"{}", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json["code"]) == (404, "unknown-provider")


def test_from_the_pay_button_to_a_paid_order(app, member, shopper, order_no):
    with served(app) as app.config["BASE_URL"]:
        cashier = post(member, f"/axf/order/{order_no}/pay/", provider="mock").location
        assert "¥22.50" in member.get(cashier).get_data(as_text=True).replace(",", "")
        signed = cashier.split("request=")[1]
        back = member.post("/mock-gateway/", data={"request": signed}, headers=SAME_ORIGIN)
        assert (back.status_code, back.location) == (303, f"/axf/order/{order_no}/?paid=1")
    assert order_of(shopper, order_no).order.state == "paid"


def test_a_shop_that_does_not_answer_is_told_to_the_payer(app, client, monkeypatch):
    monkeypatch.setattr("axf.payment.providers.mock_cashier.TRIES", (0,))
    signed = signed_request(app, "http://127.0.0.1:9/axf/pay/mock/notify/")
    answer = client.post("/mock-gateway/", data={"request": signed}, headers=SAME_ORIGIN)
    assert answer.status_code == 502


def test_the_browsers_return_proves_nothing(member, shopper, order_no):
    page = member.get(f"/axf/order/{order_no}/?paid=1")
    assert page.status_code == 200
    assert order_of(shopper, order_no).order.state == "unpaid"

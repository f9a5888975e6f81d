"""WeChat Pay, against a fake gateway over real HTTP with real RSA and AES-GCM keys."""

import dataclasses
import json

import pytest
from werkzeug.datastructures import Headers

from axf.payment.base import BadNotice, Found, GatewayDown, Notice, RefundNotice, RefundRefused, RefundRequest, Way
from axf.payment.providers.wechat import WechatProvider
from tests.payment.gateways import FakeWechat, new_key, served
from tests.payment.test_alipay import START

REFUND = RefundRequest("R1", "P1", "4200001", 1, 2250, "lines", "https://shop.example/rn/")
RETURNED = {
    "mchid": FakeWechat.MCHID, "out_trade_no": "P1", "transaction_id": "4200001", "out_refund_no": "R1",
    "refund_id": "5030001", "refund_status": "SUCCESS", "amount": {"total": 2250, "refund": 1, "payer_refund": 1},
}  # fmt: skip


@pytest.fixture(scope="module")
def running():
    fake = FakeWechat()
    with served(fake) as url:
        yield fake, url


@pytest.fixture
def fake(running) -> FakeWechat:
    running[0].asked.clear()
    running[0].garbage = None
    return running[0]


@pytest.fixture
def wechat(running, fake) -> WechatProvider:
    return WechatProvider(fake.settings(running[1]))


def read(wechat, fake, raw: bytes, **changes: object):
    return wechat.read_notice(raw, Headers(fake.headers(raw, **changes)))


@pytest.mark.parametrize("client", ["desktop", "wechat"])
def test_a_desktop_gets_a_code(wechat, fake, client):
    fake.answer = (200, {"code_url": "weixin://wxpay/bizpayurl?pr=x"})
    assert wechat.start(dataclasses.replace(START, client=client)) == Way("code", "weixin://wxpay/bizpayurl?pr=x")
    assert fake.asked == [
        {
            "path": "/v3/pay/transactions/native", "appid": fake.APP_ID, "mchid": fake.MCHID, "out_trade_no": "P1",
            "description": "AXF 订单", "amount": {"total": 2250, "currency": "CNY"},
            "time_expire": "2026-11-22T20:30:00+08:00", "notify_url": START.notify_url,
        }
    ]  # fmt: skip


def test_a_phone_gets_a_page(wechat, fake):
    fake.answer = (200, {"h5_url": "https://wx.tenpay.com/x?prepay_id=1"})
    way = wechat.start(dataclasses.replace(START, client="phone", client_ip="192.0.2.7"))
    wanted = "https://wx.tenpay.com/x?prepay_id=1&redirect_url=https%3A%2F%2Fshop.example%2Fr%2F"
    assert way == Way("page", wanted)
    assert fake.asked[0]["path"] == "/v3/pay/transactions/h5"
    assert fake.asked[0]["scene_info"] == {"payer_client_ip": "192.0.2.7", "h5_info": {"type": "Wap"}}


def test_a_genuine_notice_is_opened(wechat, fake):
    raw = fake.notice(fake.trade())
    wanted = Notice("wechat", "EV-2018022511223320873", "P1", 2250, "4200001", raw.decode())
    assert read(wechat, fake, raw) == wanted
    assert fake.asked == []


@pytest.mark.parametrize("state", ["CLOSED", "NOTPAY", None])
def test_other_news_is_no_payment(wechat, fake, state):
    assert read(wechat, fake, fake.notice(fake.trade(trade_state=state))) is None
    assert read(wechat, fake, fake.notice(RETURNED, "REFUND.SUCCESS")) is None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"appid": "wx0000000000000002"}, "app"),
        ({"mchid": "1900000002"}, "merchant"),
        ({"amount": {"total": "2250", "currency": "CNY"}}, "content"),
        ({"amount": {"total": 22.5, "currency": "CNY"}}, "content"),
        ({"amount": {"total": 2250, "currency": "USD"}}, "content"),
        ({"amount": None}, "content"),
        ({"transaction_id": 7}, "content"),
    ],
)
def test_a_signed_notice_that_is_not_for_us_is_refused(wechat, fake, change, reason):
    with pytest.raises(BadNotice) as refusal:
        read(wechat, fake, fake.notice(fake.trade(**change)))
    assert refusal.value.details == {"reason": reason}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"age": 301}, "time"),
        ({"age": -301}, "time"),
        ({"Wechatpay-Timestamp": ""}, "time"),
        ({"Wechatpay-Timestamp": "٣"}, "time"),
        ({"Wechatpay-Timestamp": "9" * 5000}, "time"),
        ({"Wechatpay-Serial": "7F7F"}, "key"),
        ({"Wechatpay-Serial": ""}, "key"),
        ({"key": new_key()}, "signature"),
        ({"Wechatpay-Signature": "WECHATPAY/SIGNTEST/eA=="}, "signature"),
        ({"Wechatpay-Nonce": "another"}, "signature"),
        ({"Wechatpay-Signature-Type": "WECHATPAY2-SM2-WITH-SM3"}, "signature"),
    ],
)
def test_a_forged_or_stale_notice_is_refused_without_asking_anybody(wechat, fake, change, reason):
    raw = fake.notice(fake.trade())
    for reading in (wechat.read_notice, wechat.read_refund_notice):
        with pytest.raises(BadNotice) as refusal:
            reading(raw, Headers(fake.headers(raw, **change)))
        assert refusal.value.details == {"reason": reason}
    assert fake.asked == []


@pytest.mark.parametrize(
    "spoil",
    [lambda raw: raw[:-1], lambda raw: raw + b" ", lambda raw: raw.replace(b"EV-", b"EW-"), lambda raw: b""],
)
def test_one_other_byte_breaks_the_signature(wechat, fake, spoil):
    raw = fake.notice(fake.trade())
    with pytest.raises(BadNotice):
        wechat.read_notice(spoil(raw), Headers(fake.headers(raw)))


@pytest.mark.parametrize(
    "raw", [b"{}", b"[]", b"null", b"not json", b'{"resource_type":"encrypt-resource","resource":7}']
)
def test_signed_garbage_is_refused(wechat, fake, raw):
    with pytest.raises(BadNotice):
        read(wechat, fake, raw)


def test_what_another_key_sealed_is_refused(wechat, fake):
    with pytest.raises(BadNotice):
        read(wechat, fake, fake.notice(fake.trade(), api_key="0" * 32))


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ((404, {"code": "ORDER_NOT_EXIST"}), "waiting"),
        ((200, {"trade_state": "NOTPAY"}), "waiting"),
        ((200, {"trade_state": "USERPAYING"}), "waiting"),
        ((200, {"trade_state": "CLOSED"}), "closed"),
    ],
)
def test_a_query_tells_what_is_not_paid(wechat, fake, answer, state):
    fake.answer = (answer[0], {**fake.trade(), **answer[1]})
    assert wechat.query("P1") == Found(state)
    assert fake.asked == [{"path": f"/v3/pay/transactions/out-trade-no/P1?mchid={fake.MCHID}"}]


@pytest.mark.parametrize("state", ["SUCCESS", "REFUND"])
def test_a_query_tells_what_is_paid(wechat, fake, state):
    fake.answer = (200, fake.trade(trade_state=state))
    found = wechat.query("P1")
    wanted = Notice("wechat", "query:4200001", "P1", 2250, "4200001", json.dumps(fake.answer[1]))
    assert found == Found("paid", wanted)


@pytest.mark.parametrize(
    "answer",
    [
        (500, {"code": "SYSTEM_ERROR"}),
        (401, {"code": "SIGN_ERROR"}),
        (200, {"out_trade_no": "P2"}),
        (200, {"mchid": "1900000002"}),
        (200, {"amount": {}}),
    ],
)
def test_an_answer_that_cannot_be_used_is_an_outage(wechat, fake, answer):
    fake.answer = (answer[0], {**fake.trade(), **answer[1]})
    with pytest.raises(GatewayDown):
        wechat.query("P1")


@pytest.mark.parametrize("garbage", [b"", b"<html>", b"[]", b'{"status":"SUCCESS","out_refund_no":"R1"}'])
def test_an_unsigned_answer_is_an_outage(wechat, fake, garbage):
    fake.garbage = garbage
    for ask in (lambda: wechat.query("P1"), lambda: wechat.refund(REFUND), lambda: wechat.start(START)):
        with pytest.raises(GatewayDown):
            ask()


def test_nobody_there_is_an_outage(fake):
    with pytest.raises(GatewayDown):
        WechatProvider(fake.settings("http://127.0.0.1:9")).start(START)


@pytest.mark.parametrize(("status", "state"), [("SUCCESS", "done"), ("PROCESSING", "open")])
def test_a_refund_is_asked_to_the_fen(wechat, fake, status, state):
    fake.answer = (200, {"out_refund_no": "R1", "status": status})
    assert wechat.refund(REFUND) == state
    assert fake.asked == [
        {
            "path": "/v3/refund/domestic/refunds", "out_refund_no": "R1", "out_trade_no": "P1", "reason": "lines",
            "amount": {"refund": 1, "total": 2250, "currency": "CNY"}, "notify_url": REFUND.notify_url,
        }
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((400, {"code": "INVALID_REQUEST"}), RefundRefused),
        ((200, {"out_refund_no": "R1", "status": "CLOSED"}), RefundRefused),
        ((200, {"out_refund_no": "R2", "status": "SUCCESS"}), GatewayDown),
        ((403, {"code": "NOT_ENOUGH"}), GatewayDown),
        ((429, {"code": "FREQUENCY_LIMITED"}), GatewayDown),
    ],
)
def test_a_refund_is_given_up_only_where_no_repeat_helps(wechat, fake, answer, error):
    fake.answer = answer
    with pytest.raises(error):
        wechat.refund(REFUND)


@pytest.mark.parametrize(("status", "state"), [("SUCCESS", "done"), ("ABNORMAL", "failed"), ("CLOSED", "failed")])
def test_a_refund_notice_is_opened(wechat, fake, status, state):
    raw = fake.notice({**RETURNED, "refund_status": status}, f"REFUND.{status}")
    wanted = RefundNotice("wechat", "EV-2018022511223320873", "R1", 1, state, raw.decode())
    assert wechat.read_refund_notice(raw, Headers(fake.headers(raw))) == wanted


def test_a_payment_is_no_news_of_a_refund(wechat, fake):
    raw = fake.notice(fake.trade())
    assert wechat.read_refund_notice(raw, Headers(fake.headers(raw))) is None


def test_the_acknowledgement_is_an_empty_answer(wechat):
    assert (wechat.acknowledge().status_code, wechat.acknowledge().get_data()) == (204, b"")

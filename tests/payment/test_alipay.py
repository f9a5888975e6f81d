"""Alipay, against a fake gateway over real HTTP with real RSA keys."""

import dataclasses
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from werkzeug.datastructures import Headers

from axf.payment.base import BadNotice, Found, GatewayDown, Notice, RefundRefused, RefundRequest, Start
from axf.payment.providers.alipay import AlipayProvider, fen_of, yuan
from tests.payment.gateways import FakeAlipay, new_key, served

START = Start(
    "P1", 2250, "AXF 订单", "https://shop.example/n/", "https://shop.example/r/", "https://shop.example/l/",
    datetime(2026, 11, 22, 12, 30, tzinfo=UTC),
)  # fmt: skip
REFUND = RefundRequest("R1", "P1", "2026112222001", 1, 2250, "lines", "https://shop.example/rn/")
TRADE = {"code": "10000", "out_trade_no": "P1", "trade_no": "2026112222001", "total_amount": "22.50"}


@pytest.fixture(scope="module")
def running():
    fake = FakeAlipay()
    with served(fake) as url:
        yield fake, url


@pytest.fixture
def fake(running) -> FakeAlipay:
    running[0].asked.clear()
    running[0].garbage = None
    return running[0]


@pytest.fixture
def alipay(running, fake) -> AlipayProvider:
    return AlipayProvider(fake.settings(running[1]))


@pytest.mark.parametrize(
    ("client", "method", "product", "more"),
    [
        ("desktop", "alipay.trade.page.pay", "FAST_INSTANT_TRADE_PAY", {}),
        ("phone", "alipay.trade.wap.pay", "QUICK_WAP_WAY", {"quit_url": START.leave_url}),
        ("wechat", "alipay.trade.wap.pay", "QUICK_WAP_WAY", {"quit_url": START.leave_url}),
    ],
)
def test_the_link_says_what_is_paid_and_is_signed(alipay, fake, client, method, product, more):
    way = alipay.start(dataclasses.replace(START, client=client))
    assert way.kind == "page"
    said = fake.opened(urlsplit(way.address).query)
    assert (said["method"], said["notify_url"], said["return_url"]) == (method, START.notify_url, START.return_url)
    assert said["biz_content"] == {
        "out_trade_no": "P1", "total_amount": "22.50", "subject": "AXF 订单", "product_code": product,
        "time_expire": "2026-11-22 20:30:00", **more,
    }  # fmt: skip
    assert fake.asked == []


@pytest.mark.parametrize("status", ["TRADE_SUCCESS", "TRADE_FINISHED"])
def test_a_genuine_notice_is_read(alipay, fake, status):
    raw = fake.notice(trade_status=status)
    wanted = Notice("alipay", "ac05099524730693a8b330c5ecf72da9786", "P1", 2250, "2026112222001", raw.decode())
    assert alipay.read_notice(raw, Headers()) == wanted


@pytest.mark.parametrize(
    "change", [{"trade_status": "WAIT_BUYER_PAY"}, {"trade_status": "TRADE_CLOSED"}, {"refund_fee": "1.00"}]
)
def test_other_news_is_no_payment(alipay, fake, change):
    assert alipay.read_notice(fake.notice(**change), Headers()) is None
    assert alipay.read_refund_notice(fake.notice(**change), Headers()) is None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"app_id": "2021000000000002"}, "app"),
        ({"seller_id": "2088000000000002"}, "merchant"),
        ({"total_amount": "22.5"}, "content"),
        ({"total_amount": "1e3"}, "content"),
        ({"total_amount": "-22.50"}, "content"),
    ],
)
def test_a_signed_notice_that_is_not_for_us_is_refused(alipay, fake, change, reason):
    with pytest.raises(BadNotice) as refusal:
        alipay.read_notice(fake.notice(**change), Headers())
    assert refusal.value.details == {"reason": reason}


@pytest.mark.parametrize(
    "forge",
    [
        lambda fake: fake.notice(key=new_key()),
        lambda fake: fake.notice(key=fake.shop_key),
        lambda fake: fake.notice().replace(b"22.50", b"00.01"),
        lambda fake: fake.notice().replace(b"sign_type=RSA2", b"sign_type=RSA"),
        lambda fake: fake.notice() + b"&total_amount=22.50",
        lambda fake: fake.notice()[:-40],
        lambda fake: b"",
        lambda fake: b"\xff\xfe",
        lambda fake: b"sign=%25&app_id=1",
        lambda fake: b"a=1&" * 5000 + b"sign=x",
    ],
    ids=[
        "another key",
        "our own key",
        "another sum",
        "another algorithm",
        "twice",
        "cut",
        "empty",
        "bytes",
        "sign",
        "many",
    ],
)
def test_what_alipay_did_not_sign_is_refused(alipay, fake, forge):
    for read in (alipay.read_notice, alipay.read_refund_notice):
        with pytest.raises(BadNotice) as refusal:
            read(forge(fake), Headers())
        assert refusal.value.details == {"reason": "signature"}


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ({"trade_status": "WAIT_BUYER_PAY"}, "waiting"),
        ({"trade_status": "TRADE_CLOSED"}, "closed"),
        ({"code": "40004", "sub_code": "ACQ.TRADE_NOT_EXIST"}, "waiting"),
    ],
)
def test_a_query_tells_what_is_not_paid(alipay, fake, answer, state):
    fake.answers["alipay.trade.query"] = {**TRADE, **answer}
    assert alipay.query("P1") == Found(state)
    assert fake.asked[0]["biz_content"] == {"out_trade_no": "P1"}


def test_a_query_tells_what_is_paid(alipay, fake):
    fake.answers["alipay.trade.query"] = {**TRADE, "trade_status": "TRADE_SUCCESS"}
    found = alipay.query("P1")
    assert (found.state, found.notice.amount, found.notice.reference) == ("paid", 2250, "2026112222001")
    assert (found.notice.payment_no, found.notice.event_id) == ("P1", "query:2026112222001")


@pytest.mark.parametrize(
    "answer",
    [
        {"code": "20000", "sub_code": "isp.unknow-error"},
        {"out_trade_no": "P2", "trade_status": "TRADE_SUCCESS"},
        {"trade_status": "TRADE_SUCCESS", "total_amount": "much"},
        {},
    ],
)
def test_an_answer_that_cannot_be_understood_is_an_outage(alipay, fake, answer):
    fake.answers["alipay.trade.query"] = {**TRADE, **answer}
    with pytest.raises(GatewayDown):
        alipay.query("P1")


@pytest.mark.parametrize(
    "garbage", [b"", b"<html>", b"[]", b'{"alipay_trade_query_response":{"code":"10000"},"sign":"eA=="}']
)
def test_garbage_is_an_outage(alipay, fake, garbage):
    fake.garbage = garbage
    for ask in (lambda: alipay.query("P1"), lambda: alipay.refund(REFUND)):
        with pytest.raises(GatewayDown):
            ask()


def test_nobody_there_is_an_outage(fake):
    with pytest.raises(GatewayDown):
        AlipayProvider(fake.settings("http://127.0.0.1:9")).query("P1")


@pytest.mark.parametrize(
    ("change", "status", "state"),
    [("Y", None, "done"), ("N", "REFUND_SUCCESS", "done"), ("N", None, "open")],
)
def test_a_refund_is_asked_to_the_fen(alipay, fake, change, status, state):
    fake.answers["alipay.trade.refund"] = {"code": "10000", "fund_change": change}
    told = {"out_request_no": "R1", "refund_amount": "0.01", "refund_status": status} if status else {}
    fake.answers["alipay.trade.fastpay.refund.query"] = {"code": "10000", **told}
    assert alipay.refund(REFUND) == state
    assert fake.asked[0]["biz_content"] == {
        "out_trade_no": "P1", "out_request_no": "R1", "refund_amount": "0.01", "refund_reason": "lines",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("ACQ.REASON_TRADE_REFUND_FEE_ERR", RefundRefused),
        ("ACQ.SELLER_BALANCE_NOT_ENOUGH", GatewayDown),
        ("ACQ.SYSTEM_ERROR", GatewayDown),
    ],
)
def test_a_refund_is_given_up_only_where_no_repeat_helps(alipay, fake, code, error):
    fake.answers["alipay.trade.refund"] = {"code": "40004", "sub_code": code}
    with pytest.raises(error, match=code if error is RefundRefused else None):
        alipay.refund(REFUND)


@pytest.mark.parametrize(("amount", "text"), [(1, "0.01"), (99, "0.99"), (100, "1.00"), (999_999_999, "9999999.99")])
def test_fen_cross_the_border_whole(amount, text):
    assert (yuan(amount), fen_of(text)) == (text, amount)


def test_the_acknowledgement_is_the_word_alipay_waits_for(alipay):
    assert alipay.acknowledge().get_data() == b"success"

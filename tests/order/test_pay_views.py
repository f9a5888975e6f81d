"""Paying and its notices, as browsers and gateways see them, with a fake WeChat Pay and a fake Alipay."""

import re

import pytest
from sqlalchemy import func, select

from axf.extensions import db
from axf.order.queries import order_of
from axf.payment.models import Payment, PaymentNotice
from tests.conftest import post
from tests.payment.gateways import FakeAlipay, FakeWechat, served

CODE = "weixin://wxpay/bizpayurl?pr=abc"
PHONE = {"User-Agent": "Mozilla/5.0 (iPhone) Mobile/15E148"}


@pytest.fixture(scope="module")
def running():
    alipay, wechat = FakeAlipay(), FakeWechat()
    with served(alipay) as alipay_url, served(wechat) as wechat_url:
        yield alipay, alipay.settings(alipay_url), wechat, wechat.settings(wechat_url)


@pytest.fixture
def alipay(app, running) -> FakeAlipay:
    app.config.update(PAYMENT_PROVIDERS=["alipay", "wechat"], ALIPAY=running[1])
    return running[0]


@pytest.fixture
def wechat(app, running) -> FakeWechat:
    app.config.update(PAYMENT_PROVIDERS=["alipay", "wechat"], WECHAT=running[3])
    running[2].answer = (200, {"code_url": CODE, "h5_url": "https://wx.tenpay.com/x?a=1"})
    return running[2]


@pytest.fixture
def member(member):
    member.set_cookie("lang", "en")
    return member


def rows(model) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model))


def test_a_desktop_scans_and_the_page_goes_on_when_it_is_paid(member, shopper, order_no, wechat):
    led = post(member, f"/axf/order/{order_no}/pay/", provider="wechat")
    assert (led.status_code, led.location.split("?")[0]) == (303, f"/axf/order/{order_no}/scan/")
    page = member.get(led.location).get_data(as_text=True)
    for part in ("<svg", "data-waiting", "¥22.50", "Scan the code with WeChat on your phone."):
        assert part in page
    assert " style=" not in page
    payment_no = wechat.asked[-1]["out_trade_no"]
    raw = wechat.notice(wechat.trade(out_trade_no=payment_no))
    for _ in range(2):
        answer = member.post("/axf/pay/wechat/notify/", data=raw, headers=wechat.headers(raw))
        assert (answer.status_code, answer.get_data()) == (204, b"")
    assert (order_of(shopper, order_no).order.state, rows(PaymentNotice)) == ("paid", 1)
    assert member.get(led.location).location == f"/axf/order/{order_no}/"


def test_a_code_of_another_order_is_not_shown(member, order_no, wechat):
    led = post(member, f"/axf/order/{order_no}/pay/", provider="wechat").location
    assert member.get(led[:-3]).status_code == 404
    assert member.get(led.replace(order_no, "20200101000000")).status_code == 404


@pytest.mark.parametrize(("headers", "product"), [({}, "page"), (PHONE, "wap")])
def test_a_page_of_our_own_leads_to_alipay(member, shopper, order_no, alipay, headers, product):
    page = post(member, f"/axf/order/{order_no}/pay/", provider="alipay", headers=headers)
    text = page.get_data(as_text=True).replace("&amp;", "&")
    address = re.search(r'content="0; url=([^"]+)"', text)[1]
    assert page.status_code == 200
    assert f'href="{address}"' in text
    said = alipay.opened(address.partition("?")[2])
    assert said["method"] == f"alipay.trade.{product}.pay"
    payment_no = said["biz_content"]["out_trade_no"]
    raw = alipay.notice(out_trade_no=payment_no)
    answer = member.post("/axf/pay/alipay/notify/", data=raw, content_type="application/x-www-form-urlencoded")
    assert (answer.status_code, answer.get_data()) == (200, b"success")
    assert order_of(shopper, order_no).order.state == "paid"


def test_a_phone_goes_to_wechats_page(member, order_no, wechat):
    page = post(member, f"/axf/order/{order_no}/pay/", provider="wechat", headers=PHONE)
    assert (page.status_code, "https://wx.tenpay.com/x?a=1" in page.get_data(as_text=True)) == (200, True)


def test_a_gateway_that_is_down_is_told_and_the_attempt_stays(member, shopper, order_no, wechat):
    wechat.answer = (500, {"code": "SYSTEM_ERROR"})
    for _ in range(2):
        answer = post(member, f"/axf/order/{order_no}/pay/", provider="wechat")
        assert answer.status_code == 503
        assert "We could not reach this way to pay just now." in answer.get_data(as_text=True)
    assert (rows(Payment), order_of(shopper, order_no).order.state) == (1, "unpaid")
    json = post(member, f"/axf/order/{order_no}/pay/", provider="wechat", headers={"Accept": "application/json"})
    assert json.json["code"] == "gateway-down"


@pytest.mark.parametrize("path", ["notify", "refund-notify"])
@pytest.mark.parametrize("provider", ["alipay", "wechat"])
def test_what_no_gateway_sent_is_refused_and_counted(client, alipay, wechat, provider, path, caplog):
    address = f"/axf/pay/{provider}/{path}/"
    assert client.get(address).status_code == 405
    assert client.post(address, data=b"x" * 10 * 1024**2).status_code == 413
    caplog.clear()
    answer = client.post(address, data=b"garbage", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json["code"]) == (400, "bad-notice")
    assert [record.getMessage().split(" from ")[0] for record in caplog.records] == [f"refused {path} of {provider}"]
    assert rows(PaymentNotice) == 0

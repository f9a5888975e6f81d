"""The inbox, the e-mail address, the language of mails, and waiting for a goods."""

import pytest
import time_machine
from sqlalchemy import select, update

from axf.core.db import transaction
from axf.extensions import db
from axf.market.models import Goods
from axf.notice import alerts, inbox, worker
from axf.user import accounts
from axf.user.models import User
from tests.conftest import PASSWORD, counted, post
from tests.notice.test_outbox import NOON, rows, tell_now


def deliver(user_id: int, count: int) -> None:
    for number in range(count):
        tell_now(user_id, "paid", f"A{number}", order_no=f"A{number}", amount=1990)
    with time_machine.travel(NOON, tick=False):
        worker.run()


def test_the_inbox_is_in_the_readers_language_and_leads_on(member, shopper):
    deliver(shopper, 1)
    tell_now(shopper, "replied", "1", goods_id=475, name="<b>草莓</b>", name_en="Strawberries")
    tell_now(shopper, "coupon-ending", "1", name="满减", name_en="Off", ends="2026-11-23T16:00:00+00:00")
    with time_machine.travel(NOON, tick=False):
        worker.run()
    page = member.get("/axf/messages/").get_data(as_text=True)
    assert "已收到订单 A0 的付款 ¥19.90" in page
    assert "您对“&lt;b&gt;草莓&lt;/b&gt;”的评价有了商家回复。" in page
    member.set_cookie("lang", "en")
    page = member.get("/axf/messages/").get_data(as_text=True)
    assert "We have received ¥19.90 for order A0" in page
    assert "We have answered your review of Strawberries." in page
    assert "“Off” can be used until November 24, 00:00." in page
    for path in ("/axf/order/A0/", "/axf/goods/475/", "/axf/coupons/mine/"):
        assert f'href="{path}"' in page


def test_the_inbox_is_paged_and_asks_as_often_for_many(member, shopper):
    asked = []
    for count in (1, 3):
        deliver(shopper, count)
        with counted() as statements:
            member.get("/axf/messages/")
        asked.append(len(statements))
    assert asked[0] == asked[1]
    deliver(shopper, 45)
    seen, path = [], "/axf/messages/"
    while path:
        page = member.get(path).get_data(as_text=True)
        seen += [f"A{number}" for number in range(45) if f'href="/axf/order/A{number}/"' in page]
        path = page.partition('rel="next"')[0].rpartition('href="')[2].rstrip('" ') if 'rel="next"' in page else None
    assert sorted(seen) == sorted(f"A{number}" for number in range(45))


def test_all_are_read_at_once_and_mine_tells_how_many_are_new(member, shopper):
    deliver(shopper, 3)
    other = accounts.register("bea", PASSWORD)
    tell_now(other, "paid", "B", order_no="B", amount=1)
    with time_machine.travel(NOON, tick=False):
        worker.run()
    assert "3 条未读" in member.get("/axf/mine/").get_data(as_text=True)
    assert post(member, "/axf/messages/read/").status_code == 303
    assert (inbox.count_unread(shopper), inbox.count_unread(other)) == (0, 1)
    assert "条未读" not in member.get("/axf/mine/").get_data(as_text=True)


def email_of(user_id: int) -> str | None:
    db.session.rollback()
    return db.session.scalar(select(User.email).where(User.id == user_id))


def test_the_address_wants_the_password_and_the_one_before_is_told(member, shopper):
    path, page = "/axf/account/email/", "/axf/account/"
    assert post(member, path, page, email="anna@bücher.example", proof=PASSWORD).status_code == 303
    assert email_of(shopper) == "anna@xn--bcher-kva.example"
    assert post(member, path, page, email="anna@xn--bcher-kva.example", proof=PASSWORD).status_code == 303
    assert post(member, path, page, email="", proof=PASSWORD).status_code == 303
    assert email_of(shopper) is None
    assert [row.payload for row in rows() if row.channel == "mail"] == [
        '{"email": ""}', '{"email": "anna@xn--bcher-kva.example"}',
    ]  # fmt: skip
    assert {row.payload for row in rows() if row.channel == "inbox"} == {"{}"}


@pytest.mark.parametrize(
    ("email", "proof"),
    [
        ("new@example.com", "guess"),
        ("new@example.com", ""),
        ("new@example", PASSWORD),
        ("new@example.com\r\nBcc: spy@example.com", PASSWORD),
        ("a" * 250 + "@example.com", PASSWORD),
        ("安娜@example.com", PASSWORD),
    ],
)
def test_an_address_that_cannot_be_changes_nothing(member, shopper, email, proof):
    with transaction(db.session):
        db.session.execute(update(User).values(email="old@example.com"))
    assert post(member, "/axf/account/email/", "/axf/account/", email=email, proof=proof).status_code == 400
    assert (email_of(shopper), rows()) == ("old@example.com", [])


def test_mails_are_in_the_language_of_the_last_login_or_switch(app, client, shopper):
    def language() -> str:
        db.session.rollback()
        return db.session.scalar(select(User.language).where(User.id == shopper))

    client.set_cookie("lang", "en")
    post(client, "/axf/login/", "/axf/login/", username="anna", password=PASSWORD)
    assert language() == "en"
    client.post("/axf/language/", data={"to": "zh"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert language() == "en"
    client.post("/axf/language/", data={"to": "zh"}, headers={"Sec-Fetch-Site": "same-origin"})
    assert language() == "zh"


def waits(user_id: int) -> bool:
    db.session.rollback()
    return alerts.is_waiting(user_id, 475)


def test_a_goods_that_is_sold_out_can_be_waited_for(member, client, shopper, fruit):
    same = {"Sec-Fetch-Site": "same-origin"}
    path = "/axf/goods/475/alert/"
    assert path not in client.get("/axf/goods/475/").get_data(as_text=True)
    with transaction(db.session):
        db.session.execute(update(Goods).where(Goods.id == 475).values(stock=0))
    assert path in client.get("/axf/goods/475/").get_data(as_text=True)
    assert member.post(path).location == path
    assert not waits(shopper)
    assert member.post(path, headers=same).location == path
    assert waits(shopper)
    assert "取消提醒" in member.get(path).get_data(as_text=True)
    assert post(member, path, path, off="1").location == path
    assert not waits(shopper)
    assert member.post("/axf/goods/999/alert/", headers=same).status_code == 404

"""The heart, the favourites and the footprints, as browsers see them."""

import re

import pytest
from sqlalchemy import update

from axf.extensions import db
from axf.market.models import Goods
from axf.notice import alerts
from axf.remembered import favourites
from axf.remembered.favourites import keep, page_of
from axf.remembered.footprints import days_of, note
from axf.user import accounts
from tests.conftest import AJAX, PASSWORD, SAME_ORIGIN, add_goods, counted, logged_in, post

HEART, SEEN = "/axf/goods/475/favourite/", "/axf/goods/475/seen/"


@pytest.fixture
def member(member):
    member.set_cookie("lang", "en")
    return member


def kept(user_id: int) -> list[int]:
    db.session.rollback()
    return [card.id for card in page_of(user_id, None).cards]


def seen(user_id: int) -> list[int]:
    db.session.rollback()
    return [card.id for day in days_of(user_id) for card in day.cards]


def set_goods(goods_id: int, **values: object) -> None:
    db.session.execute(update(Goods).where(Goods.id == goods_id).values(**values))
    db.session.commit()


# The heart


def test_the_script_keeps_and_drops_and_the_overlay_tells(member, shopper, fruit):
    said = []
    for fields in ({}, {}, {"off": "1"}, {"off": "1"}):
        answer = member.post(HEART, data=fields, headers=AJAX)
        said.append((answer.json["msg"], answer.json["is_favourite"], kept(shopper)))
        told = member.get("/axf/overlay/?goods=475,476").json
        assert (told["favourites"], told["quantities"], told["count"]) == (kept(shopper), {}, 0)
    on, off = ("Kept in your favourites", True, [475]), ("No longer in your favourites", False, [])
    assert said == [on, on, off, off]


def test_a_plain_form_leads_to_the_list(member, shopper, fruit):
    answer = member.post(HEART, headers=SAME_ORIGIN)
    assert (answer.status_code, answer.location, kept(shopper)) == (303, "/axf/favourites/", [475])
    page = member.get("/axf/favourites/").get_data(as_text=True)
    assert "Kept in your favourites" in page
    assert "Strawberries 475" in page
    answer = post(member, HEART, page="/axf/favourites/", off="1", next="/axf/favourites/")
    assert (answer.location, kept(shopper)) == ("/axf/favourites/", [])
    assert "No favourites yet" in member.get("/axf/favourites/").get_data(as_text=True)


@pytest.mark.parametrize(("off", "before", "after"), [("", [], [475]), ("1", [475], [])])
def test_who_did_not_tap_is_asked_first(member, shopper, fruit, off, before, after):
    for goods_id in before:
        keep(shopper, goods_id)
    for answer in (member.get(f"{HEART}?off={off}"), member.get(f"{HEART}?off={off}", headers=AJAX)):
        assert (answer.status_code, kept(shopper)) == (200, before)
    question = member.post(HEART, data={"off": off})
    assert (question.status_code, kept(shopper)) == (200, before)
    fields = dict(re.findall('<input type="hidden" name="([^"]+)" value="([^"]+)"', question.get_data(as_text=True)))
    assert member.post(HEART, data=fields).location == "/axf/favourites/"
    assert kept(shopper) == after


def test_another_origin_keeps_nothing(member, shopper, fruit):
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert member.post(HEART, headers=headers).status_code == 403
    assert kept(shopper) == []


def test_too_many_and_unknown_goods_are_told(member, shopper, fruit, monkeypatch):
    monkeypatch.setattr(favourites, "MOST_FAVOURITES", 1)
    keep(shopper, 476)
    answer = member.post(HEART, headers=AJAX)
    assert (answer.status_code, answer.json["code"]) == (409, "too-many-favourites")
    assert member.post("/axf/goods/9/favourite/", headers=AJAX).json["code"] == "not-found"
    assert member.get("/axf/goods/9/favourite/").status_code == 404
    assert kept(shopper) == [476]


def test_a_heart_before_the_login_is_kept_after_it(client, shopper, fruit):
    tap = client.post(HEART, headers=AJAX)
    assert (tap.status_code, tap.json["login_url"]) == (401, f"/axf/login/?next={HEART}")
    answer = post(client, "/axf/login/", page="/axf/login/", username="anna", password=PASSWORD, next=HEART)
    assert (answer.location, kept(shopper)) == ("/axf/favourites/", [475])


def test_more_hearts_than_fit_are_told_after_the_login(client, shopper, fruit, monkeypatch):
    monkeypatch.setattr(favourites, "MOST_FAVOURITES", 0)
    client.set_cookie("lang", "en")
    client.post(HEART, headers=SAME_ORIGIN)
    answer = post(client, "/axf/login/", page="/axf/login/", username="anna", password=PASSWORD, next=HEART)
    assert "You keep 500 goods already." in client.get(answer.location).get_data(as_text=True)
    assert kept(shopper) == []


# The list


def test_what_is_sold_out_can_be_waited_for(member, shopper, fruit):
    for goods_id in fruit:
        keep(shopper, goods_id)
    set_goods(475, stock=0)
    set_goods(476, on_sale=False)
    alerts.ask(shopper, 476)
    page = member.get("/axf/favourites/").get_data(as_text=True)
    assert re.findall('class="tell-me" method="post" action="([^"]+)"', page) == ["/axf/goods/475/alert/"]
    assert page.count("We will tell you when it is back") == 1
    answer = post(member, "/axf/goods/475/alert/", page="/axf/favourites/", next="/axf/favourites/")
    assert (answer.location, alerts.waiting(shopper, fruit)) == ("/axf/favourites/", {475, 476})
    page = member.get("/axf/favourites/").get_data(as_text=True)
    assert "We will tell you as soon as it is back." in page
    assert "tell-me" not in page


def test_the_list_goes_on_and_asks_as_often(member, shopper, fruit, monkeypatch):
    monkeypatch.setattr(favourites, "PAGE_SIZE", 3)
    counts = []
    for number in range(600, 604):
        keep(shopper, add_goods(id=number, stock=0))
        with counted() as statements:
            page = member.get("/axf/favourites/").get_data(as_text=True)
        counts.append(len(statements))
    assert counts == [3] * 4  # the ticket, the cards, what is waited for
    following = re.search('href="(/axf/favourites/[?]after=[^"]+)" rel="next"', page)[1]
    page = member.get(following).get_data(as_text=True)
    assert (re.findall('href="/axf/goods/([0-9]+)/"', page), "rel=" in page[page.index("data-more") :]) == (
        ["600"],
        False,
    )


# Footprints


def test_only_shoppers_leave_footprints(client, member, shopper, fruit):
    assert member.post(SEEN, headers=AJAX).json == {"code": "ok", "msg": ""}
    assert seen(shopper) == [475]
    assert client.post(SEEN, headers=AJAX).status_code == 401
    # Nobody can tell that the shopper's own page said so.
    assert member.post("/axf/goods/476/seen/").location == "/axf/goods/476/"
    assert member.post("/axf/goods/9/seen/", headers=AJAX).status_code == 404
    assert seen(shopper) == [475]


def test_one_or_all_can_be_forgotten(app, member, shopper, fruit):
    for goods_id in fruit:
        note(shopper, goods_id)
    other = accounts.register("bert", PASSWORD)
    post(logged_in(app, other), "/axf/footprints/475/delete/")
    post(logged_in(app, other), "/axf/footprints/clear/")
    assert seen(shopper) == [477, 476, 475]
    page = member.get("/axf/footprints/").get_data(as_text=True)
    assert re.findall("<h2[^>]*>([^<]+)</h2>", page) == ["Today"]
    assert post(member, "/axf/footprints/475/delete/").location == "/axf/footprints/"
    assert seen(shopper) == [477, 476]
    assert post(member, "/axf/footprints/clear/").location == "/axf/footprints/"
    page = member.get("/axf/footprints/").get_data(as_text=True)
    assert "All of it is forgotten" in page
    assert "Nothing here yet" in page
    assert seen(shopper) == []

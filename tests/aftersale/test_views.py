"""Asking, a request and my requests, as browsers see them."""

import html
import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from axf.aftersale import queries, service, views
from axf.aftersale.models import AfterSale, AfterSalePhoto
from axf.aftersale.rules import Reason
from axf.aftersale.state import Kind
from axf.cart import service as cart
from axf.core import clock
from axf.extensions import db
from axf.user import accounts
from tests.aftersale.flow import ask, bring, make_old, picture, received_at, request, wanted
from tests.conftest import AJAX, PASSWORD, counted, logged_in, place_all, post


@pytest.fixture
def member(member):
    member.set_cookie("lang", "en")
    return member


@pytest.fixture
def received(shopper, order_no) -> str:
    """A received order over 2 × goods 475 and 1 × goods 476: ¥22.50, paid with store credit."""
    return bring(shopper, order_no)


def path_of(no: str, query: str = "") -> str:
    return f"/axf/order/{no}/after-sale/{query}"


def words_of(answer) -> str:
    main = re.search(r"<main.*?</main>", answer.get_data(as_text=True), re.DOTALL)[0]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def count() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(AfterSale))


FIELDS = {"kind": "refund", "reason": "bad", "text": "two are\nrotten", "number": "1"}


def test_the_page_works_out_what_comes_back(member, received):
    order_page = member.get(f"/axf/order/{received}/").get_data(as_text=True)
    assert path_of(received) in order_page
    words = words_of(member.get(path_of(received)))
    assert "Next: show what comes back" in words
    assert "Refund total" not in words
    words = words_of(member.get(path_of(received, "?q_475=2&q_476=1&q_999=1&q_477=x")))
    assert "草莓475" not in words
    for text in ("Strawberries 475 2 × ¥10.00 ¥20.00", "Strawberries 476 1 × ¥2.50 ¥2.50", "Refund total ¥22.50"):
        assert text in words
    assert "every discount of the order counts for them in proportion" in words


def test_asking_with_a_photo(app, member, shopper, received):
    make_old(shopper)
    answer = post(
        member, path_of(received, "?q_475=1"), path_of(received, "?q_475=1"), **FIELDS, photos=(picture(), "a.jpg")
    )
    assert (answer.status_code, answer.location) == (303, f"/axf/after-sale/{received}-1/")
    found = request(f"{received}-1")
    assert (found.state, found.kind, found.reason, found.text, found.amount) == (
        "done", "refund", "bad", "two are rotten", 1000,
    )  # fmt: skip
    words = words_of(member.get(answer.location))
    for text in ("Settled", "Gone off or rotten", "two are rotten", "Refund total ¥10.00", "We approved it"):
        assert text in words
    name = db.session.scalar(select(AfterSalePhoto.name))
    assert f"{name}-240.webp" in member.get(answer.location).get_data(as_text=True)
    with member.get(f"/axf/media/{name}-1200.webp") as large:
        assert (large.status_code, large.mimetype) == (200, "image/webp")
    again = post(
        member, path_of(received, "?q_475=1"), path_of(received, "?q_475=1"), **FIELDS, photos=(picture(), "a.jpg")
    )
    assert (again.location, count()) == (answer.location, 1)
    assert "Settled" in words_of(member.get(f"/axf/order/{received}/"))


@pytest.mark.parametrize(
    ("query", "fields", "status", "words"),
    [
        ("?q_475=1", {"reason": ""}, 400, "Please choose what is not right."),
        ("?q_475=1", {"reason": "bored"}, 400, "Please choose what is not right."),
        ("?q_475=1", {"kind": "all"}, 400, "Please choose what would help."),
        ("?q_475=1", {"reason": "other", "text": " "}, 400, "Please tell us what is not right."),
        ("?q_475=1", {"text": "x" * 501}, 400, "At most 500 characters, please."),
        ("?q_475=3", {}, 409, "There are not so many of this left in the order."),
        ("", {}, 400, "Please choose what is not right first."),
        ("?q_475=1", {"number": "7"}, 409, "You have asked about this already."),
        ("?q_475=1", {"number": "x"}, 409, "You have asked about this already."),
    ],
)
def test_what_is_wrong_is_told_beside_the_form(member, received, query, fields, status, words):
    answer = post(member, path_of(received, query), path_of(received, "?q_475=1"), **FIELDS | fields)
    assert (answer.status_code, count()) == (status, 0)
    assert words in words_of(answer)


def test_photos_that_cannot_be_used_are_told(member, received):
    page = path_of(received, "?q_475=1")
    bad = post(member, page, page, **FIELDS, photos=(picture((8, 8)), "a.jpg"))
    assert (bad.status_code, count()) == (400, 0)
    assert "Photo 1: This picture is too small." in words_of(bad)
    many = post(member, page, page, **FIELDS, photos=[(picture(), f"{n}.jpg") for n in range(7)])
    assert (many.status_code, count()) == (400, 0)
    assert "At most six photos, please." in words_of(many)
    other = post(member, page, page, **FIELDS | {"reason": ""}, photos=(picture(), "a.jpg"))
    assert "Please choose the photos again." in words_of(other)


def test_a_script_gets_the_refusal(member, received):
    answer = post(member, path_of(received, "?q_475=9"), "/axf/mine/", AJAX, **FIELDS)
    assert (answer.status_code, answer.json["code"]) == (409, "not-so-many")


def test_asking_is_throttled(member, received, monkeypatch):
    monkeypatch.setattr(views, "ASK_TRIES", 1)
    page = path_of(received, "?q_475=1")
    assert post(member, page, page, **FIELDS | {"number": "9"}).status_code == 409
    answer = post(member, page, page, AJAX, **FIELDS)
    assert (answer.status_code, answer.json["code"], count()) == (429, "too-many-tries", 0)


def test_an_order_on_its_way_leads_to_its_page(member, order_no):
    answer = member.get(path_of(order_no))
    assert (answer.status_code, answer.location) == (303, f"/axf/order/{order_no}/")
    assert path_of(order_no) not in member.get(answer.location).get_data(as_text=True)
    refused = post(member, path_of(order_no, "?q_475=1"), "/axf/mine/", AJAX, **FIELDS)
    assert (refused.status_code, refused.json["code"], count()) == (409, "wrong-state", 0)


def test_nothing_is_asked_when_the_time_is_over(member, received):
    received_at(received, clock.now() - timedelta(hours=48))
    assert path_of(received) not in member.get(f"/axf/order/{received}/").get_data(as_text=True)
    assert "Nothing can be asked back any more" in words_of(member.get(path_of(received)))


def test_my_request_can_be_withdrawn_and_handed_over(member, shopper, received):
    first = ask(shopper, received, wanted({475: 1}))
    page = f"/axf/after-sale/{first}/"
    assert "Withdraw the request" in words_of(member.get(page))
    answer = post(member, f"{page}withdraw/", page)
    assert (answer.location, request(first).state) == (page, "withdrawn")
    assert "Withdraw the request" not in words_of(member.get(page))
    # A repeat changes nothing: the page tells; a script is told.
    assert post(member, f"{page}withdraw/").location == page
    repeat = post(member, f"{page}withdraw/", headers=AJAX)
    assert (repeat.status_code, repeat.json["code"]) == (409, "request-moved")
    second = ask(shopper, received, wanted({475: 1}, Kind.RETURN, Reason.WRONG, number=2))
    service.approve(second, "to the rider please")
    page = f"/axf/after-sale/{second}/"
    words = words_of(member.get(page))
    for text in ("Approved", "to the rider please", "I have handed it over"):
        assert text in words
    assert post(member, f"{page}hand-over/", page).location == page
    assert request(second).state == "returning"
    third = ask(shopper, received, wanted({476: 1}, Kind.REPLACE, number=3))
    service.reject(third, "sold out <for> now")
    assert "sold out &lt;for&gt; now" in member.get(f"/axf/after-sale/{third}/").get_data(as_text=True)


def test_strangers_see_and_change_nothing(app, shopper, received):
    no = ask(shopper, received, wanted({475: 1}))
    stranger = logged_in(app, accounts.register("bert", PASSWORD))
    assert stranger.get(path_of(received, "?q_475=1")).status_code == 404
    assert stranger.get(f"/axf/after-sale/{no}/").status_code == 404
    assert post(stranger, path_of(received, "?q_476=1"), **FIELDS | {"number": "2"}).status_code == 404
    for move in ("withdraw", "hand-over"):
        assert post(stranger, f"/axf/after-sale/{no}/{move}/").status_code == 404
    assert "No requests" in words_of_english(stranger)
    assert (request(no).state, count()) == ("asked", 1)
    assert app.test_client().get(f"/axf/after-sale/{no}/").status_code == 303


def words_of_english(client) -> str:
    client.set_cookie("lang", "en")
    return words_of(client.get("/axf/after-sales/"))


def test_my_requests_are_shown_a_page_at_a_time(member, shopper, received, monkeypatch):
    monkeypatch.setattr(queries, "PAGE_SIZE", 2)
    for number in (1, 2, 3):
        no = ask(shopper, received, wanted({475: 1, 476: 1}, number=number))
        service.withdraw(shopper, no)
    first = member.get("/axf/after-sales/").get_data(as_text=True)
    assert re.findall(rf"/axf/after-sale/{received}-(\d)/", first) == ["3", "2"]
    following = html.unescape(re.search(r'href="([^"]*after=[^"]*)"', first)[1])
    assert re.findall(rf"/axf/after-sale/{received}-(\d)/", member.get(following).get_data(as_text=True)) == ["1"]
    assert member.get("/axf/after-sales/?after=broken").status_code == 404


@pytest.mark.parametrize("path", ["list", "page", "ask"])
def test_the_number_of_queries_does_not_grow(member, shopper, fruit, path):
    numbers = []
    for goods_ids in ([475], [475, 476, 477]):
        for goods_id in goods_ids:
            cart.set_quantity(shopper, goods_id, 2)
        no = bring(shopper, place_all(shopper))
        quantities = dict.fromkeys(goods_ids, 1)
        made = ask(shopper, no, wanted(quantities))
        service.withdraw(shopper, made)
        query = "?" + "&".join(f"q_{goods_id}=1" for goods_id in goods_ids)
        address = {"list": "/axf/after-sales/", "page": f"/axf/after-sale/{made}/", "ask": path_of(no, query)}[path]
        with counted() as statements:
            assert member.get(address).status_code == 200
        numbers.append(len(statements))
    assert numbers[0] == numbers[1]

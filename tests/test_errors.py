"""Errors as pages and as JSON, in words that say what to do next."""

import logging

import pytest
from flask import abort
from flask_babel import force_locale
from sqlalchemy import insert, select
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from axf.core import clock
from axf.core.errors import Busy, NotFound, ShopError
from axf.errors import MESSAGES, message_of, retry_text
from axf.extensions import db
from axf.order import checkout
from axf.user.models import Throttle
from axf.web import public
from tests.conftest import AJAX, SAME_ORIGIN

JSON = {"Accept": "application/json"}


def refusals(above: type = ShopError) -> list[type[ShopError]]:
    return [each for below in above.__subclasses__() for each in (below, *refusals(below))]


def raise_at(app, error, *, is_public: bool = True) -> str:
    """Add an address to the shop that raises ``error`` and return it."""

    def view():
        raise error

    app.add_url_rule("/axf/broken/", "broken", public(view) if is_public else view, methods=["GET", "POST"])
    return "/axf/broken/"


@pytest.mark.parametrize("refusal", refusals(), ids=lambda each: each.__name__)
def test_every_refusal_has_its_own_words_in_both_languages(app, refusal):
    details = {"retry_after": 30, "limit": 5, "shown": 100, "total": 200, "missing": 320, "left": 40}
    assert refusal.code == "too-many-tries" or refusal.code in MESSAGES or refusal.code == "limit-reached"
    assert 400 <= refusal.status < 600
    words = []
    for locale in ("zh_Hans", "en"):
        with app.test_request_context(), force_locale(locale):
            words.append(message_of(refusal(**details)))
    assert words[0] != words[1]
    assert str(MESSAGES["refused"]) not in words


def test_no_two_refusals_share_a_code():
    codes = [refusal.code for refusal in refusals()]
    assert len(set(codes)) == len(codes)


def test_words_tell_the_numbers(app):
    from axf.cart.service import LimitReached
    from axf.market.stock import OutOfStock
    from axf.points.ledger import PointsShort

    with app.test_request_context(headers={"Cookie": "lang=en"}):
        assert message_of(LimitReached(limit=1)) == "You can buy at most 1 of this."
        assert message_of(LimitReached(limit=5)) == "You can buy at most 5 of these."
        short = OutOfStock(goods_id=1, name="梨", name_en="Pears", left=2)
        assert message_of(short) == "Pears: only 2 left. Please choose fewer."
        assert message_of(PointsShort(left=1)) == "You have 1 point that can be spent. Please spend fewer."
        assert message_of(PointsShort(left=40)) == "You have 40 points that can be spent. Please spend fewer."
        changed = checkout.TotalChanged(shown=1000, total=123456)
        assert "from ¥10.00 to ¥1,234.56" in message_of(changed)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "1 second."),
        (1, "1 second."),
        (59, "59 seconds."),
        (60, "1 minute."),
        (61, "2 minutes."),
        (900, "15 minutes."),
    ],
)
def test_how_long_to_wait(app, seconds, words):
    with app.test_request_context(headers={"Cookie": "lang=en"}):
        assert retry_text(seconds) == f"Too many tries. Please try again in {words}"


def test_an_unknown_address_is_a_page_with_a_way_on(client):
    client.set_cookie("lang", "en")
    answer = client.get("/axf/nowhere/")
    page = answer.get_data(as_text=True)
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert '<h1 class="empty-title">We could not find that.' in page
    assert "<title>We could not find that." in page
    assert 'href="/axf/home/"' in page
    assert "404 · not-found" in page


@pytest.mark.parametrize("headers", [JSON, AJAX])
def test_an_unknown_address_is_json_for_a_script(client, headers):
    client.set_cookie("lang", "en")
    answer = client.get("/axf/nowhere/", headers=headers)
    assert (answer.status_code, answer.mimetype) == (404, "application/json")
    assert answer.json == {"code": "not-found", "msg": "We could not find that. It may have moved or sold out."}


@pytest.mark.parametrize("path", ["/axf/<script>alert(1)</script>/", "/axf/%22onload=x/", "/%ff%fe", "/" + "a" * 3000])
def test_an_odd_address_is_only_text(client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert "<script>alert" not in answer.get_data(as_text=True)
    assert '"onload' not in answer.get_data(as_text=True)


def test_a_wrong_method_says_which_are_right(client):
    page, script = client.get("/axf/logout/"), client.get("/axf/logout/", headers=JSON)
    assert page.status_code == script.status_code == 405
    assert set(page.headers["Allow"].split(", ")) == {"POST", "OPTIONS"}
    assert script.json["code"] == "method-not-allowed"


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [(NotFound(), 404, "not-found"), (Busy(retry_after=1), 503, "busy"), (ShopError(), 400, "refused")],
)
def test_a_refusal_is_the_same_as_page_and_as_json(app, client, error, status, code):
    path = raise_at(app, error)
    page, script = client.get(path), client.get(path, headers=JSON)
    assert (page.status_code, page.mimetype) == (status, "text/html")
    assert (script.status_code, script.json["code"]) == (status, code)
    assert script.json["msg"] in page.get_data(as_text=True)
    assert page.headers.get("Retry-After") == script.headers.get("Retry-After") == ("1" if code == "busy" else None)


@pytest.mark.parametrize("headers", [{}, JSON])
def test_a_bug_is_logged_and_not_shown(app, client, caplog, headers):
    path = raise_at(app, RuntimeError("the secret is hunter2"))
    with caplog.at_level(logging.ERROR):
        answer = client.get(path, headers=headers)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 500
    assert "server-error" in text
    assert not any(words in text for words in ("hunter2", "RuntimeError", "Traceback", "test_errors.py"))
    assert "hunter2" in caplog.text
    assert "GET /axf/broken/" in caplog.text


def test_a_bug_undoes_what_was_not_committed(app, client):
    @public
    def half_done():
        db.session.execute(insert(Throttle).values(bucket="half", tries=1, ends_at=clock.now()))
        raise RuntimeError

    app.add_url_rule("/axf/half/", "half", half_done)
    assert client.get("/axf/half/").status_code == 500
    assert db.session.scalar(select(Throttle.bucket)) is None
    assert client.get("/axf/home/").status_code == 200


def operational(*reason: object) -> OperationalError:
    return OperationalError("SELECT secret", {}, Exception(*reason))


@pytest.mark.parametrize(
    ("error", "code", "seconds"),
    [
        *((operational(errno, "of 10.0.0.9"), "short-break", "10") for errno in (1040, 1047, 1290, 1836)),
        *((operational(errno, "of 10.0.0.9"), "short-break", "10") for errno in (2003, 2006, 2013)),
        (operational("attempt to write a readonly database of 10.0.0.9"), "short-break", "10"),
        (InterfaceError("SELECT secret", {}, Exception(0, "of 10.0.0.9")), "short-break", "10"),
        (operational(3024, "too slow for 10.0.0.9"), "busy", "5"),
        (PoolTimeout("QueuePool limit of 10.0.0.9"), "busy", "5"),
    ],
)
def test_a_database_that_is_away_or_busy_means_come_back_soon(app, client, caplog, error, code, seconds):
    path = raise_at(app, error)
    page, script = client.get(path), client.get(path, headers=JSON)
    assert page.status_code == script.status_code == 503
    assert page.headers["Retry-After"] == script.headers["Retry-After"] == seconds
    assert script.json["code"] == code
    assert "10.0.0.9" not in page.get_data(as_text=True) + script.get_data(as_text=True)
    assert "10.0.0.9" in caplog.text


@pytest.mark.parametrize("status", [400, 401, 403, 406, 410, 413, 415, 429, 501, 503])
def test_what_flask_refuses_keeps_its_status(app, client, status):
    app.add_url_rule("/axf/abort/", "abort", public(lambda: abort(status)))
    page, script = client.get("/axf/abort/"), client.get("/axf/abort/", headers=JSON)
    assert (page.status_code, script.status_code) == (status, status)
    assert script.json["msg"] in page.get_data(as_text=True)


def test_a_redirect_is_no_error(client):
    assert client.get("/axf/home").status_code == 308


def test_a_page_without_a_login_leads_to_it_and_back(client):
    answer = client.get("/axf/orders/?status=unpaid")
    assert (answer.status_code, answer.location) == (303, "/axf/login/?next=/axf/orders/?status%3Dunpaid")


def test_a_script_without_a_login_is_told_where_it_is(client):
    answer = client.get("/axf/orders/", headers=AJAX)
    assert (answer.status_code, answer.json["code"]) == (401, "login-needed")
    assert answer.json["login_url"] == "/axf/login/?next=/axf/orders/"


def test_a_form_without_its_token_says_what_to_do(client):
    client.set_cookie("lang", "en")
    page = client.post("/axf/login/", data={"username": "anna"}, headers=SAME_ORIGIN)
    script = client.post("/axf/login/", data={"username": "anna"}, headers=AJAX)
    assert page.status_code == script.status_code == 400
    assert (script.json["code"], "reload it" in page.get_data(as_text=True)) == ("csrf", True)

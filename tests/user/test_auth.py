"""Who asks: the ticket cookie before every request."""

from datetime import timedelta

import pytest
import time_machine
from flask import g, jsonify

from axf.core import clock
from axf.user import tickets
from axf.user.auth import current_user, login_needed
from axf.web import public
from tests.conftest import AJAX, counted, logged_in

DELETED = "ticket=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; HttpOnly; Path=/; SameSite=Lax"


@pytest.fixture
def who(app):
    """Add an address that tells who asks, as a private and as a public page."""

    def tell():
        return jsonify(g.user and g.user.username)

    app.add_url_rule("/axf/who/", "who", tell)
    app.add_url_rule("/axf/public-who/", "public_who", public(lambda: tell()))  # noqa: PLW0108 - marks no other view
    app.add_url_rule("/axf/only/", "only", login_needed(lambda: current_user().username), methods=["GET", "POST"])


def cookies(answer) -> list[str]:
    return [cookie for cookie in answer.headers.getlist("Set-Cookie") if cookie.startswith("ticket=")]


def ask(app, ticket: str, path: str = "/axf/who/"):
    """Ask with this very cookie; a browser of the tests would send its own."""
    return app.test_client(use_cookies=False).get(path, headers={"Cookie": f"ticket={ticket}"})


def test_a_ticket_tells_who_asks(who, member):
    answer = member.get("/axf/who/")
    assert (answer.json, cookies(answer)) == ("anna", [])


def test_without_a_ticket_nobody_asks_and_no_query_is_made(who, client):
    with counted() as statements:
        answer = client.get("/axf/who/")
    assert (answer.json, cookies(answer), statements) == (None, [], [])


@pytest.mark.parametrize("secret", ["forged", "x" * 3000, "é", "%00", '"in quotes"', "'OR'1'='1", "null", ""])
def test_a_bad_ticket_is_nobody_and_is_deleted(app, who, shopper, secret):
    answer = ask(app, secret)
    assert (answer.status_code, answer.json) == (200, None)
    assert cookies(answer) == [DELETED]


def test_a_ticket_that_cannot_be_read_is_nobody(app, who):
    for broken in ("a b", '"half', "\x01", "=;=", ";"):
        answer = ask(app, broken)
        assert (answer.status_code, answer.json) == (200, None)


def test_an_ended_ticket_is_nobody_and_is_deleted(app, who, shopper):
    ticket = tickets.issue(shopper, timedelta(days=1))
    assert ask(app, ticket.secret).json == "anna"
    with time_machine.travel(ticket.expires_at, tick=False):
        answer = ask(app, ticket.secret)
    assert (answer.json, cookies(answer)) == (None, [DELETED])


def test_a_ticket_ended_on_the_server_is_deleted_once(app, who, shopper):
    client = logged_in(app, shopper)
    tickets.revoke(client.get_cookie("ticket").value)
    assert cookies(client.get("/axf/who/")) == [DELETED]
    assert client.get_cookie("ticket") is None
    assert cookies(client.get("/axf/who/")) == []


def test_public_pages_do_not_look_at_the_ticket(app, who, member):
    for ticket in ("forged", member.get_cookie("ticket").value):
        with counted() as statements:
            answer = ask(app, ticket, "/axf/public-who/")
        assert (answer.json, cookies(answer), statements) == (None, [], [])


def test_a_page_for_shoppers_takes_a_visitor_to_the_login(who, client, member):
    answer = client.get("/axf/only/?page=2&q=a%20b")
    assert (answer.status_code, answer.location) == (303, "/axf/login/?next=/axf/only/?page%3D2%26q%3Da%2520b")
    assert member.get("/axf/only/").data == b"anna"


def test_what_was_posted_is_not_gone_back_to(app, who, client):
    from tests.conftest import token_of

    token = token_of(client, "/axf/login/")
    answer = client.post("/axf/only/", data={"csrf_token": token})
    assert (answer.status_code, answer.location) == (303, "/axf/login/")


def test_a_script_gets_401_and_the_way(who, client):
    answer = client.get("/axf/only/", headers=AJAX)
    assert answer.status_code == 401
    assert (answer.json["code"], answer.json["login_url"]) == ("login-needed", "/axf/login/?next=/axf/only/")


def test_the_ticket_of_a_page_costs_one_query(who, member):
    with counted() as statements:
        assert member.get("/axf/only/").data == b"anna"
    assert len(statements) == 1


def test_being_seen_again_after_an_hour_does_not_log_out(who, member):
    with time_machine.travel(clock.now() + timedelta(hours=2)):
        assert member.get("/axf/only/").data == b"anna"
        assert member.get("/axf/only/").data == b"anna"

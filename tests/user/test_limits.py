"""Limits of what costs others something."""

import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from axf.extensions import db
from axf.user import limits
from axf.user.limits import READS, WRITES, Limit
from axf.user.models import Address
from tests.conftest import make_app, post
from tests.test_security import JSON

# Counted beside their forms, with an answer of their own.
BY_THEIR_FORM = {
    "user.login", "user.login_code", "user.two_step_on", "user.two_step_off", "user.register",
    "user.redeem_code", "user.change_email", "user.change_password",
    "review.write", "review.add", "order.ask_after_sale", "privacy.hand_over", "privacy.delete",
}  # fmt: skip
# Changes of one's own cart, lists and settings, each bounded in number by itself; nginx' zone ``write`` limits them.
BOUNDED = {
    "cart.add", "cart.sub", "cart.set_quantity", "cart.select_line", "cart.select_all", "cart.delete",
    "cart.clear_gone", "remembered.favourite", "remembered.seen", "remembered.forget", "remembered.forget_all",
    "notice.read_all", "order.again", "order.fill_cart", "order.cancel", "order.receive", "home.language",
    "user.change_birthday", "user.end_login", "user.end_other_logins", "user.logout", "privacy.agree",
}  # fmt: skip
# Signed by who sends them: their number says nothing.
SIGNED = {"order.notify", "order.refund_notify", "order.push", "mock_gateway.api", "mock_gateway.pay",
          "mock_gateway.release"}  # fmt: skip


@pytest.mark.sqlite
def test_every_change_has_its_limit(app):
    changes = {rule.endpoint for rule in app.url_map.iter_rules() if "POST" in rule.methods}
    assert changes == {*WRITES, *BY_THEIR_FORM, *BOUNDED, *SIGNED, *(READS.keys() & changes)}
    assert set(READS) <= set(app.view_functions)


def test_a_change_beyond_the_limit_is_refused_and_changes_nothing(app, member, shopper, monkeypatch):
    monkeypatch.setitem(limits.WRITES, "user.new_address", Limit("address", 2))
    fields = {"name": "李", "phone": "13800138000", "province": "310000", "city": "310100", "district": "310101",
              "detail": "外滩1号", "tag": ""}  # fmt: skip
    answers = [post(member, "/axf/addresses/new/", **{**fields, "detail": f"外滩{number}号"}) for number in range(3)]
    assert [each.status_code for each in answers] == [303, 303, 429]
    assert 3590 <= int(answers[-1].headers["Retry-After"]) <= 3600
    assert db.session.scalar(select(func.count()).select_from(Address)) == 2
    script = post(member, "/axf/addresses/new/", headers=JSON, **fields)
    assert (script.status_code, script.json["code"]) == (429, "too-many-tries")
    assert member.get("/axf/addresses/new/").status_code == 200


@pytest.mark.parametrize("count", [0, 1])
@pytest.mark.sqlite
def test_an_invented_address_does_not_slip_past_the_login_throttle(app, database, shopper, tmp_path, count):
    """The proxy appends the peer to what the client invented; without a proxy nothing of it is believed."""
    shop = make_app(database.url, tmp_path, PROXY_COUNT=count)
    client = shop.test_client()
    page, wrong = "/axf/login/", {"username": "anna", "password": "a wrong phrase"}
    answers = []
    for number in range(9):
        invented = f"198.51.100.{number}" + (", 192.0.2.1" if count else "")
        answers.append(post(client, page, page=page, headers={"X-Forwarded-For": invented}, **wrong).status_code)
    with shop.app_context():
        db.engine.dispose()
    assert answers == [401] * 8 + [429]


@pytest.mark.sqlite
def test_searches_beyond_the_limit_are_refused_by_a_store_shared_by_all(app, database, tmp_path, monkeypatch):
    monkeypatch.setitem(limits.READS, "search.suggest", "3/minute")
    shop = make_app(database.url, tmp_path, REDIS_URL="memory://")
    first, second = shop.test_client(), shop.test_client()
    path = "/axf/search/suggest/?q=a"
    answers = [each.get(path, headers=JSON) for each in (first, second, first, second)]
    assert [each.status_code for each in answers] == [200, 200, 200, 429]
    assert (answers[-1].json["code"], int(answers[-1].headers["Retry-After"]) in range(1, 61)) == (
        "too-many-tries",
        True,
    )
    assert first.get(path, environ_base={"REMOTE_ADDR": "192.0.2.9"}).status_code == 200
    assert "Set-Cookie" not in answers[0].headers
    with shop.app_context():
        db.engine.dispose()


@pytest.mark.sqlite
def test_without_redis_searches_pass(app, database, tmp_path, monkeypatch):
    """Redis is never needed: a store that is away lets pass, and nginx still counts."""
    monkeypatch.setitem(limits.READS, "search.suggest", "1/minute")
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        shop = make_app(database.url, tmp_path, REDIS_URL=f"redis://127.0.0.1:{closed.getsockname()[1]}/0")
        client = shop.test_client()
        assert [client.get("/axf/search/suggest/?q=a").status_code for _ in range(2)] == [200, 200]
    with shop.app_context():
        db.engine.dispose()


@pytest.mark.sqlite
@pytest.mark.skipif(shutil.which("redis-server") is None, reason="redis-server is not installed")
def test_two_processes_share_redis(app, database, tmp_path, monkeypatch):
    monkeypatch.setitem(limits.READS, "search.suggest", "3/minute")
    place = f"{tmp_path}/redis.sock"
    server = subprocess.Popen(["redis-server", "--port", "0", "--unixsocket", place, "--save", ""])
    try:
        while not Path(place).exists():
            time.sleep(0.05)
        shops = [make_app(database.url, tmp_path, REDIS_URL=f"redis+unix://{place}") for _ in range(2)]
        answers = [shops[n % 2].test_client().get("/axf/search/suggest/?q=a").status_code for n in range(4)]
        assert answers == [200, 200, 200, 429]
        for shop in shops:
            with shop.app_context():
                db.engine.dispose()
    finally:
        server.terminate()
        server.wait()

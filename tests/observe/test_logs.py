"""Log lines: one for each request, events, ids that travel, and nothing in them that nobody may read."""

import io
import json
import logging
import sqlite3

import pymysql
import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, select, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from axf.core import journal
from axf.core.errors import Busy
from axf.extensions import db
from axf.notice import worker
from axf.notice.models import Outbox
from axf.observe import commands, logs
from axf.observe.masks import masked
from axf.observe.sql import comment
from axf.user.models import User
from axf.web import public
from tests.conftest import SAME_ORIGIN, make_app, place_all, post, token_of

PHONE, ADDRESS, CARD_KEY = "13912345678", "不可说路八号-secret-house", "sk_live_4242424242424242"


@pytest.fixture
def lines(monkeypatch):
    """Let all logs be written as JSON, and return a function that reads them."""
    out = io.StringIO()
    monkeypatch.setattr(logs._stderr, "write", out.write)
    logs.configure("json")
    yield lambda: [json.loads(line) for line in out.getvalue().splitlines()]
    logging.getLogger().removeHandler(logs._handler)


@pytest.fixture
def talking(app: Flask, lines, tmp_path):
    """The shop as it logs in production; its lines are asked for by calling it."""
    app.wsgi_app._lines = logs.RequestLines("json")
    return lines


def test_a_request_leaves_one_line(talking, client, fruit):
    client.get("/axf/goods/475/?from=secret-campaign", headers={"X-Request-ID": "forged-forged"})
    (line,) = talking()
    assert {name: line[name] for name in ("level", "event", "method", "route", "status")} == {
        "level": "info", "event": "request", "method": "GET", "route": "/axf/goods/<int:goods_id>/", "status": 200,
    }  # fmt: skip
    assert line["queries"] > 0
    assert line["ms"] > line["query_ms"] > 0
    assert len(line["id"]) == 32
    assert line["at"].endswith("Z")


@pytest.mark.sqlite
def test_what_is_no_address_of_ours_has_no_name_and_machines_are_quiet(talking, client):
    client.get("/healthz")
    client.open("/axf/nothing%0d%0ahere/", method="PROPFIND")
    (line,) = [line for line in talking() if line["event"] == "request"]
    assert (line["route"], line["method"], line["status"]) == ("unmatched", "OTHER", 404)


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("proxies", "given", "is_taken"),
    [
        (1, "0123456789abcdef0123456789abcdef", True),
        (1, "2f1c-AB-77aa", True),
        (1, "short", False),
        (1, "x" * 65, False),
        (1, "a b c d e f g h", False),
        (1, "id\r\nSet-Cookie: a=b", False),
        (1, "*/ DROP TABLE", False),
        (0, "0123456789abcdef0123456789abcdef", False),
    ],
)
def test_an_id_is_taken_from_a_trusted_proxy_only(tmp_path, proxies, given, is_taken):
    shop = make_app("sqlite://", tmp_path, PROXY_COUNT=proxies)
    answer = shop.test_client().get("/healthz", environ_base={"HTTP_X_REQUEST_ID": given})
    (answered,) = answer.headers.getlist("X-Request-ID")
    assert (answered == given) is is_taken
    assert len(answered) in (12, 32)


@pytest.mark.sqlite
def test_an_error_page_tells_the_number_to_quote(talking, client):
    client.set_cookie("lang", "en")
    answer = client.get("/axf/nothing/")
    number = answer.headers["X-Request-ID"]
    assert f"Request number: {number[:12]}" in answer.get_data(as_text=True)
    assert talking()[-1]["id"] == number


def test_a_bug_is_told_with_its_stack_and_id(talking, client, app):
    @app.get("/axf/broken/")
    @public
    def broken():
        raise RuntimeError(f"broken for {PHONE} with ticket={'t' * 43}")

    answer = client.get("/axf/broken/")
    bug, request = talking()
    assert (answer.status_code, request["status"], request["route"]) == (500, 500, "/axf/broken/")
    assert (bug["level"], bug["id"], bug["during"]) == ("error", request["id"], "/axf/broken/")
    assert bug["exception"].endswith("RuntimeError: broken for 139****5678 with ticket=***")


def test_statements_on_mariadb_say_who_asks(app, client, fruit):
    seen = []

    def note(_connection, _cursor, statement, _parameters, _context, _many):
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        answer = client.get("/axf/goods/475/")
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    end = f" /* request_id={answer.headers['X-Request-ID']}, route=/axf/goods/<int:goods_id>/ */"
    asked = [statement for statement in seen if statement.startswith("SELECT")]
    assert len(asked) > 1
    assert {statement.endswith(end) for statement in asked} == {db.engine.dialect.name != "sqlite"}


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_comment_stays_one_comment(work_id, name):
    text = comment(work_id, name)
    assert (text.startswith(" /* request_id="), text.endswith(" */")) == (True, True)
    assert text.count("*/") == text.count("/*") == 1
    assert not set(text) & set("%'\"\\;#\n\r`?")


def test_a_notice_is_told_by_the_id_of_the_request_that_caused_it(talking, member, order_no, app):
    form = {"provider": "mock"}
    post(member, f"/axf/order/{order_no}/cancel/", page=f"/axf/order/{order_no}/", **form)
    caused = [line for line in talking() if line["event"] == "request" and line["method"] == "POST"][-1]["id"]
    rows = db.session.query(Outbox).filter_by(kind="cancelled").all()
    assert {row.request_id for row in rows} == {caused}
    db.session.rollback()
    worker.run()
    told = [line for line in talking() if line.get("logger") == "axf.notice.worker"]
    assert {line["id"] for line in told} == {caused}


@pytest.mark.sqlite
def test_commands_leave_who_ran_them_and_not_their_words(talking, app):
    app.testing = False
    commands.watch(app)
    runner = app.test_cli_runner()

    def run(*words: str) -> dict:
        out = io.StringIO()
        handler = logging.StreamHandler(out)
        handler.setFormatter(logs._handler.formatter)
        logging.getLogger().addHandler(handler)
        try:
            runner.invoke(args=words)
        finally:
            logging.getLogger().removeHandler(handler)
        (line,) = [json.loads(each) for each in out.getvalue().splitlines() if '"command"' in each]
        return line

    done, refused = run("order", "list"), run("order", "show", PHONE)
    assert (done["during"], done["outcome"], refused["during"], refused["outcome"]) == (
        "flask order list", 0, "flask order show", 1,
    )  # fmt: skip
    assert done["by"]
    assert PHONE not in json.dumps(refused)


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("thrown", "outcome", "words"),
    [
        (OperationalError("SELECT 1", {}, pymysql.err.OperationalError(2003, "Can't connect to 10.0.0.5")), 1,
         "Error: The database does not answer as it should: Can't connect to 10.0.0.5\n"),
        (OperationalError("SELECT 1", {}, pymysql.err.OperationalError(1045, "Access denied")), 1,
         "Error: The database does not answer as it should: Access denied\n"),
        (ProgrammingError("SELECT 1", {}, pymysql.err.ProgrammingError(1146, "Table 'axf.x' doesn't exist")), 1,
         "Error: The database has not this version's tables: run flask db upgrade, or mend AXF_DATABASE_URL ("),
        (OperationalError("SELECT 1", {}, sqlite3.OperationalError("no such table: x")), 1, "(no such table: x)\n"),
        (ProgrammingError("SELEC", {}, pymysql.err.ProgrammingError(1064, "You have an error")), "broke", ""),
        (Busy(retry_after=1), 1, "Error: The database stayed busy through five tries: "),
        (OperationalError("SELECT x", {}, pymysql.err.OperationalError(1054, "Unknown column")), "broke", ""),
    ],
    ids=["away", "wrong address", "no table", "no table on SQLite", "wrong SQL", "busy", "bug"],
)  # fmt: skip
def test_a_command_without_its_database_ends_with_one_sentence(talking, app, thrown, outcome, words):
    app.testing = False

    @app.cli.command("try")
    def fail() -> None:
        raise thrown

    commands.watch(app)
    found = app.test_cli_runner().invoke(args=["try"])
    assert found.exit_code == 1
    assert (words in found.output, (found.exception is thrown)) == (True, outcome == "broke")


@pytest.mark.sqlite
def test_nothing_that_was_sent_begins_another_line(app, lines):
    evil = 'a\r\n{"event": "login"}\x1b[2J\u2028b'
    logging.getLogger("axf").warning("path %s", evil)
    journal.note("event", word=evil)
    first, second = lines()
    assert (first["event"], second["word"]) == (f"path {evil}", evil)
    text = logs.as_text(None, "info", {"at": "now", "level": "info", "event": evil, "word": evil})
    assert not set(text) & set("\r\n\x1b\u2028")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("call 13812341234 now", "call 138****1234 now"),
        ("+8613812341234", "+86138****1234"),
        ("order 202611221381234567", "order 202611221381234567"),
        ("GET /axf/order/1/scan/?code=abc HTTP", "GET /axf/order/1/scan/?… HTTP"),
        ("password=hunter2&next=/", "password=***&next=/"),
        ("{'password': 'hunter2'}", "{'password': '***'}"),
        ("Authorization: Bearer abcdef", "Authorization: ***"),
        ("csrf_token: IjEyMzQ1Njc4OTAxMjM0NTY3OCI.aSKxyz.0123456789abcdefghijklmnopq", "csrf_token: ***"),
        ("IjEyMzQ1Njc4OTAxMjM0NTY3OCI.aSKxyz.0123456789abcdefghijklmnopq", "***"),
        (f"found {'Ab0-_' * 8}abc in it", "found *** in it"),
        ("-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\nx", "***\nx"),
        ("GET /axf/mine/ took 3 ms", "GET /axf/mine/ took 3 ms"),
        ("id 0123456789abcdef0123456789abcdef", "id 0123456789abcdef0123456789abcdef"),
    ],
)
def test_what_looks_like_a_secret_is_masked(text, shown):
    assert masked(text) == shown


@pytest.mark.sqlite
def test_secrets_that_shoppers_send_are_in_no_line(talking, client, app, fruit):
    """Register, log in wrong and right, order, pay, break: nothing of it may be read in the log afterwards."""
    password, wrong = "marker pass phrase 1", "marker wrong phrase 2"
    token = token_of(client, "/axf/register/")
    fields = {"username": "marker-name", "password": password, "repeat": password, "agrees": "1", "csrf_token": token}
    answer = client.post("/axf/register/", data=fields, headers=SAME_ORIGIN)
    assert answer.status_code == 303
    ticket = client.get_cookie("ticket").value
    stranger = app.test_client()
    for phrase in (wrong, password):
        post(stranger, "/axf/login/", page="/axf/login/", username="marker-name", password=phrase)
    region = {"province": "310000", "city": "310100", "district": "310101"}
    address = {"name": "王小明", "phone": PHONE, "detail": ADDRESS, "tag": "", **region}
    assert post(client, "/axf/addresses/new/", page="/axf/addresses/new/", **address).status_code == 303
    assert client.post("/axf/addtocart/?goodsid=475", headers=SAME_ORIGIN).status_code == 303
    client.get(f"/axf/orders/?ticket={ticket}&password={password}")
    client.post("/axf/mine/", data={"csrf_token": "no", "phone": PHONE}, headers={"Sec-Fetch-Site": "cross-site"})
    client.post("/axf/logout/", data={"csrf_token": token[:-3]}, headers=SAME_ORIGIN)
    client.post("/axf/pay/mock/notify/", data=CARD_KEY, headers={"X-Signature": CARD_KEY})
    order = place_all(db.session.scalar(select(User.id).where(User.username == "marker-name")))
    post(client, f"/axf/order/{order}/pay/", page=f"/axf/order/{order}/", provider="mock")
    db.session.execute(text("CREATE TRIGGER x BEFORE INSERT ON address BEGIN SELECT RAISE(ABORT, 'broken'); END"))
    db.session.commit()
    address["detail"] += "2"
    assert post(client, "/axf/addresses/new/", page="/axf/addresses/new/", **address).status_code == 500
    told = json.dumps(talking(), ensure_ascii=False)
    for secret in (password, wrong, ticket, token, token[:-3], PHONE, ADDRESS, CARD_KEY, "marker-name", "王小明"):
        assert secret not in told
    events = {line["event"] for line in talking()}
    assert {"request", "login", "login failed", "csrf refused"} <= events
    assert any("refused notify of mock" in event for event in events)

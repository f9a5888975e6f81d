"""What holds for every address of the shop: headers, who may change things, caching, sizes, hosts.

The tests walk over the whole ``url_map``, so that a new address is covered when it is added.
"""

import re
from datetime import timedelta

import pytest
import time_machine
from flask import request, url_for
from sqlalchemy import select

from axf.cart.models import CartItem
from axf.extensions import csrf, db
from axf.order.queries import order_of
from axf.security import HEADERS, UNSAFE
from axf.user import tickets
from axf.user.models import User, UserTicket
from axf.web import public
from tests.conftest import AJAX, CHILD, FRUIT, PASSWORD, counted, logged_in, make_app, post, token_of

JSON = {"Accept": "application/json"}
# Forms on public pages carry no token. The play-money gateway and a provider's notice come signed.
WITHOUT_TOKEN = {
    "cart.add",
    "cart.sub",
    "home.language",
    "mock_gateway.api",
    "mock_gateway.pay",
    "mock_gateway.release",
    "order.notify",
    "order.refund_notify",
    "notice.alert",
    "remembered.favourite",
    "remembered.seen",
    "order.push",
    "search.asked",
    "user.check_in",
}
FOR_SERVERS = {"mock_gateway.api", "order.notify", "order.push", "order.refund_notify"}
OTHER_ORIGINS = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "junk"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    {"Origin": "https://evil.example"},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "http://localhost:8001"},
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": "http://["},
]


@pytest.fixture
def another_shop(app, database, tmp_path):
    """Make a shop with other settings on the same database."""
    shops = []

    def make(**config):
        shops.append(make_app(database.url, tmp_path, **config))
        return shops[-1].test_client()

    yield make
    for shop in shops:
        with shop.app_context():
            db.engine.dispose()


@pytest.fixture
def addresses(app, order_no, request) -> dict[str, tuple[str, set[str]]]:
    """Every address of the shop with real ids in it, and its methods, by endpoint."""
    values = {
        "type_id": FRUIT, "child_id": CHILD, "sort": 0, "goods_id": 475, "no": order_no, "name": "mock",
        "address_id": 1, "coupon_id": 1, "review_id": 1, "filename": "css/base.css", "path": "avatar/ab/cd-64.webp",
        "part": 0, "ticket_id": 1,
    }  # fmt: skip
    found = {}
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            path = url_for(rule.endpoint, **{name: values[name] for name in rule.arguments})
            query = "?goodsid=475" if rule.endpoint in ("cart.add", "cart.sub") else ""
            methods = found.get(rule.endpoint, ("", set()))[1] | rule.methods
            found[rule.endpoint] = (path + query, methods)
    return found


def posts(addresses) -> dict[str, str]:
    return {endpoint: path for endpoint, (path, methods) in addresses.items() if methods & UNSAFE}


def gets(addresses) -> dict[str, str]:
    return {endpoint: path for endpoint, (path, methods) in addresses.items() if "GET" in methods}


def is_public(app, endpoint: str) -> bool:
    return endpoint == "static" or getattr(app.view_functions[endpoint], "is_public", False)


def everything() -> tuple:
    """All that a forged request could want to change."""
    db.session.rollback()
    lines = db.session.execute(select(CartItem.goods_id, CartItem.quantity, CartItem.is_select)).all()
    users = db.session.execute(select(User.username, User.password_hash, User.avatar)).all()
    return lines, users, list(db.session.scalars(select(UserTicket.hash).order_by(UserTicket.id)))


# Who may change something


def test_only_forms_that_cannot_have_a_token_go_without(app, addresses):
    views = {endpoint: app.view_functions[endpoint] for endpoint in posts(addresses)}
    exempt = {name for name, view in views.items() if f"{view.__module__}.{view.__name__}" in csrf._exempt_views}
    assert exempt == WITHOUT_TOKEN
    assert csrf._exempt_blueprints == set()


@pytest.mark.parametrize("token", [None, "", "forged", "another browser's"])
def test_no_form_is_taken_without_its_token(app, member, shopper, order_no, addresses, token):
    if token == "another browser's":
        token = token_of(app.test_client(), "/axf/login/")
    data = {} if token is None else {"csrf_token": token}
    member.get("/axf/account/")
    before = everything()
    for endpoint, path in posts(addresses).items():
        if endpoint not in WITHOUT_TOKEN:
            answer = member.post(path, data=data, headers=JSON)
            assert (answer.status_code, answer.json["code"]) == (400, "csrf"), endpoint
    assert everything() == before
    assert order_of(shopper, order_no).order.state == "unpaid"


def test_a_session_has_one_token_and_no_other_session_has_it(app, member):
    first = token_of(member, "/axf/cart/")
    with time_machine.travel(timedelta(minutes=1)):  # Flask-WTF would sign its own anew
        assert token_of(member, "/axf/cart/") == first
    assert token_of(app.test_client(), "/axf/login/") != first


@pytest.mark.parametrize("headers", OTHER_ORIGINS, ids=str)
def test_no_other_origin_changes_anything_even_with_a_token(member, shopper, order_no, addresses, headers):
    token = token_of(member, "/axf/account/")
    before = everything()
    for endpoint, path in posts(addresses).items():
        if endpoint not in FOR_SERVERS:
            data = {"csrf_token": token, "to": "en", "is_select": "0", "goodsid": "475", "quantity": "1"}
            answer = member.post(path, data=data, headers={**JSON, **headers})
            assert (answer.status_code, answer.json["code"]) == (403, "forbidden"), endpoint
            assert "Set-Cookie" not in answer.headers, endpoint
    assert everything() == before
    assert order_of(shopper, order_no).order.state == "unpaid"


def test_a_notice_comes_from_a_server_and_counts_by_its_signature(client):
    answer = client.post("/axf/pay/mock/notify/", data=b"{}", headers={**JSON, "Origin": "https://pay.example"})
    assert (answer.status_code, answer.json["code"]) == (400, "bad-notice")


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://localhost"}])
def test_the_shops_own_public_forms_work_without_a_token(member, fruit, headers):
    assert member.post("/axf/addtocart/?goodsid=475", headers=headers).status_code == 303
    assert everything()[0] == [(475, 1, True)]


def test_an_old_browser_needs_the_token_of_the_question_page(member, fruit):
    question = member.post("/axf/addtocart/?goodsid=475")
    assert (question.status_code, everything()[0]) == (200, [])
    token = re.search('name="csrf_token" value="([^"]+)"', question.get_data(as_text=True))[1]
    assert member.post("/axf/addtocart/?goodsid=475", data={"csrf_token": token}).status_code == 303
    assert everything()[0] == [(475, 1, True)]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"},
        {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"},
        {"Sec-Fetch-Site": "same-origin"},
        {**AJAX, "Sec-Fetch-Site": "cross-site"},
        {**AJAX, "Sec-Fetch-Site": "same-site"},
        {**AJAX, "Sec-Fetch-Site": "none"},
        {**AJAX, "Sec-Fetch-Dest": "image"},
        {**AJAX, "Sec-Purpose": "prefetch;prerender"},
        {**AJAX, "Purpose": "prefetch"},
        {"X-Requested-With": "XMLHttpRequest", "Origin": "https://evil.example"},
        {"X-Requested-With": "com.android.browser", "Sec-Fetch-Site": "same-origin"},
    ],
    ids=str,
)
@pytest.mark.parametrize("path", ["/axf/addtocart/", "/axf/subtocart/"])
def test_a_get_that_no_page_of_ours_sent_changes_nothing(member, fruit, path, headers):
    post(member, "/axf/cart/quantity/", goodsid=475, quantity=2)
    answer = member.get(f"{path}?goodsid=475", headers=headers)
    assert answer.status_code == 200
    assert '<form class="empty" method="post"' in answer.get_data(as_text=True)
    assert everything()[0] == [(475, 2, True)]


def test_a_head_never_changes_anything(member, fruit):
    assert member.head("/axf/addtocart/?goodsid=475", headers=AJAX).status_code == 200
    assert everything()[0] == []


@pytest.mark.parametrize("headers", [AJAX, {"X-Requested-With": "XMLHttpRequest"}, {**AJAX, "Sec-Fetch-Dest": "empty"}])
def test_the_ajax_of_our_own_pages_is_taken(member, fruit, headers):
    assert member.get("/axf/addtocart/?goodsid=475", headers=headers).json["quantity"] == 1
    assert everything()[0] == [(475, 1, True)]


# Headers


def assert_safe_headers(answer, where: str) -> None:
    for name, value in HEADERS.items():
        if name == "Content-Security-Policy" and "sandbox" in answer.headers[name]:
            continue
        assert answer.headers.get(name) == value, where
    assert "unsafe" not in answer.headers["Content-Security-Policy"], where
    assert answer.headers.get("Cache-Control"), where


def test_every_address_sends_the_security_headers(app, client, member, addresses):
    for endpoint, path in gets(addresses).items():
        for browser in (client, member):
            with browser.get(path) as answer:
                assert answer.status_code < 500, endpoint
                assert_safe_headers(answer, endpoint)
    for endpoint, path in posts(addresses).items():
        assert_safe_headers(member.post(path), endpoint)


@pytest.mark.parametrize("headers", [{}, JSON])
def test_errors_send_them_too(app, client, headers):
    app.add_url_rule("/axf/broken/", "broken", lambda: 1 / 0)
    large = {"data": {"username": "a" * 1100 * 1024}}
    for status, answer in {
        400: client.post("/axf/login/", headers=headers),
        403: client.post("/axf/language/", headers={**headers, "Origin": "null"}),
        404: client.get("/axf/nowhere/", headers=headers),
        405: client.get("/axf/logout/", headers=headers),
        413: client.post("/axf/login/", headers=headers, **large),
        500: client.get("/axf/broken/", headers=headers),
    }.items():
        assert answer.status_code == status
        assert_safe_headers(answer, str(status))
        assert answer.headers["Cache-Control"] == "private, no-store"


def test_pages_need_no_inline_script_or_style(app, member, fruit, addresses):
    for endpoint, path in gets(addresses).items():
        with member.get(path) as answer:
            if answer.mimetype == "text/html":
                page = answer.get_data(as_text=True)
                # JSON-LD is a block of data: no browser runs it, whatever the policy says.
                page = re.sub(r'<script type="application/ld\+json">[^<]*</script>', "", page)
                page = re.sub(r'<link rel="(?:canonical|alternate)" [^>]*>', "", page)
                assert not re.search(r"<style|<[^>]* (style|on[a-z]+)=|<script(?![^>]* src=)|javascript:", page), (
                    endpoint
                )
                assert not re.search(r'(?:src|href|action)="(?:https?:)?//', page), endpoint


def test_https_is_kept_to_where_it_is_used(another_shop, client, shopper):
    secure = another_shop(BASE_URL="https://shop.example")
    session = secure.get("/axf/login/").headers["Set-Cookie"]
    answer = post(secure, "/axf/login/", page="/axf/login/", username="anna", password=PASSWORD)
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    (ticket,) = (each for each in answer.headers.getlist("Set-Cookie") if "ticket=" in each)
    for cookie, name in ((ticket, "__Host-ticket="), (session, "__Host-axf_session=")):
        assert cookie.startswith(name)
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
        assert "Domain" not in cookie
    assert secure.get("/axf/account/").status_code == 200
    out = post(secure, "/axf/logout/", page="/axf/account/")
    gone = next(each for each in out.headers.getlist("Set-Cookie") if each.startswith("__Host-ticket=;"))
    assert {"Secure", "Path=/", "Max-Age=0"} <= set(gone.split("; "))
    planted = secure.get(
        "/axf/account/", headers={"Cookie": f"ticket={tickets.issue(shopper, timedelta(days=1)).secret}"}
    )
    assert planted.status_code == 303
    plain = client.get("/axf/login/")
    assert "Strict-Transport-Security" not in plain.headers
    assert "Secure" not in plain.headers["Set-Cookie"]


# Caching


def without_number(answer) -> bytes:
    """Return the body without the request's number, which an error page tells."""
    return answer.data.replace(answer.headers["X-Request-ID"][:12].encode(), b"")


def test_public_pages_are_the_same_bytes_for_everybody(app, client, member, shopper, addresses):
    stranger = app.test_client()
    stranger.set_cookie("ticket", "forged")
    stranger.set_cookie("axf_session", "forged")
    tokened = logged_in(app, shopper)
    tokened.get("/axf/account/")
    paths = [path for endpoint, path in gets(addresses).items() if is_public(app, endpoint)]
    assert {"/axf/home/", f"/axf/market/{FRUIT}/{CHILD}/0/", "/axf/goods/475/"} <= set(paths)
    for path in paths:
        with client.get(path) as answer:
            whole = (answer.status_code, without_number(answer))
        for browser in (client, member, stranger, tokened):
            with counted() as statements, browser.get(path) as answer:
                assert (answer.status_code, without_number(answer)) == whole, path
            assert "Set-Cookie" not in answer.headers, path
            assert "Cookie" not in answer.headers.get("Vary", ""), path
            assert not any("user_ticket" in statement for statement in statements), path


@pytest.mark.parametrize("path", ["/axf/home/", f"/axf/market/{FRUIT}/0/0/", "/axf/goods/475/"])
def test_a_public_page_that_has_not_changed_is_not_sent_again(client, fruit, path):
    first = client.get(path)
    assert (first.headers["Cache-Control"], first.headers["X-Accel-Expires"]) == ("no-cache", "5")
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    client.set_cookie("lang", "en")
    assert client.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_private_pages_are_never_stored(app, client, member, addresses):
    for endpoint, path in gets(addresses).items():
        if not is_public(app, endpoint):
            for browser in (client, member):
                answer = browser.get(path)
                assert answer.headers["Cache-Control"] == "private, no-store", endpoint
                assert "X-Accel-Expires" not in answer.headers, endpoint


def test_an_error_on_a_public_page_is_not_stored(app, client):
    app.add_url_rule("/axf/broken/", "broken", public(lambda: 1 / 0))
    for path in ("/axf/goods/1/", "/axf/nowhere/", "/axf/broken/"):
        answer = client.get(path)
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert "X-Accel-Expires" not in answer.headers


# Sizes


@pytest.mark.parametrize(
    ("path", "size"),
    [("/axf/login/", 1024**2 + 1), ("/axf/register/", 8 * 1024**2 + 1), ("/axf/pay/mock/notify/", 1024**2 + 1)],
)
def test_too_large_a_body_is_refused(client, path, size):
    body = {"data": b"a" * size, "content_type": "application/x-www-form-urlencoded"}
    page, script = client.post(path, **body), client.post(path, **body, headers=JSON)
    assert (page.status_code, page.mimetype) == (413, "text/html")
    assert (script.status_code, script.json["code"]) == (413, "too-large")


def test_too_many_fields_are_refused(client):
    data = {f"field{number}": (None, "x") for number in range(101)}
    parts = "".join(f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\nx\r\n' for name in data)
    body = {"data": parts + "--b--\r\n", "content_type": "multipart/form-data; boundary=b"}
    assert client.post("/axf/register/", **body).status_code == 413


# Hosts and proxies


@pytest.mark.parametrize("host", ["a..b", ".", "a" * 64 + ".example"])
def test_a_host_that_is_none_gets_a_short_answer(client, host):
    for answer in (
        client.get("/axf/home/", headers={"Host": host}),
        client.post("/axf/login/", headers={"Host": host}),
    ):
        assert (answer.status_code, answer.mimetype) == (400, "text/plain")
        assert_safe_headers(answer, host)


def test_the_shop_answers_to_its_own_names_only(another_shop):
    client = another_shop(TRUSTED_HOSTS=["shop.example"])
    for host in ("shop.example", "shop.example:8443"):
        assert client.get("/axf/login/", headers={"Host": host}).status_code == 200
    for host in ("evil.example", "shop.example.evil.example", "127.0.0.1"):
        assert client.get("/axf/login/", headers={"Host": host}).status_code == 400
        assert client.post("/axf/login/", headers={"Host": host, "Origin": f"http://{host}"}).status_code == 400
        assert client.get("/axf/login/", headers={**JSON, "Host": host}).json["code"] == "refused"


FORWARDED = {"X-Forwarded-For": "1.1.1.1, 2.2.2.2", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "shop.example"}


@pytest.mark.parametrize(
    ("count", "seen"),
    [(0, ["127.0.0.1", "http", "localhost"]), (1, ["2.2.2.2", "https", "shop.example"])],
)
def test_only_configured_proxies_are_believed(tmp_path, count, seen):
    app = make_app("sqlite://", tmp_path, PROXY_COUNT=count)
    app.add_url_rule("/seen/", "seen", lambda: [request.remote_addr, request.scheme, request.host])
    assert app.test_client().get("/seen/", headers=FORWARDED).json == seen

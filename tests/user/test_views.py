"""Registration, login, logout, 我的, picture and password, as browsers see them."""

import re
from datetime import timedelta
from email.utils import parsedate_to_datetime
from io import BytesIO
from pathlib import Path

import pytest
import time_machine
from PIL import Image
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from axf.core import clock
from axf.extensions import db
from axf.order import fulfilment, settlement
from axf.payment.base import Notice
from axf.user import accounts, entering, tickets, views
from axf.user.models import User, UserTicket
from tests.conftest import PASSWORD, SAME_ORIGIN, logged_in, post, token_of
from tests.storage.test_images import encoded, png_of, two_halves

OTHER = "another fine phrase"
WRONG = "Username or password is not right."


@pytest.fixture
def client(client):
    client.set_cookie("lang", "en")
    return client


def register(client, **fields):
    data = {"username": "bert", "password": PASSWORD, "repeat": PASSWORD, "agrees": "1", **fields}
    return send(client, "/axf/register/", page="/axf/register/", **data)


def log_in(client, username: str = "anna", password: str = PASSWORD, **fields):
    return post(client, "/axf/login/", page="/axf/login/", username=username, password=password, **fields)


def upload(content: bytes, name: str = "me.png") -> FileStorage:
    return FileStorage(BytesIO(content), name)


def send(client, path: str, page: str = "/axf/mine/", **fields):
    """POST a form with a picture in it. (What conftest.post makes of a large one, it leaves open.)"""
    boundary, body = encode_multipart({"csrf_token": token_of(client, page), **fields})
    return client.post(path, data=body, content_type=f"multipart/form-data; boundary={boundary}", headers=SAME_ORIGIN)


def usernames() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(User.username).order_by(User.id)))


def user(username: str = "anna") -> User:
    db.session.rollback()
    return db.session.scalars(select(User).where(User.username == username)).one()


def files(app) -> set[str]:
    media = Path(app.config["MEDIA_DIR"])
    return {str(file.relative_to(media)) for file in media.rglob("*") if file.is_file()}


def error_beside(answer, field: str) -> str:
    """Return the words that stand beside a field, tied to it for screen readers."""
    page = answer.get_data(as_text=True)
    control = re.search(rf'<input[^>]* id="{field}"[^>]*>', page)[0]
    assert 'aria-invalid="true"' in control
    assert f"{field}-error" in re.search('aria-describedby="([^"]*)"', control)[1].split()
    return re.search(rf'id="{field}-error"><span>(.*?)</span>', page)[1]


# Registering


def test_registering_logs_in_and_goes_to_my_page(app, client):
    answer = register(client, username="张三")
    assert (answer.status_code, answer.location) == (303, "/axf/mine/")
    assert "张三" in client.get("/axf/mine/").get_data(as_text=True)
    assert (usernames(), user("张三").avatar, files(app)) == (["张三"], None, set())


def test_registering_goes_back_to_where_it_was_asked_for(client):
    page = client.get("/axf/register/?next=/axf/goods/475/").get_data(as_text=True)
    assert 'name="next" type="hidden" value="/axf/goods/475/"' in page
    assert register(client, next="/axf/goods/475/").location == "/axf/goods/475/"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_an_avatar_may_come_along(app, client, kind):
    assert register(client, avatar=upload(encoded(two_halves(), kind))).status_code == 303
    name = user("bert").avatar
    assert files(app) == {f"{name}-64.webp", f"{name}-256.webp"}
    page = client.get("/axf/mine/").get_data(as_text=True)
    address = f"/axf/media/{name}-256.webp"
    assert f'src="{address}"' in page
    with client.get(address) as picture:
        assert (picture.status_code, picture.mimetype) == (200, "image/webp")
        assert picture.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert Image.open(BytesIO(picture.data)).size == (256, 256)


BAD_PICTURES = {
    "bomb": (png_of(13000, 13000), "me.png", "too many pixels"),
    "svg": (
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        "me.png",
        "not a JPEG, PNG or WebP",
    ),
    "truncated": (encoded(Image.effect_noise((300, 300), 90), "JPEG")[:9000], "me.jpg", "damaged or cut off"),
    "six megabytes": (b"\xff\xd8\xff" + bytes(6 * 1024 * 1024), "me.jpg", "under 5 MB"),
    "tiny": (encoded(Image.new("RGB", (8, 8))), "me.png", "too small"),
    "gif": (encoded(two_halves(), "GIF"), "me.png", "not a JPEG, PNG or WebP"),
    "empty": (b"", "me.png", "not a JPEG, PNG or WebP"),
}


@pytest.mark.parametrize("case", sorted(BAD_PICTURES))
def test_a_bad_picture_is_told_beside_the_field_and_the_rest_is_kept(app, client, case):
    content, name, words = BAD_PICTURES[case]
    answer = register(client, avatar=upload(content, name), next="/axf/cart/")
    assert answer.status_code == 400
    assert words in error_beside(answer, "avatar")
    page = answer.get_data(as_text=True)
    assert 'value="bert"' in page
    assert 'value="/axf/cart/"' in page
    assert PASSWORD not in page
    assert "ticket=" not in str(answer.headers)
    assert (usernames(), files(app)) == ([], set())


@pytest.mark.parametrize("case", sorted(BAD_PICTURES))
def test_a_bad_new_picture_leaves_the_old_one(app, shopper, case):
    member = logged_in(app, shopper)
    member.set_cookie("lang", "en")
    send(member, "/axf/account/avatar/", avatar=upload(encoded(two_halves())))
    before, kept = user().avatar, files(app)
    content, name, words = BAD_PICTURES[case]
    answer = send(member, "/axf/account/avatar/", avatar=upload(content, name))
    assert answer.status_code == 400
    assert words in error_beside(answer, "avatar")
    assert (user().avatar, files(app)) == (before, kept)


@pytest.mark.parametrize("username", ["anna", "ANNA", "ａｎｎａ"])
def test_a_taken_name_is_told_and_no_file_is_kept(app, shopper, client, username):
    answer = register(client, username=username, avatar=upload(encoded(two_halves())))
    assert (answer.status_code, error_beside(answer, "username")) == (
        400,
        "This username is taken. Please try another one.",
    )
    assert (usernames(), files(app)) == (["anna"], set())


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("username", "a", "Use 2 to 20 letters"),
        ("username", "a&#39;; DROP", "Use 2 to 20 letters"),
        ("username", "\u202eanna", "Use 2 to 20 letters"),
        ("username", "😀😀", "Use 2 to 20 letters"),
        ("password", "short", "Use 8 to 128 characters."),
        ("password", "12345678", "too easy to guess"),
        ("repeat", "something else", "The two passwords are not the same."),
    ],
)
def test_what_is_wrong_is_told_beside_its_field(client, field, value, words):
    answer = register(client, **{field: value})
    assert answer.status_code == 400
    assert words in error_beside(answer, field)
    assert usernames() == []


def test_a_hostile_name_comes_back_as_text(client):
    page = register(client, username='"><script>x</script>').get_data(as_text=True)
    assert "<script>x" not in page
    assert "&lt;script&gt;x" in page


def test_one_address_cannot_register_without_end(client, monkeypatch):
    monkeypatch.setattr(views, "REGISTER_TRIES", 2)
    assert [register(client, username=f"bert{number}").status_code for number in range(3)] == [303, 303, 429]
    assert usernames() == ["bert0", "bert1"]


# Is the name free?


@pytest.mark.parametrize(
    ("username", "code"),
    [
        ("bert", "available"),
        ("anna", "taken"),
        (" ANNA ", "taken"),
        ("ａｎｎａ", "taken"),
        ("a", "malformed"),
        ("a b", "malformed"),
    ],
)
def test_the_form_is_told_whether_a_name_is_free(shopper, client, username, code):
    answer = client.get("/axf/checkuser/", query_string={"username": username})
    assert (answer.status_code, answer.json["code"]) == (200, code)
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_no_name_at_all_is_malformed(client):
    assert client.get("/axf/checkuser/").json["code"] == "malformed"
    assert client.get("/axf/checkuser/?username=%ff%fe").json["code"] == "malformed"


def test_names_cannot_be_collected_quickly(shopper, client):
    with time_machine.travel(clock.now(), tick=False) as time:
        answers = [client.get("/axf/checkuser/?username=anna") for _ in range(views.CHECK_TRIES)]
        assert {answer.json["code"] for answer in answers} == {"taken"}
        refused = client.get("/axf/checkuser/?username=anna", headers={"X-Requested-With": "XMLHttpRequest"})
        assert (refused.status_code, refused.json["code"]) == (429, "too-many-tries")
        assert refused.headers["Retry-After"] == "60"
        time.shift(views.CHECK_WINDOW)
        assert client.get("/axf/checkuser/?username=anna").json["code"] == "taken"


# Logging in and out


def test_logging_in_brings_a_ticket_that_ends_on_both_sides_at_once(app, shopper, client):
    answer = log_in(client)
    assert (answer.status_code, answer.location) == (303, "/axf/mine/")
    (cookie,) = (each for each in answer.headers.getlist("Set-Cookie") if each.startswith("ticket="))
    secret = re.match("ticket=([A-Za-z0-9_-]{43});", cookie)[1]
    row = db.session.scalars(select(UserTicket)).one()
    assert row.hash == tickets.hash_of(secret)
    assert parsedate_to_datetime(re.search("Expires=([^;]*)", cookie)[1]) == row.expires_at
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "anna" in client.get("/axf/mine/").get_data(as_text=True)


@pytest.mark.parametrize("username", ["ANNA", " anna ", "ａｎｎａ"])
def test_the_name_may_be_typed_in_any_case_and_width(shopper, client, username):
    assert log_in(client, username).status_code == 303


def test_login_goes_back_to_where_it_was_asked_for(shopper, client):
    way = client.get("/axf/orders/?status=unpaid").location
    assert 'value="/axf/orders/?status=unpaid"' in client.get(way).get_data(as_text=True)
    assert log_in(client, next="/axf/orders/?status=unpaid").location == "/axf/orders/?status=unpaid"


def test_unknown_name_and_wrong_password_get_the_same_answer(shopper, client):
    pages = []
    for username in ("anna", "nobody"):
        answer = log_in(client, username, OTHER)
        assert (answer.status_code, error_beside(answer, "password")) == (401, WRONG)
        assert "ticket=" not in str(answer.headers)
        page = re.sub(r'value="[^"]*\.[^"]*"', "", answer.get_data(as_text=True))
        pages.append(page.replace(f'value="{username}"', ""))
        assert OTHER not in page
    assert pages[0] == pages[1]


@pytest.mark.parametrize(("field", "words"), [("username", "enter your username"), ("password", "enter your password")])
def test_an_empty_field_is_told(shopper, client, field, words):
    answer = post(client, "/axf/login/", page="/axf/login/", **{"username": "anna", "password": PASSWORD, field: ""})
    assert answer.status_code == 400
    assert words in error_beside(answer, field)


def test_logging_in_again_ends_the_ticket_before(shopper, client):
    log_in(client)
    first = client.get_cookie("ticket").value
    log_in(client)
    second = client.get_cookie("ticket").value
    assert tickets.find(first) is None
    assert tickets.find(second).id == shopper


def test_a_login_on_another_device_does_not_end_this_one(app, shopper, member, client):
    log_in(client)
    assert tickets.find(member.get_cookie("ticket").value).id == shopper


def test_logging_out_ends_the_ticket_on_both_sides(member):
    secret = member.get_cookie("ticket").value
    answer = post(member, "/axf/logout/")
    assert (answer.status_code, answer.location) == (303, "/axf/home/")
    assert member.get_cookie("ticket") is None
    assert "cache" in answer.headers["Clear-Site-Data"]
    assert tickets.find(secret) is None


def test_logging_out_needs_a_post(member, shopper):
    assert member.get("/axf/logout/").status_code == 405
    assert member.head("/axf/logout/").status_code == 405
    assert tickets.find(member.get_cookie("ticket").value).id == shopper


def test_logging_out_twice_is_no_error(client):
    for _ in range(2):
        assert post(client, "/axf/logout/", page="/axf/login/").status_code == 303


# The throttle


def test_eight_wrong_tries_close_a_name_for_a_quarter_of_an_hour(shopper, client):
    with time_machine.travel(clock.now(), tick=False) as time:
        assert [log_in(client, "anna", OTHER).status_code for _ in range(8)] == [401] * 8
        closed = log_in(client, "ANNA", PASSWORD)
        assert (closed.status_code, closed.headers["Retry-After"]) == (429, "900")
        assert "Too many tries. Please try again in 15 minutes." in closed.get_data(as_text=True)
        assert log_in(client, "nobody", OTHER).status_code == 401
        time.shift(entering.LOGIN_WINDOW)
        assert log_in(client).status_code == 303


def test_a_strangers_tries_do_not_lock_the_shopper_out(shopper, client):
    assert [log_in(client, "anna", OTHER).status_code for _ in range(9)] == [401] * 8 + [429]
    client.environ_base["REMOTE_ADDR"] = "198.51.100.1"
    assert log_in(client).status_code == 303


def test_guesses_from_many_addresses_close_a_name_for_all(shopper, client, monkeypatch):
    monkeypatch.setattr(entering, "NAME_TRIES_ANYWHERE", 10)
    for number in range(10):
        client.environ_base["REMOTE_ADDR"] = f"192.0.2.{number}"
        assert log_in(client, "anna", OTHER).status_code == 401
    client.environ_base["REMOTE_ADDR"] = "198.51.100.1"
    assert log_in(client).status_code == 429


def test_a_name_that_nobody_has_closes_as_well(client):
    assert [log_in(client, "nobody", OTHER).status_code for _ in range(9)] == [401] * 8 + [429]


def test_an_address_that_tries_many_names_is_closed(shopper, client, monkeypatch):
    monkeypatch.setattr(entering, "IP_TRIES", 3)
    assert [log_in(client, f"name{number}", OTHER).status_code for number in range(4)] == [401, 401, 401, 429]
    assert log_in(client).status_code == 429
    client.environ_base["REMOTE_ADDR"] = "198.51.100.1"
    assert log_in(client).status_code == 303


def test_a_login_that_works_opens_the_name_again(shopper, client):
    for _ in range(2):
        assert [log_in(client, "anna", OTHER).status_code for _ in range(7)] == [401] * 7
        assert log_in(client).status_code == 303


# 我的


def test_a_visitor_sees_the_way_in(client):
    page = client.get("/axf/mine/").get_data(as_text=True)
    assert "/axf/login/?next=/axf/mine/" in page
    assert "/axf/register/?next=/axf/mine/" in page
    assert "/axf/logout/" not in page


def pay(user_id: int, no: str) -> None:
    payment = settlement.start(user_id, no, "mock")
    settlement.settle(Notice("mock", f"e-{payment.no}", payment.no, payment.amount, "R1", "{}"))


def tiles(client) -> list[str]:
    return re.findall(r'class="tile-number[^"]*">(\d+)<', client.get("/axf/mine/").get_data(as_text=True))


def test_my_page_counts_what_is_to_pay_and_to_receive(app, member, shopper, order_no):
    from axf.cart import service as cart
    from tests.conftest import place_all

    assert tiles(member) == ["1", "0", "0", "0"]
    cart.add(shopper, 477)
    second = place_all(shopper)
    assert tiles(member) == ["2", "0", "0", "0"]
    pay(shopper, order_no)
    assert tiles(member) == ["1", "1", "0", "0"]
    fulfilment.cancel(shopper, second)
    assert tiles(member) == ["0", "1", "0", "0"]
    assert tiles(logged_in(app, accounts.register("bert", PASSWORD))) == ["0", "0", "0", "0"]


def test_my_page_shows_my_name_and_a_letter_until_there_is_a_picture(app, member):
    page = member.get("/axf/mine/").get_data(as_text=True)
    assert ">anna</h1>" in page
    assert re.search(r"avatar--letter[^>]*>A</span>", page)
    send(member, "/axf/account/avatar/", avatar=upload(encoded(two_halves())))
    page = member.get("/axf/mine/").get_data(as_text=True)
    assert f'src="/axf/media/{user().avatar}-256.webp"' in page
    assert "avatar--letter" not in page


# Picture and password


def test_changing_the_picture_removes_the_old_files(app, member):
    names = []
    for _ in range(2):
        answer = send(member, "/axf/account/avatar/", avatar=upload(encoded(two_halves())))
        assert (answer.status_code, answer.location) == (303, "/axf/mine/")
        names.append(user().avatar)
    assert names[0] != names[1]
    assert files(app) == {f"{names[1]}-64.webp", f"{names[1]}-256.webp"}
    assert member.get(f"/axf/media/{names[0]}-64.webp").status_code == 404


def test_choosing_no_picture_is_told(member):
    member.set_cookie("lang", "en")
    answer = send(member, "/axf/account/avatar/")
    assert (answer.status_code, error_beside(answer, "avatar")) == (400, "Please choose a picture first.")


@pytest.mark.parametrize(
    "path", ["../secret", "..%2fsecret", "%2e%2e/secret", "/etc/passwd", "avatar/../../secret", "avatar", ""]
)
def test_only_pictures_below_the_media_folder_are_served(app, client, path):
    media = Path(app.config["MEDIA_DIR"])
    (media / "avatar").mkdir(parents=True)
    (media.parent / "secret").write_text("secret")
    assert client.get(f"/axf/media/{path}", follow_redirects=True).status_code == 404


def change_password(client, **fields):
    data = {"current": PASSWORD, "password": OTHER, "repeat": OTHER, **fields}
    return post(client, "/axf/account/password/", **data)


def test_changing_the_password_ends_the_other_logins_and_renews_this_one(app, shopper, member):
    elsewhere = logged_in(app, shopper)
    before = member.get_cookie("ticket").value
    answer = change_password(member)
    assert (answer.status_code, answer.location) == (303, "/axf/mine/")
    assert member.get_cookie("ticket").value != before
    assert tickets.find(before) is None
    assert ">anna</h1>" in member.get("/axf/mine/").get_data(as_text=True)
    assert elsewhere.get("/axf/account/").status_code == 303
    assert db.session.scalar(select(func.count()).select_from(UserTicket)) == 1
    assert accounts.prove("anna", OTHER) == shopper


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("current", OTHER, "The current password is not right."),
        ("current", "", "Please enter your current password."),
        ("password", "short", "Use 8 to 128 characters."),
        ("password", "88888888", "too easy to guess"),
        ("repeat", "something else", "The two passwords are not the same."),
    ],
)
def test_a_password_that_cannot_be_changed_says_why_and_stays(member, shopper, field, value, words):
    member.set_cookie("lang", "en")
    secret = member.get_cookie("ticket").value
    answer = change_password(member, **{field: value})
    assert answer.status_code == 400
    assert words in error_beside(answer, field)
    assert tickets.find(secret).id == shopper
    assert accounts.prove("anna", PASSWORD) == shopper


def test_the_new_password_is_not_the_own_name(app):
    member = logged_in(app, accounts.register("anna-anna", PASSWORD))
    member.set_cookie("lang", "en")
    answer = change_password(member, password="Anna-Anna", repeat="Anna-Anna")
    assert "too easy to guess" in error_beside(answer, "password")


def test_a_thief_of_the_phone_cannot_guess_the_password(member, shopper):
    answers = [change_password(member, current=f"guess number {number}").status_code for number in range(9)]
    assert answers == [400] * 8 + [429]
    assert change_password(member).status_code == 429
    assert accounts.prove("anna", PASSWORD) == shopper


@pytest.mark.parametrize("path", ["/axf/account/", "/axf/account/avatar/", "/axf/account/password/"])
def test_a_visitor_has_no_account_to_change(client, path):
    if path == "/axf/account/":
        answer = client.get(path)
    else:
        answer = client.post(path, data={"csrf_token": token_of(client, "/axf/login/")}, headers=SAME_ORIGIN)
    assert answer.status_code == 303
    assert answer.location.startswith("/axf/login/")


def test_a_ticket_lives_as_long_as_is_configured(app, shopper, client):
    app.config["TICKET_LIFE"] = timedelta(days=1)
    log_in(client)
    row = db.session.scalars(select(UserTicket)).one()
    assert timedelta(hours=23) < row.expires_at - row.created_at <= timedelta(days=1)

"""A shopper's own data: consent, the copy, the deletion that leaves no trace of the person."""

import json
import zipfile
from io import BytesIO
from pathlib import Path

import pyotp
import pytest
import time_machine
from sqlalchemy import insert, select, update

from axf.check.invariants import INVARIANTS, check
from axf.core import clock
from axf.core.db import table_of, transaction
from axf.credit import adjustment
from axf.extensions import db
from axf.models import (
    Address,
    AfterSale,
    AfterSalePhoto,
    Favourite,
    Footprint,
    Message,
    Order,
    OrderDelivery,
    OrderLine,
    Outbox,
    Review,
    ReviewPhoto,
    StockAlert,
    User,
)
from axf.privacy import deletion, export, tables
from axf.storage.store import uploads
from axf.user import accounts, consent, entering, two_step
from tests.conftest import PASSWORD, logged_in, post

PAGE = "/axf/account/data/"
# Every word of the person wherever there is room for one.
MARK = "Zhenzhu"
PHONE = "13812345678"
AVATAR, REVIEWED, SHOWN = (
    f"{kind}/ab/{digit * 30}" for kind, digit in (("avatar", "a"), ("review", "b"), ("sale", "c"))
)

PICTURES = {AVATAR: (64, 256), REVIEWED: (240, 1200), SHOWN: (240, 1200)}


@pytest.fixture
def person(app, shopper: int, order_no: str) -> int:
    """A shopper who has left something everywhere, and whose only order came."""
    now, media = clock.now(), Path(app.config["MEDIA_DIR"])
    order_id = db.session.scalar(select(Order.id))
    line_id = db.session.scalar(select(OrderLine.id).order_by(OrderLine.id))
    own = {"user_id": shopper, "created_at": now}
    told = {"kind": "k", "payload": json.dumps({"email": f"{MARK}@example.com"}), **own}
    with transaction(db.session):
        changed = {
            "username": MARK,
            "username_key": MARK.casefold(),
            "email": f"{MARK}@example.com",
            "birthday": "02-29",
        }
        db.session.execute(update(User).values(**changed, avatar=AVATAR))
        db.session.execute(update(Order).values(state="cancelled"))
        db.session.execute(
            update(OrderDelivery).values(name=MARK, phone=PHONE, detail=MARK, note=MARK, invoice_title=MARK)
        )
        where = {"name": MARK, "phone": PHONE, "district": "310101", "detail": MARK, "tag": "", "is_default": True}
        db.session.execute(insert(Address).values(**where, **own))
        db.session.execute(insert(Message).values(key=f"{MARK}1", **told))
        db.session.execute(insert(Outbox).values(key=MARK, channel="mail", state="done", next_try_at=now, **told))
        db.session.execute(insert(Favourite).values(goods_id=475, **own))
        db.session.execute(insert(StockAlert).values(goods_id=475, **own))
        db.session.execute(insert(Footprint).values(goods_id=475, user_id=shopper, seen_at=now))
        said = {"id": 1, "stars": 5, "text": "Sweet pears.", "is_anonymous": False, "has_photos": True}
        db.session.execute(insert(Review).values(order_line_id=line_id, goods_id=475, **said, **own))
        db.session.execute(insert(ReviewPhoto).values(review_id=1, position=1, name=REVIEWED))
        asked = {"id": 1, "no": "r-1", "kind": "refund", "state": "rejected", "reason": "other", "text": MARK}
        db.session.execute(insert(AfterSale).values(order_id=order_id, amount=0, points=0, **asked, **own))
        db.session.execute(insert(AfterSalePhoto).values(after_sale_id=1, position=1, name=SHOWN))
    for name, sizes in PICTURES.items():
        for size in sizes:
            file = media / f"{name}-{size}.webp"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(MARK.encode())
    return shopper


def traces(*marks: str) -> set[str]:
    """Return the columns of all tables in which one of the marks stands, whatever its case."""
    db.session.rollback()
    found = set()
    for table in db.metadata.tables.values():
        for row in db.session.execute(select(table)).mappings():
            for name, value in row.items():
                if any(mark.casefold() in str(value).casefold() for mark in marks):
                    found.add(f"{table.name}.{name}")
    return found


def test_the_person_is_in_no_table_any_more_and_the_books_agree(app, person):
    marks = (MARK, PHONE, "02-29", AVATAR, REVIEWED, SHOWN)
    assert len(traces(*marks)) >= 17
    broken = {each.name for each in INVARIANTS if check(db.engine, each, 1).broken}
    sums = db.session.execute(select(Order.no, Order.payable, Order.goods_total)).all()
    deletion.delete_account(person, uploads())
    assert traces(*marks) == set()
    assert [file for file in Path(app.config["MEDIA_DIR"]).rglob("*") if file.is_file()] == []
    assert {each.name for each in INVARIANTS if check(db.engine, each, 1).broken} <= broken
    assert db.session.execute(select(Order.no, Order.payable, Order.goods_total)).all() == sums
    assert db.session.execute(select(Review.text, Review.is_anonymous, Review.has_photos)).all() == [
        ("Sweet pears.", True, False)
    ]
    for table in tables.FORGOTTEN:
        assert db.session.execute(tables.of(table, person)).all() == [], table.name
    for name in (MARK, "***", f"deleted:{person}"):
        with pytest.raises(accounts.WrongLogin):
            accounts.prove(name, PASSWORD)
    deletion.delete_account(person, uploads())
    assert accounts.register(MARK, PASSWORD) != person


def test_the_copy_holds_everything_but_hashes(app, person):
    into = BytesIO()
    export.write(person, uploads(), into)
    with zipfile.ZipFile(into) as archive:
        data = json.loads(archive.read(export.DATA))
        names = set(archive.namelist())
    assert (data["account"]["username"], data["account"]["privacy_version"]) == (MARK, consent.VERSION)
    assert PHONE in [each["phone"] for each in data["address"]]
    assert [each["payable"] for each in data["orders"]] == [2250]
    assert [each["detail"] for each in data["order_delivery"]] == [MARK]
    assert (len(data["order_line"]), len(data["favourite"]), len(data["footprint"])) == (2, 1, 1)
    pictures = {f"pictures/{name}-{size}.webp" for name, sizes in PICTURES.items() for size in sizes}
    assert names == {export.DATA} | pictures
    secrets = {each["password_hash"] for each in db.session.execute(select(table_of(User))).mappings()}
    assert not any(secret in json.dumps(data) for secret in secrets)


def test_every_table_of_a_person_says_what_becomes_of_it():
    theirs = {table for table in db.metadata.tables.values() if "user_id" in table.columns}
    assert theirs - set(tables.FORGOTTEN) - set(tables.KEPT) == set(), "enter it in axf/privacy/tables.py"


def test_nothing_goes_while_something_is_open(app, shopper, order_no, client):
    member = logged_in(app, shopper)
    adjustment.adjust(shopper, 500, reference="letter")
    with pytest.raises(deletion.AccountOpen) as refusal:
        deletion.delete_account(shopper, uploads())
    assert refusal.value.details["standing"] == deletion.Standing(orders=1, requests=0, refunds=0, credit=500, points=0)
    member.set_cookie("lang", "en")
    answer = post(member, f"{PAGE}delete/", page="/axf/account/", understood="1", farewell=PASSWORD)
    assert answer.status_code == 409
    assert all(words in answer.get_data(as_text=True) for words in ("1 order is under way", "¥5.00 of store credit"))
    assert accounts.prove("anna", PASSWORD) == shopper


@pytest.mark.parametrize("path", ["export/", "delete/"])
def test_both_want_the_password(member, shopper, path):
    member.set_cookie("lang", "en")
    wrong = post(member, PAGE + path, page=PAGE, understood="1", proof="wrong", farewell="wrong")
    assert (wrong.status_code, "password is not right" in wrong.get_data(as_text=True)) == (400, True)
    fields = {"understood": "1", "proof": PASSWORD, "farewell": PASSWORD}
    for _try in range(7):
        post(member, PAGE + path, page=PAGE, understood="1", proof="wrong", farewell="wrong")
    assert post(member, PAGE + path, page=PAGE, **fields).status_code == 429
    assert accounts.prove("anna", PASSWORD) == shopper


@pytest.mark.parametrize("path", ["export/", "delete/"])
def test_with_two_step_login_both_want_the_code_too(app, shopper, path):
    secret, noon = two_step.new_secret(), clock.now().replace(second=10, microsecond=0)
    fields = {"understood": "1", "proof": PASSWORD, "farewell": PASSWORD}
    with time_machine.travel(noon, tick=False) as time:
        recovery, *_others = two_step.enable(shopper, secret, pyotp.TOTP(secret).at(clock.now()), entering.vault())
        time.shift(30)
        member = logged_in(app, shopper)
        assert member.get(PAGE).get_data(as_text=True).count("one-time-code") == 2
        for wrong in ("", "000000", pyotp.TOTP(secret).at(noon)):
            told = post(member, PAGE + path, page=PAGE, **fields, code=wrong, last_code=wrong)
            assert (told.status_code, accounts.prove("anna", PASSWORD)) == (400, shopper)
        done = post(member, PAGE + path, page=PAGE, **fields, code=recovery, last_code=recovery)
        assert done.status_code == {"export/": 200, "delete/": 303}[path]
        done.close()


def test_a_shopper_takes_the_copy_and_goes(member, shopper):
    copy = post(member, f"{PAGE}export/", page=PAGE, proof=PASSWORD)
    assert (copy.status_code, copy.mimetype) == (200, "application/zip")
    assert copy.headers["Cache-Control"] == "private, no-store"
    copy.close()
    assert post(member, f"{PAGE}delete/", page=PAGE, farewell=PASSWORD).status_code == 400
    gone = post(member, f"{PAGE}delete/", page=PAGE, understood="1", farewell=PASSWORD)
    assert (gone.status_code, gone.location) == (303, "/axf/mine/")
    assert member.get("/axf/orders/").status_code == 303
    db.session.rollback()
    assert db.session.scalar(select(User.deleted_at).where(User.id == shopper)) is not None


def test_consent_is_asked_for_and_noted(app, client):
    client.set_cookie("lang", "en")
    page = client.get("/axf/register/").get_data(as_text=True)
    assert 'name="agrees" value="1">' in page
    fields = {"username": "bert", "password": PASSWORD, "repeat": PASSWORD}
    assert post(client, "/axf/register/", page="/axf/register/", **fields).status_code == 400
    assert post(client, "/axf/register/", page="/axf/register/", **fields, agrees="1").status_code == 303
    db.session.rollback()
    version, agreed_at = db.session.execute(select(User.privacy_version, User.privacy_agreed_at)).one()
    assert (version, agreed_at <= clock.now()) == (consent.VERSION, True)


@pytest.mark.parametrize("before", [None, "2020-01-01"])
def test_a_new_notice_is_asked_for_at_the_next_login(app, client, shopper, before):
    db.session.execute(update(User).values(privacy_version=before))
    db.session.commit()
    log_in = {"path": "/axf/login/", "page": "/axf/login/", "username": "anna", "password": PASSWORD}
    first = post(client, **log_in, next="/axf/cart/")
    assert first.location == "/axf/privacy/agree/?next=/axf/cart/"
    agreed = post(client, "/axf/privacy/agree/", page=first.location, next="/axf/cart/")
    assert (agreed.status_code, agreed.location) == (303, "/axf/cart/")
    assert consent.is_current(shopper)
    assert post(app.test_client(), **log_in, next="/axf/cart/").location == "/axf/cart/"


@pytest.mark.sqlite
def test_the_commands_do_the_same(app, person, tmp_path):
    run = app.test_cli_runner().invoke
    written = run(args=["user", "export", MARK, str(tmp_path / "x.zip")])
    assert (written.exit_code, (tmp_path / "x.zip").stat().st_mode & 0o777) == (0, 0o600)
    assert run(args=["user", "export", MARK, str(tmp_path / "x.zip")]).exit_code == 1
    assert "Nobody has this name" in run(args=["user", "delete", "nobody", "--yes"]).output
    assert run(args=["user", "delete", MARK, "--yes"]).output == f"The account of {MARK} is deleted.\n"
    assert traces(PHONE) == set()


@pytest.mark.sqlite
def test_the_command_says_what_is_open(app, shopper, order_no):
    refused = app.test_cli_runner().invoke(args=["user", "delete", "anna", "--yes"])
    assert (refused.exit_code, "1 open orders" in refused.output) == (1, True)


@pytest.mark.sqlite
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_notice_is_there_for_everybody_in_both_languages(client, lang):
    client.set_cookie("lang", lang)
    page = client.get("/axf/privacy/")
    text = page.get_data(as_text=True)
    assert (page.status_code, page.headers["Cache-Control"], consent.VERSION in text) == (200, "no-cache", True)
    assert ("隐私说明" in text, "Your rights" in text) == (lang == "zh", lang == "en")

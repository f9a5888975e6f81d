"""Who may do what: tests/access.csv has a row for each address and method, and each row is tried on real rows.

``anonymous``, ``owner`` and ``other`` (another shopper) are what the answer is: a status, or ``login`` for the way to
the login page. There is no staff in the web: admins use the command line. Each try starts from the same shop: the
owner has an unpaid order, a received one that is reviewed and asked about, an address, a coupon and another login.
"""

import csv
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Table, select

from axf.cart import service as cart
from axf.extensions import db
from axf.remembered import footprints
from axf.user import accounts, tickets
from axf.user.models import Address
from tests.aftersale import flow
from tests.conftest import PASSWORD, SAME_ORIGIN, add_address, logged_in, place_all, token_of
from tests.coupon.conftest import add_coupon, give
from tests.review.conftest import review

TABLE = Path(__file__).with_name("access.csv")
# What all may count up together: tries, words looked for, how many of a coupon are taken.
NOBODYS = {"throttle", "search_count", "coupon"}


def rows() -> list[dict[str, str]]:
    with TABLE.open(newline="") as file:
        return list(csv.DictReader(file))


class Stage:
    """The shop at the beginning of each try, three browsers, and what belongs to the owner."""

    def __init__(self, app: Flask, owner: int) -> None:
        self.app, self.owner = app, owner
        self.values = self.furnish()
        other = accounts.register("bert", PASSWORD)
        self.browsers = {"anonymous": app.test_client(), "owner": logged_in(app, owner), "other": logged_in(app, other)}
        self.tokens = {name: token_of(browser, "/axf/mine/" if name != "anonymous" else "/axf/login/")
                       for name, browser in self.browsers.items()}  # fmt: skip
        self.cookies = {name: browser._cookies.copy() for name, browser in self.browsers.items()}
        db.session.remove()
        self.file = sqlite3.connect(db.engine.url.database)
        self.kept = sqlite3.connect(":memory:")
        self.file.backup(self.kept)

    def furnish(self) -> dict[str, object]:
        """Give the owner one of everything; return what addresses may name."""
        cart.set_quantity(self.owner, 475, 2)
        cart.set_quantity(self.owner, 476, 1)
        came = flow.bring(self.owner, place_all(self.owner))
        review_id = review(self.owner, came)
        request_no = flow.ask(self.owner, came, flow.wanted({475: 1}))
        cart.set_quantity(self.owner, 476, 1)
        unpaid = place_all(self.owner)
        cart.set_quantity(self.owner, 475, 1)
        coupon_id = add_coupon()
        give(coupon_id, self.owner)
        footprints.note(self.owner, 475)
        ticket = tickets.find(tickets.issue(self.owner, timedelta(days=1)).secret)
        assert ticket is not None
        address_id = db.session.scalar(select(Address.id).filter_by(user_id=self.owner))
        second = add_address(self.owner, is_default=False)
        db.session.commit()
        return {
            "unpaid": unpaid, "came": came, "request": request_no, "review_id": review_id, "coupon_id": coupon_id,
            "ticket_id": ticket.ticket_id, "address_id": address_id, "second": second,
        }  # fmt: skip

    def begin_again(self) -> None:
        db.session.remove()
        self.kept.backup(self.file)
        for name, browser in self.browsers.items():
            browser._cookies = self.cookies[name].copy()

    def act(self, who: str, row: dict[str, str]) -> str:
        browser: FlaskClient = self.browsers[who]
        path, form = (row[each].format(**self.values) for each in ("address", "form"))
        data = {"csrf_token": self.tokens[who], **dict(parse_qsl(form))} if row["method"] == "POST" else None
        with browser.open(path, method=row["method"], data=data, headers=SAME_ORIGIN) as answer:
            to_login = answer.status_code == 303 and answer.location.split("?")[0] == "/axf/login/"
            return "login" if to_login else str(answer.status_code)

    def owners(self) -> dict[str, list[tuple]]:
        """Return every row that could be the owner's: in a table without ``user_id``, every row."""
        db.session.rollback()
        tables = [each for each in db.metadata.sorted_tables if each.name not in NOBODYS]
        return {each.name: self.rows_of(each) for each in tables}

    def rows_of(self, table: Table) -> list[tuple]:
        query = select(table)
        owner = table.c.id if table.name == "users" else table.c.get("user_id")
        if owner is not None:
            query = query.where(owner == self.owner)
        return sorted(map(tuple, db.session.execute(query)), key=repr)


@pytest.fixture
def stage(app, shopper, fruit) -> Iterator[Stage]:
    stage = Stage(app, shopper)
    yield stage
    # Left open it would keep the file of the next test from being read.
    stage.file.close()
    stage.kept.close()


@pytest.mark.sqlite
def test_every_address_and_method_is_in_the_table_and_nothing_else(app):
    adapter = app.url_map.bind("localhost")
    values = dict.fromkeys(("unpaid", "came", "request"), "1") | dict.fromkeys(
        ("review_id", "coupon_id", "ticket_id", "address_id", "second"), 1
    )
    listed = []
    for row in rows():
        path = row["address"].format(**values).split("?")[0]
        rule, _arguments = adapter.match(path, method=row["method"], return_rule=True)
        listed.append((row["method"], rule.rule))
    answered = [
        (method, rule.rule) for rule in app.url_map.iter_rules() for method in rule.methods - {"HEAD", "OPTIONS"}
    ]
    assert sorted(listed) == sorted(answered)


@pytest.mark.sqlite
def test_each_is_answered_as_the_table_says_and_nobody_changes_what_is_anothers(stage):
    found, changed = [], []
    for row in rows():
        seen = dict(row)
        for who in ("anonymous", "other", "owner"):
            stage.begin_again()
            before = stage.owners() if who != "owner" else None
            seen[who] = stage.act(who, row)
            if before is not None and (after := stage.owners()) != before:
                touched = [name for name in before if before[name] != after[name]]
                changed.append((row["method"], row["address"], who, touched))
        found.append(seen)
    assert found == rows()
    assert changed == []


@pytest.mark.sqlite
def test_the_table_itself_keeps_the_rules():
    for row in rows():
        names_a_thing = any(f"{{{name}" in row["address"] for name in ("unpaid", "came", "request", "review_id",
                            "ticket_id", "address_id", "second"))  # fmt: skip
        if names_a_thing:
            assert row["other"] == "404", row
            assert row["anonymous"] == "login", row
            assert row["owner"] in ("200", "303"), row

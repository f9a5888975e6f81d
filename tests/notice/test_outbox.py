"""A moment is written with what caused it: once for each channel, or not at all."""

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from axf.core.db import transaction
from axf.extensions import db
from axf.notice.models import Outbox
from axf.notice.outbox import Kind, tell

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)


def rows() -> list[Outbox]:
    db.session.rollback()
    return list(db.session.scalars(select(Outbox).order_by(Outbox.key)))


def tell_now(user_id: int, kind: str = Kind.PAID, key: str = "A1", at: datetime = NOON, **values: str | int) -> None:
    with transaction(db.session):
        tell(db.session, user_id, kind, key, at, **values)


def test_a_moment_is_written_once_for_each_channel(shopper):
    tell_now(shopper, "paid", "A1", order_no="A1", amount=1990)
    tell_now(shopper, "paid", "A1", order_no="A1", amount=5)
    found = [(row.key, row.user_id, row.channel, row.kind, json.loads(row.payload)) for row in rows()]
    values = {"order_no": "A1", "amount": 1990}
    assert found == [
        ("paid/A1/inbox", shopper, "inbox", "paid", values),
        ("paid/A1/mail", shopper, "mail", "paid", values),
    ]
    assert {(row.state, row.tries, row.next_try_at, row.problem, row.done_at) for row in rows()} == {
        ("waiting", 0, NOON, "", None)
    }


def test_a_parcel_under_way_is_worth_a_text_message(shopper):
    tell_now(shopper, "shipped", "A1", order_no="A1")
    assert [row.channel for row in rows()] == ["inbox", "mail", "sms"]


def test_what_is_rolled_back_is_not_told(shopper):
    with pytest.raises(ZeroDivisionError), transaction(db.session):
        tell(db.session, shopper, "paid", "A1", NOON, order_no="A1", amount=1)
        raise ZeroDivisionError
    assert rows() == []


@pytest.mark.parametrize(("kind", "key"), [("unheard", "A1"), ("paid", "A" * 91)])
def test_a_mistake_is_refused_before_anything_is_written(shopper, kind, key):
    with pytest.raises(ValueError, match=kind if kind == "unheard" else "longer than 90"):
        tell_now(shopper, kind, key)
    assert rows() == []

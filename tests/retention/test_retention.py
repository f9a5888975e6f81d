"""What is over goes, in batches; what is not stays."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, event, func, insert, select

from axf.core import clock
from axf.extensions import db
from axf.notice.models import Message, Outbox
from axf.payment.models import PaymentNotice
from axf.remembered.models import Footprint
from axf.retention import service
from axf.retention.rules import RULES
from axf.search.models import SearchCount
from axf.user.models import Throttle, UserTicket

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
BY_NAME = {each.name: each for each in RULES}


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def outbox(key: str, state: str, done_at: datetime | None) -> dict[str, object]:
    common = {"channel": "inbox", "kind": "k", "payload": "{}", "user_id": 1, "created_at": ago(99)}
    return common | {"key": key, "state": state, "next_try_at": ago(99), "done_at": done_at}


def ticket(number: int, user_id: int, ends: datetime) -> dict[str, object]:
    known = {"hash": bytes([number]) * 32, "user_id": user_id, "user_agent": "", "ip": ""}
    return known | {"created_at": ago(9), "last_seen_at": ago(9), "expires_at": ends}


def message(key: str, user_id: int, read_at: datetime | None) -> dict[str, object]:
    return {"key": key, "user_id": user_id, "kind": "k", "payload": "{}", "created_at": ago(999), "read_at": read_at}


def notice(event_id: str, at: datetime) -> dict[str, object]:
    known = {"provider": "mock", "payment_no": "p", "raw": "{}", "outcome": "applied"}
    return known | {"event_id": event_id, "received_at": at}


def test_what_is_over_goes_and_the_rest_stays(app, shopper, fruit):
    for model, rows in {
        UserTicket: [ticket(1, shopper, ago(0)), ticket(2, shopper, ago(-0.1))],
        Throttle: [{"bucket": "a", "tries": 1, "ends_at": ago(0)}, {"bucket": "b", "tries": 1, "ends_at": ago(-0.1)}],
        Footprint: [
            {"user_id": shopper, "goods_id": 475, "seen_at": ago(181)},
            {"user_id": shopper, "goods_id": 476, "seen_at": ago(179)},
        ],
        Message: [message("a", shopper, ago(366)), message("b", shopper, ago(364)), message("c", shopper, None)],
        Outbox: [outbox("a", "done", ago(31)), outbox("b", "done", ago(29)), outbox("c", "dead", None)],
        SearchCount: [
            {"text": "a", "asked_on": ago(BY_NAME["search-counts"].days + 1).date(), "times": 1},
            {"text": "b", "asked_on": ago(1).date(), "times": 1},
        ],
        PaymentNotice: [notice("a", ago(1100)), notice("b", ago(1000))],
    }.items():
        db.session.execute(delete(model))
        db.session.execute(insert(model), rows)
    db.session.commit()
    assert {rule.name: service.run(rule, NOW) for rule in RULES} == dict.fromkeys(BY_NAME, 1)
    assert {rule.name: service.run(rule, NOW) for rule in RULES} == dict.fromkeys(BY_NAME, 0)
    assert list(db.session.scalars(select(Throttle.bucket))) == ["b"]
    assert list(db.session.scalars(select(Footprint.goods_id))) == [476]
    assert set(db.session.scalars(select(Message.key))) == {"b", "c"}
    assert set(db.session.scalars(select(Outbox.key))) == {"b", "c"}
    assert list(db.session.scalars(select(SearchCount.text))) == ["b"]
    # The books keep the event; what the provider wrote is gone.
    assert dict(db.session.execute(select(PaymentNotice.event_id, PaymentNotice.raw)).all()) == {"a": "", "b": "{}"}


@pytest.mark.parametrize("name", ["throttles", "raw-notices"])
def test_it_goes_in_batches(app, name, monkeypatch):
    monkeypatch.setattr(service, "BATCH", 10)
    for number in range(25):
        db.session.execute(insert(Throttle).values(bucket=f"a{number}", tries=1, ends_at=ago(1)))
        db.session.execute(insert(PaymentNotice).values(**notice(str(number), ago(1100))))
    db.session.commit()
    sizes: list[int] = []

    @event.listens_for(db.engine, "after_cursor_execute")
    def note(_connection, cursor, statement, *_rest):
        if statement.startswith(("DELETE", "UPDATE")):
            sizes.append(cursor.rowcount)

    assert service.run(BY_NAME[name], NOW) == 25
    assert sizes == [10, 10, 5]


def test_the_command_says_what_went(app):
    db.session.execute(insert(Throttle).values(bucket="a", tries=1, ends_at=clock.now() - timedelta(days=1)))
    db.session.commit()
    found = app.test_cli_runner().invoke(args=["retention", "run", "--only", "throttles", "--only", "outbox"])
    assert (found.exit_code, found.output) == (0, "throttles: 1 deleted\noutbox: 0 deleted\n")
    assert db.session.scalar(select(func.count()).select_from(Throttle)) == 0

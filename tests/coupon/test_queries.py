"""What the coupon pages read, in as many queries for one coupon as for many."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from axf.core.errors import NotFound
from axf.coupon import ledger, queries
from axf.extensions import db
from axf.order.models import Order
from axf.user import accounts
from tests.conftest import PASSWORD, counted
from tests.coupon.conftest import MORNING, add_coupon, give

DAY = timedelta(days=1)


def test_the_centre_offers_what_can_be_claimed(shopper):
    other = accounts.register("bert", PASSWORD)
    add_coupon(issue="grant")
    add_coupon(is_stopped=True)
    add_coupon(valid_from=MORNING - DAY, valid_until=MORNING)
    ahead = add_coupon(valid_from=MORNING + DAY, valid_until=MORNING + 2 * DAY)
    out = add_coupon(total=1)
    twice = add_coupon(per_person=2, total=3)
    once = add_coupon(total=1)
    give(out, other, MORNING)
    give(twice, shopper, MORNING)
    give(once, shopper, MORNING)
    with counted() as statements:
        found = queries.offers_for(shopper, MORNING)
    assert len(statements) == 1
    assert [(offer.id, offer.state, offer.had, offer.is_ahead, offer.percent_issued) for offer in found] == [
        (once, "claimed", 1, False, 100),
        (twice, "open", 1, False, 33),
        (out, "out", 0, False, 100),
        (ahead, "open", 0, True, 0),
    ]
    assert [(offer.id, offer.state) for offer in queries.offers_for(None, MORNING)] == [
        (once, "out"),
        (twice, "open"),
        (out, "out"),
        (ahead, "open"),
    ]


def test_usable_are_those_neither_used_nor_over(shopper, order_no):
    give(add_coupon(valid_from=MORNING - DAY, valid_until=MORNING + DAY), shopper, MORNING)
    give(add_coupon(valid_from=MORNING + DAY, valid_until=MORNING + 2 * DAY), shopper, MORNING)
    used = give(add_coupon(), shopper, MORNING)
    ledger.use(db.session, shopper, used, db.session.scalars(select(Order.id)).one(), MORNING)
    db.session.commit()
    for now, count in ((MORNING, 2), (MORNING + DAY, 1), (MORNING + 2 * DAY, 0)):
        with time_machine.travel(now, tick=False), counted() as statements:
            assert db.session.scalar(queries.select_usable_count(shopper, now)) == count
        assert len(statements) == 1


@pytest.mark.parametrize("count", [1, 3])
def test_what_ended_comes_in_pages_the_latest_first(shopper, monkeypatch, count):
    monkeypatch.setattr(queries, "PAGE_SIZE", 2)
    coupon_id = add_coupon(per_person=9, valid_days=1)
    held = [give(coupon_id, shopper, MORNING + number * DAY) for number in range(count)]
    give(coupon_id, shopper, MORNING + 30 * DAY)
    joined, cursor = [], None
    with time_machine.travel(MORNING + 30 * DAY, tick=False), counted() as statements:
        while True:
            page = queries.ended_of(shopper, cursor)
            joined += [(past.held.id, past.at) for past in page.coupons]
            cursor = page.cursor
            if cursor is None:
                break
    assert len(statements) == (count + 1) // 2
    assert joined == [(held[number], MORNING + (number + 1) * DAY) for number in reversed(range(count))]
    with pytest.raises(NotFound):
        queries.ended_of(shopper, "nonsense")


def test_what_is_used_says_when(shopper, order_no):
    used = give(add_coupon(), shopper, MORNING)
    ledger.use(db.session, shopper, used, db.session.scalars(select(Order.id)).one(), MORNING + DAY)
    db.session.commit()
    page = queries.used_by(shopper, None)
    assert [(past.held.id, past.at) for past in page.coupons] == [(used, MORNING + DAY)]
    assert page.cursor is None
    assert queries.used_by(accounts.register("bert", PASSWORD), None).coupons == []

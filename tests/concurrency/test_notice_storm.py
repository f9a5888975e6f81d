"""A thousand notices, shuffled and repeated, from eight senders at once, over HTTP to uWSGI on MariaDB."""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select, update

from axf.cart import service as cart
from axf.core.db import transaction
from axf.extensions import db
from axf.order import fulfilment, settlement
from axf.order.models import Order
from axf.payment import attempts
from axf.payment.models import Payment, PaymentNotice, Refund
from axf.payment.providers.mock import APP_ID, SIGNATURE_HEADER, TIME_HEADER, notice_signature
from axf.payment.providers.mock_cashier import signed_message
from tests.check.shop import broken
from tests.concurrency.served import SECRET, Served, uwsgi
from tests.conftest import add_goods, add_types, place_all
from tests.points.test_ledger import add_user

pytestmark = [pytest.mark.mariadb, pytest.mark.concurrency, pytest.mark.xdist_group("concurrency")]

SHOPPERS, ORDERS_EACH, SENDERS, NOTICES, MOST_TRIES = 25, 4, 8, 1000, 20
PATH = "/axf/pay/mock/notify/"


@pytest.fixture(scope="module")
def served(database, tmp_path_factory):
    with uwsgi(database.url, tmp_path_factory.mktemp("storm")) as running:
        yield running


@pytest.fixture
def orders(app) -> list[tuple[str, list[str]]]:
    """A hundred unpaid orders, each with two attempts to pay it: its number and theirs."""
    add_types()
    add_goods(id=475, price=1000, stock=10_000)
    made = []
    for user_id in [add_user() for _ in range(SHOPPERS)]:
        for number in range(ORDERS_EACH):
            cart.set_quantity(user_id, 475, number + 1)
            no = place_all(user_id)
            first = settlement.start(user_id, no, "mock").no
            with transaction(db.session):
                attempts.close(db.session, first)
            made.append((no, [first, settlement.start(user_id, no, "mock").no]))
    return made


def said(payment_no: str, amount: int, event: str = "1", **changes: object) -> dict:
    told = {"app_id": APP_ID, "event_id": f"{payment_no}/{event}", "payment_no": payment_no, "amount": amount}
    return {**told, "status": "paid", "reference": f"T-{payment_no}", **changes}


def send(served: Served, notice: dict) -> int:
    """Tell the shop, as a gateway does: again until it says success; return how many tries that took."""
    for tries in range(1, MOST_TRIES + 1):
        raw, headers = signed_message(notice, SECRET)
        status, _location, answer = served.ask("POST", PATH, raw, headers)
        if (status, answer) == (200, b"success"):
            return tries
        assert status == 503, (status, answer)
    raise AssertionError(notice)


def from_all_senders(act, each) -> list:
    with ThreadPoolExecutor(SENDERS) as senders:
        return list(senders.map(act, each))


def states() -> dict[str, str]:
    db.session.rollback()
    return dict(db.session.execute(select(Order.no, Order.state)).all())


def counts(column) -> Counter[str]:
    db.session.rollback()
    return Counter(db.session.scalars(select(column)))


def payable_of(no: str) -> int:
    return db.session.scalar(select(Order.payable).where(Order.no == no))


def test_a_thousand_notices_are_applied_once_each(served, orders):
    chosen = random.Random(4)
    cancelled, expired, twice = orders[:15], orders[15:30], orders[30:60]
    for no, _attempts in cancelled:
        fulfilment.cancel_by_shop(no, "a test")
    for no, _attempts in expired:
        db.session.execute(update(Order).where(Order.no == no).values(expires_at=Order.created_at))
    db.session.commit()
    assert fulfilment.expire() == len(expired)
    notices = []
    for no, (first, second) in orders:
        amount = payable_of(no)
        # Whoever pays twice does so by both attempts; a gateway may tell of one trade as two events.
        paid = [first, second] if (no, [first, second]) in twice else [chosen.choice([first, second])]
        notices += [said(each, amount, event) for each in paid for event in ("1", "2")]
    storm = notices + chosen.choices(notices, k=NOTICES - len(notices))
    chosen.shuffle(storm)
    tries = from_all_senders(lambda notice: send(served, notice), storm)
    assert (len(tries), sum(tries) < 2 * NOTICES) == (NOTICES, True)
    # Late money for an expired order pays it: everything can be taken again.
    gone = {no for no, _attempts in cancelled}
    assert states() == {no: "cancelled" if no in gone else "paid" for no, _attempts in orders}
    trades = len(notices) // 2
    strays = len(twice) + len(cancelled)
    found = counts(Payment.state)
    assert (found["applied"], found["unmatched"], found.total()) == (trades - strays, strays, 2 * len(orders))
    assert counts(PaymentNotice.outcome) == {"applied": trades - strays, "unmatched": strays, "repeated": trades}
    assert counts(Refund.state) == {"open": strays}
    came = select(func.sum(Payment.amount)).where(Payment.state == "unmatched")
    assert db.session.scalar(select(func.sum(Refund.amount))) == db.session.scalar(came)
    assert broken() == []


def test_what_is_not_genuine_moves_nothing_and_is_counted(served, orders):
    before = served.log.read_text()
    own, other = orders[0], orders[1]
    amount, others_amount = payable_of(own[0]), payable_of(other[0])
    genuine = said(own[1][1], amount)
    raw, headers = signed_message(genuine, SECRET)
    old = str(int(headers[TIME_HEADER]) - 301)
    refused = {
        "signature": [
            signed_message(genuine, "another secret"),
            (raw.replace(b'"paid"', b'"Paid"'), headers),
            (raw, headers | {SIGNATURE_HEADER: ""}),
        ],
        "time": [(raw, {TIME_HEADER: old, SIGNATURE_HEADER: notice_signature(SECRET, raw, old)}), (raw, {})],
        "content": [
            signed_message({**genuine, "app_id": "another shop"}, SECRET),
            signed_message({**genuine, "amount": str(amount)}, SECRET),
            signed_message({**genuine, "status": "waiting"}, SECRET),
        ],
    }
    all_refused = [each for kind in refused.values() for each in kind] * SENDERS
    answers = from_all_senders(lambda each: served.ask("POST", PATH, *each)[0], all_refused)
    assert Counter(answers) == {400: len(all_refused)}
    got = from_all_senders(lambda _number: served.ask("GET", PATH, b"", headers)[0], range(SENDERS))
    assert Counter(got) == {405: SENDERS}
    assert (counts(PaymentNotice.outcome), counts(Order.state)) == ({}, {"unpaid": len(orders)})
    # Genuine, but of another sum (another order's, too) or of no order of ours: kept for a person, once each.
    kept = [
        said(own[1][0], amount - 1, "short", reference="S"),
        said(own[1][0], others_amount, "other", reference="O"),
        said("20200101P0", amount, "foreign"),
    ]
    from_all_senders(lambda notice: send(served, notice), kept * SENDERS)
    assert counts(PaymentNotice.outcome) == {"mismatch": 2, "foreign": 1}
    assert counts(Order.state) == {"unpaid": len(orders)}
    assert broken() == []
    lines = served.log.read_text()[len(before) :]
    for reason, kind in refused.items():
        assert lines.count(f"refused notify of mock from 127.0.0.1: {reason}") == len(kind) * SENDERS
    for notice, outcome in zip(kept, ("mismatch", "mismatch", "foreign"), strict=True):
        assert lines.count(f"payment notice mock/{notice['event_id']} of {notice['payment_no']}: {outcome}") == 1

"""Login tickets."""

import base64
import hashlib
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import delete, func, select

from axf.core import clock
from axf.extensions import db
from axf.user import accounts, tickets
from axf.user.models import User, UserTicket
from tests.conftest import PASSWORD, counted

LIFE = timedelta(days=7)


def rows() -> list[UserTicket]:
    db.session.rollback()
    return list(db.session.scalars(select(UserTicket).order_by(UserTicket.id)))


def test_the_table_holds_the_hash_and_never_the_ticket(shopper):
    ticket = tickets.issue(shopper, LIFE, user_agent="Bee/1.0 " * 50, ip="2001:db8::1")
    (row,) = rows()
    assert row.hash == hashlib.sha256(ticket.secret.encode()).digest()
    assert (row.user_id, row.ip, row.user_agent) == (shopper, "2001:db8::/48", ("Bee/1.0 " * 50)[:200])
    assert ticket.secret not in "".join(str(value) for value in vars(row).values())
    assert row.last_seen_at == row.created_at <= clock.now()


def test_a_ticket_is_256_random_bits(shopper):
    secrets = {tickets.issue(shopper, LIFE).secret for _ in range(20)}
    assert len(secrets) == 20
    assert {len(base64.urlsafe_b64decode(secret + "=")) for secret in secrets} == {32}


def test_both_sides_end_at_the_same_whole_second(shopper):
    with time_machine.travel(clock.now(), tick=False):
        now = clock.now()
        ticket = tickets.issue(shopper, LIFE)
    (row,) = rows()
    assert row.expires_at == ticket.expires_at == (now + LIFE).replace(microsecond=0)


def test_a_ticket_finds_its_shopper_in_one_query(shopper):
    secret = tickets.issue(shopper, LIFE).secret
    with counted() as statements:
        found = tickets.find(secret)
    assert (found.id, found.username, found.avatar) == (shopper, "anna", None)
    assert len(statements) == 1


def test_a_ticket_ends_in_time_and_not_before(shopper):
    ticket = tickets.issue(shopper, LIFE)
    with time_machine.travel(ticket.expires_at, tick=False) as time:
        time.shift(-1)
        assert tickets.find(ticket.secret).id == shopper
        time.shift(1)
        assert tickets.find(ticket.secret) is None


@pytest.mark.parametrize("secret", ["", "forged", "x" * 5000, "é", "\x00", "' OR 1=1 --", "1"])
def test_an_unknown_ticket_finds_nobody(shopper, secret):
    tickets.issue(shopper, LIFE)
    assert tickets.find(secret) is None


def test_the_hash_itself_is_no_ticket(shopper):
    tickets.issue(shopper, LIFE)
    (row,) = rows()
    for stolen in (row.hash.hex(), base64.urlsafe_b64encode(row.hash).decode(), row.hash.decode("latin-1")):
        assert tickets.find(stolen) is None


def test_a_new_login_sweeps_the_shoppers_ended_ones(app, shopper):
    other = accounts.register("bert", PASSWORD)
    ended, others = tickets.issue(shopper, LIFE), tickets.issue(other, LIFE)
    with time_machine.travel(ended.expires_at, tick=False):
        fresh = tickets.issue(shopper, LIFE)
        assert {row.hash for row in rows()} == {tickets.hash_of(each.secret) for each in (others, fresh)}


def test_logins_on_other_devices_live_on(shopper):
    first, second = tickets.issue(shopper, LIFE), tickets.issue(shopper, LIFE)
    tickets.revoke(second.secret)
    tickets.revoke(second.secret)
    assert tickets.find(first.secret).id == shopper
    assert tickets.find(second.secret) is None


def test_a_ticket_is_seen_once_an_hour(shopper):
    ticket = tickets.issue(shopper, LIFE)
    (row,) = rows()
    issued = row.last_seen_at
    with time_machine.travel(issued + timedelta(minutes=59), tick=False) as time:
        tickets.find(ticket.secret)
        assert rows()[0].last_seen_at == issued
        time.shift(timedelta(minutes=2))
        assert tickets.find(ticket.secret).id == shopper
        assert rows()[0].last_seen_at == clock.now()
        assert rows()[0].expires_at == ticket.expires_at


def test_a_removed_shopper_has_no_tickets(shopper):
    secret = tickets.issue(shopper, LIFE).secret
    db.session.execute(delete(User).where(User.id == shopper))
    db.session.commit()
    assert tickets.find(secret) is None
    assert db.session.scalar(select(func.count()).select_from(UserTicket)) == 0


def test_a_ticket_that_is_not_used_ends_earlier(shopper):
    idle = timedelta(days=3)
    with time_machine.travel(clock.now(), tick=False) as time:
        used, unused = tickets.issue(shopper, LIFE), tickets.issue(shopper, LIFE)
        for _day in range(3):
            time.shift(timedelta(days=1))
            assert tickets.find(used.secret, idle).id == shopper
        assert tickets.find(unused.secret, idle) is None
        assert len(tickets.logins_of(shopper, idle)) == 1
        time.shift(LIFE)
        assert tickets.find(used.secret, idle) is None


def test_twenty_logins_are_kept_and_the_longest_unseen_goes(shopper):
    with time_machine.travel(clock.now(), tick=False) as time:
        issued = []
        for _number in range(tickets.MOST_LOGINS + 1):
            issued.append(tickets.issue(shopper, LIFE).secret)
            time.shift(1)
        assert [tickets.find(secret) is None for secret in issued] == [True] + [False] * tickets.MOST_LOGINS


def test_all_logins_end_of_one_or_of_everybody(shopper):
    other = accounts.register("bert", PASSWORD)
    mine, kept, others = (tickets.issue(each, LIFE).secret for each in (shopper, shopper, other))
    assert tickets.revoke_all(shopper, but=tickets.find(kept).ticket_id) == 1
    assert [tickets.find(secret) is None for secret in (mine, kept, others)] == [True, False, False]
    assert (tickets.revoke_all(), tickets.revoke_all()) == (2, 0)

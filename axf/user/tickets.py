"""Login tickets: 256 random bits in the cookie, their SHA-256 in ``user_ticket``, one end for both."""

import contextlib
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import OperationalError

from axf.core import clock, journal
from axf.core.db import retried, rows_changed, transaction
from axf.extensions import db
from axf.user.models import User, UserTicket

SEEN_STEP = timedelta(hours=1)


@dataclass(frozen=True)
class CurrentUser:
    """Who is asking: what every page may need of a shopper, read with the ticket in one query."""

    id: int
    username: str
    avatar: str | None


@dataclass(frozen=True)
class Ticket:
    """A fresh ticket: the secret for the cookie and the instant at which both sides end it."""

    secret: str
    expires_at: datetime


@retried
def issue(user_id: int, life: timedelta, *, user_agent: str = "", ip: str = "") -> Ticket:
    """Log the user in: store a new ticket's hash and return the ticket. Ended ones are swept. Commits."""
    now = clock.now()
    # Whole seconds: a cookie's Expires knows no fractions.
    ticket = Ticket(secrets.token_urlsafe(32), (now + life).replace(microsecond=0))
    with transaction(db.session):
        db.session.execute(delete(UserTicket).where(UserTicket.user_id == user_id, UserTicket.expires_at <= now))
        db.session.execute(
            insert(UserTicket).values(
                hash=hash_of(ticket.secret),
                user_id=user_id,
                created_at=now,
                last_seen_at=now,
                expires_at=ticket.expires_at,
                user_agent=user_agent[:200],
                ip=ip[:45],
            )
        )
    journal.note("login", user_id=user_id, ip=ip[:45])
    return ticket


def find(secret: str) -> CurrentUser | None:
    """Return whose ticket this is, or None when it is unknown or over. One query.

    A ticket not seen for an hour has its ``last_seen_at`` moved on, which commits; when the database
    is too busy for that, the next request will do it.
    """
    now = clock.now()
    row = db.session.execute(
        select(User.id, User.username, User.avatar, UserTicket.last_seen_at)
        .join(UserTicket, UserTicket.user_id == User.id)
        .where(UserTicket.hash == hash_of(secret), UserTicket.expires_at > now)
    ).first()
    if row is None:
        return None
    if now - row.last_seen_at > SEEN_STEP:
        _touch(hash_of(secret), now)
    return CurrentUser(row.id, row.username, row.avatar)


@retried
def revoke(secret: str) -> None:
    """End this login. A repeat does nothing. Commits."""
    with transaction(db.session):
        db.session.execute(delete(UserTicket).where(UserTicket.hash == hash_of(secret)))


@retried
def sweep() -> int:
    """Delete the tickets that are over and return how many. Commits."""
    with transaction(db.session):
        return rows_changed(db.session, delete(UserTicket).where(UserTicket.expires_at <= clock.now()))


def delete_all(user_id: int) -> None:
    """Delete all tickets of a user. The caller commits."""
    db.session.execute(delete(UserTicket).where(UserTicket.user_id == user_id))


def hash_of(secret: str) -> bytes:
    """Return what the table holds of a ticket."""
    return hashlib.sha256(secret.encode()).digest()


def _touch(ticket_hash: bytes, now: datetime) -> None:
    with contextlib.suppress(OperationalError), transaction(db.session):
        db.session.execute(update(UserTicket).where(UserTicket.hash == ticket_hash).values(last_seen_at=now))

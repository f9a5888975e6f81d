"""Login tickets: 256 random bits in the cookie, their SHA-256 in ``user_ticket``, one end for both."""

import contextlib
import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, bindparam, delete, insert, select, update
from sqlalchemy.exc import OperationalError

from axf.core import clock, journal
from axf.core.db import retried, rows_changed, table_of, transaction
from axf.core.errors import NotFound
from axf.extensions import db, read
from axf.user import devices
from axf.user.models import User, UserTicket

_USERS, _TICKETS = table_of(User).c, table_of(UserTicket).c
# Built once: every private page asks it.
_FIND = (
    select(_USERS.id, _USERS.username, _USERS.avatar, _TICKETS.id.label("ticket_id"), _TICKETS.last_seen_at)
    .select_from(table_of(User).join(table_of(UserTicket), _TICKETS.user_id == _USERS.id))
    .where(
        _TICKETS.hash == bindparam("hash"),
        _TICKETS.expires_at > bindparam("now"),
        _TICKETS.last_seen_at > bindparam("seen_after"),
    )
)
SEEN_STEP = timedelta(hours=1)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
# More browsers than anybody has: a login beyond them ends the one that was seen longest ago.
MOST_LOGINS = 20


@dataclass(frozen=True)
class CurrentUser:
    """Who is asking: what every page may need of a shopper, read with the ticket in one query."""

    id: int
    username: str
    avatar: str | None
    ticket_id: int


@dataclass(frozen=True)
class Login:
    """A login as its owner sees it: the browser in words, the network it came from, first and last seen."""

    id: int
    device: devices.Device
    network: str
    created_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True)
class Ticket:
    """A fresh ticket: the secret for the cookie and the instant at which both sides end it."""

    secret: str
    expires_at: datetime


@retried
def issue(user_id: int, life: timedelta, *, user_agent: str = "", ip: str = "") -> Ticket:
    """Log the user in: store a new ticket's hash and return the ticket. Commits.

    The shopper's ended tickets are swept, and those beyond ``MOST_LOGINS``.
    """
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
                ip=devices.network_of(ip),
            )
        )
        _end_surplus(user_id)
    journal.note("login", user_id=user_id, ip=ip[:45])
    return ticket


def find(secret: str, idle: timedelta | None = None) -> CurrentUser | None:
    """Return whose ticket this is, or None when it is unknown, over, or was not seen for ``idle``. One query.

    A ticket not seen for an hour has its ``last_seen_at`` moved on, which commits; when the database
    is too busy for that, the next request will do it.
    """
    now = clock.now()
    seen_after = LONG_AGO if idle is None else now - idle
    row = read(_FIND, {"hash": hash_of(secret), "now": now, "seen_after": seen_after}).first()
    if row is None:
        return None
    if now - row.last_seen_at > SEEN_STEP:
        _touch(hash_of(secret), now)
    return CurrentUser(row.id, row.username, row.avatar, row.ticket_id)


@retried
def revoke(secret: str) -> None:
    """End this login. A repeat does nothing. Commits."""
    with transaction(db.session):
        db.session.execute(delete(UserTicket).where(UserTicket.hash == hash_of(secret)))


def logins_of(user_id: int, idle: timedelta | None = None) -> list[Login]:
    """Return the logins of a shopper that still hold, the one seen last first. One query."""
    columns = (UserTicket.id, UserTicket.user_agent, UserTicket.ip, UserTicket.created_at, UserTicket.last_seen_at)
    mine = select(*columns).where(UserTicket.user_id == user_id, *_is_alive(clock.now(), idle))
    rows = db.session.execute(mine.order_by(UserTicket.last_seen_at.desc(), UserTicket.id.desc())).all()
    return [Login(row.id, devices.recognise(row.user_agent), row.ip, row.created_at, row.last_seen_at) for row in rows]


@retried
def revoke_one(user_id: int, ticket_id: int) -> None:
    """End one of the shopper's logins. Commits. Raises NotFound when it is over already, or somebody else's."""
    with transaction(db.session):
        mine = delete(UserTicket).where(UserTicket.id == ticket_id, UserTicket.user_id == user_id)
        if not rows_changed(db.session, mine):
            raise NotFound(what="login")


@retried
def revoke_all(user_id: int | None = None, *, but: int | None = None) -> int:
    """End all logins of a shopper, or of everybody (None), but the ticket with this id; return how many. Commits."""
    statement = delete(UserTicket)
    if user_id is not None:
        statement = statement.where(UserTicket.user_id == user_id)
    if but is not None:
        statement = statement.where(UserTicket.id != but)
    with transaction(db.session):
        return rows_changed(db.session, statement)


def delete_all(user_id: int) -> None:
    """Delete all tickets of a user. The caller commits."""
    db.session.execute(delete(UserTicket).where(UserTicket.user_id == user_id))


def hash_of(secret: str) -> bytes:
    """Return what the table holds of a ticket."""
    return hashlib.sha256(secret.encode()).digest()


def _is_alive(now: datetime, idle: timedelta | None) -> list[ColumnElement[bool]]:
    conditions = [UserTicket.expires_at > now]
    return conditions if idle is None else [*conditions, UserTicket.last_seen_at > now - idle]


def _end_surplus(user_id: int) -> None:
    newest = select(UserTicket.id).where(UserTicket.user_id == user_id)
    surplus = newest.order_by(UserTicket.last_seen_at.desc(), UserTicket.id.desc()).offset(MOST_LOGINS).limit(100)
    ids = list(db.session.scalars(surplus))
    if ids:
        db.session.execute(delete(UserTicket).where(UserTicket.id.in_(ids)))


def _touch(ticket_hash: bytes, now: datetime) -> None:
    with contextlib.suppress(OperationalError), transaction(db.session):
        db.session.execute(update(UserTicket).where(UserTicket.hash == ticket_hash).values(last_seen_at=now))

"""Tells what waits in the outbox: claims a row, sends it after commit, marks it.

A row is told at least once: who ends between sending and marking leaves it to the next, when the lease is over. The
inbox, which is a table here, has it exactly once.
"""

import hashlib
import json
import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import insert, select, update

from axf.core import clock, mail, trace
from axf.core.db import retried, rows_changed, transaction
from axf.core.trace import Work
from axf.extensions import db
from axf.notice.models import Message, Outbox
from axf.notice.outbox import Channel, Kind, State
from axf.notice.sms import LoggingSms, SmsProvider, SmsPutOff, SmsRefused
from axf.notice.texts import texts_in
from axf.user.models import User

log = logging.getLogger(__name__)

MOST_TRIES = 10
# Longer than handing a letter over can take: five steps of at most 15 seconds each.
LEASE = timedelta(minutes=10)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=6)


@dataclass(frozen=True)
class Claimed:
    """A row that is ours until the lease ends."""

    id: int
    key: str
    user_id: int
    channel: str
    kind: str
    payload: str
    tries: int
    created_at: datetime
    request_id: str = ""


def run(limit: int | None = None, is_stopped: Callable[[], bool] = lambda: False) -> int:
    """Tell what is due, at most ``limit`` rows, and return how many were taken up. Commits, twice a row.

    Any number of workers on any number of hosts may run at once. Ends after the row at hand when ``is_stopped``.
    """
    count = 0
    while (limit is None or count < limit) and not is_stopped():
        row = claim(clock.now())
        if row is None:
            break
        # What is logged of it leads to the request that caused it.
        with trace.doing(Work(row.request_id or trace.new_id(), f"outbox {row.kind} {row.channel}")):
            tell_row(row)
        count += 1
    return count


@retried
def claim(now: datetime) -> Claimed | None:
    """Take the next row that is due, so that nobody else does before the lease ends; None when nothing is. Commits.

    The try counts from here on: a row that ends its worker each time is dead in the end, too.
    """
    with transaction(db.session):
        query = select(Outbox.id, Outbox.tries).where(Outbox.state == State.WAITING, Outbox.next_try_at <= now)
        due = db.session.execute(
            query.order_by(Outbox.next_try_at, Outbox.id).limit(1).with_for_update(skip_locked=True)
        ).first()
        if due is None:
            return None
        guarded = update(Outbox).where(Outbox.id == due.id, Outbox.tries == due.tries, Outbox.next_try_at <= now)
        rows_changed(db.session, guarded.values(tries=due.tries + 1, next_try_at=now + LEASE))
        columns = [getattr(Outbox, name) for name in Claimed.__dataclass_fields__]
        return Claimed(*db.session.execute(select(*columns).where(Outbox.id == due.id)).one())


def tell_row(row: Claimed, sms: SmsProvider | None = None) -> None:
    """Tell a claimed row on its channel and mark it: done, dead, or to be tried again later. Commits."""
    if row.tries > MOST_TRIES:
        _mark(row, State.DEAD, "the worker ended in the middle, each time")
        return
    try:
        if row.channel == Channel.INBOX:
            _into_inbox(row)
            return
        skipped = _mail(row) if row.channel == Channel.MAIL else _text(row, sms or LoggingSms())
        _mark(row, State.DONE, skipped)
    except (mail.MailRefused, SmsRefused) as refusal:
        _mark(row, State.DEAD, str(refusal))
    except (mail.MailPutOff, SmsPutOff) as trouble:
        _put_off(row, str(trouble))
    except (ValueError, KeyError) as mistake:  # a payload that its texts cannot be made of
        log.exception("outbox row %d cannot be written", row.id)
        _mark(row, State.DEAD, f"{type(mistake).__name__}: {mistake}")


def pause_after(tries: int) -> timedelta:
    """Return how long to wait after so many tries: doubled each time, up to six hours, with a fifth of jitter."""
    pause = min(FIRST_PAUSE * 2 ** min(tries - 1, MOST_TRIES), LONGEST_PAUSE)
    return pause * random.uniform(0.8, 1.2)  # noqa: S311 - jitter, no secret


@retried
def _into_inbox(row: Claimed) -> None:
    with transaction(db.session):
        if db.session.scalar(select(Message.id).where(Message.key == row.key)) is None:
            values = {name: getattr(row, name) for name in ("key", "user_id", "kind", "payload", "created_at")}
            db.session.execute(insert(Message).values(values))
        _finish(row, State.DONE, "")


def _mail(row: Claimed) -> str:
    """Send the mail, or return why there is none to send."""
    values, config = json.loads(row.payload), current_app.config
    user = db.session.execute(select(User.email, User.language).where(User.id == row.user_id)).one()
    db.session.rollback()  # no transaction stays open while the server takes its time
    to = values.get("email") if row.kind == Kind.EMAIL_CHANGED else user.email
    if not to:
        return "no address"
    subject, text = texts_in(user.language).mail(row.kind, values)
    if not config["SMTP_URL"]:
        if config["ENV"] == "development":
            log.info("mail to %s: %s\n%s", to, subject, text)
        else:
            log.warning("mail %d is not sent: AXF_SMTP_URL is not set", row.id)
        return "no mail server"
    named = hashlib.sha256(row.key.encode()).hexdigest()[:16]
    message_id = f"outbox-{row.id}-{named}"
    sender = mail.sender_of(config["MAIL_FROM"])
    message = mail.letter(sender, to, subject, text, message_id=message_id, at=row.created_at)
    mail.send(mail.server_of(config["SMTP_URL"]), message)
    return ""


def _text(row: Claimed, sms: SmsProvider) -> str:
    """Send the text message, or return why there is none to send."""
    values = json.loads(row.payload)
    language = db.session.scalars(select(User.language).where(User.id == row.user_id)).one()
    db.session.rollback()
    if not values.get("phone"):
        return "no number"
    sms.send(values["phone"], texts_in(language).sms(row.kind, values), row.key)
    return ""


def _put_off(row: Claimed, problem: str) -> None:
    if row.tries >= MOST_TRIES:
        _mark(row, State.DEAD, problem)
        return
    _mark(row, State.WAITING, problem, clock.now() + pause_after(row.tries))


@retried
def _mark(row: Claimed, state: State, problem: str, next_try_at: datetime | None = None) -> None:
    if problem:
        log.info("outbox row %d (%s, try %d) is %s: %s", row.id, row.channel, row.tries, state, problem)
    with transaction(db.session):
        _finish(row, state, problem, next_try_at)


def _finish(row: Claimed, state: State, problem: str, next_try_at: datetime | None = None) -> None:
    """Write how it went, unless the lease was over and somebody else has the row."""
    values = {"state": state, "problem": problem[:200], "done_at": clock.now() if state == State.DONE else None}
    if next_try_at:
        values["next_try_at"] = next_try_at
    ours = update(Outbox).where(Outbox.id == row.id, Outbox.tries == row.tries, Outbox.state == State.WAITING)
    rows_changed(db.session, ours.values(**values))

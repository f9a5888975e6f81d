"""What an operator does with the outbox: look at what waits or is dead, and try again."""

from datetime import datetime

from sqlalchemy import Update, select, update

from axf.core.db import retried, rows_changed, transaction
from axf.core.errors import NotFound
from axf.extensions import db
from axf.notice.models import Outbox
from axf.notice.outbox import State

MOST_LISTED = 200


def listed(state: State) -> list[Outbox]:
    """Return up to 200 rows that are waiting or dead, those that are due first. One query."""
    query = select(Outbox).where(Outbox.state == state).order_by(Outbox.next_try_at, Outbox.id)
    return list(db.session.scalars(query.limit(MOST_LISTED)))


@retried
def retry(row_id: int, now: datetime) -> None:
    """Let a dead row be told again, from the first try on. Commits. Raises NotFound: no dead row has this id."""
    with transaction(db.session):
        if not rows_changed(db.session, _again(now).where(Outbox.id == row_id)):
            raise NotFound(what="dead notice")


@retried
def retry_all(now: datetime) -> int:
    """Let all dead rows be told again and return how many. Commits."""
    with transaction(db.session):
        return rows_changed(db.session, _again(now))


def _again(now: datetime) -> Update:
    return update(Outbox).where(Outbox.state == State.DEAD).values(state=State.WAITING, tries=0, next_try_at=now)

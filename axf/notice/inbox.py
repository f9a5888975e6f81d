"""The inbox 站内信: its pages, and what is read."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BindParameter, Select, func, select, update

from axf.core import clock
from axf.core.db import retried, rows_changed, table_of, transaction
from axf.core.paging import instant_cursor, older_than
from axf.extensions import db
from axf.notice.models import Message
from axf.notice.texts import Texts, Words

PAGE_SIZE = 20
_MESSAGES = table_of(Message).c


@dataclass(frozen=True)
class Entry:
    """A message in the reader's words."""

    words: Words
    created_at: datetime
    is_read: bool


@dataclass(frozen=True)
class Page:
    """One page of the inbox, the newest first."""

    entries: list[Entry]
    cursor: str | None


def page_of(user_id: int, texts: Texts, cursor: str | None = None) -> Page:
    """Return a page of the shopper's messages. One query. Raises NotFound for a cursor that is none of ours."""
    query = select(Message.id, Message.kind, Message.payload, Message.created_at, Message.read_at)
    query = query.where(Message.user_id == user_id)
    if cursor:
        query = query.where(older_than(Message.created_at, Message.id, cursor))
    rows = db.session.execute(query.order_by(Message.created_at.desc(), Message.id.desc()).limit(PAGE_SIZE + 1)).all()
    shown = rows[:PAGE_SIZE]
    entries = [
        Entry(texts.of(row.kind, json.loads(row.payload)), row.created_at, row.read_at is not None) for row in shown
    ]
    last = shown[-1] if len(rows) > PAGE_SIZE else None
    return Page(entries, instant_cursor(last.created_at, last.id) if last else None)


def count_unread(user_id: int) -> int:
    """Return how many messages the shopper has not read. One query."""
    return db.session.scalar(select_unread(user_id)) or 0


def select_unread(user_id: int | BindParameter[int]) -> Select[int]:
    """Return the SELECT of ``count_unread``. Other queries may embed it."""
    mine = (_MESSAGES.user_id == user_id, _MESSAGES.read_at.is_(None))
    return select(func.count()).select_from(table_of(Message)).where(*mine)


@retried
def read_all(user_id: int) -> None:
    """Mark all of the shopper's messages as read; a repeat changes nothing. Commits."""
    with transaction(db.session):
        unread = update(Message).where(Message.user_id == user_id, Message.read_at.is_(None))
        rows_changed(db.session, unread.values(read_at=clock.now()))

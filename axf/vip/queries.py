"""What the pages of VIP read besides the levels."""

from dataclasses import dataclass

from sqlalchemy import select

from axf.core.paging import instant_cursor, older_than
from axf.extensions import db
from axf.vip.models import GrowthEntry

PAGE_SIZE = 20


@dataclass(frozen=True)
class History:
    """One page of a shopper's growth, the newest first; ``cursor`` leads to the next, None at the end."""

    entries: list[GrowthEntry]
    cursor: str | None


def history_of(user_id: int, cursor: str | None) -> History:
    """Return a page of the entries that explain a shopper's growth. One query. Raises NotFound for a bad cursor."""
    query = select(GrowthEntry).where(GrowthEntry.user_id == user_id)
    if cursor:
        query = query.where(older_than(GrowthEntry.created_at, GrowthEntry.id, cursor))
    newest_first = query.order_by(GrowthEntry.created_at.desc(), GrowthEntry.id.desc()).limit(PAGE_SIZE + 1)
    found = list(db.session.scalars(newest_first))
    shown = found[:PAGE_SIZE]
    is_more = len(found) > PAGE_SIZE
    return History(shown, instant_cursor(shown[-1].created_at, shown[-1].id) if is_more else None)

"""The history of a shopper's store credit."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from axf.core.paging import instant_cursor, older_than
from axf.credit.models import CreditEntry
from axf.extensions import db

PAGE_SIZE = 20


@dataclass(frozen=True)
class Move:
    """Fen that came (above zero) or went, when and why: order, refund or adjusted."""

    amount: int
    reason: str
    reference: str
    created_at: datetime
    id: int

    @property
    def order_no(self) -> str | None:
        """The number of the order that it is about: payments and refunds are named after their order."""
        return self.reference[:18] if self.reason in ("order", "refund") else None


def history_of(user_id: int, cursor: str | None = None) -> tuple[list[Move], str | None]:
    """Return a page of the shopper's moves, the newest first, and the cursor of the next page. One query.

    Raises NotFound for a cursor that is none of ours.
    """
    columns = [getattr(CreditEntry, name) for name in Move.__dataclass_fields__]
    query = select(*columns).where(CreditEntry.user_id == user_id)
    if cursor:
        query = query.where(older_than(CreditEntry.created_at, CreditEntry.id, cursor))
    query = query.order_by(CreditEntry.created_at.desc(), CreditEntry.id.desc())
    found = [Move(*row) for row in db.session.execute(query.limit(PAGE_SIZE + 1))]
    shown = found[:PAGE_SIZE]
    return shown, instant_cursor(shown[-1].created_at, shown[-1].id) if len(found) > PAGE_SIZE else None

"""The history of a shopper's points."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from axf.core.paging import instant_cursor, older_than
from axf.extensions import db
from axf.points.ledger import Reason
from axf.points.models import PointsEntry

PAGE_SIZE = 20
ORDER_REASONS = (Reason.RECEIVED, Reason.ORDER, Reason.RETURNED, Reason.REVERSED, Reason.REVIEW)


@dataclass(frozen=True)
class Move:
    """Points that came (above zero) or went, when and why."""

    amount: int
    reason: str
    reference: str
    created_at: datetime
    expires_at: datetime | None
    id: int

    @property
    def order_no(self) -> str | None:
        """The number of the order that it is about, if it is about one."""
        return self.reference.partition("/")[0] if self.reason in ORDER_REASONS else None

    @property
    def note(self) -> str:
        """What the shop's people wrote of it."""
        return self.reference.partition(" ")[2] if self.reason == Reason.ADJUSTED else ""


@dataclass(frozen=True)
class History:
    """One page of moves, the newest first."""

    moves: list[Move]
    cursor: str | None


def history_of(user_id: int, cursor: str | None = None) -> History:
    """Return a page of the shopper's moves. One query. Raises NotFound for a cursor that is none of ours."""
    columns = [getattr(PointsEntry, name) for name in Move.__dataclass_fields__]
    query = select(*columns).where(PointsEntry.user_id == user_id)
    if cursor:
        query = query.where(older_than(PointsEntry.created_at, PointsEntry.id, cursor))
    query = query.order_by(PointsEntry.created_at.desc(), PointsEntry.id.desc())
    found = [Move(*row) for row in db.session.execute(query.limit(PAGE_SIZE + 1))]
    shown = found[:PAGE_SIZE]
    return History(shown, instant_cursor(shown[-1].created_at, shown[-1].id) if len(found) > PAGE_SIZE else None)

"""Points that are over: the sweep that takes them away, and what a shopper loses next."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select

from axf.core.clock import SHOP_ZONE
from axf.core.db import retried, transaction
from axf.extensions import db
from axf.points import ledger
from axf.points.models import PointsAccount, PointsEntry
from axf.user.models import User

BATCH = 500


@dataclass(frozen=True)
class Ending:
    """Points that are left of the lots that end together, at the midnight after ``last_day`` in Shanghai."""

    expires_at: datetime
    points: int

    @property
    def last_day(self) -> date:
        """The last Shanghai day on which they can be spent."""
        return (self.expires_at.astimezone(SHOP_ZONE) - timedelta(microseconds=1)).date()


def sweep(now: datetime) -> int:
    """Take away what is over of all shoppers and return of how many it took something. Commits, a shopper at a time.

    Any number of hosts may run it at once, and a broken run may be repeated: what is gone is not over any more.
    """
    count = last = 0
    while user_ids := _due(now, last):
        last = user_ids[-1]
        count += sum(_expire(user_id, now) for user_id in user_ids)
    return count


def expiring(user_id: int, now: datetime) -> list[Ending]:
    """Return what is left of the shopper's lots that are not over, those that end next first. Two queries."""
    sums = select(func.coalesce(func.sum(PointsEntry.amount), 0)).where(PointsEntry.user_id == user_id)
    over = db.session.scalar(sums.where(or_(PointsEntry.expires_at.is_(None), PointsEntry.expires_at <= now)))
    # Above zero it is over and not swept yet, and no later lot is used.
    used = max(0, -int(over or 0))
    lots: Any = db.session.execute(
        select(PointsEntry.expires_at, func.sum(PointsEntry.amount))
        .where(PointsEntry.user_id == user_id, PointsEntry.expires_at > now)
        .group_by(PointsEntry.expires_at)
        .order_by(PointsEntry.expires_at)
    )
    found = []
    for expires_at, amount in lots:
        left = int(amount) - used
        used = max(0, -left)
        if left > 0:
            found.append(Ending(expires_at, left))
    return found


def _due(now: datetime, after: int) -> list[int]:
    """Return the next shoppers, by id, whose lots that are over were not used up."""
    is_over = or_(PointsEntry.expires_at.is_(None), PointsEntry.expires_at <= now)
    query = (
        select(PointsAccount.user_id)
        .join(PointsEntry, PointsEntry.user_id == PointsAccount.user_id)
        .where(PointsAccount.balance > 0, PointsAccount.user_id > after, is_over)
        .group_by(PointsAccount.user_id)
        .having(func.sum(PointsEntry.amount) > 0)
        .order_by(PointsAccount.user_id)
        .limit(BATCH)
    )
    return list(db.session.scalars(query))


@retried
def _expire(user_id: int, now: datetime) -> bool:
    with transaction(db.session):
        # The shopper's row first, as a checkout does it.
        db.session.execute(select(User.id).where(User.id == user_id).with_for_update())
        return ledger.expire(db.session, user_id, now) > 0

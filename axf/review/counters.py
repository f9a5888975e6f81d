"""The counters of reviews on goods, made anew from the reviews."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import func, select, update

from axf.core.db import retried, rows_changed, transaction
from axf.extensions import db
from axf.market.models import Goods
from axf.review.models import Review

BATCH = 500


@dataclass(frozen=True)
class Difference:
    """A goods whose counters were not what its shown reviews add up to, and are now."""

    goods_id: int
    count: int
    stars: int
    real_count: int
    real_stars: int


def recount(batch: int = BATCH) -> Iterator[Difference]:
    """Set the counters of all goods to what their shown reviews add up to, and yield those that differed.

    One transaction for each ``batch`` of goods; a repeat finds nothing. Reviews may be written meanwhile.
    """
    last_id = 0
    while True:
        found, last_id = _recount_after(last_id, batch)
        yield from found
        if not last_id:
            return


@retried
def _recount_after(last_id: int, batch: int) -> tuple[list[Difference], int]:
    """Recount the next goods; return what differed and the last id, 0 when there was no goods left."""
    with transaction(db.session):
        # Who writes, hides or shows a review holds its goods until the commit: under the lock the sums stand still.
        counters = db.session.execute(
            select(Goods.id, Goods.review_count, Goods.review_stars)
            .where(Goods.id > last_id)
            .order_by(Goods.id)
            .limit(batch)
            .with_for_update()
        ).all()
        if not counters:
            return [], 0
        real = _shown(counters[0].id, counters[-1].id)
        found = [Difference(*row, *real.get(row.id, (0, 0))) for row in counters]
        found = [each for each in found if (each.count, each.stars) != (each.real_count, each.real_stars)]
        for each in found:
            values = {"review_count": each.real_count, "review_stars": each.real_stars}
            rows_changed(db.session, update(Goods).where(Goods.id == each.goods_id).values(values))
        return found, counters[-1].id


def _shown(first_id: int, last_id: int) -> dict[int, tuple[int, int]]:
    rows = db.session.execute(
        select(Review.goods_id, func.count(), func.sum(Review.stars))
        .where(Review.goods_id.between(first_id, last_id), Review.hidden_at.is_(None))
        .group_by(Review.goods_id)
    )
    return {goods_id: (count, int(stars)) for goods_id, count, stars in rows}

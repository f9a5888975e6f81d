"""What is bought together: counted from the pairs in paid orders, for the goods pages to read."""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import aliased

from axf.core import clock
from axf.core.db import retried, rows_changed, transaction
from axf.extensions import db
from axf.market.models import BoughtWith, Goods
from axf.order.models import Order, OrderLine
from axf.order.state import SETTLED

PERIOD = timedelta(days=180)
BATCH = 50
# A pair that came once says nothing.
LEAST_ORDERS = 2
MOST_OTHERS = 12


def count_pairs(on_goods: Callable[[int], object] = lambda count: None, *, batch: int = BATCH) -> int:
    """Count anew what came together in settled orders of the last 180 days, and return how many pairs are kept.

    A batch of goods after the other; each replaces the rows of its goods as a whole and commits. So a repeat, several
    at once, or one that was broken off never count anything twice, and goods pages always find whole rows. ``on_goods``
    is told of each batch how many goods it had.
    """
    since, last_id, kept = clock.now() - PERIOD, 0, 0
    while True:
        ids = list(db.session.scalars(select(Goods.id).where(Goods.id > last_id).order_by(Goods.id).limit(batch)))
        kept += _replace(last_id, ids[-1] if ids else None, since)
        if not ids:
            return kept
        last_id = ids[-1]
        on_goods(len(ids))


@retried
def _replace(after_id: int, last_id: int | None, since: datetime) -> int:
    """Write the pairs of the goods after one id up to another, None: of all beyond, which do not exist any more."""
    with transaction(db.session):
        gone = delete(BoughtWith).where(BoughtWith.goods_id > after_id)
        if last_id is None:
            rows_changed(db.session, gone)
            return 0
        best = _best(after_id, last_id, since)
        rows_changed(db.session, gone.where(BoughtWith.goods_id <= last_id))
        if best:
            db.session.execute(insert(BoughtWith), best)
        return len(best)


def _best(after_id: int, last_id: int, since: datetime) -> list[dict[str, int]]:
    """Return the pairs that came in most orders, at most twelve for each of these goods."""
    one, other = aliased(OrderLine), aliased(OrderLine)
    orders = func.count().label("orders")
    pairs = (
        select(one.goods_id, other.goods_id.label("other_id"), orders)
        .join(other, (other.order_id == one.order_id) & (other.goods_id != one.goods_id))
        .join(Order, Order.id == one.order_id)
        .where(one.goods_id > after_id, one.goods_id <= last_id, one.quantity > one.dropped)
        .where(other.quantity > other.dropped, Order.state.in_(SETTLED), Order.created_at >= since)
        .group_by(one.goods_id, other.goods_id)
        .having(orders >= LEAST_ORDERS)
        .order_by(one.goods_id, orders.desc(), other.goods_id)
    )
    best: dict[int, list[dict[str, int]]] = defaultdict(list)
    for goods_id, other_id, count in db.session.execute(pairs):
        if len(best[goods_id]) < MOST_OTHERS:
            best[goods_id].append({"goods_id": goods_id, "other_id": other_id, "orders": count})
    return [row for rows in best.values() for row in rows]

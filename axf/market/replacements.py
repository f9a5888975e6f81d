"""What is sold instead of a goods that is off sale: its successor, or that one's successor."""

from collections.abc import Iterable

from sqlalchemy import select, update

from axf.core.db import retried, rows_changed, transaction
from axf.core.errors import NotFound, ShopError
from axf.extensions import db
from axf.market.cards import COLUMNS, Card
from axf.market.models import Goods

# How many successors are followed; a chain that is longer is an assortment that somebody should tidy up.
MOST_STEPS = 5


class BadReplacement(ShopError):
    """The goods cannot be replaced by this one; ``problem`` says why, in English."""

    code = "bad-replacement"
    status = 409


def sold_now(goods_ids: Iterable[int]) -> dict[int, Card]:
    """Return by goods id what is sold now: the goods itself (maybe sold out), or what replaces it once it is off sale.

    Those for which nothing is on sale are left out. One query for each step of the longest chain, at most six.
    """
    sold: dict[int, Card] = {}
    followed = {goods_id: goods_id for goods_id in goods_ids}
    for _step in range(MOST_STEPS + 1):
        if not followed:
            break
        query = select(*COLUMNS, Goods.replaced_by_id).where(Goods.id.in_(set(followed.values())))
        rows = {row.id: row for row in db.session.execute(query)}
        there = {goods_id: rows[at] for goods_id, at in followed.items() if at in rows}
        sold |= {goods_id: Card.of(row) for goods_id, row in there.items() if row.on_sale}
        followed = {
            goods_id: row.replaced_by_id
            for goods_id, row in there.items()
            if not row.on_sale and row.replaced_by_id is not None
        }
    return sold


@retried
def replace(goods_id: int, successor_id: int | None) -> None:
    """Sell ``successor_id`` instead of the goods once that is off sale; None: nothing. Commits.

    It replaces the successor that the goods had. A repeat changes nothing.
    Raises NotFound; BadReplacement when the goods would, sooner or later, replace itself.
    """
    with transaction(db.session):
        before, after = _successor(goods_id), successor_id
        seen = {goods_id}
        while after is not None and after not in seen:
            seen.add(after)
            after = _successor(after)
        if after == goods_id:
            raise BadReplacement(problem="it would replace itself")
        if before != successor_id:
            rows_changed(db.session, update(Goods).where(Goods.id == goods_id).values(replaced_by_id=successor_id))


def _successor(goods_id: int) -> int | None:
    """Return what replaces the goods. Its row is locked: nobody closes a circle meanwhile. Raises NotFound."""
    row = db.session.execute(select(Goods.replaced_by_id).where(Goods.id == goods_id).with_for_update()).one_or_none()
    if row is None:
        raise NotFound(what="goods", goods_id=goods_id)
    return row.replaced_by_id

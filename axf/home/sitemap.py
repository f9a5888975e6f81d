"""What the sitemap lists: the pages of food types and goods, read along the primary key, never by OFFSET."""

from collections.abc import Iterator

from sqlalchemy import select

from axf.extensions import db
from axf.market.models import Goods

# A sitemap file may hold 50,000 addresses (sitemaps.org/protocol.html); each goods has one in each language.
PART_SIZE = 25_000
BATCH_SIZE = 1000


def goods_parts() -> list[int]:
    """Return the numbers of the parts that hold goods on sale: part n has the ids from n × PART_SIZE on.

    One query for each part and one more; none of them reads further than to the next goods.
    """
    parts: list[int] = []
    goods_id = _next_goods(0)
    while goods_id is not None:
        parts.append(goods_id // PART_SIZE)
        goods_id = _next_goods((parts[-1] + 1) * PART_SIZE)
    return parts


def goods_ids(part: int) -> Iterator[int]:
    """Walk through the ids of a part's goods that are on sale, ascending. One query for each BATCH_SIZE of them."""
    last, end = part * PART_SIZE - 1, (part + 1) * PART_SIZE
    while True:
        batch = (
            db.session.execute(
                select(Goods.id)
                .where(Goods.on_sale, Goods.id > last, Goods.id < end)
                .order_by(Goods.id)
                .limit(BATCH_SIZE)
            )
            .scalars()
            .all()
        )
        yield from batch
        if len(batch) < BATCH_SIZE:
            return
        last = batch[-1]


def _next_goods(from_id: int) -> int | None:
    return db.session.scalar(select(Goods.id).where(Goods.on_sale, Goods.id >= from_id).order_by(Goods.id).limit(1))

"""Comparing the live index with the goods, term by term."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from pyroaring import BitMap
from sqlalchemy import func, select

from axf.core.db import table_of
from axf.extensions import db
from axf.market.models import Goods
from axf.search.index import BLOCK_BITS, Entry
from axf.search.making import BEST, entries_of_block
from axf.search.models import LIVE, SearchIndex, SearchPosting, SearchTerm


class NoIndex(LookupError):
    """There is no live index to look at."""


@dataclass(frozen=True)
class Flaw:
    """A goods that is missing under a term, or stale there; or a term whose count is wrong (no goods)."""

    what: str
    term: str
    goods_id: int | None = None


def flaws(most: int, on_goods: Callable[[int], object] = lambda count: None) -> list[Flaw]:
    """Return where the live index differs from the goods, at most ``most``; ``on_goods`` hears how many were compared.

    Only reads. A goods that is changed in the meantime may be told wrongly: look again. Raises NoIndex.
    """
    index_id = db.session.scalar(select(SearchIndex.id).where(SearchIndex.state == LIVE))
    if index_id is None:
        raise NoIndex
    found: list[Flaw] = []
    counts: dict[str, int] = defaultdict(int)
    for block in _blocks(index_id):
        expected = entries_of_block(block)
        for (term, _, _), goods in expected.items():
            counts[term] += len(goods)
        found.extend(_differences(expected, _stored(index_id, block)))
        if len(found) >= most:
            return found[:most]
        on_goods(len(BitMap.union(BitMap(), *expected.values())))
    return (found + _wrong_counts(index_id, counts))[:most]


def _blocks(index_id: int) -> list[int]:
    """Return the blocks that have goods on sale, or entries."""
    blocks = set(db.session.scalars(select(SearchPosting.block).where(SearchPosting.index_id == index_id).distinct()))
    last = 0
    while (goods_id := db.session.scalar(select(func.min(Goods.id)).where(Goods.on_sale, Goods.id > last))) is not None:
        blocks.add(goods_id >> BLOCK_BITS)
        last = (((goods_id >> BLOCK_BITS) + 1) << BLOCK_BITS) - 1
    return sorted(blocks)


def _stored(index_id: int, block: int) -> dict[Entry, BitMap]:
    table = table_of(SearchPosting)
    rows = db.session.execute(
        select(table.c.term, table.c.level, table.c.bits).where(table.c.index_id == index_id, table.c.block == block)
    )
    return {(row.term, row.level, block): BitMap.deserialize(row.bits) for row in rows if not row.term.startswith(BEST)}


def _differences(expected: dict[Entry, BitMap], stored: dict[Entry, BitMap]) -> list[Flaw]:
    found = []
    for entry in sorted({*expected, *stored}):
        wanted, there = expected.get(entry, BitMap()), stored.get(entry, BitMap())
        found += [Flaw("missing", entry[0], goods_id) for goods_id in wanted - there]
        found += [Flaw("stale", entry[0], goods_id) for goods_id in there - wanted]
    return found


def _wrong_counts(index_id: int, counts: dict[str, int]) -> list[Flaw]:
    table = table_of(SearchTerm)
    told = dict(db.session.execute(select(table.c.term, table.c.goods).where(table.c.index_id == index_id)).all())
    return [Flaw("count", term) for term in sorted({*told, *counts}) if told.get(term) != counts.get(term)]

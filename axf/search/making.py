"""Making the whole index anew, block by block: it can be stopped and goes on where it was, and it swaps when whole."""

from collections import defaultdict
from collections.abc import Callable

from pyroaring import BitMap
from sqlalchemy import delete, func, insert, select, true, update

from axf.core import clock
from axf.core.db import Base, retried, rows_changed, table_of, transaction
from axf.extensions import db
from axf.market.models import Goods
from axf.search import phrases
from axf.search.index import BLOCK_BITS, Entry, batches, kinds_of, posting, texts_of
from axf.search.models import BUILDING, LIVE, SearchIndex, SearchPhrase, SearchPosting, SearchTerm
from axf.search.terms import RECIPE, terms_of

# The terms *1 to *5: the best-selling quarter of the shop, a quarter of that, and so on.
BEST, TIERS, TIER = "*", 5, 4
# So many rows of an old index are deleted in one transaction.
ROWS_A_SWEEP = 5_000
_OF_AN_INDEX = (SearchPosting, SearchTerm, SearchPhrase)


def goods_on_sale() -> int:
    """Return how many goods a whole index has."""
    return db.session.scalar(select(func.count()).select_from(Goods).where(Goods.on_sale)) or 0


def make(on_goods: Callable[[int], object] = lambda count: None, *, starts_over: bool = False) -> int:
    """Make the index anew beside the live one, let it take over when it is whole, and return its goods.

    ``on_goods`` hears after each block how many more are done. What an earlier run had made is gone on with,
    unless it was made by another recipe or ``starts_over``; then those goods are not counted. Commits block by block.
    """
    index_id = _begin(starts_over)
    done = 0
    while (count := _make_block(index_id)) is not None:
        done += count
        on_goods(count)
    _take_over(index_id)
    sweep()
    return done


def sweep() -> int:
    """Delete what indexes that are gone have left, in small transactions, and return how many rows. Commits."""
    swept = 0
    for model in _OF_AN_INDEX:
        while count := _sweep_some(model):
            swept += count
    return swept


def entries_of_block(block: int) -> dict[Entry, BitMap]:
    """Return what the index must hold of the goods in a block of ids."""
    first, last = block << BLOCK_BITS, ((block + 1) << BLOCK_BITS) - 1
    goods_of: dict[tuple[str, int], list[int]] = defaultdict(list)
    for goods_id, texts in texts_of(db.session, Goods.id.between(first, last), kinds_of(db.session)):
        for term_and_level in terms_of(texts).items():
            goods_of[term_and_level].append(goods_id)
    return {(term, level, block): BitMap(goods) for (term, level), goods in goods_of.items()}


@retried
def _begin(starts_over: bool) -> int:
    with transaction(db.session):
        index = db.session.scalar(select(SearchIndex).where(SearchIndex.state == BUILDING).with_for_update())
        if index is not None and (starts_over or index.recipe != RECIPE):
            db.session.delete(index)
            db.session.flush()
            index = None
        if index is None:
            index = SearchIndex(state=BUILDING, recipe=RECIPE, done_to=0, started_at=clock.now())
            db.session.add(index)
            db.session.flush()
        return index.id


@retried
def _make_block(index_id: int) -> int | None:
    """Put the goods of the next block in and return how many; None when there is no further one."""
    with transaction(db.session):
        done_to = _done_to(index_id)
        next_id = db.session.scalar(select(func.min(Goods.id)).where(Goods.on_sale, Goods.id > done_to))
        if next_id is None:
            return None
        block = next_id >> BLOCK_BITS
        entries = entries_of_block(block)
        rows = [posting(index_id, entry, entries[entry]) for entry in sorted(entries)]
        for part in batches(rows, 1000):
            db.session.execute(insert(table_of(SearchPosting)), list(part))
        last = ((block + 1) << BLOCK_BITS) - 1
        db.session.execute(update(SearchIndex).where(SearchIndex.id == index_id).values(done_to=last))
    return len(BitMap.union(BitMap(), *entries.values()))


def _done_to(index_id: int) -> int:
    """Return how far an index is, and lock it: nobody changes goods while a block is read."""
    ids = select(SearchIndex.id, SearchIndex.done_to).order_by(SearchIndex.id).with_for_update()
    return {row.id: row.done_to for row in db.session.execute(ids)}[index_id]


@retried
def _take_over(index_id: int) -> None:
    with transaction(db.session):
        _done_to(index_id)
        if db.session.scalar(select(SearchIndex.state).where(SearchIndex.id == index_id)) == LIVE:
            return  # another run has finished it
        _count_terms(index_id)
        _add_tiers(index_id)
        phrases.fill(db.session, index_id)
        db.session.execute(delete(SearchIndex).where(SearchIndex.state == LIVE, SearchIndex.id != index_id))
        db.session.execute(update(SearchIndex).where(SearchIndex.id == index_id).values(state=LIVE))


def _count_terms(index_id: int) -> None:
    table = table_of(SearchPosting)
    counted = (
        select(table.c.index_id, table.c.term, func.sum(table.c.goods))
        .where(table.c.index_id == index_id)
        .group_by(table.c.index_id, table.c.term)
    )
    db.session.execute(insert(table_of(SearchTerm)).from_select(["index_id", "term", "goods"], counted))


def _add_tiers(index_id: int) -> None:
    """Note the best sellers, so that of very many hits those can be shown without looking at all."""
    ids = db.session.scalars(
        select(Goods.id)
        .where(Goods.on_sale)
        .order_by(Goods.sales.desc(), Goods.id.desc())
        .limit(goods_on_sale() // TIER)
    ).all()
    table = table_of(SearchPosting)
    for k in range(TIERS):
        best = ids[: len(ids) // TIER**k]
        of_block: dict[int, list[int]] = defaultdict(list)
        for goods_id in best:
            of_block[goods_id >> BLOCK_BITS].append(goods_id)
        rows = [posting(index_id, (f"{BEST}{k + 1}", 4, block), BitMap(of_block[block])) for block in sorted(of_block)]
        if rows:
            db.session.execute(insert(table), rows)


@retried
def _sweep_some(model: type[Base]) -> int:
    table = table_of(model)
    order = table.c.id if "id" in table.c else table.c.term
    with transaction(db.session):
        index_id = db.session.scalar(
            select(table.c.index_id).where(table.c.index_id.not_in(select(SearchIndex.id))).limit(1)
        )
        if index_id is None:
            return 0
        is_left = table.c.index_id == index_id
        beyond = db.session.scalar(select(order).where(is_left).order_by(order).offset(ROWS_A_SWEEP).limit(1))
        return rows_changed(db.session, delete(table).where(is_left, true() if beyond is None else order <= beyond))

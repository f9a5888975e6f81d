"""The index in our own tables, kept current in the transaction that changes a goods.

It holds the goods that are on sale. ``making.py`` makes a whole one anew.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from pyroaring import BitMap
from sqlalchemy import ColumnElement, delete, insert, select, tuple_

from axf.core import clock
from axf.core.db import AnySession, table_of
from axf.market.models import FoodType, Goods
from axf.search.models import LIVE, SearchIndex, SearchPosting, SearchTerm
from axf.search.terms import RECIPE, Texts, terms_of

# 65,536 goods ids to a block: the unit in which Roaring bitmaps are kept anyway.
BLOCK_BITS = 16
# So many keys in one statement.
BATCH = 500

Entry = tuple[str, int, int]
"""A term, a level, a block."""


@contextmanager
def changing(session: AnySession, goods_ids: Iterable[int]) -> Iterator[set[int]]:
    """Keep the index true to goods that change in this block: their texts, kinds and whether they are on sale.

    To be used inside the transaction that changes them, before the first change; it waits for whoever builds
    the index. New goods are added to the set that it yields. A shop without an index (it has goods from before
    there was search) stays without: ``flask search index`` makes it.
    """
    indexes = _locked_indexes(session)
    is_new_shop = not indexes and session.scalar(select(Goods.id).limit(1)) is None
    ids = set(goods_ids)
    before = terms_by_goods(session, ids) if indexes else {}
    yield ids
    session.flush()
    if is_new_shop and ids:
        indexes = [_first_index(session)]
    after = terms_by_goods(session, ids) if indexes else {}
    for index in indexes:
        reached = {goods_id for goods_id in ids if index.state == LIVE or goods_id <= index.done_to}
        deltas = _apply(session, index.id, _difference(reached, before, after))
        if index.state == LIVE:  # those of an index that is being built are counted when it is whole
            _add_counts(session, index.id, deltas)


@contextmanager
def changing_catalogue(session: AnySession, codes: Collection[str], type_ids: Collection[Any]) -> Iterator[None]:
    """Keep the index true to goods with these codes, old and new ones, and to all goods of these food types.

    As ``changing``, for who brings goods in from files.
    """
    with changing(session, _ids(session, codes, type_ids)) as ids:
        yield
        session.flush()
        ids.update(_ids(session, codes, type_ids))


def terms_by_goods(session: AnySession, goods_ids: Iterable[int]) -> dict[int, dict[str, int]]:
    """Return the terms with levels of those of the goods that are on sale."""
    ids = sorted(goods_ids)
    found = {}
    kinds = kinds_of(session) if ids else {}
    for part in batches(ids):
        for goods_id, texts in texts_of(session, Goods.id.in_(part), kinds):
            found[goods_id] = terms_of(texts)
    return found


def kinds_of(session: AnySession) -> dict[int | None, tuple[str, ...]]:
    """Return the names of every food type and child in both languages; for no child there are none. One query."""
    rows = session.execute(select(FoodType.id, FoodType.name, FoodType.name_en))
    return {None: ()} | {type_id: (name, name_en) for type_id, name, name_en in rows}


def texts_of(
    session: AnySession, which: ColumnElement[bool], kinds: Mapping[int | None, tuple[str, ...]]
) -> Iterator[tuple[int, Texts]]:
    """Yield the ids and searchable texts of goods that are on sale. One query."""
    rows = session.execute(
        select(
            Goods.id,
            Goods.name,
            Goods.name_en,
            Goods.pack,
            Goods.pack_en,
            Goods.description,
            Goods.description_en,
            Goods.food_type_id,
            Goods.child_type_id,
        ).where(Goods.on_sale, which)
    )
    for goods_id, name, name_en, pack, pack_en, description, description_en, type_id, child_id in rows:
        type_ids = (type_id,) if child_id is None else (type_id, child_id)
        names = kinds[type_id] + kinds[child_id]
        yield goods_id, Texts(name, name_en, pack, pack_en, names, description, description_en, type_ids)


def batches(values: Sequence[Any], size: int = BATCH) -> Iterator[Sequence[Any]]:
    """Yield the values in parts of at most ``size``."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


def posting(index_id: int, entry: Entry, goods: BitMap) -> dict[str, Any]:
    """Return the row of an entry of the index."""
    term, level, block = entry
    goods.run_optimize()
    return {
        "index_id": index_id,
        "term": term,
        "level": level,
        "block": block,
        "goods": len(goods),
        "bits": goods.serialize(),
    }


def _ids(session: AnySession, codes: Collection[str], type_ids: Collection[Any]) -> set[int]:
    found: set[int] = set()
    for column, values in ((Goods.code, codes), (Goods.food_type_id, type_ids), (Goods.child_type_id, type_ids)):
        for part in batches(list(values)):
            found.update(session.scalars(select(Goods.id).where(column.in_(part))))
    return found


def _locked_indexes(session: AnySession) -> Sequence[SearchIndex]:
    query = select(SearchIndex).order_by(SearchIndex.id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).all()


def _first_index(session: AnySession) -> SearchIndex:
    """Make the index of a shop that has its first goods."""
    index = SearchIndex(state=LIVE, recipe=RECIPE, done_to=0, started_at=clock.now())
    session.add(index)
    session.flush()
    return index


def _difference(
    goods_ids: Iterable[int], before: Mapping[int, dict[str, int]], after: Mapping[int, dict[str, int]]
) -> dict[Entry, tuple[list[int], list[int]]]:
    """Return the goods that each entry loses and gains."""
    changes: dict[Entry, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for goods_id in goods_ids:
        old, new = before.get(goods_id, {}).items(), after.get(goods_id, {}).items()
        for which, terms in enumerate((old - new, new - old)):
            for term, level in terms:
                changes[term, level, goods_id >> BLOCK_BITS][which].append(goods_id)
    return changes


def _apply(session: AnySession, index_id: int, changes: Mapping[Entry, tuple[list[int], list[int]]]) -> dict[str, int]:
    """Change the bitmaps and return by how many goods each term has grown."""
    table = table_of(SearchPosting)
    deltas: dict[str, int] = defaultdict(int)
    for part in batches(sorted(changes)):
        key = tuple_(table.c.term, table.c.level, table.c.block)
        stored = select(table.c.term, table.c.level, table.c.block, table.c.bits).where(
            table.c.index_id == index_id, key.in_(part)
        )
        bits = {(row.term, row.level, row.block): BitMap.deserialize(row.bits) for row in session.execute(stored)}
        session.execute(delete(table).where(table.c.index_id == index_id, key.in_(part)))
        rows = []
        for entry in part:
            lost, gained = changes[entry]
            goods = (bits.get(entry, BitMap()) - BitMap(lost)) | BitMap(gained)
            deltas[entry[0]] += len(gained) - len(lost)
            if goods:
                rows.append(posting(index_id, entry, goods))
        if rows:
            session.execute(insert(table), rows)
    return deltas


def _add_counts(session: AnySession, index_id: int, deltas: Mapping[str, int]) -> None:
    """Add to how many goods each term has; a term that has none any more goes."""
    table = table_of(SearchTerm)
    for part in batches(sorted(deltas)):
        is_one = (table.c.index_id == index_id) & table.c.term.in_(part)
        before = dict(session.execute(select(table.c.term, table.c.goods).where(is_one)).all())
        session.execute(delete(table).where(is_one))
        counts = {term: before.get(term, 0) + deltas[term] for term in part}
        rows = [{"index_id": index_id, "term": term, "goods": count} for term, count in counts.items() if count > 0]
        if rows:
            session.execute(insert(table), rows)

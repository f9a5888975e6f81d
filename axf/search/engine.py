"""Our search engine: sets of goods from the index, intersected in memory. Two queries, however many goods there are."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from functools import cache, reduce
from typing import Any

from pyroaring import BitMap
from sqlalchemy import ColumnElement, CompoundSelect, Select, bindparam, literal, select, union_all

from axf.core.db import table_of
from axf.core.errors import ShopError
from axf.extensions import read
from axf.search.base import MOST_RANKED, Found
from axf.search.models import LIVE, SearchIndex, SearchPosting, SearchTerm
from axf.search.understanding import Question, Wish, question, understand
from axf.search.words import LAST, TYPE

LEVELS = (4, 3, 2, 1)
TIERS = ("*5", "*4", "*3", "*2", "*1")
MOST_BEGINNINGS, MOST_NEAR = 20, 50

# Terms are bound by eights, the last one again where there are fewer: so there are few statements, each built once.
TERMS_STEP = 8


class SearchNotReady(ShopError):
    """The shop has no search index yet."""

    code = "search-not-ready"
    status = 503


class Bitmaps:
    """The Engine over the tables of ``axf.search.models``."""

    def find(self, text: str, type_id: int | None = None) -> Found:
        asked = question(text)
        index_id, known = _known(asked)
        wishes = tuple(understand(asked, known))
        terms = {term for wish in wishes for term in wish.terms}
        if not terms:
            return Found(wishes, alone=(0,) * len(wishes))
        is_large = any(known[term] > MOST_RANKED for term in terms)
        others = {f"{TYPE}{type_id}"} if type_id is not None else set()
        sets = _sets(index_id, terms | others | set(TIERS if is_large else ()))
        by_level = _by_level(wishes, sets)
        if type_id is not None:
            in_type = _union(sets[f"{TYPE}{type_id}"].values())
            by_level = [goods & in_type for goods in by_level]
        alone = tuple(len(_union(_all_of(way, LEVELS[-1], sets) for way in wish.ways)) for wish in wishes)
        total = len(by_level[-1])
        if not total:
            return Found(wishes, alone=alone, near=_near(wishes, sets))
        return Found(wishes, _ranked(by_level, sets), total, alone)


def _known(asked: Question) -> tuple[int, dict[str, int]]:
    """Return the live index and those terms of the question that it has, each with its number of goods. One query."""
    values = _bound(asked.terms)
    begun = {f"from{i}": each for i, each in enumerate(sorted(asked.beginnings))}
    begun |= {f"to{i}": each + LAST for i, each in enumerate(sorted(asked.beginnings))}
    rows = read(_asking(len(values), len(asked.beginnings)), values | begun).all()
    if not rows:
        raise SearchNotReady
    return rows[0][0], {term: goods for _, term, goods in rows if term}


def _bound(terms: Collection[str]) -> dict[str, str]:
    """Return the values of ``_is_among``."""
    wanted = sorted(terms) or [""]
    wanted += wanted[-1:] * (-len(wanted) % TERMS_STEP)
    return {f"term{i}": term for i, term in enumerate(wanted)}


def _is_among(term: ColumnElement[str], count: int) -> ColumnElement[bool]:
    """Return the condition that a term is one of so many; ``_bound`` gives them."""
    return term.in_([bindparam(f"term{i}", type_=term.type) for i in range(count)])


@cache
def _asking(terms: int, beginnings: int) -> CompoundSelect[Any]:
    """Return the statement of ``_known`` for so many terms and beginnings, built once."""
    table, index = table_of(SearchTerm).c, table_of(SearchIndex).c
    live = select(index.id).where(index.state == LIVE)
    columns = select(table.index_id, table.term, table.goods).where(table.index_id == live.scalar_subquery())
    parts = [
        live.add_columns(literal(""), literal(0)),
        columns.where(_is_among(table.term, terms)),
    ]
    for i in range(beginnings):
        is_begun = table.term.between(bindparam(f"from{i}"), bindparam(f"to{i}"))
        some = columns.where(is_begun).order_by(table.term).limit(MOST_BEGINNINGS).subquery()
        parts.append(select(some.c.index_id, some.c.term, some.c.goods))
    return union_all(*parts)


@cache
def _asking_for_sets(terms: int) -> Select[Any]:
    """Return the statement of ``_sets`` for so many terms, built once."""
    table = table_of(SearchPosting).c
    asked = (table.index_id == bindparam("index"), _is_among(table.term, terms))
    return select(table.term, table.level, table.bits).where(*asked)


def _sets(index_id: int, terms: Collection[str]) -> Mapping[str, Mapping[int, BitMap]]:
    """Return the goods of each term by level. One query."""
    values = _bound(terms)
    rows = read(_asking_for_sets(len(values)), values | {"index": index_id})
    blocks: dict[str, dict[int, list[BitMap]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        blocks[row.term][row.level].append(BitMap.deserialize(row.bits))
    return defaultdict(
        dict, {term: {level: _union(parts) for level, parts in levels.items()} for term, levels in blocks.items()}
    )


def _by_level(wishes: Iterable[Wish], sets: Mapping[str, Mapping[int, BitMap]]) -> list[BitMap]:
    """Return the goods that have every word on at least this level, from the highest to the lowest."""
    return [
        reduce(
            BitMap.intersection,
            [_union(_all_of(way, level, sets) for way in wish.ways) for wish in wishes],
        )
        for level in LEVELS
    ]


def _ranked(by_level: list[BitMap], sets: Mapping[str, Mapping[int, BitMap]]) -> tuple[tuple[int, ...], ...]:
    """Return the ids to rank, level by level; where there is no room for all of a level its best sellers."""
    levels, before, room = [], BitMap(), MOST_RANKED
    for goods in by_level:
        fresh = goods - before
        if len(fresh) > room:
            fresh = _best(fresh, room, sets)
        levels.append(tuple(fresh))
        before, room = goods, room - len(fresh)
    return tuple(levels)


def _best(goods: BitMap, room: int, sets: Mapping[str, Mapping[int, BitMap]]) -> BitMap:
    """Return as many of the goods as there is room for: the best sellers first, as the last making counted them."""
    chosen = BitMap()
    for tier in (*TIERS, None):
        among = goods if tier is None else goods & _union(sets[tier].values())
        if len(among) >= room:
            return chosen | BitMap((among - chosen)[: room - len(chosen)])
        chosen = among
    return chosen


def _near(wishes: Iterable[Wish], sets: Mapping[str, Mapping[int, BitMap]]) -> tuple[int, ...]:
    """Return some goods of the first word that has any, the most telling ones first."""
    for wish in wishes:
        for level in LEVELS:
            goods = _union(_all_of(way, level, sets) for way in wish.ways)
            if goods:
                return tuple(goods[:MOST_NEAR])
    return ()


def _all_of(way: Iterable[str], level: int, sets: Mapping[str, Mapping[int, BitMap]]) -> BitMap:
    """Return the goods that have every term of a way on at least this level."""
    return reduce(
        BitMap.intersection, [_union(goods for at, goods in sets[term].items() if at >= level) for term in way]
    )


def _union(parts: Iterable[BitMap]) -> BitMap:
    return reduce(BitMap.union, parts, BitMap())

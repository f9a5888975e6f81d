"""What the search page reads: hits as cards, filtered and sorted; and what helps when there are none."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, ScalarSelect, Select, bindparam, case, func, or_, select, type_coerce

from axf.core import clock
from axf.core.db import table_of
from axf.core.errors import NotFound
from axf.core.paging import after, decode_cursor, encode_cursor
from axf.extensions import db, read
from axf.market.cards import COLUMNS, Card
from axf.market.models import Goods
from axf.market.queries import PAGE_SIZE
from axf.search.base import Found
from axf.search.models import LIVE, SearchIndex, SearchPhrase
from axf.search.understanding import Wish
from axf.search.words import LAST

BEST, SALES, PRICE_DOWN, PRICE_UP = 0, 1, 2, 3
SORTS = (BEST, SALES, PRICE_DOWN, PRICE_UP)
MOST_NEAR_WORDS, MOST_POPULAR = 6, 6
_goods = table_of(Goods).c


@dataclass(frozen=True)
class Filters:
    """What the hits are narrowed to; prices in fen, both ends included."""

    price_from: int | None = None
    price_to: int | None = None
    in_stock: bool = False
    featured: bool = False
    bogo: bool = False
    promoted: bool = False

    @property
    def count(self) -> int:
        """How many of them narrow."""
        price = self.price_from is not None or self.price_to is not None
        return sum((price, self.in_stock, self.featured, self.bogo, self.promoted))


@dataclass(frozen=True)
class Hits:
    """One page of cards; ``cursor`` leads to the next, None at the end."""

    cards: tuple[Card, ...] = ()
    cursor: str | None = None


def hits(found: Found, filters: Filters, sort: int, cursor: str | None) -> Hits:
    """Return the next page of what was found. One query, none without hits.

    The cursor carries the sort values that the last card had, so that the next page begins where this one ended.
    Raises NotFound for a sort or a cursor that does not exist.
    """
    if sort not in SORTS:
        raise NotFound(what="sort")
    levels = [list(ids) for ids in found.levels if ids]
    if not levels:
        return Hits()
    columns, is_down, query = _hits(len(levels), sort)
    if filters.count:
        query = query.where(*_conditions(filters))
    if cursor:
        query = query.where(after(columns, decode_cursor(cursor, len(columns)), down=is_down))
    values = {"rows": PAGE_SIZE + 1, "ids": [each for ids in levels for each in ids]}
    rows = read(query, values | {f"level{i}": ids for i, ids in enumerate(levels)}).all()
    cards = tuple(map(Card.of, rows[:PAGE_SIZE]))
    if len(rows) <= PAGE_SIZE:
        return Hits(cards)
    return Hits(cards, encode_cursor(_values(rows[PAGE_SIZE - 1], sort)))


def popular(near: Sequence[int]) -> list[Card]:
    """Return the best sellers of the likeliest kind: that of the best-selling of these goods. One query."""
    query = select(*COLUMNS).where(_goods.on_sale, _goods.stock > 0)
    if near:
        kind = (
            select(_goods.food_type_id).where(_goods.id.in_(near)).order_by(_goods.sales.desc()).limit(1)
        ).scalar_subquery()
        query = query.where(_goods.food_type_id == kind)
    best = query.order_by(_goods.sales.desc(), _goods.id.desc()).limit(MOST_POPULAR)
    return [Card.of(row) for row in db.session.execute(best)]


def near_words(wishes: Sequence[Wish]) -> list[str]:
    """Return what else may be meant where the shop does not know a word. At most one query."""
    unknown = next((wish.text for wish in wishes if not wish.ways), None)
    if unknown is None:
        return []
    if unknown.isascii():
        return _near_latin(unknown)
    return _near_chinese("".join(wish.text for wish in wishes if not wish.text.isascii()))


def _near_chinese(text: str) -> list[str]:
    """Return what is suggested for one of the characters: of 火龙杲 the 火 leads to 火龙果."""
    start = SearchPhrase.start
    begins = or_(*(start.between(character, character + LAST) for character in dict.fromkeys(text[:8])))
    texts = (
        select(SearchPhrase.text)
        .where(SearchPhrase.index_id == _live(), begins)
        .group_by(SearchPhrase.text)
        .order_by(func.max(SearchPhrase.sort).desc(), SearchPhrase.text)
        .limit(MOST_NEAR_WORDS)
    )
    return list(db.session.scalars(texts))


def _near_latin(text: str) -> list[str]:
    """Return English words of goods' names that are spelt nearly so."""
    starts = db.session.scalars(
        select(SearchPhrase.start)
        .where(SearchPhrase.index_id == _live(), SearchPhrase.start.between(text[:1], text[:1] + LAST))
        .distinct()
        .limit(5_000)
    )
    words = {start.split()[0].strip(",.()") for start in starts}
    return get_close_matches(text, sorted(words), n=MOST_NEAR_WORDS, cutoff=0.75)


def _live() -> ScalarSelect[int]:
    return select(SearchIndex.id).where(SearchIndex.state == LIVE).scalar_subquery()


@cache
def _hits(levels: int, sort: int) -> tuple[tuple[ColumnElement[Any], ...], bool, Select[Any]]:
    """Return by what hits are sorted, whether downwards, and the statement of ``hits`` without filters, built once."""
    columns, is_down = _order(levels, sort)
    query = select(*COLUMNS, columns[0].label("level")).where(_goods.on_sale, _among("ids"))
    ordered = query.order_by(*(column.desc() if is_down else column for column in columns))
    return columns, is_down, ordered.limit(bindparam("rows", type_=Integer))


def _order(levels: int, sort: int) -> tuple[tuple[ColumnElement[Any], ...], bool]:
    if sort == BEST:
        in_stock = type_coerce(case((_goods.stock > 0, 1), else_=0), Integer)
        return (_level(levels), in_stock, _goods.sales, _goods.id), True
    column = _goods.sales if sort == SALES else _goods.price
    return (column, _goods.id), sort != PRICE_UP


def _level(levels: int) -> ColumnElement[int]:
    """Return how well a goods fits, as a column: more for the levels before."""
    whens = [(_among(f"level{i}"), levels - i) for i in range(levels - 1)]
    return case(*whens, else_=1) if whens else type_coerce(_goods.id * 0 + 1, Integer)


def _among(name: str) -> ColumnElement[bool]:
    """Return the condition that a goods is one of those of this name; written out: hundreds of parameters are slow."""
    return _goods.id.in_(bindparam(name, expanding=True, literal_execute=True))


def _values(row: Any, sort: int) -> list[int]:
    if sort == BEST:
        return [row.level, int(row.stock > 0), row.sales, row.id]
    return [row.sales if sort == SALES else row.price, row.id]


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    now = clock.now()
    conditions = []
    if filters.price_from is not None:
        conditions.append(_goods.price >= filters.price_from)
    if filters.price_to is not None:
        conditions.append(_goods.price <= filters.price_to)
    if filters.in_stock:
        conditions.append(_goods.stock > 0)
    if filters.featured:
        conditions.append(_goods.is_featured)
    if filters.bogo:
        conditions.append(_goods.is_bogo)
    if filters.promoted:
        conditions.append(
            (_goods.promo_starts_at <= now) & (now < _goods.promo_ends_at) & (_goods.promo_price < _goods.price)
        )
    return conditions

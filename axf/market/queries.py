"""What the catalogue pages read."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from sqlalchemy import Integer, Select, bindparam, select

from axf.core.db import table_of
from axf.core.errors import NotFound
from axf.core.paging import after, decode_cursor, encode_cursor
from axf.extensions import read
from axf.market.cards import COLUMNS, Card
from axf.market.kinds import Node
from axf.market.models import LISTS_HOT, LISTS_NEW, LISTS_OWN, BoughtWith, FoodType, Goods, GoodsPicture

_goods, _pictures, _pairs, _types = (table_of(each).c for each in (Goods, GoodsPicture, BoughtWith, FoodType))

PAGE_SIZE = 30
COMPUTED_LIST_SIZE = 60
MOST_TOGETHER = 6

# sort -> (columns, whether they run downwards). The path names the sort by number and no
# request text ever reaches ORDER BY. The id ends each, so that no two rows are equal.
SORTS = {
    0: ((_goods.is_featured, _goods.sales, _goods.id), True),
    1: ((_goods.sales, _goods.id), True),
    2: ((_goods.price, _goods.id), True),
    3: ((_goods.price, _goods.id), False),
}


@dataclass(frozen=True)
class Named:
    """A food type or goods by name; ``parent_id`` is a child's food type."""

    id: int
    name: str
    name_en: str
    parent_id: int | None = None


@dataclass(frozen=True)
class Page:
    """One page of cards; ``cursor`` leads to the next, None at the end."""

    cards: tuple[Card, ...]
    cursor: str | None


@dataclass(frozen=True)
class Picture:
    """A picture of a goods and what it shows."""

    picture: str
    alt: str
    alt_en: str


@dataclass(frozen=True)
class GoodsDetail(Card):
    """A card with the words, facts and pictures of the goods page; a fact that is None is unknown."""

    code: str = ""
    description: str = ""
    description_en: str = ""
    origin: str | None = None
    origin_en: str | None = None
    storage: str | None = None
    shelf_life_days: int | None = None
    allergens: frozenset[str] | None = None
    pictures: tuple[Picture, ...] = ()


_DETAIL_COLUMNS = (
    *COLUMNS,
    _goods.code,
    _goods.description,
    _goods.description_en,
    _goods.origin,
    _goods.origin_en,
    _goods.storage,
    _goods.shelf_life_days,
    _goods.allergens,
)
# Built once, as each goods page asks them.
_DETAIL: Select[Any] = (
    select(
        _goods.food_type_id,
        _goods.child_type_id,
        *(_pictures.picture, _pictures.alt, _pictures.alt_en, _pictures.position),
        *_DETAIL_COLUMNS,
    )
    .select_from(table_of(Goods).outerjoin(table_of(GoodsPicture), _pictures.goods_id == _goods.id))
    .where(_goods.id == bindparam("goods"))
)
_TOGETHER = (
    select(*COLUMNS)
    .select_from(table_of(Goods).join(table_of(BoughtWith), _pairs.other_id == _goods.id))
    .where(_pairs.goods_id == bindparam("goods"), _goods.on_sale, _goods.stock > 0)
    .order_by(_pairs.orders.desc(), _goods.id)
    .limit(MOST_TOGETHER)
)


def type_names(ids: Collection[int]) -> dict[int, Named]:
    """Return food types and children by id; unknown ones are missing. One query, none for no ids."""
    columns = (_types.id, _types.name, _types.name_en, _types.parent_id)
    return _named(select(*columns).where(_types.id.in_(ids))) if ids else {}


def goods_names(ids: Collection[int]) -> dict[int, Named]:
    """Return goods by id, also those off sale; unknown ones are missing. One query, none for no ids."""
    return _named(select(_goods.id, _goods.name, _goods.name_en).where(_goods.id.in_(ids))) if ids else {}


def listing(node: Node, child_id: int, sort: int, cursor: str | None) -> Page:
    """Return the next page of a food type (child 0: all of it) in one of the four sorts. One query.

    The cursor carries the sort values that the last card had when it was shown, so the next page
    begins where this one ended, whatever happened to that goods' price since.
    Raises NotFound for a sort or a cursor that does not exist.
    """
    if sort not in SORTS:
        raise NotFound(what="sort")
    columns, _is_down = SORTS[sort]
    last_values = decode_cursor(cursor, len(columns)) if cursor else ()
    values = {
        "kind": child_id or node.id,
        "rows": PAGE_SIZE + 1,
        "listed": COMPUTED_LIST_SIZE,
        **{f"last{i}": value for i, value in enumerate(last_values)},
    }
    query = _listing(node.listing, bool(child_id), sort, bool(cursor))
    cards = tuple(Card.of(row) for row in read(query, values))
    if len(cards) <= PAGE_SIZE:
        return Page(cards, None)
    last = cards[PAGE_SIZE - 1]
    return Page(cards[:PAGE_SIZE], encode_cursor([getattr(last, column.key) for column in columns]))


def goods_detail(goods_id: int) -> tuple[GoodsDetail, int, int | None]:
    """Return a goods and the ids of its food type and child. One query. Raises NotFound.

    A goods that is off sale is still shown, as such: links to it stay good.
    """
    found = read(_DETAIL, {"goods": goods_id}).all()
    rows = sorted(found, key=lambda row: row.position or 0)  # MariaDB would sort them, too, not read them in order
    if not rows:
        raise NotFound(what="goods")
    type_id, child_id, *_further = rows[0][:6]
    detail = GoodsDetail(*rows[0][6:])
    first = Picture(detail.picture, detail.name, detail.name_en)
    others = (Picture(*row[2:5]) for row in rows if row[2] is not None)
    return replace(detail, pictures=(first, *others)), type_id, child_id


def bought_with(goods_id: int) -> tuple[Card, ...]:
    """Return what is often bought with a goods and can be bought now, the most often first, at most six. One query."""
    return tuple(Card.of(row) for row in read(_TOGETHER, {"goods": goods_id}))


def _named(query: Select) -> dict[int, Named]:
    return {row.id: Named(*row) for row in read(query)}


@cache
def _listing(listed: str, is_child: bool, sort: int, has_cursor: bool) -> Select:
    """Return the statement of ``listing``, built once: with the names that ``listing`` gives its values."""
    columns, is_down = SORTS[sort]
    query = _goods_of(listed, is_child).where(_goods.on_sale)
    if has_cursor:
        query = query.where(after(columns, [bindparam(f"last{i}") for i in range(len(columns))], down=is_down))
    return query.order_by(*(column.desc() if is_down else column for column in columns)).limit(
        bindparam("rows", type_=Integer)
    )


def _goods_of(listed: str, is_child: bool) -> Select:
    if listed == LISTS_OWN:
        column = _goods.child_type_id if is_child else _goods.food_type_id
        return select(*COLUMNS).where(column == bindparam("kind"))
    first = {LISTS_HOT: _goods.sales, LISTS_NEW: _goods.listed_at}[listed]
    chosen = (
        select(_goods.id)
        .where(_goods.on_sale)
        .order_by(first.desc(), _goods.id.desc())
        .limit(bindparam("listed", type_=Integer))
        .subquery()
    )
    return select(*COLUMNS).join(chosen, chosen.c.id == _goods.id)

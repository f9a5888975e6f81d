"""What the catalogue pages read."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from sqlalchemy import Select, select

from axf.core.errors import NotFound
from axf.core.paging import after, decode_cursor, encode_cursor
from axf.extensions import db
from axf.market.cards import COLUMNS, Card
from axf.market.kinds import Node
from axf.market.models import LISTS_HOT, LISTS_NEW, LISTS_OWN, BoughtWith, FoodType, Goods, GoodsPicture

PAGE_SIZE = 30
COMPUTED_LIST_SIZE = 60
MOST_TOGETHER = 6

# sort -> (columns, whether they run downwards). The path names the sort by number and no
# request text ever reaches ORDER BY. The id ends each, so that no two rows are equal.
SORTS = {
    0: ((Goods.is_featured, Goods.sales, Goods.id), True),
    1: ((Goods.sales, Goods.id), True),
    2: ((Goods.price, Goods.id), True),
    3: ((Goods.price, Goods.id), False),
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

    cards: list[Card]
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
    Goods.code,
    Goods.description,
    Goods.description_en,
    Goods.origin,
    Goods.origin_en,
    Goods.storage,
    Goods.shelf_life_days,
    Goods.allergens,
)


def type_names(ids: Collection[int]) -> dict[int, Named]:
    """Return food types and children by id; unknown ones are missing. One query, none for no ids."""
    columns = (FoodType.id, FoodType.name, FoodType.name_en, FoodType.parent_id)
    return _named(select(*columns).where(FoodType.id.in_(ids))) if ids else {}


def goods_names(ids: Collection[int]) -> dict[int, Named]:
    """Return goods by id, also those off sale; unknown ones are missing. One query, none for no ids."""
    return _named(select(Goods.id, Goods.name, Goods.name_en).where(Goods.id.in_(ids))) if ids else {}


def listing(node: Node, child_id: int, sort: int, cursor: str | None) -> Page:
    """Return the next page of a food type (child 0: all of it) in one of the four sorts. One query.

    The cursor carries the sort values that the last card had when it was shown, so the next page
    begins where this one ended, whatever happened to that goods' price since.
    Raises NotFound for a sort or a cursor that does not exist.
    """
    if sort not in SORTS:
        raise NotFound(what="sort")
    columns, is_down = SORTS[sort]
    query = _goods_of(node, child_id).where(Goods.on_sale)
    if cursor:
        query = query.where(after(columns, decode_cursor(cursor, len(columns)), down=is_down))
    ordered = query.order_by(*(column.desc() if is_down else column for column in columns)).limit(PAGE_SIZE + 1)
    cards = [Card.of(row) for row in db.session.execute(ordered)]
    if len(cards) <= PAGE_SIZE:
        return Page(cards, None)
    last = cards[PAGE_SIZE - 1]
    return Page(cards[:PAGE_SIZE], encode_cursor([getattr(last, column.key) for column in columns]))


def goods_detail(goods_id: int) -> tuple[GoodsDetail, int, int | None]:
    """Return a goods and the ids of its food type and child. One query. Raises NotFound.

    A goods that is off sale is still shown, as such: links to it stay good.
    """
    further = (GoodsPicture.picture, GoodsPicture.alt, GoodsPicture.alt_en, GoodsPicture.position)
    found = db.session.execute(
        select(Goods.food_type_id, Goods.child_type_id, *further, *_DETAIL_COLUMNS)
        .outerjoin(GoodsPicture, GoodsPicture.goods_id == Goods.id)
        .where(Goods.id == goods_id)
    ).all()
    rows = sorted(found, key=lambda row: row.position or 0)  # MariaDB would sort them, too, not read them in order
    if not rows:
        raise NotFound(what="goods")
    type_id, child_id, *_further = rows[0][:6]
    detail = GoodsDetail(*rows[0][6:])
    first = Picture(detail.picture, detail.name, detail.name_en)
    others = (Picture(*row[2:5]) for row in rows if row[2] is not None)
    return replace(detail, pictures=(first, *others)), type_id, child_id


def bought_with(goods_id: int) -> list[Card]:
    """Return what is often bought with a goods and can be bought now, the most often first, at most six. One query."""
    query = (
        select(*COLUMNS)
        .join(BoughtWith, BoughtWith.other_id == Goods.id)
        .where(BoughtWith.goods_id == goods_id, Goods.on_sale, Goods.stock > 0)
        .order_by(BoughtWith.orders.desc(), Goods.id)
        .limit(MOST_TOGETHER)
    )
    return [Card.of(row) for row in db.session.execute(query)]


def _named(query: Select) -> dict[int, Named]:
    return {row.id: Named(*row) for row in db.session.execute(query)}


def _goods_of(node: Node, child_id: int) -> Select:
    if node.listing == LISTS_OWN:
        column = Goods.child_type_id if child_id else Goods.food_type_id
        return select(*COLUMNS).where(column == (child_id or node.id))
    first = {LISTS_HOT: Goods.sales, LISTS_NEW: Goods.listed_at}[node.listing]
    chosen = (
        select(Goods.id)
        .where(Goods.on_sale)
        .order_by(first.desc(), Goods.id.desc())
        .limit(COMPUTED_LIST_SIZE)
        .subquery()
    )
    return select(*COLUMNS).join(chosen, chosen.c.id == Goods.id)

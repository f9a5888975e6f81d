"""Food types: the rail, one of them with its children, the page of all. Each reads a bounded piece of an index."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import CompoundSelect, Integer, Row, Select, bindparam, literal, select, union_all

from axf.core.db import table_of
from axf.core.errors import NotFound
from axf.core.paging import after, decode_cursor, encode_cursor
from axf.extensions import db, read
from axf.market.models import FoodType

# So many a shopper looks through in the rail; the rest is a tap away.
RAIL_SIZE = 60
PAGE_SIZE = 120
MOST_CHILDREN = 200
# A sitemap file may hold 50,000 addresses (sitemaps.org/protocol.html); each food type has one in each language, and so
# has the home page.
MOST_MAPPED = 24_999
BATCH_SIZE = 1_000

# Of the table: no objects are loaded here, and without the ORM a statement costs half.
_types = table_of(FoodType).c
_PLACE = (_types.position, _types.id)
_COLUMNS = (_types.id, _types.name, _types.name_en, _types.listing)


@dataclass(frozen=True)
class Node:
    """A food type with its children, as the market shows it."""

    id: int
    name: str
    name_en: str
    listing: str
    children: tuple["Node", ...] = ()

    def child(self, child_id: int) -> "Node":
        """Return this child. Raises NotFound."""
        for child in self.children:
            if child.id == child_id:
                return child
        raise NotFound(what="food type")


@dataclass(frozen=True)
class Rail:
    """The first food types in their order, without children; ``has_more``: there are others."""

    nodes: tuple[Node, ...]
    has_more: bool

    def around(self, current: Node) -> tuple[Node, ...]:
        """Return the food types with this one among them: one that is not of the first stands before them."""
        return self.nodes if any(node.id == current.id for node in self.nodes) else (current, *self.nodes)


@dataclass(frozen=True)
class KindsPage:
    """One page of all food types; ``cursor`` leads to the next, None at the end."""

    nodes: tuple[Node, ...]
    cursor: str | None


def rail() -> Rail:
    """Return the first food types in their order. One query."""
    nodes = tuple(map(_node, read(_FIRST)))
    return Rail(nodes[:RAIL_SIZE], len(nodes) > RAIL_SIZE)


def page_of_kinds(cursor: str | None) -> KindsPage:
    """Return the next page of all food types in their order. One query. Raises NotFound for a broken cursor."""
    query = _top().add_columns(_types.position)
    if cursor:
        query = query.where(after(_PLACE, decode_cursor(cursor, 2), down=False))
    rows = db.session.execute(query.limit(PAGE_SIZE + 1)).all()
    shown = rows[:PAGE_SIZE]
    last = encode_cursor([shown[-1].position, shown[-1].id]) if len(rows) > PAGE_SIZE else None
    return KindsPage(tuple(map(_node, shown)), last)


def shelf_of(type_id: int, child_id: int = 0) -> tuple[Rail, Node]:
    """Return the rail, and a food type with its children: the first MOST_CHILDREN of them, and this one. One query.

    Raises NotFound when there is no such food type, or it is a child itself, or it has no such child.
    """
    values = {"type": type_id, "child": child_id, "rail": RAIL_SIZE + 1, "children": MOST_CHILDREN}
    rows = read(_SHELF, values).all()
    named = {part: [row for row in rows if row.part == part] for part in (_RAIL, _OPEN, _CHILDREN)}
    current = next((_node(row) for row in named[_OPEN] if row.id == type_id and row.parent_id is None), None)
    if current is None:
        raise NotFound(what="food type")
    children = tuple(map(_node, named[_CHILDREN]))
    if child_id and all(node.id != child_id for node in children):
        children += tuple(_node(row) for row in named[_OPEN] if row.parent_id == type_id)
    current = replace(current, children=children)
    if child_id:
        current.child(child_id)
    first = tuple(map(_node, named[_RAIL]))
    return Rail(first[:RAIL_SIZE], len(first) > RAIL_SIZE), current


def path_of(type_id: int, child_id: int | None) -> tuple[Node, Node | None]:
    """Return a food type and its child, both without children, as a goods names them. One query. Raises NotFound."""
    nodes = map(_node, read(_PATH, {"type": type_id, "child": child_id or 0}))
    found = {node.id: node for node in nodes}
    if type_id not in found:
        raise NotFound(what="food type")
    return found[type_id], found.get(child_id or 0)


def mapped_pages() -> Iterator[tuple[int, int]]:
    """Walk through the food types' pages, as type and child (0: all of it), by id, at most MOST_MAPPED of them.

    One query for each BATCH_SIZE of them.
    """
    last, left = 0, MOST_MAPPED
    while left > 0:
        of_batch = select(_types.id, _types.parent_id).where(_types.id > last).order_by(_types.id)
        batch = db.session.execute(of_batch.limit(min(left, BATCH_SIZE))).all()
        for type_id, parent_id in batch:
            yield (type_id, 0) if parent_id is None else (parent_id, type_id)
        if len(batch) < BATCH_SIZE:
            return
        last, left = batch[-1].id, left - len(batch)


def _top() -> Select:
    return select(*_COLUMNS).where(_types.parent_id.is_(None)).order_by(*_PLACE)


def _shelf() -> CompoundSelect:
    """Return the statement of ``shelf_of``: each part a short range of the index (parent_id, position, id)."""
    kind, child = bindparam("type", type_=Integer), bindparam("child", type_=Integer)
    columns = select(*_COLUMNS, _types.parent_id, _types.position)
    top, own = _types.parent_id.is_(None), _types.parent_id == kind
    parts = {
        _RAIL: columns.where(top).order_by(*_PLACE).limit(bindparam("rail", type_=Integer)),
        _OPEN: columns.where(_types.id.in_((kind, child))),
        _CHILDREN: columns.where(own).order_by(*_PLACE).limit(bindparam("children", type_=Integer)),
    }
    found = [(part, query.subquery()) for part, query in parts.items()]
    return union_all(*(select(query, literal(part).label("part")) for part, query in found))


def _node(row: Row[Any]) -> Node:
    return Node(row.id, row.name, row.name_en, row.listing)


_RAIL, _OPEN, _CHILDREN = 0, 1, 2
# Built once: every page of the market asks one of them.
_SHELF = _shelf()
_FIRST = _top().limit(RAIL_SIZE + 1)
_PATH: Select[Any] = select(*_COLUMNS).where(_types.id.in_((bindparam("type"), bindparam("child"))))

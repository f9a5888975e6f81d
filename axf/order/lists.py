"""A shopper's lists of orders, and how many wait in each. Read without the ORM: 我的 and the lists are often asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Column, ColumnElement, Integer, Row, ScalarSelect, Select, and_, bindparam, func, select

from axf.aftersale.models import AfterSale
from axf.aftersale.queries import select_open_count
from axf.core import clock
from axf.core.db import UTCDateTime, is_one_of, table_of
from axf.core.errors import NotFound
from axf.core.paging import instant_cursor, older_than
from axf.extensions import read
from axf.order.models import Order, OrderLine
from axf.order.state import Event, State, may
from axf.review.queries import order_waits, window_start

PAGE_SIZE = 20
TO_RECEIVE = (State.PAID, State.PICKING, State.SHIPPED)
# Beyond it a count only says that there are many: 99+.
MOST_COUNTED = 100
AFTER_SALE = "after-sale"

_orders, _order_lines, _requests = (table_of(each).c for each in (Order, OrderLine, AfterSale))
_USER = bindparam("user", type_=Integer)
_RECEIVED_AFTER = bindparam("received_after", type_=UTCDateTime())
# What an index finds of the orders with a line to review, and that they have one.
_WAITS = and_(_orders.state == State.RECEIVED, _orders.received_at > _RECEIVED_AFTER, order_waits(_RECEIVED_AFTER))


@dataclass(frozen=True)
class Tab:
    """One of the shopper's lists: orders that meet one of the conditions, the newest by ``instant`` first.

    With the shopper each condition is a range of one index in the list's order, so that a page of somebody with ten
    thousand orders costs what one of ten does.
    """

    instant: Column[datetime]
    conditions: tuple[ColumnElement[bool] | None, ...]


# All, 待付款, 待收货, 待评价; 退款售后 is below.
TABS: dict[str | None, Tab] = {
    None: Tab(_orders.created_at, (None,)),
    "unpaid": Tab(_orders.created_at, (_orders.state == State.UNPAID,)),
    "to-receive": Tab(_orders.created_at, tuple(_orders.state == state for state in TO_RECEIVE)),
    "to-review": Tab(_orders.received_at, (_WAITS,)),
}


@dataclass(frozen=True)
class Counts:
    """How many orders wait: 待付款, 待收货, 待评价, and how many requests of 退款售后 are not decided.

    Orders are counted up to MOST_COUNTED.
    """

    unpaid: int
    to_receive: int
    to_review: int
    after_sale: int


@dataclass(frozen=True)
class ListedLine:
    """A line of an order as a list shows it."""

    name: str
    name_en: str
    pack: str
    pack_en: str
    picture: str
    quantity: int


@dataclass(frozen=True)
class ListedOrder:
    """An order as a list shows it; sums are fen. ``may_review``: a line of it waits for its review."""

    id: int
    no: str
    state: str
    payable: int
    refunded: int
    created_at: datetime
    expires_at: datetime
    received_at: datetime | None
    may_review: bool
    lines: tuple[ListedLine, ...]

    @property
    def quantity(self) -> int:
        return sum(line.quantity for line in self.lines)

    @property
    def seconds_left(self) -> int:
        """How long it can still be paid, 0 when it cannot."""
        if self.state != State.UNPAID:
            return 0
        return max(0, int((self.expires_at - clock.now()).total_seconds()))

    @property
    def may_receive(self) -> bool:
        return may(State(self.state), Event.RECEIVE)


@dataclass(frozen=True)
class OrderPage:
    """One page of a shopper's orders, the newest first."""

    orders: tuple[ListedOrder, ...]
    cursor: str | None


def _select_count(*conditions: ColumnElement[bool]) -> ScalarSelect[int]:
    """Return how many of the shopper's orders meet the conditions, counted up to MOST_COUNTED."""
    found = select(_orders.id).where(_orders.user_id == _USER, *conditions).limit(MOST_COUNTED).subquery()
    return select(func.count()).select_from(found).scalar_subquery()


# Built once, as all that follow. What makes Counts, for other queries too: they bind the values of ``count_values``.
COUNTS = (
    _select_count(_orders.state == State.UNPAID),
    _select_count(is_one_of(_orders.state, TO_RECEIVE)),
    _select_count(_WAITS),
    select_open_count(_USER).scalar_subquery(),
)
_COUNTS = select(*COUNTS)
_LISTED: Select[Any] = select(
    *(_orders[name] for name in list(ListedOrder.__dataclass_fields__)[:-2]), order_waits(_RECEIVED_AFTER)
)
_AMONG = _LISTED.where(_orders.id.in_(bindparam("ids", expanding=True)))
_LINES: Select[Any] = select(
    _order_lines.order_id, _order_lines.id, *(_order_lines[name] for name in ListedLine.__dataclass_fields__)
).where(_order_lines.order_id.in_(bindparam("ids", expanding=True)))


def counts_of(user_id: int) -> Counts:
    """Return the shopper's counts. One query."""
    return Counts(*read(_COUNTS, count_values(user_id)).one())


def count_values(user_id: int) -> dict[str, Any]:
    """Return the values that COUNTS binds."""
    return {"user": user_id, "received_after": window_start()}


def orders_of(user_id: int, tab: str | None, cursor: str | None) -> OrderPage:
    """Return a page of the shopper's orders with their lines. Two queries, four for 待收货 and 退款售后.

    Raises NotFound for an unknown tab.
    """
    if tab == AFTER_SALE:
        instant, found = _orders.created_at, _after_sale_page(user_id, cursor)
    elif tab in TABS:
        instant, found = TABS[tab].instant, _page(user_id, tab, cursor)
    else:
        raise NotFound(what="orders")
    shown = found[:PAGE_SIZE]
    lines = _lines([row.id for row in shown])
    listed = tuple(ListedOrder(*row, tuple(lines[row.id])) for row in shown)  # type: ignore[call-arg, arg-type]
    last = shown[-1] if len(found) > PAGE_SIZE else None
    return OrderPage(listed, instant_cursor(getattr(last, instant.key), last.id) if last else None)


def _page(user_id: int, tab: str | None, cursor: str | None) -> list[Row[Any]]:
    """Return the orders of a page and one more: the newest of those that each condition finds. A query for each."""
    instant, rows = TABS[tab].instant, list[Row[Any]]()
    values = {"user": user_id, "received_after": window_start(), "rows": PAGE_SIZE + 1}
    for query in _queries(tab):
        asked = query.where(older_than(instant, _orders.id, cursor)) if cursor else query
        rows += read(asked, values).all()
    return _newest(rows, instant)


@cache
def _queries(tab: str | None) -> list[Select[Any]]:
    """Return the statements of a tab's page, one for each of its conditions."""
    found = []
    for condition in TABS[tab].conditions:
        query = _LISTED.where(_orders.user_id == _USER, *([] if condition is None else [condition]))
        ordered = query.order_by(TABS[tab].instant.desc(), _orders.id.desc())
        found.append(ordered.limit(bindparam("rows", type_=Integer)))
    return found


def _after_sale_page(user_id: int, cursor: str | None) -> list[Row[Any]]:
    """Return the same of the orders of which something fell away or was asked back. Three queries.

    Few orders are such: where they stand in time is read of all of them, from indexes.
    """
    place = select(_orders.created_at, _orders.id)
    if cursor:
        place = place.where(older_than(_orders.created_at, _orders.id, cursor))
    reduced = place.where(_orders.user_id == user_id, _orders.refunded > 0)
    asked = place.where(_requests.order_id == _orders.id, _requests.user_id == user_id)
    places = {tuple(row) for query in (reduced, asked) for row in read(query)}
    ids = [order_id for _created_at, order_id in sorted(places, reverse=True)[: PAGE_SIZE + 1]]
    rows = read(_AMONG, {"ids": ids, "received_after": window_start()}).all() if ids else []
    return _newest(rows, _orders.created_at)


def _newest(rows: Sequence[Row[Any]], instant: Column[datetime]) -> list[Row[Any]]:
    return sorted(rows, key=lambda row: (getattr(row, instant.key), row.id), reverse=True)[: PAGE_SIZE + 1]


def _lines(order_ids: list[int]) -> dict[int, list[ListedLine]]:
    lines: dict[int, list[ListedLine]] = {order_id: [] for order_id in order_ids}
    rows = read(_LINES, {"ids": order_ids}) if order_ids else ()
    for order_id, _id, *values in sorted(rows, key=lambda row: row.id):  # the index has them by order and goods
        lines[order_id].append(ListedLine(*values))
    return lines

"""常购清单: what a shopper buys time and again, beside what the shop sells now, and the way of it into the cart."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median_low

from sqlalchemy import Row, func, select

from axf.core import clock
from axf.core.db import retried, transaction
from axf.extensions import db
from axf.market.replacements import sold_now
from axf.order.again import bought, columns_of_line
from axf.order.models import Order, OrderLine
from axf.order.refill import AgainLine, Bought, Compared, compared, fill_cart
from axf.order.state import SETTLED

PERIOD = timedelta(days=180)
LEAST_ORDERS = 2
MOST_LINES = 30


@dataclass(frozen=True)
class UsualLine:
    """A goods that is bought time and again: in how many orders, and when last; ``line`` is how it stands now."""

    line: AgainLine
    times: int
    bought_at: datetime


@dataclass(frozen=True)
class Usual:
    """The usual basket, what was bought most often first; ``is_cart_full``: no other goods fit into the cart."""

    lines: list[UsualLine]
    is_cart_full: bool

    @property
    def available(self) -> list[UsualLine]:
        return [each for each in self.lines if not each.line.is_gone]


def usual_of(user_id: int) -> Usual:
    """Return the shopper's usual basket: goods in two or more settled orders of the last 180 days, at most thirty.

    Wanted is the usual quantity, the median of those orders; the price of then is that of the last one. What was not
    found or given back does not count. Three queries, and one more for each successor that has a successor.
    """
    found = _found(user_id)
    then = [_bought(rows) for rows in found]
    now = compared(user_id, then, sold_now(each.goods_id for each in then))
    lines = [UsualLine(line, len(rows), rows[0].created_at) for line, rows in zip(now.lines, found, strict=True)]
    return Usual(lines, now.is_cart_full)


@retried
def fill(user_id: int, goods_ids: Collection[int]) -> Compared:
    """Put the chosen goods of the usual basket into the cart, selected, and return how they stand. Commits.

    The cart then holds at least the usual quantity of each, as far as there is stock and room: a repeat, or a double
    tap, adds nothing. What is off sale is replaced by its successor. What is not in the basket is passed over.
    """
    with transaction(db.session):
        then = [_bought(rows) for rows in _found(user_id) if rows[0].goods_id in goods_ids]
        sold = sold_now(each.goods_id for each in then)
        fill_cart(user_id, then, sold)
        return compared(user_id, then, sold)


def _found(user_id: int) -> list[list[Row]]:
    """Return the order lines of each goods of the basket, the newest first. One query."""
    mine = (
        Order.user_id == user_id,
        Order.state.in_(SETTLED),
        Order.created_at >= clock.now() - PERIOD,
        OrderLine.quantity > OrderLine.dropped,
    )
    times, last = func.count().label("times"), func.max(Order.created_at)
    usual = (
        select(OrderLine.goods_id, times, last.label("bought_at"))
        .join(Order, Order.id == OrderLine.order_id)
        .where(*mine)
        .group_by(OrderLine.goods_id)
        .having(times >= LEAST_ORDERS)
        .order_by(times.desc(), last.desc(), OrderLine.goods_id)
        .limit(MOST_LINES)
        .subquery()
    )
    query = (
        select(*columns_of_line(), OrderLine.dropped, Order.created_at)
        .join(Order, Order.id == OrderLine.order_id)
        .join(usual, usual.c.goods_id == OrderLine.goods_id)
        .where(*mine)
        .order_by(usual.c.times.desc(), usual.c.bought_at.desc(), usual.c.goods_id)
        .order_by(Order.created_at.desc(), Order.id.desc())
    )
    return _by_goods(db.session.execute(query))


def _by_goods(rows: Iterable[Row]) -> list[list[Row]]:
    by_goods: dict[int, list[Row]] = {}
    for row in rows:
        by_goods.setdefault(row.goods_id, []).append(row)
    return list(by_goods.values())


def _bought(rows: list[Row]) -> Bought:
    return bought(rows[0], median_low(row.quantity - row.dropped for row in rows))

"""再来一单: what an order had goes into the cart again, and what has changed since is told."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Row, func, select

from axf.core.db import retried, transaction
from axf.core.errors import NotFound
from axf.extensions import db
from axf.market.replacements import sold_now
from axf.order.models import Order, OrderAdjustment, OrderLine
from axf.order.refill import AgainLine, Bought, Compared, compared, fill_cart


@dataclass(frozen=True)
class Again(Compared):
    """An order beside what the shop sells and the cart holds now."""

    no: str

    @property
    def changed(self) -> list[AgainLine]:
        return [line for line in self.lines if line.is_changed]

    @property
    def unchanged(self) -> list[AgainLine]:
        return [line for line in self.lines if not line.is_changed]

    @property
    def quantity(self) -> int:
        """How many things of the order the cart holds."""
        return sum(line.quantity for line in self.lines)

    @property
    def is_whole(self) -> bool:
        """The cart holds all that can be had of the order: putting it there again would change nothing."""
        return not any(line.is_missing for line in self.lines)


@retried
def again(user_id: int, no: str) -> Again:
    """Put what a shopper's own order had into the cart, selected, and return what has changed since. Commits.

    The cart then holds at least as many of each goods as the order had, as far as there is stock and room: what is
    there already counts. So a repeat, or a double tap, adds nothing. What is off sale is replaced by its successor.
    Raises NotFound, also for somebody else's order.
    """
    with transaction(db.session):
        lines = _lines(user_id, no)
        sold = sold_now(line.goods_id for line in lines)
        fill_cart(user_id, lines, sold)
        return Again(**vars(compared(user_id, lines, sold)), no=no)


def compare(user_id: int, no: str) -> Again:
    """Return what has changed since a shopper's own order, and what of it the cart holds. It changes nothing.

    Three queries, and one more for each successor that has a successor.
    Raises NotFound, also for somebody else's order.
    """
    lines = _lines(user_id, no)
    return Again(**vars(compared(user_id, lines, sold_now(line.goods_id for line in lines))), no=no)


def columns_of_line() -> tuple[ColumnElement, ...]:
    """Return what ``bought`` wants to know of an order's line."""
    promotion = (
        select(func.coalesce(func.sum(OrderAdjustment.amount), 0))
        .where(
            OrderAdjustment.order_id == OrderLine.order_id,
            OrderAdjustment.goods_id == OrderLine.goods_id,
            OrderAdjustment.rule == "promo",
        )
        .scalar_subquery()
        .label("promotion")
    )
    copied = (OrderLine.goods_id, OrderLine.name, OrderLine.name_en, OrderLine.pack, OrderLine.pack_en)
    return (*copied, OrderLine.picture, OrderLine.price, OrderLine.quantity, promotion)  # type: ignore[return-value]


def bought(line: Row, wanted: int) -> Bought:
    """Return what the row of a line says was bought, at what its promotion made of the price then."""
    return Bought(
        goods_id=line.goods_id,
        name=line.name,
        name_en=line.name_en,
        pack=line.pack,
        pack_en=line.pack_en,
        picture=line.picture,
        price_then=line.price + int(line.promotion) // line.quantity,
        wanted=wanted,
    )


def _lines(user_id: int, no: str) -> list[Bought]:
    query = (
        select(*columns_of_line())
        .join(Order, Order.id == OrderLine.order_id)
        .where(Order.no == no, Order.user_id == user_id)
        .order_by(OrderLine.id)
    )
    lines = [bought(row, row.quantity) for row in db.session.execute(query)]
    if not lines:
        raise NotFound(what="order")
    return lines

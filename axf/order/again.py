"""再来一单: what an order had goes into the cart again, and what has changed since is told."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Row, case, func, insert, select, update

from axf.cart.models import MOST_A_LINE, CartItem
from axf.cart.service import MOST_LINES
from axf.core import clock
from axf.core.db import retried, rows_changed, transaction
from axf.core.errors import NotFound
from axf.extensions import db
from axf.market.cards import Card
from axf.market.replacements import sold_now
from axf.order.models import Order, OrderAdjustment, OrderLine


@dataclass(frozen=True)
class AgainLine:
    """A line of the order, copied, and ``goods``: what is sold for it now, None when nothing is.

    ``price_then`` is what a piece cost, fen. ``wanted`` were ordered; the cart holds ``quantity`` of them.
    """

    goods_id: int
    name: str
    name_en: str
    pack: str
    pack_en: str
    picture: str
    price_then: int
    wanted: int
    goods: Card | None
    quantity: int

    @property
    def price_now(self) -> int:
        """What a piece costs now; what it cost then when it is not sold any more."""
        return self.goods.price_now if self.goods else self.price_then

    @property
    def is_gone(self) -> bool:
        """Nothing of it can be bought: off sale without a successor, or sold out."""
        return self.goods is None or self.goods.is_sold_out

    @property
    def is_replaced(self) -> bool:
        return self.goods is not None and self.goods.id != self.goods_id

    @property
    def is_dearer(self) -> bool:
        return self.price_now > self.price_then

    @property
    def is_cheaper(self) -> bool:
        return self.price_now < self.price_then

    @property
    def is_fewer(self) -> bool:
        """The cart holds some of it, or none, but less than was ordered."""
        return not self.is_gone and self.quantity < self.wanted

    @property
    def is_short(self) -> bool:
        """Some are left, but less than were ordered."""
        return self.goods is not None and not self.is_gone and self.goods.stock < self.wanted

    @property
    def is_missing(self) -> bool:
        """The cart could hold more of it."""
        return self.is_fewer and not (self.is_short and self.goods is not None and self.quantity >= self.goods.stock)

    @property
    def is_changed(self) -> bool:
        return self.is_gone or self.is_replaced or self.is_fewer or self.price_now != self.price_then


@dataclass(frozen=True)
class Again:
    """An order beside what the shop sells and the cart holds now; ``is_cart_full``: no other goods fit in there."""

    no: str
    lines: list[AgainLine]
    is_cart_full: bool

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
        _fill_cart(user_id, _wanted(lines, sold))
        return _compared(user_id, no, lines, sold)


def compare(user_id: int, no: str) -> Again:
    """Return what has changed since a shopper's own order, and what of it the cart holds. It changes nothing.

    Three queries, and one more for each successor that has a successor.
    Raises NotFound, also for somebody else's order.
    """
    lines = _lines(user_id, no)
    return _compared(user_id, no, lines, sold_now(line.goods_id for line in lines))


def _lines(user_id: int, no: str) -> list[Row]:
    """Return the order's lines, each with what its promotion took off all of it then."""
    promotion = (
        select(func.coalesce(func.sum(OrderAdjustment.amount), 0))
        .where(
            OrderAdjustment.order_id == OrderLine.order_id,
            OrderAdjustment.goods_id == OrderLine.goods_id,
            OrderAdjustment.rule == "promo",
        )
        .scalar_subquery()
    )
    copied = (OrderLine.goods_id, OrderLine.name, OrderLine.name_en, OrderLine.pack, OrderLine.pack_en)
    query = (
        select(*copied, OrderLine.picture, OrderLine.price, OrderLine.quantity, promotion.label("promotion"))
        .join(Order, Order.id == OrderLine.order_id)
        .where(Order.no == no, Order.user_id == user_id)
        .order_by(OrderLine.id)
    )
    lines = list(db.session.execute(query))
    if not lines:
        raise NotFound(what="order")
    return lines


def _wanted(lines: Iterable[Row], sold: dict[int, Card]) -> dict[int, int]:
    """Return how many of which goods the cart is to hold; two lines may have the same successor."""
    wanted: dict[int, int] = {}
    for line in lines:
        goods = sold.get(line.goods_id)
        if goods and not goods.is_sold_out:
            most = min(MOST_A_LINE, goods.stock)
            wanted[goods.id] = min(most, wanted.get(goods.id, 0) + line.quantity)
    return wanted


def _fill_cart(user_id: int, wanted: dict[int, int]) -> None:
    """Raise the lines that are there to what is wanted, and add the others while there is room."""
    mine = CartItem.user_id == user_id
    there = set(db.session.scalars(select(CartItem.goods_id).where(mine)))
    known = {goods_id: number for goods_id, number in wanted.items() if goods_id in there}
    if known:
        number = case(known, value=CartItem.goods_id)
        more = case((CartItem.quantity < number, number), else_=CartItem.quantity)
        raised = update(CartItem).where(mine, CartItem.goods_id.in_(known))
        rows_changed(db.session, raised.values(quantity=more, is_select=True))
    room = max(0, MOST_LINES - len(there))
    new = [goods_id for goods_id in wanted if goods_id not in there][:room]
    if new:
        row = {"user_id": user_id, "is_select": True, "created_at": clock.now()}
        rows = [{**row, "goods_id": goods_id, "quantity": wanted[goods_id]} for goods_id in new]
        db.session.execute(insert(CartItem), rows)


def _compared(user_id: int, no: str, lines: list[Row], sold: dict[int, Card]) -> Again:
    held = select(CartItem.goods_id, CartItem.quantity).where(CartItem.user_id == user_id)
    left = dict(db.session.execute(held).all())
    is_cart_full = len(left) >= MOST_LINES
    found = {}
    # What is sold still comes first; what its successor holds beyond that counts for the lines that it replaces.
    for line in sorted(lines, key=lambda each: _is_replaced(each, sold)):
        goods = sold.get(line.goods_id)
        quantity = min(line.quantity, left.get(goods.id, 0)) if goods and not goods.is_sold_out else 0
        if goods and quantity:
            left[goods.id] -= quantity
        price_then = line.price + int(line.promotion) // line.quantity
        copied = (line.goods_id, line.name, line.name_en, line.pack, line.pack_en, line.picture)
        found[line.goods_id] = AgainLine(*copied, price_then, line.quantity, goods, quantity)
    return Again(no, [found[line.goods_id] for line in lines], is_cart_full)


def _is_replaced(line: Row, sold: dict[int, Card]) -> bool:
    return line.goods_id in sold and sold[line.goods_id].id != line.goods_id

"""What the cart page, the badge and the steppers read."""

from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import select

from axf.cart.models import CartItem
from axf.extensions import db
from axf.market.cards import COLUMNS, Card
from axf.market.models import Goods
from axf.pricing import Basket, Line, Quote, quote


@dataclass(frozen=True)
class CartLine(Card):
    """A goods as it is now, how many of it are wanted, and whether the next order takes it."""

    quantity: int = 0
    is_select: bool = False

    @property
    def amount(self) -> int:
        return self.price * self.quantity

    @property
    def is_short(self) -> bool:
        """There are some left, but fewer than wanted."""
        return not self.is_sold_out and self.stock < self.quantity


@dataclass(frozen=True)
class Cart:
    """All lines of a shopper, and what the selected ones cost."""

    all_lines: list[CartLine]

    @property
    def lines(self) -> list[CartLine]:
        """What can be bought, the newest first."""
        return [line for line in self.all_lines if not line.is_sold_out]

    @property
    def gone_lines(self) -> list[CartLine]:
        """What is off sale or sold out; shown apart and never part of an order."""
        return [line for line in self.all_lines if line.is_sold_out]

    @property
    def selected(self) -> list[CartLine]:
        return [line for line in self.lines if line.is_select]

    @property
    def selected_gone(self) -> list[CartLine]:
        """What was selected and cannot be bought any more."""
        return [line for line in self.gone_lines if line.is_select]

    @property
    def count(self) -> int:
        return sum(line.quantity for line in self.lines)

    @property
    def selected_count(self) -> int:
        return sum(line.quantity for line in self.selected)

    @property
    def is_all_selected(self) -> bool:
        return bool(self.lines) and all(line.is_select for line in self.lines)

    @cached_property
    def quote(self) -> Quote:
        return quote(basket_of(self.selected))

    def quantity_of(self, goods_id: int) -> int:
        """Return how many of the goods the cart holds."""
        return next((line.quantity for line in self.all_lines if line.id == goods_id), 0)


def cart_of(user_id: int) -> Cart:
    """Return the shopper's cart. One query."""
    rows = db.session.execute(cart_lines(user_id))
    return Cart([CartLine(*row) for row in rows])


def cart_lines(user_id: int):
    """Return the SELECT whose rows make CartLines, the newest first."""
    return (
        select(*COLUMNS, CartItem.quantity, CartItem.is_select)
        .join(CartItem, CartItem.goods_id == Goods.id)
        .where(CartItem.user_id == user_id)
        .order_by(CartItem.created_at.desc(), CartItem.goods_id.desc())
    )


def basket_of(lines: list[CartLine]) -> Basket:
    """Return the lines as the price rules take them."""
    return Basket(tuple(Line(line.id, line.price, line.quantity, line.is_bogo) for line in lines))


def overlay(user_id: int, goods_ids: list[int]) -> tuple[int, dict[int, int]]:
    """Return how many things the cart holds, and how many of each of these goods. One query."""
    rows = db.session.execute(
        select(CartItem.goods_id, CartItem.quantity, Goods.on_sale, Goods.stock)
        .join(Goods, Goods.id == CartItem.goods_id)
        .where(CartItem.user_id == user_id)
    ).all()
    wanted = set(goods_ids)
    count = sum(row.quantity for row in rows if row.on_sale and row.stock)
    return count, {row.goods_id: row.quantity for row in rows if row.goods_id in wanted}

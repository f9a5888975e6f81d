"""What the cart page, the badge and the steppers read."""

from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import select

from axf.cart.models import CartItem
from axf.core import clock
from axf.extensions import db
from axf.market.cards import COLUMNS, Card
from axf.market.models import Goods
from axf.market.promotions import running_full_offs
from axf.pricing import Basket, FullOff, FullOffStep, Line, Quote, full_off_progress, quote


@dataclass(frozen=True)
class CartLine(Card):
    """A goods as it is now and where it belongs, how many are wanted, and whether the next order takes it."""

    quantity: int = 0
    is_select: bool = False
    food_type_id: int = 0
    child_type_id: int | None = None

    @property
    def amount(self) -> int:
        return self.price * self.quantity

    @property
    def is_short(self) -> bool:
        """There are some left, but fewer than wanted."""
        return not self.is_sold_out and self.stock < self.quantity


@dataclass(frozen=True)
class Cart:
    """All lines of a shopper, the 满减 that hold now, and what the selected lines cost."""

    all_lines: list[CartLine]
    full_offs: tuple[FullOff, ...] = ()

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
        return quote(basket_of(self.selected, self.full_offs))

    @property
    def offers(self) -> list[FullOffStep]:
        """The 满减 that the selected lines reach, and of those that they are half way to the nearest."""
        steps = full_off_progress(basket_of(self.selected, self.full_offs))
        near = [step for step in steps if step.missing and step.total * 2 >= step.offer.minimum]
        return [step for step in steps if not step.missing] + sorted(near, key=lambda step: step.missing)[:1]

    def quantity_of(self, goods_id: int) -> int:
        """Return how many of the goods the cart holds."""
        return next((line.quantity for line in self.all_lines if line.id == goods_id), 0)


def cart_of(user_id: int) -> Cart:
    """Return the shopper's cart. Two queries."""
    rows = db.session.execute(cart_lines(user_id))
    return Cart([CartLine(*row) for row in rows], running_full_offs(clock.now()))


def cart_lines(user_id: int):
    """Return the SELECT whose rows make CartLines, the newest first."""
    return (
        select(*COLUMNS, CartItem.quantity, CartItem.is_select, Goods.food_type_id, Goods.child_type_id)
        .join(CartItem, CartItem.goods_id == Goods.id)
        .where(CartItem.user_id == user_id)
        .order_by(CartItem.created_at.desc(), CartItem.goods_id.desc())
    )


def basket_of(lines: list[CartLine], full_offs: tuple[FullOff, ...] = ()) -> Basket:
    """Return the lines as the price rules take them, with the promotions that hold for them now."""
    return Basket(tuple(map(_priced, lines)), full_offs)


def _priced(line: CartLine) -> Line:
    return Line(
        line.id,
        line.price,
        line.quantity,
        is_bogo=line.is_bogo,
        is_second_half=line.is_second_half,
        promo_price=line.special_price,
        food_type_ids=frozenset(each for each in (line.food_type_id, line.child_type_id) if each is not None),
    )


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

"""What was bought before goes into the cart again, as far as it can be had; and how it differs from then."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import case, insert, select, update

from axf.cart.models import MOST_A_LINE, CartItem
from axf.cart.service import MOST_LINES
from axf.core import clock
from axf.core.db import rows_changed
from axf.extensions import db
from axf.market.cards import Card


@dataclass(frozen=True)
class Bought:
    """What was bought, copied from an order: what a piece cost then, fen, and how many are wanted again."""

    goods_id: int
    name: str
    name_en: str
    pack: str
    pack_en: str
    picture: str
    price_then: int
    wanted: int


@dataclass(frozen=True)
class AgainLine(Bought):
    """What was bought, and ``goods``: what is sold for it now, None when nothing is. The cart holds ``quantity``."""

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
        """The cart holds some of it, or none, but less than is wanted."""
        return not self.is_gone and self.quantity < self.wanted

    @property
    def is_short(self) -> bool:
        """Some are left, but less than are wanted."""
        return self.goods is not None and not self.is_gone and self.goods.stock < self.wanted

    @property
    def is_missing(self) -> bool:
        """The cart could hold more of it."""
        return self.is_fewer and not (self.is_short and self.goods is not None and self.quantity >= self.goods.stock)

    @property
    def is_changed(self) -> bool:
        return self.is_gone or self.is_replaced or self.is_fewer or self.price_now != self.price_then


@dataclass(frozen=True)
class Compared:
    """What was bought beside what the shop sells and the cart holds now; ``is_cart_full``: no other goods fit in."""

    lines: list[AgainLine]
    is_cart_full: bool


def fill_cart(user_id: int, bought: Iterable[Bought], sold: dict[int, Card]) -> None:
    """Raise the cart to what was bought, selected, as far as there is stock and room; ``sold`` is by goods id.

    What the cart holds already counts: a repeat adds nothing. The caller commits.
    """
    wanted = _wanted(bought, sold)
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


def compared(user_id: int, bought: list[Bought], sold: dict[int, Card]) -> Compared:
    """Return what has changed since, and what of it the cart holds. One query."""
    held = select(CartItem.goods_id, CartItem.quantity).where(CartItem.user_id == user_id)
    left = dict(db.session.execute(held).all())
    is_cart_full = len(left) >= MOST_LINES
    found = {}
    # What is sold still comes first; what its successor holds beyond that counts for what it replaces.
    for each in sorted(bought, key=lambda each: _is_replaced(each, sold)):
        goods = sold.get(each.goods_id)
        quantity = min(each.wanted, left.get(goods.id, 0)) if goods and not goods.is_sold_out else 0
        if goods and quantity:
            left[goods.id] -= quantity
        found[each.goods_id] = AgainLine(**vars(each), goods=goods, quantity=quantity)
    return Compared([found[each.goods_id] for each in bought], is_cart_full)


def _wanted(bought: Iterable[Bought], sold: dict[int, Card]) -> dict[int, int]:
    """Return how many of which goods the cart is to hold; two of the bought may have the same successor."""
    wanted: dict[int, int] = {}
    for each in bought:
        goods = sold.get(each.goods_id)
        if goods and not goods.is_sold_out:
            most = min(MOST_A_LINE, goods.stock)
            wanted[goods.id] = min(most, wanted.get(goods.id, 0) + each.wanted)
    return wanted


def _is_replaced(bought: Bought, sold: dict[int, Card]) -> bool:
    return bought.goods_id in sold and sold[bought.goods_id].id != bought.goods_id

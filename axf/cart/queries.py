"""What the cart page, the badge and the steppers read."""

from collections.abc import Collection
from dataclasses import dataclass, fields, replace
from datetime import datetime
from functools import cached_property

from sqlalchemy import BindParameter, Integer, bindparam, false, literal, select, true, union_all

from axf.cart.models import CartItem
from axf.core import clock
from axf.core.db import table_of
from axf.extensions import read
from axf.market.cards import COLUMNS, Card, special_price_of
from axf.market.models import Goods
from axf.market.promotions import running_full_offs
from axf.pricing import Basket, FullOff, FullOffStep, Line, Quote, full_off_progress, quote
from axf.pricing.rules import vip_price
from axf.remembered.models import Favourite
from axf.vip.ledger import NO_LEVEL, Level, select_level

_GOODS, _ITEMS = table_of(Goods), table_of(CartItem)
_TYPES = _GOODS.c.food_type_id, _GOODS.c.child_type_id
# What makes CartLines, the newest first. Built once: these are on the way of every tap and every order.
_LINES = (
    select(*COLUMNS, _ITEMS.c.quantity, _ITEMS.c.is_select, *_TYPES)
    .select_from(_GOODS.join(_ITEMS, _ITEMS.c.goods_id == _GOODS.c.id))
    .where(_ITEMS.c.user_id == bindparam("user"))
    .order_by(_ITEMS.c.created_at.desc(), _ITEMS.c.goods_id.desc())
)
_USER = bindparam("user", type_=Integer)
_LEVEL = select_level(_USER).add_columns(_USER.label("user_id")).subquery("level")
_LINES_AND_LEVEL = _LINES.add_columns(*(_LEVEL.c[field.name] for field in fields(Level))).outerjoin(
    _LEVEL, _LEVEL.c.user_id == _ITEMS.c.user_id
)
_LINE_OF_GOODS = select(
    *COLUMNS, bindparam("quantity", type_=Integer).label("quantity"), true().label("is_select"), *_TYPES
).where(_GOODS.c.id == bindparam("goods"))

_AMONG: BindParameter[list[int]] = bindparam("goods", expanding=True)
# The overlay's. A line holds at least one, so that a row with nothing in it is a favourite.
_FAVOURITES = table_of(Favourite).c
_IN_CART_AND_KEPT = union_all(
    select(_ITEMS.c.goods_id, _ITEMS.c.quantity, (_GOODS.c.on_sale & (_GOODS.c.stock > 0)).label("counts"))
    .select_from(_ITEMS.join(_GOODS, _GOODS.c.id == _ITEMS.c.goods_id))
    .where(_ITEMS.c.user_id == _USER),
    select(_FAVOURITES.goods_id, literal(0), false()).where(
        _FAVOURITES.user_id == _USER, _FAVOURITES.goods_id.in_(_AMONG)
    ),
)
_PRICES = (_GOODS.c[name] for name in ("id", "price", "promo_price", "promo_starts_at", "promo_ends_at"))
_OWN_LEVEL = select_level(_USER).subquery()
_LEVEL_AND_PRICES = select(*_OWN_LEVEL.c, *_PRICES).select_from(_OWN_LEVEL.outerjoin(_GOODS, _GOODS.c.id.in_(_AMONG)))


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
    """All lines of a shopper, the 满减 that hold now, and what the selected lines cost at the shopper's level."""

    all_lines: list[CartLine]
    full_offs: tuple[FullOff, ...] = ()
    level: Level = NO_LEVEL

    @cached_property
    def lines(self) -> list[CartLine]:
        """What can be bought, the newest first."""
        return [line for line in self.all_lines if not line.is_sold_out]

    @cached_property
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
        return quote(self._basket)

    @property
    def offers(self) -> list[FullOffStep]:
        """The 满减 that the selected lines reach, and of those that they are half way to the nearest."""
        steps = full_off_progress(self._basket)
        near = [step for step in steps if step.missing and step.total * 2 >= step.offer.minimum]
        return [step for step in steps if not step.missing] + sorted(near, key=lambda step: step.missing)[:1]

    @cached_property
    def _basket(self) -> Basket:
        return replace(basket_of(self.selected, self.full_offs), vip=self.level.terms)

    def vip_price(self, line: CartLine) -> int | None:
        """Return what a piece costs at the shopper's level, where that is less."""
        return lower_price(line.price_now, self.level)

    def quantity_of(self, goods_id: int) -> int:
        """Return how many of the goods the cart holds."""
        return next((line.quantity for line in self.all_lines if line.id == goods_id), 0)


@dataclass(frozen=True)
class Overlay:
    """What is personal on a public page; each dict is by goods id, prices are fen and only those below the ordinary.

    ``favourites`` are those of its goods that the shopper keeps, in order of their ids.
    """

    count: int
    quantities: dict[int, int]
    level: Level
    vip_prices: dict[int, int]
    favourites: list[int]


def cart_of(user_id: int) -> Cart:
    """Return the shopper's cart. Two queries."""
    width = len(fields(Level))
    rows = [tuple(row) for row in read(_LINES_AND_LEVEL, {"user": user_id})]
    # An empty cart has no price for a level to lower.
    level = Level(*rows[0][-width:]) if rows and rows[0][-width] is not None else NO_LEVEL
    return Cart([CartLine(*row[:-width]) for row in rows], running_full_offs(clock.now()), level)


def lines_of(user_id: int, buy: tuple[int, int] | None = None) -> list[CartLine]:
    """Return what the next order takes: the selected lines that can be bought, or so many of one goods. One query.

    ``buy`` is a goods id and a quantity: then the cart does not matter. Nothing that can be bought: no lines.
    """
    if buy is None:
        rows = read(_LINES, {"user": user_id})
    else:
        rows = read(_LINE_OF_GOODS, {"goods": buy[0], "quantity": buy[1]})
    return Cart([CartLine(*tuple(row)) for row in rows]).selected


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


def lower_price(price: int, level: Level) -> int | None:
    """Return what a piece at this price costs with the level, where that is less."""
    lowered = vip_price(price, level.rate)
    return lowered if lowered < price else None


def overlay(user_id: int, goods_ids: Collection[int], now: datetime) -> Overlay:
    """Return what is personal on a public page that shows these goods. Two queries."""
    level, vip_prices = _level_and_prices(user_id, goods_ids, now)
    rows = read(_IN_CART_AND_KEPT, {"user": user_id, "goods": list(goods_ids)}).all()
    return Overlay(
        count=sum(row.quantity for row in rows if row.counts),
        quantities={row.goods_id: row.quantity for row in rows if row.quantity and row.goods_id in goods_ids},
        favourites=sorted(row.goods_id for row in rows if not row.quantity),
        level=level,
        vip_prices=vip_prices,
    )


def _level_and_prices(user_id: int, goods_ids: Collection[int], now: datetime) -> tuple[Level, dict[int, int]]:
    """Return the shopper's level, and what the goods that are cheaper with it cost. One query."""
    rows = read(_LEVEL_AND_PRICES, {"user": user_id, "goods": list(goods_ids)}).all()
    if not rows:
        return NO_LEVEL, {}
    found = Level(*rows[0][: len(fields(Level))])
    now_by_id = {row.id: special_price_of(row, now) or row.price for row in rows if row.id is not None}
    prices = {goods_id: lower_price(price, found) for goods_id, price in now_by_id.items()}
    return found, {goods_id: price for goods_id, price in prices.items() if price is not None}

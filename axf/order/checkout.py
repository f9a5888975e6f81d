"""Placing an order: the selected lines of the cart become one, exactly once."""

import secrets
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import delete, func, insert, select

from axf.cart.models import CartItem
from axf.cart.queries import Cart, CartLine, basket_of, cart_lines
from axf.core import clock
from axf.core.db import retried, transaction
from axf.core.errors import ShopError
from axf.delivery import areas, regions, slots
from axf.delivery.areas import AreaTerms
from axf.delivery.slots import SlotFull, SlotGone
from axf.extensions import db
from axf.market import stock
from axf.market.stock import OutOfStock
from axf.order import events
from axf.order.models import Order, OrderAdjustment, OrderDelivery, OrderLine
from axf.order.state import State
from axf.pricing import Freight, Quote, quote
from axf.user import addresses
from axf.user.models import User

MOST_UNPAID = 5


class NothingSelected(ShopError):
    """No line of the cart is selected and can be bought."""

    code = "nothing-selected"
    status = 409


class TotalChanged(ShopError):
    """The total now (``total``, fen) is not the one that the shopper saw (``shown``)."""

    code = "total-changed"
    status = 409


class TooManyUnpaid(ShopError):
    """So many orders (``most``) already wait for their payment and hold stock."""

    code = "too-many-unpaid"
    status = 409


class NotDelivered(ShopError):
    """Nobody brings anything to this address: its district is in no open area."""

    code = "not-delivered"
    status = 409


class BelowMinimum(ShopError):
    """The goods cost less than the area's minimum; ``missing`` fen are wanting."""

    code = "below-minimum"
    status = 409


# What the checkout page tells and lets the shopper mend.
REFUSALS = (
    NothingSelected,
    TotalChanged,
    TooManyUnpaid,
    NotDelivered,
    BelowMinimum,
    SlotFull,
    SlotGone,
    OutOfStock,
)


@dataclass(frozen=True)
class Wishes:
    """Where and when the order is brought, what to do when something runs out (replace, refund, call), a note."""

    address_id: int
    slot_id: int
    wish: str = "refund"
    note: str = ""


@dataclass(frozen=True)
class Placed:
    """The order's number, and whether this call made it."""

    no: str
    is_new: bool


def new_token() -> str:
    """Return a fresh checkout token for a form: 256 random bits."""
    return secrets.token_urlsafe(32)


@retried
def place(user_id: int, checkout_token: str, shown_total: int, wishes: Wishes, life: timedelta) -> Placed:
    """Make an order of the selected lines, take its place in the slot and its stock; unselected lines stay. Commits.

    Lines are priced now; ``shown_total`` (fen) is what the shopper agreed to. ``life`` is how
    long the order waits for its payment. A repeat with the same token returns the same order.
    Raises TooManyUnpaid, NotFound (the address), NotDelivered, NothingSelected, TotalChanged, BelowMinimum,
    SlotFull, SlotGone, OutOfStock; nothing changes then.
    """
    now = clock.now()
    with transaction(db.session):
        _lock(user_id)
        known = db.session.scalar(
            select(Order.no).where(Order.user_id == user_id, Order.checkout_token == checkout_token)
        )
        if known is not None:
            return Placed(known, is_new=False)
        _refuse_hoarding(user_id)
        address = addresses.get(user_id, wishes.address_id)
        area = areas.area_of(address.district)
        if area is None:
            raise NotDelivered
        lines = _selected_lines(user_id)
        price = price_of(lines, area)
        if price.payable != shown_total:
            raise TotalChanged(shown=shown_total, total=price.payable)
        if missing_to_minimum(price, area):
            raise BelowMinimum(missing=missing_to_minimum(price, area))
        order = Order(
            no=_new_no(),
            user_id=user_id,
            checkout_token=checkout_token,
            state=State.UNPAID,
            goods_total=price.goods_total,
            payable=price.payable,
            created_at=now,
            expires_at=now + life,
        )
        db.session.add(order)
        db.session.flush()
        _copy(order.id, lines, price)
        events.record(order.id, "place", None, State.UNPAID, actor="shopper", at=now)
        _remove_from_cart(user_id, lines)
        times = slots.take(db.session, wishes.slot_id, area.id, now)
        db.session.execute(
            insert(OrderDelivery).values(
                order_id=order.id,
                name=address.name,
                phone=address.phone,
                region=regions.name_of(address.district),
                detail=address.detail,
                area_id=area.id,
                slot_id=wishes.slot_id,
                slot_starts_at=times.starts_at,
                slot_ends_at=times.ends_at,
                wish=wishes.wish,
                note=wishes.note,
            )
        )
        quantities = {line.id: line.quantity for line in lines}
        stock.take(db.session, quantities, reason="order", reference=order.no, at=now)
        return Placed(order.no, is_new=True)


def price_of(lines: list[CartLine], area: AreaTerms | None) -> Quote:
    """Return what the lines cost, brought to this area; without one the freight is left out."""
    freight = Freight(area.fee, area.free_from) if area else None
    return quote(replace(basket_of(lines), freight=freight))


def missing_to_minimum(price: Quote, area: AreaTerms) -> int:
    """Return how many fen of goods are wanting to the area's minimum order; the freight does not count."""
    return max(0, area.minimum - (price.payable - price.sums.get("freight", 0)))


def _lock(user_id: int) -> None:
    """Lock the shopper's row: their checkouts run one after the other."""
    db.session.execute(select(User.id).where(User.id == user_id).with_for_update())


def _refuse_hoarding(user_id: int) -> None:
    """Unpaid orders hold stock for free: nobody may empty the shelves with them."""
    waiting = select(func.count()).where(Order.user_id == user_id, Order.state == State.UNPAID)
    if (db.session.scalar(waiting) or 0) >= MOST_UNPAID:
        raise TooManyUnpaid(most=MOST_UNPAID)


def _selected_lines(user_id: int) -> list[CartLine]:
    """Return the lines to buy. Their cart rows are locked first: an add from another device waits."""
    db.session.execute(
        select(CartItem.goods_id)
        .where(CartItem.user_id == user_id, CartItem.is_select)
        .order_by(CartItem.goods_id)
        .with_for_update()
    )
    lines = Cart([CartLine(*row) for row in db.session.execute(cart_lines(user_id))]).selected
    if not lines:
        raise NothingSelected
    for line in lines:
        if line.is_short:
            raise OutOfStock(goods_id=line.id, name=line.name, name_en=line.name_en, left=line.stock)
    return lines


def _copy(order_id: int, lines: list[CartLine], price: Quote) -> None:
    db.session.execute(
        insert(OrderLine),
        [
            {
                "order_id": order_id,
                "goods_id": line.id,
                "name": line.name,
                "name_en": line.name_en,
                "pack": line.pack,
                "pack_en": line.pack_en,
                "picture": line.picture,
                "price": line.price,
                "quantity": line.quantity,
                "amount": line.amount,
            }
            for line in lines
        ],
    )
    adjustments = [
        {"order_id": order_id, "goods_id": each.goods_id, "rule": each.rule, "amount": each.amount}
        for each in price.adjustments
    ]
    if adjustments:
        db.session.execute(insert(OrderAdjustment), adjustments)


def _remove_from_cart(user_id: int, lines: list[CartLine]) -> None:
    bought = [line.id for line in lines]
    db.session.execute(delete(CartItem).where(CartItem.user_id == user_id, CartItem.goods_id.in_(bought)))


def _new_no() -> str:
    """Return an order number: the Shanghai day and ten random digits; it tells nothing of how many there are."""
    return f"{clock.today():%Y%m%d}{secrets.randbelow(10**10):010d}"

"""Placing an order: the selected lines of the cart become one, exactly once."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, insert, select

from axf.cart.models import CartItem
from axf.cart.queries import Cart, CartLine, basket_of, cart_lines
from axf.core import clock
from axf.core.db import retried, transaction
from axf.core.errors import ShopError
from axf.extensions import db
from axf.market import stock
from axf.market.stock import OutOfStock
from axf.order import events
from axf.order.models import Order, OrderAdjustment, OrderLine
from axf.order.state import State
from axf.pricing import Quote, quote
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


@dataclass(frozen=True)
class Placed:
    """The order's number, and whether this call made it."""

    no: str
    is_new: bool


def new_token() -> str:
    """Return a fresh checkout token for a form: 256 random bits."""
    return secrets.token_urlsafe(32)


@retried
def place(user_id: int, checkout_token: str, shown_total: int, life: timedelta) -> Placed:
    """Make an order of the selected lines and take its stock; unselected lines stay. Commits.

    Lines are priced now; ``shown_total`` (fen) is what the shopper agreed to. ``life`` is how
    long the order waits for its payment. A repeat with the same token returns the same order.
    Raises TooManyUnpaid, NothingSelected, TotalChanged, OutOfStock; nothing changes then.
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
        lines = _selected_lines(user_id)
        price = quote(basket_of(lines))
        if price.payable != shown_total:
            raise TotalChanged(shown=shown_total, total=price.payable)
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
        quantities = {line.id: line.quantity for line in lines}
        stock.take(db.session, quantities, reason="order", reference=order.no, at=now)
        return Placed(order.no, is_new=True)


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

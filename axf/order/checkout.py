"""Placing an order: the selected lines of the cart become one, exactly once."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import CursorResult, bindparam, delete, insert, select, tuple_

from axf.cart.models import CartItem
from axf.cart.queries import CartLine, lines_of
from axf.core import clock
from axf.core.db import Moved, retried, rows_changed, table_of, transaction
from axf.core.errors import NotFound, ShopError
from axf.coupon import ledger as coupons
from axf.coupon.ledger import CouponGone
from axf.delivery import slots
from axf.delivery.areas import AreaTerms
from axf.delivery.slots import SlotFull, SlotGone
from axf.extensions import db
from axf.market import stock
from axf.market.stock import OutOfStock
from axf.order import events, settlement
from axf.order.changes import changes
from axf.order.draft import Draft, Wishes, draft_of, offers_of
from axf.order.facts import Destination, Facts, facts_of
from axf.order.models import Order, OrderAdjustment, OrderDelivery, OrderLine
from axf.order.state import State
from axf.points import ledger as points
from axf.points.ledger import PointsShort
from axf.user.models import User

MOST_UNPAID = 5
# An order is placed in a handful of statements; built once, each costs little more than its way to the database.
_CART, _ORDERS, _USERS = table_of(CartItem), table_of(Order), table_of(User)
_LOCK = select(_USERS.c.id).where(_USERS.c.id == bindparam("user_id")).with_for_update()
_EMPTY_CART = delete(_CART).where(
    _CART.c.user_id == bindparam("shopper"),
    _CART.c.is_select,
    tuple_(_CART.c.goods_id, _CART.c.quantity).in_(bindparam("bought", expanding=True)),
)
_INSERT_ORDER, _INSERT_LINES, _INSERT_ADJUSTMENTS, _INSERT_DELIVERY = (
    insert(table_of(model)) for model in (Order, OrderLine, OrderAdjustment, OrderDelivery)
)


class NothingSelected(ShopError):
    """No line of the cart is selected and can be bought."""

    code = "nothing-selected"
    status = 409


class TotalChanged(ShopError):
    """The total now (``total``, fen) is not the one that the shopper saw (``shown``), or it is one of other goods."""

    code = "total-changed"
    status = 409


class TooManyUnpaid(ShopError):
    """So many orders (``most``) already wait for their payment and hold stock."""

    code = "too-many-unpaid"
    status = 409


class AddressGone(NotFound):
    """The address is not (or no longer) in the shopper's book."""

    code = "address-gone"


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
    AddressGone,
    NothingSelected,
    TotalChanged,
    TooManyUnpaid,
    NotDelivered,
    BelowMinimum,
    CouponGone,
    PointsShort,
    SlotFull,
    SlotGone,
    OutOfStock,
)


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
    """Make an order of the selected lines (or of what is bought at once); unselected lines stay. Commits.

    Lines are priced now; ``shown_total`` (fen) is what the shopper agreed to. Coupons, points, a place in the slot
    and the stock are taken along, or nothing is. ``life`` is how long the order waits for its payment; one that
    costs nothing is paid at once. A repeat with the same token returns the same order.
    Raises TooManyUnpaid, AddressGone, NotDelivered, NothingSelected, TotalChanged, BelowMinimum,
    CouponGone, PointsShort, SlotFull, SlotGone, OutOfStock; nothing changes then.
    """
    try:
        return _place(user_id, checkout_token, shown_total, wishes, life)
    except ShopError:
        # A node of a cluster that has just taken over may still be applying the order when a shopper asks again:
        # first there was no order of this token, then the cart was empty.
        mine = _ORDERS.c.user_id == user_id, _ORDERS.c.checkout_token == checkout_token
        no = db.session.scalar(select(_ORDERS.c.no).where(*mine))
        if no is None:
            raise
        return Placed(no, is_new=False)


def _place(user_id: int, checkout_token: str, shown_total: int, wishes: Wishes, life: timedelta) -> Placed:
    now = clock.now()
    with transaction(db.session):
        _lock(user_id)
        facts = facts_of(user_id, now, wishes.address_id, wishes.slot_id, checkout_token)
        if facts.known_no is not None:
            return Placed(facts.known_no, is_new=False)
        where = _refuse_unfit(facts)
        draft = draft_of(_lines_to_buy(user_id, wishes), facts, offers_of(user_id, facts, now), wishes, now)
        _refuse_changed(draft, where.area, shown_total, wishes.shown)
        order_id, no = _insert(user_id, checkout_token, draft, now, life)
        _copy(order_id, draft, wishes)
        _deliver(order_id, where, wishes)
        events.record(order_id, "place", None, State.UNPAID, actor="shopper", at=now)
        if wishes.buy is None:
            _remove_from_cart(user_id, draft.lines)
        _spend(user_id, order_id, no, draft, now)
        slots.take(db.session, wishes.slot_id, where.area.id, now)
        quantities = {line.id: line.quantity for line in draft.lines}
        stock.take(db.session, quantities, reason="order", reference=no, at=now)
        if draft.quote.payable == 0:
            settlement.mark_paid(db.session.get_one(Order, order_id), actor="shop", reason="nothing to pay", at=now)
        return Placed(no, is_new=True)


def _lock(user_id: int) -> None:
    """Lock the shopper's row: their checkouts run one after the other."""
    db.session.execute(_LOCK, {"user_id": user_id})


def _refuse_unfit(facts: Facts) -> Destination:
    """Return where the order goes. Unpaid orders hold stock for free: nobody may empty the shelves with them."""
    if facts.unpaid >= MOST_UNPAID:
        raise TooManyUnpaid(most=MOST_UNPAID)
    if not facts.has_address:
        raise AddressGone
    if facts.destination is None:
        raise NotDelivered
    return facts.destination


def _lines_to_buy(user_id: int, wishes: Wishes) -> list[CartLine]:
    lines = lines_of(user_id, wishes.buy)
    if not lines:
        raise NothingSelected
    for line in lines:
        if line.is_short:
            raise OutOfStock(goods_id=line.id, name=line.name, name_en=line.name_en, left=line.stock)
    return lines


def _refuse_changed(draft: Draft, area: AreaTerms, shown_total: int, shown: str) -> None:
    """Other goods for the same sum are a change, too."""
    if draft.quote.payable != shown_total or any(each.goods_id for each in changes(shown, draft.lines, draft.quote)):
        raise TotalChanged(shown=shown_total, total=draft.quote.payable)
    if draft.missing_to(area.minimum):
        raise BelowMinimum(missing=draft.missing_to(area.minimum))


def _insert(user_id: int, checkout_token: str, draft: Draft, now: datetime, life: timedelta) -> tuple[int, str]:
    """Make the order and return its id and number."""
    no = _new_no()
    values = {
        "no": no,
        "user_id": user_id,
        "checkout_token": checkout_token,
        "state": State.UNPAID,
        "goods_total": draft.quote.goods_total,
        "payable": draft.quote.payable,
        "created_at": now,
        "expires_at": now + life,
    }
    made = cast(CursorResult, db.session.execute(_INSERT_ORDER, values))
    return made.inserted_primary_key[0], no  # type: ignore[index]


def _copy(order_id: int, draft: Draft, wishes: Wishes) -> None:
    """Write down what is sold and how its price came about."""
    copied = ("name", "name_en", "pack", "pack_en", "picture", "price", "quantity", "amount")
    lines = [
        {
            "order_id": order_id,
            "goods_id": line.id,
            "wish": _line_wish(line, wishes),
            **{name: getattr(line, name) for name in copied},
        }
        for line in draft.lines
    ]
    db.session.execute(_INSERT_LINES, lines)
    adjustments = [
        {"order_id": order_id, "goods_id": each.goods_id, "rule": each.rule, "amount": each.amount}
        for each in draft.quote.adjustments
    ]
    if adjustments:
        db.session.execute(_INSERT_ADJUSTMENTS, adjustments)


def _line_wish(line: CartLine, wishes: Wishes) -> str:
    """Return the line's own wish, or nothing where it is the order's."""
    wish = wishes.line_wishes.get(line.id, "")
    return "" if wish == wishes.wish else wish


def _deliver(order_id: int, where: Destination, wishes: Wishes) -> None:
    """Copy where and when the order is brought."""
    if where.slot is None:
        raise SlotGone(slot_id=wishes.slot_id)
    copied = {
        "order_id": order_id,
        "name": where.name,
        "phone": where.phone,
        "region": where.region,
        "detail": where.detail,
        "area_id": where.area.id,
        "slot_id": wishes.slot_id,
        "slot_starts_at": where.slot.starts_at,
        "slot_ends_at": where.slot.ends_at,
        "wish": wishes.wish,
        "note": wishes.note,
        "invoice_title": wishes.invoice_title,
    }
    db.session.execute(_INSERT_DELIVERY, copied)


def _remove_from_cart(user_id: int, lines: list[CartLine]) -> None:
    """Take out what is bought, as it was read. Raises Moved when it was changed since: then nothing is bought."""
    bought = {"shopper": user_id, "bought": [(line.id, line.quantity) for line in lines]}
    if rows_changed(db.session, _EMPTY_CART, bought) < len(lines):
        raise Moved


def _spend(user_id: int, order_id: int, no: str, draft: Draft, now: datetime) -> None:
    """Take the coupons and points that the price counts on: coupons first, then points."""
    if draft.coupon:
        coupons.use(db.session, user_id, draft.coupon.held.id, order_id, now)
    if draft.delivery_coupon and draft.uses_delivery_coupon:
        coupons.use(db.session, user_id, draft.delivery_coupon.id, order_id, now)
    if draft.points_spent:
        points.spend(db.session, user_id, draft.points_spent, reference=no, at=now)


def _new_no() -> str:
    """Return an order number: the Shanghai day and ten random digits; it tells nothing of how many there are."""
    return f"{clock.today():%Y%m%d}{secrets.randbelow(10**10):010d}"

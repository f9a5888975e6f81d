"""The use cases of the cart: each is one transaction and commits."""

from datetime import datetime

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from axf.cart.models import MOST_A_LINE, CartItem
from axf.core import clock
from axf.core.db import Moved, retried, rows_changed, transaction
from axf.core.errors import NotFound, ShopError
from axf.extensions import db
from axf.market.models import Goods

MOST_LINES = 100


class NotOnSale(ShopError):
    """The goods is off sale or sold out."""

    code = "not-on-sale"
    status = 409


class LimitReached(ShopError):
    """The line holds as many as it can: 99, or what is in stock; ``limit`` says which."""

    code = "limit-reached"
    status = 409


class CartFull(ShopError):
    """The cart holds as many different goods as it can."""

    code = "cart-full"
    status = 409


@retried
def add(user_id: int, goods_id: int) -> None:
    """Put one more of the goods into the cart and select its line. A repeat adds another one.

    Raises NotFound, NotOnSale, LimitReached, CartFull.
    """
    with transaction(db.session):
        limit, quantity = _limit(user_id, goods_id)
        if quantity == 0:
            _insert(user_id, goods_id, 1, clock.now())
            return
        if quantity >= limit:
            raise LimitReached(limit=limit)
        more = update(CartItem).where(*_line(user_id, goods_id), CartItem.quantity < limit)
        if not rows_changed(db.session, more.values(quantity=CartItem.quantity + 1, is_select=True)):
            raise Moved


@retried
def want(user_id: int, goods_id: int) -> None:
    """Have at least one of the goods in the cart, its line selected. A repeat changes nothing.

    Raises NotFound, NotOnSale, CartFull.
    """
    with transaction(db.session):
        _limit_now, quantity = _limit(user_id, goods_id)
        if quantity == 0:
            _insert(user_id, goods_id, 1, clock.now())
        else:
            rows_changed(db.session, update(CartItem).where(*_line(user_id, goods_id)).values(is_select=True))


@retried
def subtract(user_id: int, goods_id: int) -> None:
    """Take one of the goods out; the last one takes the line along. Nothing there: nothing happens."""
    with transaction(db.session):
        line = _line(user_id, goods_id)
        less = update(CartItem).where(*line, CartItem.quantity > 1).values(quantity=CartItem.quantity - 1)
        if not rows_changed(db.session, less):
            db.session.execute(delete(CartItem).where(*line))


@retried
def set_quantity(user_id: int, goods_id: int, quantity: int) -> None:
    """Set how many of the goods the cart holds; 0 takes the line out. A repeat changes nothing.

    Raises NotFound, NotOnSale, LimitReached, CartFull.
    """
    with transaction(db.session):
        if quantity == 0:
            db.session.execute(delete(CartItem).where(*_line(user_id, goods_id)))
            return
        limit, present = _limit(user_id, goods_id)
        if quantity > limit:
            raise LimitReached(limit=limit)
        if not present:
            _insert(user_id, goods_id, quantity, clock.now())
        elif not rows_changed(db.session, update(CartItem).where(*_line(user_id, goods_id)).values(quantity=quantity)):
            raise Moved


@retried
def select_line(user_id: int, goods_id: int, is_select: bool) -> None:
    """Select or unselect a line for the next order. Raises NotFound when it is not there."""
    with transaction(db.session):
        chosen = update(CartItem).where(*_line(user_id, goods_id)).values(is_select=is_select)
        if not rows_changed(db.session, chosen):
            raise NotFound(what="cart line")


@retried
def select_all(user_id: int, is_select: bool) -> None:
    """Select or unselect every line."""
    with transaction(db.session):
        db.session.execute(update(CartItem).where(CartItem.user_id == user_id).values(is_select=is_select))


@retried
def remove(user_id: int, goods_id: int) -> None:
    """Take a line out. A repeat does nothing."""
    with transaction(db.session):
        db.session.execute(delete(CartItem).where(*_line(user_id, goods_id)))


@retried
def remove_unavailable(user_id: int) -> None:
    """Take out every line whose goods is off sale or sold out. A repeat does nothing."""
    gone = select(Goods.id).where((Goods.stock == 0) | ~Goods.on_sale)
    with transaction(db.session):
        db.session.execute(
            delete(CartItem).where(CartItem.user_id == user_id, CartItem.goods_id.in_(gone)),
            execution_options={"synchronize_session": False},
        )


def _line(user_id: int, goods_id: int) -> tuple:
    return CartItem.user_id == user_id, CartItem.goods_id == goods_id


def _limit(user_id: int, goods_id: int) -> tuple[int, int]:
    """Return how many the line may hold, and how many it holds now. One query."""
    lines = select(func.count()).where(CartItem.user_id == user_id).scalar_subquery()
    row = db.session.execute(
        select(Goods.on_sale, Goods.stock, func.coalesce(CartItem.quantity, 0).label("quantity"), lines.label("lines"))
        .outerjoin(CartItem, (CartItem.goods_id == Goods.id) & (CartItem.user_id == user_id))
        .where(Goods.id == goods_id)
    ).first()
    if row is None:
        raise NotFound(what="goods")
    if not row.on_sale or row.stock == 0:
        raise NotOnSale(goods_id=goods_id)
    if row.quantity == 0 and row.lines >= MOST_LINES:
        raise CartFull(limit=MOST_LINES)
    return min(MOST_A_LINE, row.stock), row.quantity


def _insert(user_id: int, goods_id: int, quantity: int, at: datetime) -> None:
    """Put a new line in. Raises Moved when another device just did, or the goods went: the next look tells."""
    row = {"user_id": user_id, "goods_id": goods_id, "quantity": quantity, "is_select": True, "created_at": at}
    try:
        db.session.execute(insert(CartItem).values(**row))
    except IntegrityError as error:
        raise Moved from error

"""While an order is picked: fewer are found than ordered, or something else comes instead."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import insert, select

from axf.core import clock
from axf.core.db import retried, table_of, transaction
from axf.core.errors import NotFound, ShopError
from axf.extensions import db
from axf.market import stock
from axf.market.cards import COLUMNS, Card
from axf.market.models import Goods
from axf.order import events, fulfilment, refunds, shares
from axf.order.models import LineRefund, Order, OrderDelivery, OrderLine, OrderSubstitute
from axf.order.shares import NotSoMany
from axf.order.state import Event, State, WrongState
from axf.pricing import Part


@dataclass(frozen=True)
class Swap:
    """``quantity`` of ``substitute_id`` come instead of ``pieces`` of the line of ``goods_id``."""

    goods_id: int
    pieces: int
    substitute_id: int
    quantity: int


class NotWished(ShopError):
    """The shopper wants no substitute for this line (``wish`` says what instead)."""

    code = "not-wished"
    status = 409


class ReplacedAlready(ShopError):
    """The substitute (``substitute_id``) comes instead of some pieces of the line (``goods_id``) already."""

    code = "replaced-already"
    status = 409


def short(no: str, found: Mapping[int, int]) -> Part:
    """Note how many pieces of lines were found (by goods id); the rest falls away. Return what goes back. Commits.

    Money and points of the missing pieces go back to the fen. Where nothing of the order is left, it is cancelled,
    and everything goes back. A repeat with the same counts changes nothing. Raises NotFound, WrongState, NotSoMany.
    """
    part, order_id = _short(no, dict(found))
    refunds.send_for(order_id)
    return part


def substitute(no: str, swap: Swap, *, is_agreed: bool) -> int:
    """Bring another goods instead of pieces of a line, and return the fen that are charged for it. Commits.

    It costs what it costs now, but never more than the pieces that it replaces; what it is cheaper goes back.
    ``is_agreed``: the shopper was asked; else the line's wish must be a replacement.
    Raises NotFound, WrongState, NotWished, NotSoMany, ReplacedAlready (a repeat, too), OutOfStock (of the substitute);
    nothing changes then.
    """
    charged, order_id = _substitute(no, swap, is_agreed=is_agreed)
    refunds.send_for(order_id)
    return charged


@retried
def _short(no: str, found: dict[int, int]) -> tuple[Part, int]:
    at = clock.now()
    with transaction(db.session):
        order = _picking(no)
        held = _as_ordered(order.id)
        missing = {}
        for goods_id, count in sorted(found.items()):
            if goods_id not in held:
                raise NotFound(what="order line", goods_id=goods_id)
            if not 0 <= count <= held[goods_id].quantity:
                raise NotSoMany(goods_id=goods_id, left=held[goods_id].quantity)
            if count < held[goods_id].quantity:
                missing[goods_id] = held[goods_id].of(held[goods_id].quantity - count)
        if not missing:
            return Part(0, 0, 0), order.id
        part = shares.drop_parts(order, missing, cause="short", reference=_next(order.id), at=at)
        what = ", ".join(f"{goods_id}: {each.quantity}" for goods_id, each in missing.items())
        events.record(order.id, "short", State.PICKING, State.PICKING, actor="shop", at=at, reason=f"not found: {what}")
        if not events.quantities_of(order.id):
            fulfilment.close(order, Event.GIVE_UP, actor="shop", reason="nothing was found", at=at)
        return part, order.id


@retried
def _substitute(no: str, swap: Swap, *, is_agreed: bool) -> tuple[int, int]:
    at = clock.now()
    with transaction(db.session):
        order = _picking(no)
        wish = _wish(order.id, swap.goods_id)
        if wish != "replace" and not is_agreed:
            raise NotWished(goods_id=swap.goods_id, wish=wish)
        left = _as_ordered(order.id)[swap.goods_id]
        if not 0 < swap.pieces <= left.quantity:
            raise NotSoMany(goods_id=swap.goods_id, left=left.quantity)
        card = _card(swap)
        _refuse_repeat(order.id, swap)
        paid = left.of(swap.pieces)
        charged = min(card.price_now * swap.quantity, paid.amount)
        _insert(order.id, swap, card, charged, at)
        if paid.amount > charged:
            cheaper = Part(0, paid.amount - charged, 0)
            reference = f"{swap.goods_id}/{swap.substitute_id}"
            shares.give_up(order, {swap.goods_id: cheaper}, cause="replaced", reference=reference, at=at)
        reason = f"{swap.pieces} of {swap.goods_id} by {swap.quantity} of {swap.substitute_id}"
        events.record(order.id, "replace", State.PICKING, State.PICKING, actor="shop", at=at, reason=reason)
        stock.count_sales(db.session, {swap.goods_id: -swap.pieces, swap.substitute_id: swap.quantity})
        stock.take(db.session, {swap.substitute_id: swap.quantity}, reason="order", reference=order.no, at=at)
        return charged, order.id


def _picking(no: str) -> Order:
    order = events.locked(Order.no == no)
    if order is None:
        raise NotFound(what="order")
    if order.state != State.PICKING:
        raise WrongState(state=order.state, event=str(Event.SHIP))
    return order


def _as_ordered(order_id: int) -> dict[int, Part]:
    """Return what is left of each line without the pieces that something replaces, by goods id.

    Those cost what was charged for their substitutes; points were spent on each piece alike.
    """
    found = {}
    instead: dict[int, tuple[int, int]] = {}
    for row in db.session.scalars(select(OrderSubstitute).where(OrderSubstitute.order_id == order_id)):
        pieces, charged = instead.get(row.goods_id, (0, 0))
        instead[row.goods_id] = pieces + row.pieces, charged + row.charged
    for goods_id, left in shares.left_of(order_id).items():
        pieces, charged = instead.get(goods_id, (0, 0))
        wanted = left.quantity - pieces
        found[goods_id] = Part(wanted, left.amount - charged, left.of(wanted).points)
    return found


def _wish(order_id: int, goods_id: int) -> str:
    """Return what the shopper wants when the line runs out. Raises NotFound."""
    line = select(OrderLine.wish).where(OrderLine.order_id == order_id, OrderLine.goods_id == goods_id)
    own = db.session.scalar(line)
    if own is None:
        raise NotFound(what="order line", goods_id=goods_id)
    return own or db.session.scalar(select(OrderDelivery.wish).where(OrderDelivery.order_id == order_id)) or "refund"


def _card(swap: Swap) -> Card:
    row = db.session.execute(select(*COLUMNS).where(table_of(Goods).c.id == swap.substitute_id)).one_or_none()
    if row is None or swap.substitute_id == swap.goods_id:
        raise NotFound(what="other goods", goods=swap.substitute_id)
    return Card.of(row)


def _refuse_repeat(order_id: int, swap: Swap) -> None:
    same = select(OrderSubstitute.id).where(
        OrderSubstitute.order_id == order_id,
        OrderSubstitute.goods_id == swap.goods_id,
        OrderSubstitute.substitute_id == swap.substitute_id,
    )
    if db.session.scalar(same) is not None:
        raise ReplacedAlready(goods_id=swap.goods_id, substitute_id=swap.substitute_id)


def _insert(order_id: int, swap: Swap, card: Card, charged: int, at: datetime) -> None:
    copied = {name: getattr(card, name) for name in ("name", "name_en", "pack", "pack_en", "picture")}
    row = {"order_id": order_id, **asdict(swap), **copied, "price": card.price_now, "charged": charged}
    db.session.execute(insert(table_of(OrderSubstitute)).values(**row, created_at=at))


def _next(order_id: int) -> str:
    """Return the number that tells this short pick of the order from those before."""
    known = select(LineRefund.reference).where(LineRefund.order_id == order_id, LineRefund.cause == "short")
    return str(len(set(db.session.scalars(known))) + 1)

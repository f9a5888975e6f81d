"""What is left of an order's lines, and what falls away of them: pieces, money and points follow one another.

A part of a line is its exact share of what was paid for it (``pricing.Part``): the shopper keeps every discount in
proportion, and the order is never priced anew to their disadvantage. Delivery is not part of any line: it goes
back only with the whole order. Nothing here commits.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, insert, select, update

from axf.core.db import rows_changed, table_of
from axf.core.errors import NotFound, ShopError
from axf.extensions import db
from axf.market import stock
from axf.order import refunds
from axf.order.models import LineRefund, Order, OrderAdjustment, OrderLine
from axf.points import ledger as points
from axf.points.ledger import Reason
from axf.pricing import Part
from axf.vip import ledger as vip

DELIVERY_RULES = ("freight", "delivery-coupon")
NOTHING = Part(0, 0, 0)


class NotSoMany(ShopError):
    """The line (``goods_id``) has only ``left`` pieces that can fall away."""

    code = "not-so-many"
    status = 409


def left_of(order_id: int) -> dict[int, Part]:
    """Return what is left of each line, by goods id. Four queries."""
    paid = {rule: _sums(order_id, rule) for rule in ("all", "points")}
    lines = db.session.execute(
        select(OrderLine.goods_id, OrderLine.quantity, OrderLine.amount).where(OrderLine.order_id == order_id)
    ).all()
    fallen = {
        row.goods_id: Part(int(row.quantity), int(row.amount), int(row.points))
        for row in db.session.execute(
            select(
                LineRefund.goods_id,
                func.sum(LineRefund.quantity).label("quantity"),
                func.sum(LineRefund.amount).label("amount"),
                func.sum(LineRefund.points).label("points"),
            )
            .where(LineRefund.order_id == order_id)
            .group_by(LineRefund.goods_id)
        )
    }
    return {
        line.goods_id: Part(
            line.quantity, line.amount + paid["all"].get(line.goods_id, 0), -paid["points"].get(line.goods_id, 0)
        ).without(fallen.get(line.goods_id, NOTHING))
        for line in lines
    }


def parts_of(order_id: int, quantities: Mapping[int, int]) -> dict[int, Part]:
    """Return the shares of so many pieces of these lines, by goods id. Raises NotFound, NotSoMany."""
    left = left_of(order_id)
    for goods_id, quantity in quantities.items():
        if goods_id not in left:
            raise NotFound(what="order line", goods_id=goods_id)
        if not 0 < quantity <= left[goods_id].quantity:
            raise NotSoMany(goods_id=goods_id, left=left[goods_id].quantity)
    return {goods_id: left[goods_id].of(quantity) for goods_id, quantity in sorted(quantities.items())}


def drop(order: Order, quantities: Mapping[int, int], *, cause: str, reference: str, at: datetime) -> Part:
    """Let pieces of lines fall away (by goods id), give back what was paid for them, and return how much that was.

    The order is locked. Money goes back by its payment (or is not collected), points return to the shopper, the
    goods count as sold no more; what a received order had earned goes in proportion. Stock does not change.
    A repeat with the same reference fails on a unique key. Raises NotFound, NotSoMany; roll back then.
    """
    return drop_parts(order, parts_of(order.id, quantities), cause=cause, reference=reference, at=at)


def drop_parts(order: Order, parts: Mapping[int, Part], *, cause: str, reference: str, at: datetime) -> Part:
    """Let these parts of lines fall away, as ``drop``. Raises NotSoMany; roll back then."""
    for goods_id, part in parts.items():
        guarded = update(OrderLine).where(
            OrderLine.order_id == order.id,
            OrderLine.goods_id == goods_id,
            OrderLine.dropped + part.quantity <= OrderLine.quantity,
        )
        if not rows_changed(db.session, guarded.values(dropped=OrderLine.dropped + part.quantity)):
            raise NotSoMany(goods_id=goods_id, left=0)
    give_up(order, parts, cause=cause, reference=reference, at=at)
    stock.count_sales(db.session, {goods_id: -part.quantity for goods_id, part in parts.items()})
    return _total(parts)


def give_up(order: Order, parts: Mapping[int, Part], *, cause: str, reference: str, at: datetime) -> None:
    """Write down what falls away of lines, and give the money and points back. The order is locked."""
    returned = _total(parts)
    stamp = f"{order.no}/{_count(order.id) + 1}"
    before = _refunded_since_receipt(order.id)
    rows = [
        {
            "order_id": order.id,
            "goods_id": goods_id,
            "quantity": part.quantity,
            "amount": part.amount,
            "points": part.points,
            "cause": cause,
            "reference": reference,
            "created_at": at,
        }
        for goods_id, part in parts.items()
    ]
    db.session.execute(insert(table_of(LineRefund)), rows)
    base = order.payable - order.refunded + before
    refunds.give_back(order, returned.amount, reason="lines", reference=f"{cause}/{reference}", at=at)
    points.give_back(db.session, order.user_id, returned.points, reason=Reason.RETURNED, reference=stamp, at=at)
    if order.received_at is not None:

        def lost(earned: int) -> int:
            """Return the part of what was earned with ``base`` fen that falls to what went back now."""
            return points.part_of(earned, before + returned.amount, base) - points.part_of(earned, before, base)

        earned = points.amount_of(order.user_id, Reason.RECEIVED, order.no)
        points.take_back(db.session, order.user_id, lost(earned), reason=Reason.REVERSED, reference=stamp, at=at)
        vip.shrink(db.session, order.user_id, lost(vip.growth_for(base)), reason="refund", reference=stamp, at=at)


def _sums(order_id: int, rule: str) -> dict[int, int]:
    """Return the adjustments of lines added up, by goods id: all but delivery, or those of one rule."""
    chosen = OrderAdjustment.rule.not_in(DELIVERY_RULES) if rule == "all" else OrderAdjustment.rule == rule
    rows = db.session.execute(
        select(OrderAdjustment.goods_id, func.sum(OrderAdjustment.amount))
        .where(OrderAdjustment.order_id == order_id, chosen)
        .group_by(OrderAdjustment.goods_id)
    )
    return {goods_id: int(amount) for goods_id, amount in rows}


def _total(parts: Mapping[int, Part]) -> Part:
    each = parts.values()
    return Part(sum(p.quantity for p in each), sum(p.amount for p in each), sum(p.points for p in each))


def _count(order_id: int) -> int:
    return db.session.scalar(select(func.count()).where(LineRefund.order_id == order_id)) or 0


def _refunded_since_receipt(order_id: int) -> int:
    after_sale = select(func.sum(LineRefund.amount)).where(
        LineRefund.order_id == order_id, LineRefund.cause == "after-sale"
    )
    return int(db.session.scalar(after_sale) or 0)

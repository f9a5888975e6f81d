"""What must hold of goods, their stock, and the places in slots."""

from sqlalchemy import Select, case, func, select, union_all
from sqlalchemy.orm import aliased

from axf.check.invariant import IS_LIVE, ONE, unequal
from axf.delivery.models import DeliverySlot
from axf.market.models import BoughtWith, Goods, StockMovement
from axf.order.models import Order, OrderDelivery, OrderLine, OrderSubstitute
from axf.order.pairs import MOST_OTHERS


def stock() -> Select:
    """A goods' stock is what its movements add up to."""
    return unequal(
        select(Goods.id.label("goods_id"), Goods.stock.label("stock")),
        select(StockMovement.goods_id.label("goods_id"), StockMovement.delta.label("movements")),
    )


def stock_held() -> Select:
    """An order has taken from the stock what its lines and substitutes say; a cancelled one has put it back.

    What was not found, and what was replaced, does not come back: it was not there.
    """
    lines = select(
        Order.no.label("order_no"),
        OrderLine.goods_id.label("goods_id"),
        case((IS_LIVE, -OrderLine.quantity), else_=-OrderLine.dropped).label("lines"),
    ).join(OrderLine, OrderLine.order_id == Order.id)
    replaced = (
        select(Order.no, OrderSubstitute.goods_id, -OrderSubstitute.pieces)
        .join(OrderSubstitute, OrderSubstitute.order_id == Order.id)
        .where(~IS_LIVE)
    )
    instead = (
        select(Order.no, OrderSubstitute.substitute_id, -OrderSubstitute.quantity)
        .join(OrderSubstitute, OrderSubstitute.order_id == Order.id)
        .where(IS_LIVE)
    )
    wanted = select(union_all(lines, replaced, instead).subquery())
    moved = (
        select(
            StockMovement.reference.label("order_no"),
            StockMovement.goods_id.label("goods_id"),
            StockMovement.delta.label("movements"),
        )
        .outerjoin(Order, Order.no == StockMovement.reference)
        # What was taken for an order that does not exist is missing, too.
        .where(Order.id.is_not(None) | (StockMovement.reason == "order"))
    )
    return unequal(wanted, moved)


def replacement() -> Select:
    """What replaces a goods is another goods that exists."""
    successor = aliased(Goods)
    return (
        select(Goods.id.label("goods_id"), Goods.replaced_by_id.label("replaced_by_id"))
        .outerjoin(successor, successor.id == Goods.replaced_by_id)
        .where(Goods.replaced_by_id.is_not(None), successor.id.is_(None) | (Goods.replaced_by_id == Goods.id))
    )


def bought_with_bounded() -> Select:
    """A goods has at most the twelve others that are bought with it most often."""
    count = func.count()
    return select(BoughtWith.goods_id, count.label("others")).group_by(BoughtWith.goods_id).having(count > MOST_OTHERS)


def slot_places() -> Select:
    """A slot is booked by as many orders as have a place in it and are not cancelled."""
    placed = (
        select(OrderDelivery.slot_id.label("slot_id"), ONE.label("orders"))
        .join(Order, Order.id == OrderDelivery.order_id)
        # Old slots may be deleted.
        .join(DeliverySlot, DeliverySlot.id == OrderDelivery.slot_id)
        .where(IS_LIVE)
    )
    return unequal(select(DeliverySlot.id.label("slot_id"), DeliverySlot.booked.label("booked")), placed)


def slot_capacity() -> Select:
    """A slot is not booked beyond its capacity."""
    return select(DeliverySlot.id.label("slot_id"), DeliverySlot.booked, DeliverySlot.capacity).where(
        DeliverySlot.booked > DeliverySlot.capacity
    )

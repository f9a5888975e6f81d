"""What must hold of after-sale: sums, what came back, pieces, stock, and what happened."""

from sqlalchemy import Select, and_, func, or_, select

from axf.aftersale.models import AfterSale, AfterSaleEvent, AfterSaleLine
from axf.aftersale.state import LIVE, Kind, State
from axf.check.invariant import unequal
from axf.market.models import StockMovement
from axf.order.models import LineRefund, Order, OrderLine

NO = AfterSale.no.label("request_no")
IS_PAID_BACK = and_(AfterSale.kind != Kind.REPLACE, AfterSale.state == State.DONE)


def after_sale_sums() -> Select:
    """A request's money and points are what those of its lines add up to."""
    lines = (
        select(
            AfterSaleLine.after_sale_id,
            func.sum(AfterSaleLine.amount).label("amount"),
            func.sum(AfterSaleLine.points).label("points"),
        )
        .group_by(AfterSaleLine.after_sale_id)
        .subquery()
    )
    amount, points = func.coalesce(lines.c.amount, -1), func.coalesce(lines.c.points, -1)
    return (
        select(NO, AfterSale.amount, amount.label("lines"), AfterSale.points, points.label("line_points"))
        .outerjoin(lines, lines.c.after_sale_id == AfterSale.id)
        .where(or_(AfterSale.amount != amount, AfterSale.points != points))
    )


def after_sale_refunded() -> Select:
    """What a settled refund or return promised fell away of its order's lines, and nothing else did by after-sale."""
    promised = (
        select(
            NO,
            AfterSale.order_id,
            AfterSaleLine.goods_id,
            AfterSaleLine.quantity,
            AfterSaleLine.amount,
            AfterSaleLine.points,
        )
        .join(AfterSaleLine, AfterSaleLine.after_sale_id == AfterSale.id)
        .where(IS_PAID_BACK)
        .subquery()
    )
    fallen = select(LineRefund).where(LineRefund.cause == "after-sale").subquery()
    same = and_(
        fallen.c.order_id == promised.c.order_id,
        fallen.c.goods_id == promised.c.goods_id,
        fallen.c.reference == promised.c.request_no,
    )
    differs = or_(
        fallen.c.id.is_(None),
        fallen.c.quantity != promised.c.quantity,
        fallen.c.amount != promised.c.amount,
        fallen.c.points != promised.c.points,
    )
    shown = ("request_no", "goods_id", "quantity", "amount", "points")
    missing = select(*(promised.c[name] for name in shown)).outerjoin(fallen, same).where(differs)
    unasked = (
        select(fallen.c.reference, fallen.c.goods_id, fallen.c.quantity, fallen.c.amount, fallen.c.points)
        .outerjoin(promised, same)
        .where(promised.c.request_no.is_(None))
    )
    return select(missing.union_all(unasked).subquery())


def after_sale_pieces() -> Select:
    """No more pieces of a line are asked about, or fell away otherwise, than it has."""
    asked = (
        select(
            AfterSale.order_id.label("order_id"),
            AfterSaleLine.goods_id.label("goods_id"),
            func.sum(AfterSaleLine.quantity).label("pieces"),
        )
        .join(AfterSaleLine, AfterSaleLine.after_sale_id == AfterSale.id)
        .where(AfterSale.state.in_(LIVE))
        .group_by(AfterSale.order_id, AfterSaleLine.goods_id)
        .subquery()
    )
    otherwise = (
        select(
            LineRefund.order_id.label("order_id"),
            LineRefund.goods_id.label("goods_id"),
            func.sum(LineRefund.quantity).label("pieces"),
        )
        .where(LineRefund.cause != "after-sale")
        .group_by(LineRefund.order_id, LineRefund.goods_id)
        .subquery()
    )
    is_line = and_(OrderLine.order_id == asked.c.order_id, OrderLine.goods_id == asked.c.goods_id)
    is_fallen = and_(otherwise.c.order_id == asked.c.order_id, otherwise.c.goods_id == asked.c.goods_id)
    gone = func.coalesce(otherwise.c.pieces, 0)
    return (
        select(
            Order.no.label("order_no"),
            asked.c.goods_id,
            OrderLine.quantity,
            asked.c.pieces.label("asked"),
            gone.label("otherwise"),
        )
        .select_from(asked)
        .join(Order, Order.id == asked.c.order_id)
        .outerjoin(OrderLine, is_line)
        .outerjoin(otherwise, is_fallen)
        .where(or_(OrderLine.id.is_(None), asked.c.pieces + gone > OrderLine.quantity))
    )


def after_sale_replaced() -> Select:
    """An approved replacement has taken its pieces from the stock, once."""
    promised = (
        select(NO, AfterSaleLine.goods_id.label("goods_id"), (-AfterSaleLine.quantity).label("lines"))
        .join(AfterSaleLine, AfterSaleLine.after_sale_id == AfterSale.id)
        .where(AfterSale.kind == Kind.REPLACE, AfterSale.state.in_((State.APPROVED, State.DONE)))
    )
    moved = select(
        StockMovement.reference.label("request_no"),
        StockMovement.goods_id.label("goods_id"),
        StockMovement.delta.label("movements"),
    ).where(StockMovement.reason == "after-sale")
    return unequal(promised, moved)


def after_sale_state() -> Select:
    """A request is in the state in which its last event ended."""
    place = func.row_number().over(
        partition_by=AfterSaleEvent.after_sale_id,
        order_by=(AfterSaleEvent.created_at.desc(), AfterSaleEvent.id.desc()),
    )
    events = select(AfterSaleEvent.after_sale_id, AfterSaleEvent.to_state, place.label("place")).subquery()
    return (
        select(NO, AfterSale.state, events.c.to_state.label("last_event"))
        .outerjoin(events, and_(events.c.after_sale_id == AfterSale.id, events.c.place == 1))
        .where(events.c.to_state.is_distinct_from(AfterSale.state))
    )

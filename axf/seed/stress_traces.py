"""What orders for measuring leave behind, written by the database itself from their rows: a statement for each kind."""

from datetime import datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import ColumnElement, CursorResult, Insert, Integer, Select, func, insert, literal, null, select, true
from sqlalchemy.types import String

from axf.core.db import AnySession, Base, UTCDateTime, table_of
from axf.market.models import Goods, StockMovement
from axf.order.models import Order, OrderDelivery, OrderEvent, OrderLine
from axf.order.state import Event, State
from axf.payment.models import APPLIED, Payment, PaymentNotice
from axf.payment.providers.mock import MockProvider
from axf.points.ledger import Reason, end_of_lot
from axf.points.models import PointsEntry
from axf.seed.stress import FIRST_GOODS
from axf.vip.models import GrowthEntry

_orders, _goods, _lines, _payments = table_of(Order), table_of(Goods), table_of(OrderLine), table_of(Payment)
_COPIED = ("name", "name_en", "pack", "pack_en", "picture", "price")
_IS_PAID = _orders.c.paid_at.is_not(None)
_IS_RECEIVED = _orders.c.received_at.is_not(None)
_IS_LIVE = _orders.c.state != State.CANCELLED


class _Happening(NamedTuple):
    """An event of the orders that ``happened`` selects, at one of their instants."""

    event: str
    before: State | None
    to: State
    actor: str
    at: Any
    happened: ColumnElement[bool]


_WAS_PICKED = _orders.c.state.in_((State.PICKING, State.SHIPPED, State.RECEIVED))
_WAS_SHIPPED = _orders.c.shipped_at.is_not(None)
# In the order in which they happen.
_HAPPENINGS = (
    _Happening("place", None, State.UNPAID, "shopper", _orders.c.created_at, true()),
    _Happening(Event.EXPIRE, State.UNPAID, State.CANCELLED, "timer", _orders.c.expires_at, ~_IS_LIVE),
    _Happening(Event.PAY, State.UNPAID, State.PAID, MockProvider.name, _orders.c.paid_at, _IS_PAID),
    _Happening(Event.PICK, State.PAID, State.PICKING, "shop", _orders.c.paid_at, _WAS_PICKED),
    _Happening(Event.SHIP, State.PICKING, State.SHIPPED, "shop", _orders.c.shipped_at, _WAS_SHIPPED),
    _Happening(Event.RECEIVE, State.SHIPPED, State.RECEIVED, "shopper", _orders.c.received_at, _IS_RECEIVED),
)


def leave_traces(session: AnySession, ids: tuple[int, int], popular: int, now: datetime) -> int:
    """Write lines, events, stock, payments, delivery and rewards of the orders with these ids and return how many rows.

    ``popular`` goods may be in them. What they take comes in before, so no goods' stock changes. The caller commits.
    """
    of_batch = _orders.c.id.between(*ids)
    statements = [
        _line(of_batch, popular, 0),
        _line(of_batch & (_orders.c.id % 2 == 1), popular, popular // 2),
        *(_event(of_batch, each) for each in _HAPPENINGS),
        _restocked(of_batch, now),
        _taken(of_batch),
        _paid(of_batch),
        _told(of_batch),
        _delivery(of_batch),
        _points(of_batch, now),
        _growth(of_batch),
    ]
    return sum(cast(CursorResult, session.execute(statement)).rowcount for statement in statements)


def _line(which: ColumnElement[bool], popular: int, shift: int) -> Insert:
    """Insert a line into each order: what ``stress_orders.basket`` says."""
    its_goods = _goods.c.id == FIRST_GOODS + (_orders.c.id * 7919 + shift) % popular
    quantity = 1 + _orders.c.id % 3
    values = {
        "order_id": _orders.c.id,
        "goods_id": _goods.c.id,
        **{name: _goods.c[name] for name in _COPIED},
        "quantity": quantity,
        "amount": _goods.c.price * quantity,
    }
    return _inserted(OrderLine, values, lambda query: query.join(_goods, its_goods).where(which))


def _event(which: ColumnElement[bool], each: _Happening) -> Insert:
    values = {
        "order_id": _orders.c.id,
        "event": literal(each.event),
        "from_state": null() if each.before is None else literal(each.before),
        "to_state": literal(each.to),
        "actor": literal(each.actor),
        "reason": literal(""),
        "created_at": each.at,
    }
    return _inserted(OrderEvent, values, lambda query: query.where(which, each.happened))


def _restocked(which: ColumnElement[bool], now: datetime) -> Insert:
    values = {
        "goods_id": _lines.c.goods_id,
        "delta": func.sum(_lines.c.quantity),
        "reason": literal("initial"),
        "reference": literal("stress"),
        "created_at": _instant(now),
    }
    return _inserted(StockMovement, values, lambda query: _of_lines(query, which).group_by(_lines.c.goods_id))


def _taken(which: ColumnElement[bool]) -> Insert:
    values = {
        "goods_id": _lines.c.goods_id,
        "delta": -_lines.c.quantity,
        "reason": literal("order"),
        "reference": _orders.c.no,
        "created_at": _orders.c.created_at,
    }
    return _inserted(StockMovement, values, lambda query: _of_lines(query, which))


def _of_lines(query: Select, which: ColumnElement[bool]) -> Select:
    return query.join(_lines, _lines.c.order_id == _orders.c.id).where(which, _IS_LIVE)


def _paid(which: ColumnElement[bool]) -> Insert:
    values = {
        "no": _orders.c.no + literal("P", String),
        "order_id": _orders.c.id,
        "provider": literal(MockProvider.name),
        "amount": _orders.c.payable,
        "state": literal(APPLIED),
        "created_at": _orders.c.created_at,
        "paid_at": _orders.c.paid_at,
    }
    return _inserted(Payment, values, lambda query: query.where(which, _IS_PAID))


def _told(which: ColumnElement[bool]) -> Insert:
    values = {
        "provider": _payments.c.provider,
        "event_id": _payments.c.no,
        "payment_no": _payments.c.no,
        "amount": _payments.c.amount,
        "raw": literal(""),
        "outcome": literal(APPLIED),
        "received_at": _payments.c.paid_at,
    }
    return _inserted(
        PaymentNotice, values, lambda query: query.join(_payments, _payments.c.order_id == _orders.c.id).where(which)
    )


def _delivery(which: ColumnElement[bool]) -> Insert:
    values = {
        "order_id": _orders.c.id,
        "name": literal("压测"),
        "phone": literal("13800000000"),
        "region": literal("上海市 黄浦区"),
        "detail": literal("人民大道 200 号"),
        "area_id": literal(0, Integer),
        "wish": literal("refund"),
        "note": literal(""),
    }
    return _inserted(OrderDelivery, values, lambda query: query.where(which))


def _points(which: ColumnElement[bool], now: datetime) -> Insert:
    """Insert what received orders earned; all of it ends a year from now, so that every entry counts."""
    values = {**_reward(Reason.RECEIVED), "expires_at": _instant(end_of_lot(now))}
    return _inserted(PointsEntry, values, lambda query: query.where(which, _IS_RECEIVED))


def _growth(which: ColumnElement[bool]) -> Insert:
    return _inserted(GrowthEntry, _reward("order"), lambda query: query.where(which, _IS_RECEIVED))


def _reward(reason: str) -> dict[str, Any]:
    return {
        "user_id": _orders.c.user_id,
        "amount": _orders.c.payable // 100,
        "reason": literal(reason),
        "reference": _orders.c.no,
        "created_at": _orders.c.received_at,
    }


def _instant(at: datetime) -> ColumnElement[datetime]:
    return literal(at, UTCDateTime())


def _inserted(model: type[Base], values: dict[str, Any], of: Any) -> Insert:
    """Return the INSERT of what a query of orders finds; columns without a value have the server's default."""
    query = of(select(*values.values()).select_from(_orders))
    return insert(table_of(model)).from_select(list(values), query, include_defaults=False)

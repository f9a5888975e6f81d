"""The stock ledger: guarded updates, each with its movement row. It never commits."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

from sqlalchemy import ColumnElement, Integer, Update, bindparam, case, insert, update

from axf.core.db import AnySession, rows_changed, table_of
from axf.core.errors import ShopError
from axf.core.metrics import OVERSELL_PREVENTED
from axf.market.models import Goods, StockMovement

# Statements are built once for each number of goods: an order's lines change its stock in one of them.
_GOODS = table_of(Goods)
_INSERT = insert(table_of(StockMovement))


class OutOfStock(ShopError):
    """There are not enough left of one of ``goods_ids``; ``goods_id`` says of which where that is known."""

    code = "out-of-stock"
    status = 409


def take(session: AnySession, quantities: Mapping[int, int], *, reason: str, reference: str, at: datetime) -> None:
    """Take the quantities (by goods id) off the stock, all or none: one UPDATE, however many goods there are.

    Call it last in a transaction: it locks the goods rows, along the primary key and so in ascending order. A
    repeat takes again. The caller commits.
    Raises OutOfStock when one of them has not enough; the caller must roll back then.
    """
    if rows_changed(session, _take(len(quantities)), _named(quantities)) < len(quantities):
        OVERSELL_PREVENTED.inc()
        raise OutOfStock(goods_ids=sorted(quantities))
    taken = {goods_id: -quantity for goods_id, quantity in quantities.items()}
    record(session, taken, reason=reason, reference=reference, at=at)


def put_back(session: AnySession, quantities: Mapping[int, int], *, reason: str, reference: str, at: datetime) -> None:
    """Put the quantities (by goods id) back. A repeat puts back again: the caller's state change guards it."""
    rows_changed(session, _add("stock", len(quantities)), _named(quantities))
    record(session, quantities, reason=reason, reference=reference, at=at)


def count_sales(session: AnySession, quantities: Mapping[int, int]) -> None:
    """Add the quantities (by goods id) to the sales counters. The caller commits."""
    rows_changed(session, _add("sales", len(quantities)), _named(quantities))


def record(session: AnySession, deltas: Mapping[int, int], *, reason: str, reference: str, at: datetime) -> None:
    """Write the movements (goods id to delta) that explain a change of stock. The caller commits."""
    if any(deltas.values()):
        rows = [
            {"goods_id": goods_id, "delta": delta, "reason": reason, "reference": reference, "created_at": at}
            for goods_id, delta in sorted(deltas.items())
            if delta
        ]
        session.execute(_INSERT, rows)


def _named(quantities: Mapping[int, int]) -> dict[str, int]:
    """Return goods ids and quantities by the names that the statements below give them."""
    named = {}
    for place, goods_id in enumerate(sorted(quantities)):
        named[f"goods{place}"], named[f"quantity{place}"] = goods_id, quantities[goods_id]
    return named


@lru_cache(maxsize=256)
def _take(count: int) -> Update:
    wanted, is_one = _by_goods(count)
    return (
        update(_GOODS).where(is_one, _GOODS.c.on_sale, _GOODS.c.stock >= wanted).values(stock=_GOODS.c.stock - wanted)
    )


@lru_cache(maxsize=256)
def _add(column: str, count: int) -> Update:
    more, is_one = _by_goods(count)
    return update(_GOODS).where(is_one).values({column: _GOODS.c[column] + more})


def _by_goods(count: int) -> tuple[ColumnElement[int], ColumnElement[bool]]:
    """Return the expression that is each goods' quantity, and the one that holds for these goods."""
    goods = [bindparam(f"goods{place}", type_=Integer) for place in range(count)]
    quantities = [bindparam(f"quantity{place}", type_=Integer) for place in range(count)]
    chosen = [(_GOODS.c.id == one, quantity) for one, quantity in zip(goods, quantities, strict=True)]
    return case(*chosen, else_=0), _GOODS.c.id.in_(goods)

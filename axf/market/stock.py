"""The stock ledger: guarded updates, each with its movement row. It never commits."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import insert, update

from axf.core.db import AnySession, rows_changed
from axf.core.errors import ShopError
from axf.market.models import Goods, StockMovement


class OutOfStock(ShopError):
    """There are not enough left; ``goods_id`` says of what."""

    code = "out-of-stock"
    status = 409


def take(session: AnySession, quantities: Mapping[int, int], *, reason: str, reference: str, at: datetime) -> None:
    """Take the quantities (by goods id) off the stock, all or none.

    Call it last in a transaction: it locks the goods rows, in ascending id order. A repeat
    takes again. The caller commits.
    Raises OutOfStock for the first goods that has not enough; the caller must roll back then.
    """
    for goods_id in sorted(quantities):
        quantity = quantities[goods_id]
        guarded = (
            update(Goods)
            .where(Goods.id == goods_id, Goods.on_sale, Goods.stock >= quantity)
            .values(stock=Goods.stock - quantity)
        )
        if not rows_changed(session, guarded):
            raise OutOfStock(goods_id=goods_id)
    taken = {goods_id: -quantity for goods_id, quantity in quantities.items()}
    record(session, taken, reason=reason, reference=reference, at=at)


def put_back(session: AnySession, quantities: Mapping[int, int], *, reason: str, reference: str, at: datetime) -> None:
    """Put the quantities (by goods id) back. A repeat puts back again: the caller's state change guards it."""
    for goods_id in sorted(quantities):
        back = update(Goods).where(Goods.id == goods_id).values(stock=Goods.stock + quantities[goods_id])
        rows_changed(session, back)
    record(session, quantities, reason=reason, reference=reference, at=at)


def count_sales(session: AnySession, quantities: Mapping[int, int]) -> None:
    """Add the quantities (by goods id) to the sales counters. The caller commits."""
    for goods_id in sorted(quantities):
        rows_changed(
            session, update(Goods).where(Goods.id == goods_id).values(sales=Goods.sales + quantities[goods_id])
        )


def record(session: AnySession, deltas: Mapping[int, int], *, reason: str, reference: str, at: datetime) -> None:
    """Write the movements (goods id to delta) that explain a change of stock. The caller commits."""
    if any(deltas.values()):
        rows = [
            {"goods_id": goods_id, "delta": delta, "reason": reason, "reference": reference, "created_at": at}
            for goods_id, delta in sorted(deltas.items())
            if delta
        ]
        session.execute(insert(StockMovement), rows)

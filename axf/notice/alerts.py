"""Who wants to know when a goods is there again."""

from collections.abc import Collection

from sqlalchemy import delete, insert, select

from axf.core import clock
from axf.core.db import retried, rows_changed, transaction
from axf.core.errors import NotFound
from axf.extensions import db
from axf.market.models import Goods
from axf.notice.models import StockAlert


@retried
def ask(user_id: int, goods_id: int) -> None:
    """Remember that the shopper wants to know; a repeat changes nothing. Commits. Raises NotFound: no such goods.

    For a goods that is there the next sweep tells at once.
    """
    with transaction(db.session):
        if db.session.scalar(select(Goods.id).where(Goods.id == goods_id)) is None:
            raise NotFound(what="goods")
        if not is_waiting(user_id, goods_id):
            values = {"user_id": user_id, "goods_id": goods_id, "created_at": clock.now()}
            db.session.execute(insert(StockAlert).values(values))


@retried
def forget(user_id: int, goods_id: int) -> None:
    """Forget that the shopper wanted to know; a repeat changes nothing. Commits."""
    with transaction(db.session):
        alert = (StockAlert.user_id == user_id, StockAlert.goods_id == goods_id)
        rows_changed(db.session, delete(StockAlert).where(*alert))


def waiting(user_id: int, goods_ids: Collection[int]) -> set[int]:
    """Return for which of these goods the shopper waits. One query, none for no goods."""
    if not goods_ids:
        return set()
    mine = select(StockAlert.goods_id).where(StockAlert.user_id == user_id, StockAlert.goods_id.in_(goods_ids))
    return set(db.session.scalars(mine))


def is_waiting(user_id: int, goods_id: int) -> bool:
    """Tell whether the shopper waits for this goods. One query."""
    alert = (StockAlert.user_id == user_id, StockAlert.goods_id == goods_id)
    return db.session.scalar(select(StockAlert.goods_id).where(*alert)) is not None

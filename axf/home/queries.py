"""What the home page reads."""

from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import or_, select

from axf.core import clock
from axf.extensions import db
from axf.home.models import HomeItem, MainShow, MainShowGoods
from axf.market.cards import COLUMNS, Card
from axf.market.models import Goods

Item = TypeVar("Item", bound=HomeItem)


@dataclass(frozen=True)
class Show:
    """A main show: its banner and its goods."""

    item: MainShow
    cards: list[Card]


def items(model: type[Item]) -> list[Item]:
    """Return what one of the five home tables shows now, in its order. One query."""
    now = clock.now()
    return list(
        db.session.scalars(
            select(model)
            .where(model.starts_at <= now, or_(model.ends_at.is_(None), model.ends_at > now))
            .order_by(model.position, model.id)
        )
    )


def shows() -> list[Show]:
    """Return the main shows with their goods that are on sale. Two queries."""
    found = [Show(item, []) for item in items(MainShow)]
    by_id = {show.item.id: show for show in found}
    rows = db.session.execute(
        select(*COLUMNS, MainShowGoods.mainshow_id)
        .join(MainShowGoods, MainShowGoods.goods_id == Goods.id)
        .where(MainShowGoods.mainshow_id.in_(by_id), Goods.on_sale)
        .order_by(MainShowGoods.mainshow_id, MainShowGoods.position)
    )
    for row in rows:
        by_id[row.mainshow_id].cards.append(Card.of(row))
    return found

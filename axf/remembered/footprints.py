"""足迹: the goods that a shopper looked at lately."""

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import delete, insert, select, update

from axf.core import clock
from axf.core.clock import SHOP_ZONE
from axf.core.db import retried, rows_changed, transaction
from axf.core.errors import NotFound
from axf.extensions import db
from axf.market.cards import COLUMNS, Card
from axf.market.models import Goods
from axf.remembered.models import Footprint
from axf.user.models import User

MOST_FOOTPRINTS = 100


@dataclass(frozen=True)
class Day:
    """What was looked at last on a Shanghai day; ``at`` is the newest look of it."""

    on: date
    at: datetime
    cards: list[Card] = field(default_factory=list)


@retried
def note(user_id: int, goods_id: int) -> None:
    """Note that the shopper looks at a goods now; the oldest beyond a hundred fall out. Commits. Raises NotFound."""
    with transaction(db.session):
        # One after the other, so that the bound holds.
        db.session.execute(select(User.id).where(User.id == user_id).with_for_update())
        now = clock.now()
        seen_before = update(Footprint).where(*_one(user_id, goods_id)).values(seen_at=now)
        if rows_changed(db.session, seen_before):
            return
        if db.session.scalar(select(Goods.id).where(Goods.id == goods_id)) is None:
            raise NotFound(what="goods")
        db.session.execute(insert(Footprint).values(user_id=user_id, goods_id=goods_id, seen_at=now))
        _forget_oldest(user_id)


@retried
def remove(user_id: int, goods_id: int) -> None:
    """Forget that the shopper looked at a goods; a repeat changes nothing. Commits."""
    with transaction(db.session):
        rows_changed(db.session, delete(Footprint).where(*_one(user_id, goods_id)))


@retried
def clear(user_id: int) -> None:
    """Forget all that the shopper looked at; a repeat changes nothing. Commits."""
    with transaction(db.session):
        rows_changed(db.session, delete(Footprint).where(Footprint.user_id == user_id))


def days_of(user_id: int) -> list[Day]:
    """Return what the shopper looked at, by Shanghai day, the newest first. One query, at most a hundred rows."""
    query = (
        select(*COLUMNS, Footprint.seen_at)
        .select_from(Footprint)
        .join(Goods, Goods.id == Footprint.goods_id)
        .where(Footprint.user_id == user_id)
        .order_by(Footprint.seen_at.desc(), Footprint.goods_id.desc())
    )
    days: dict[date, Day] = {}
    for row in db.session.execute(query):
        on = row.seen_at.astimezone(SHOP_ZONE).date()
        days.setdefault(on, Day(on, row.seen_at)).cards.append(Card.of(row))
    return list(days.values())


def _forget_oldest(user_id: int) -> None:
    newest_first = (Footprint.seen_at.desc(), Footprint.goods_id.desc())
    beyond = select(Footprint.goods_id).where(Footprint.user_id == user_id).order_by(*newest_first)
    gone = list(db.session.scalars(beyond.offset(MOST_FOOTPRINTS).limit(MOST_FOOTPRINTS)))
    if gone:
        rows_changed(db.session, delete(Footprint).where(Footprint.user_id == user_id, Footprint.goods_id.in_(gone)))


def _one(user_id: int, goods_id: int) -> tuple:
    return Footprint.user_id == user_id, Footprint.goods_id == goods_id

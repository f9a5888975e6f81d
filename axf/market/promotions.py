"""Promotions of goods: 限时特价, 第二件半价, 满减. Which goods they are for, and when they hold.

A promotion holds from its start until before its end. ``axf.pricing`` says what it does to a price.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, case, or_, select, update

from axf import pricing
from axf.core import clock
from axf.core.db import UTCDateTime, retried, rows_changed, table_of, transaction
from axf.core.errors import NotFound, ShopError
from axf.core.money import LARGEST_SUM
from axf.core.paging import LARGEST_INT
from axf.extensions import db, read
from axf.market.models import FullOff, Goods


class BadPromotion(ShopError):
    """No promotion can be like this; ``problem`` says why, in English."""

    code = "bad-promotion"
    status = 400


@dataclass(frozen=True, kw_only=True)
class FullOffView(pricing.FullOff):
    """满减 as the price rules take it, with its names and its end."""

    name: str
    name_en: str
    ends_at: datetime


@dataclass(frozen=True)
class GoodsPromotion:
    """What a goods is promoted by: sums in fen; without a promotion price it is only 第二件半价."""

    id: int
    name: str
    price: int
    promo_price: int | None
    promo_starts_at: datetime | None
    promo_ends_at: datetime | None
    is_second_half: bool


_full_offs, _NOW = table_of(FullOff).c, bindparam("now", type_=UTCDateTime())
# Built once: each goods page and each cart asks it.
_RUNNING = (
    select(*(_full_offs[name] for name in FullOffView.__dataclass_fields__))
    .where(_full_offs.starts_at <= _NOW, _full_offs.ends_at > _NOW)
    .order_by(_full_offs.off.desc(), _full_offs.id)
)


def running_full_offs(now: datetime) -> tuple[FullOffView, ...]:
    """Return the 满减 that hold now, in the order in which the rule tries them. One query."""
    rows = read(_RUNNING, {"now": now})
    return tuple(FullOffView(**dict(zip(FullOffView.__dataclass_fields__, row, strict=True))) for row in rows)


def list_full_offs() -> list[FullOff]:
    """Return all 满减, also those that are over, by their end, the last first. One query."""
    return list(db.session.scalars(select(FullOff).order_by(FullOff.ends_at.desc(), FullOff.id.desc())))


def list_goods() -> list[GoodsPromotion]:
    """Return the goods with a promotion price, also one that is over, or with 第二件半价, by id. One query."""
    columns = [getattr(Goods, name) for name in GoodsPromotion.__dataclass_fields__]
    promoted = or_(Goods.promo_price.is_not(None), Goods.is_second_half)
    return [GoodsPromotion(*row) for row in db.session.execute(select(*columns).where(promoted).order_by(Goods.id))]


def find_goods(text: str) -> int:
    """Return the id of the goods with this id or else this code. One query. Raises NotFound."""
    number = int(text) if re.fullmatch("[0-9]{1,10}", text) else 0
    is_meant = or_(Goods.id == min(number, LARGEST_INT), Goods.code == text)
    found = db.session.scalars(select(Goods.id).where(is_meant)).all()
    if not found:
        raise NotFound(what="goods", goods=text)
    return number if number in found else found[0]


@retried
def set_promo_price(goods_id: int, price: int, starts_at: datetime, ends_at: datetime) -> None:
    """Sell a piece of the goods for ``price`` fen from ``starts_at`` until before ``ends_at``. Commits.

    It replaces the promotion price that the goods had. A repeat changes nothing.
    Raises NotFound; BadPromotion when the price is not below the ordinary one, or the time cannot be.
    """
    _refuse_impossible_time(starts_at, ends_at)
    if price < 1:
        raise BadPromotion(problem="a promotion price is at least ¥0.01")
    values = {"promo_price": price, "promo_starts_at": starts_at, "promo_ends_at": ends_at}
    with transaction(db.session):
        lowered = update(Goods).where(Goods.id == goods_id, Goods.price > price).values(values)
        if not rows_changed(db.session, lowered):
            _refuse_unknown({goods_id})
            raise BadPromotion(problem="the promotion price is not below the ordinary price")


@retried
def end_promo_price(goods_id: int) -> None:
    """Sell the goods at its ordinary price from now on. Commits. A repeat changes nothing. Raises NotFound."""
    _set(goods_id, promo_price=None, promo_starts_at=None, promo_ends_at=None)


@retried
def set_second_half(goods_id: int, on: bool) -> None:
    """Begin or end 第二件半价 of the goods. Commits. A repeat changes nothing. Raises NotFound."""
    _set(goods_id, is_second_half=on)


@retried
def create_full_off(
    *,
    name: str,
    name_en: str,
    minimum: int,
    off: int,
    goods_ids: Collection[int],
    starts_at: datetime,
    ends_at: datetime,
) -> int:
    """Take ``off`` fen off, once, when the goods of the set reach ``minimum`` fen; return the new 满减's id. Commits.

    An empty set is every goods. A repeat makes another one. Raises NotFound for a goods, BadPromotion.
    """
    _refuse_impossible_time(starts_at, ends_at)
    for text, most in ((name, 40), (name_en, 80)):
        if not text or text != text.strip() or len(text) > most:
            raise BadPromotion(problem="it needs a Chinese name of 1 to 40 and an English one of 1 to 80 letters")
    if not 0 < off <= minimum <= LARGEST_SUM:
        raise BadPromotion(problem="what is taken off is at least ¥0.01 and at most the minimum")
    goods = frozenset(goods_ids)
    with transaction(db.session):
        _refuse_unknown(goods)
        made = FullOff(name=name, name_en=name_en, minimum=minimum, off=off, goods_ids=goods)
        made.starts_at, made.ends_at, made.created_at = starts_at, ends_at, clock.now()
        db.session.add(made)
        db.session.flush()
        return made.id


@retried
def stop_full_off(full_off_id: int) -> None:
    """End a 满减 now; one that has not begun never does. Commits. A repeat changes nothing. Raises NotFound."""
    now = clock.now()
    end = case((FullOff.starts_at > now, FullOff.starts_at), (FullOff.ends_at > now, now), else_=FullOff.ends_at)
    with transaction(db.session):
        if not rows_changed(db.session, update(FullOff).where(FullOff.id == full_off_id).values(ends_at=end)):
            raise NotFound(what="full off", full_off=full_off_id)


def _set(goods_id: int, **values: object) -> None:
    with transaction(db.session):
        if not rows_changed(db.session, update(Goods).where(Goods.id == goods_id).values(values)):
            raise NotFound(what="goods", goods=goods_id)


def _refuse_unknown(goods_ids: Collection[int]) -> None:
    known = set(db.session.scalars(select(Goods.id).where(Goods.id.in_(goods_ids)))) if goods_ids else set()
    unknown = sorted(set(goods_ids) - known)
    if unknown:
        raise NotFound(what="goods", goods=unknown[0])


def _refuse_impossible_time(starts_at: datetime, ends_at: datetime) -> None:
    if starts_at >= ends_at:
        raise BadPromotion(problem="it ends before it begins")
    if ends_at <= clock.now():
        raise BadPromotion(problem="its time is over already")

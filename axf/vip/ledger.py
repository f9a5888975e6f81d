"""The ledger of growth, and the level that follows from it. It never commits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Select, func, insert, select, update

from axf.core.db import AnySession, rows_changed, table_of
from axf.extensions import db
from axf.pricing import Vip
from axf.vip.models import GrowthEntry, VipAccount, VipLevel


@dataclass(frozen=True)
class Level:
    """A level from so much ``growth`` on, and what it brings; VipLevel says what each means."""

    level: int
    name: str
    name_en: str
    growth: int
    rate: int
    points_rate: int
    free_delivery_from: int | None
    birthday_coupon_id: int | None

    @property
    def label(self) -> str:
        """The short name: V3."""
        return f"V{self.level}"

    @property
    def terms(self) -> Vip:
        """The level as the price rules take it."""
        return Vip(self.rate, self.free_delivery_from)


# What a shopper has in a shop that has no levels.
NO_LEVEL = Level(0, "普通会员", "Member", 0, 100, 100, None, None)
# On tables: these are embedded in what every order and every page of a shopper asks.
_LEVELS, _ACCOUNTS = table_of(VipLevel).c, table_of(VipAccount).c
COLUMNS = tuple(_LEVELS[field.name] for field in fields(Level))


def levels() -> list[Level]:
    """Return all levels, the lowest first. One query."""
    return [Level(*row) for row in db.session.execute(select(*COLUMNS).order_by(VipLevel.growth))]


def level_of(user_id: int) -> Level:
    """Return the shopper's level now: the highest that the growth reaches, else NO_LEVEL. One query."""
    row = db.session.execute(select_level(user_id)).first()
    return Level(*row) if row else NO_LEVEL


def select_level(user_id: int | BindParameter[int]) -> Select:
    """Return the SELECT of the shopper's level: one row that makes a Level, or none. Other queries may embed it."""
    growth = select(_ACCOUNTS.growth).where(_ACCOUNTS.user_id == user_id).scalar_subquery()
    reached = _LEVELS.growth <= func.coalesce(growth, 0)
    return select(*COLUMNS).where(reached).order_by(_LEVELS.growth.desc()).limit(1)


def level_at(ladder: Sequence[Level], growth: int) -> Level:
    """Return the level that this growth reaches; ``ladder`` is what ``levels`` returns."""
    return max((level for level in ladder if level.growth <= growth), key=lambda each: each.growth, default=NO_LEVEL)


def growth_of(user_id: int) -> int:
    """Return the shopper's growth, 0 without an account. One query."""
    return db.session.scalar(select(VipAccount.growth).where(VipAccount.user_id == user_id)) or 0


def growth_for(paid: int) -> int:
    """Return the growth that so many paid fen bring: one for each whole yuan."""
    return paid // 100


def grow(session: AnySession, user_id: int, amount: int, *, reason: str, reference: str, at: datetime) -> bool:
    """Add growth and tell whether it was; the level follows from it at once. The caller commits.

    An amount of 0 adds nothing, and so does a repeat with the same reason and reference, whatever its amount.
    The account is made when it is missing: who loses the race for that gets an IntegrityError, so that ``retried``
    runs the use case again. Locks the account's row.
    """
    if not amount:
        return False
    growth = _locked_growth(session, user_id)
    key = {"user_id": user_id, "reason": reason, "reference": reference}
    if _is_written(session, key):
        return False
    if growth is None:
        session.execute(insert(VipAccount).values(user_id=user_id, growth=amount))
    else:
        more = update(VipAccount).where(VipAccount.user_id == user_id)
        rows_changed(session, more.values(growth=VipAccount.growth + amount))
    session.execute(insert(GrowthEntry).values(**key, amount=amount, created_at=at))
    return True


def shrink(session: AnySession, user_id: int, amount: int, *, reason: str, reference: str, at: datetime) -> int:
    """Take growth away, at most what is there, and return how much that was. The caller commits.

    A repeat with the same reason and reference takes nothing, whatever its amount. Where nothing is there
    nothing is written, so the caller's state change must guard that case. Locks the account's row.
    """
    taken = min(amount, _locked_growth(session, user_id) or 0)
    key = {"user_id": user_id, "reason": reason, "reference": reference}
    if not taken or _is_written(session, key):
        return 0
    less = update(VipAccount).where(VipAccount.user_id == user_id, VipAccount.growth >= taken)
    rows_changed(session, less.values(growth=VipAccount.growth - taken))
    session.execute(insert(GrowthEntry).values(**key, amount=-taken, created_at=at))
    return taken


def _locked_growth(session: AnySession, user_id: int) -> int | None:
    """Return the growth and keep it as it is until the end of the transaction; None without an account."""
    return session.scalar(select(VipAccount.growth).where(VipAccount.user_id == user_id).with_for_update())


def _is_written(session: AnySession, key: Mapping[str, Any]) -> bool:
    return session.scalar(select(GrowthEntry.id).filter_by(**key)) is not None

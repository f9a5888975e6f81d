"""The levels themselves: the ones a new shop begins with, and how they are changed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TypedDict, Unpack

from sqlalchemy import column, insert, select, table, update

from axf.core.db import retried, transaction
from axf.core.errors import ShopError
from axf.core.money import LARGEST_SUM
from axf.extensions import db
from axf.vip import ledger
from axf.vip.ledger import Level
from axf.vip.models import VipLevel

HIGHEST_LEVEL = 99
BOUNDS = {
    "level": (0, HIGHEST_LEVEL),
    "growth": (0, LARGEST_SUM),
    "rate": (1, 100),
    "points_rate": (100, 1000),
    "free_delivery_from": (0, LARGEST_SUM),
}
# A yuan that is paid is one growth; docs/vip.md says why these numbers.
DEFAULTS = (
    Level(0, "普通会员", "Member", 0, 100, 100, None, None),
    Level(1, "铜牌会员", "Bronze", 100, 99, 110, None, None),
    Level(2, "银牌会员", "Silver", 500, 98, 120, 4900, None),
    Level(3, "金牌会员", "Gold", 1500, 97, 130, 3900, None),
    Level(4, "白金会员", "Platinum", 4000, 96, 150, 2900, None),
    Level(5, "钻石会员", "Diamond", 10_000, 95, 200, 0, None),
)


class BadLevel(ShopError):
    """No level can be like this; ``problem`` says why, in English."""

    code = "bad-level"
    status = 400


class Terms(TypedDict, total=False):
    """What a level can be given: ``free_delivery_from`` in fen, rates in per cent."""

    name: str
    name_en: str
    growth: int
    rate: int
    points_rate: int
    free_delivery_from: int | None
    birthday_coupon_id: int | None


@retried
def install() -> int:
    """Make those of the levels V0 to V5 that are missing, and return how many. Commits.

    Levels that are there stay as they are: a repeat makes nothing.
    Raises BadLevel when a missing one does not fit between them; nothing was made then.
    """
    with transaction(db.session):
        there = {level.level: level for level in _locked_levels()}
        missing = [level for level in DEFAULTS if level.level not in there]
        _refuse_bad_ladder([*there.values(), *missing])
        if missing:
            db.session.execute(insert(VipLevel), [vars(level) for level in missing])
        return len(missing)


@retried
def save_level(level: int, **terms: Unpack[Terms]) -> bool:
    """Make a level or change it; return whether it is new. Who has it follows from the growth at once. Commits.

    What is left out stays as it is; a new level needs its names and growth, and brings nothing but what it is given.
    A repeat changes nothing. Raises BadLevel.
    """
    with transaction(db.session):
        there = {each.level: each for each in _locked_levels()}
        is_new = level not in there
        saved = _with_terms(there.get(level), level, terms)
        _refuse_impossible(saved)
        _refuse_bad_ladder([*(each for each in there.values() if each.level != level), saved])
        if is_new:
            db.session.execute(insert(VipLevel).values(vars(saved)))
        else:
            db.session.execute(update(VipLevel).where(VipLevel.level == level).values(vars(saved)))
        return is_new


def _locked_levels() -> list[Level]:
    """Return all levels, which nobody else changes until the end of the transaction."""
    return [Level(*row) for row in db.session.execute(select(*ledger.COLUMNS).with_for_update())]


def _with_terms(known: Level | None, level: int, terms: Mapping[str, object]) -> Level:
    if known is None:
        lacking = [name for name in ("name", "name_en", "growth") if name not in terms]
        if lacking:
            raise BadLevel(problem=f"a new level needs {' and '.join(each.replace('_', ' ') for each in lacking)}")
        known = replace(ledger.NO_LEVEL, level=level)
    return replace(known, **terms)  # type: ignore[arg-type]


def _refuse_impossible(level: Level) -> None:
    for text in (level.name, level.name_en):
        if not text or text != text.strip() or len(text) > 40:
            raise BadLevel(problem=f"a level needs a Chinese and an English name of 1 to 40 letters: {text!r}")
    for name, (least, most) in BOUNDS.items():
        value = getattr(level, name)
        if value is not None and not least <= value <= most:
            raise BadLevel(problem=f"{name.replace('_', ' ')} is {value}, not {least} to {most}")
    if (level.level == 0) != (level.growth == 0):
        raise BadLevel(problem="V0 begins with growth 0, and no other level does")
    if level.birthday_coupon_id is not None and not _is_coupon(level.birthday_coupon_id):
        raise BadLevel(problem=f"there is no coupon {level.birthday_coupon_id}")


def _is_coupon(coupon_id: int) -> bool:
    """Tell whether there is such a coupon; the ledgers know each other's tables by name only."""
    coupons = table("coupon", column("id"))
    return db.session.scalar(select(coupons.c.id).where(coupons.c.id == coupon_id)) is not None


def _refuse_bad_ladder(levels: Sequence[Level]) -> None:
    """Refuse levels of which a higher one is easier to reach or brings less than the one below."""
    for below, above in pairwise(sorted(levels, key=lambda each: each.level)):
        pair = f"{above.label} above {below.label}"
        if above.growth <= below.growth:
            raise BadLevel(problem=f"{pair} needs more growth: {above.growth} is not above {below.growth}")
        if above.rate > below.rate:
            raise BadLevel(problem=f"{pair} may not pay more: {above.rate} % is above {below.rate} %")
        if above.points_rate < below.points_rate:
            raise BadLevel(
                problem=f"{pair} may not earn fewer points: {above.points_rate} % is below {below.points_rate} %"
            )
        if _free_from(above) > _free_from(below):
            raise BadLevel(problem=f"{pair} may not have free delivery from a larger sum on")


def _free_from(level: Level) -> int:
    return LARGEST_SUM + 1 if level.free_delivery_from is None else level.free_delivery_from

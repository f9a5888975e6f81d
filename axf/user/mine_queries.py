"""What 我的 shows, read in one statement."""

from dataclasses import dataclass, fields

from sqlalchemy import Integer, bindparam, literal, select, true

from axf.core import clock
from axf.core.db import UTCDateTime
from axf.coupon.queries import select_usable_count
from axf.credit.ledger import select_balance
from axf.extensions import read
from axf.notice.inbox import select_unread
from axf.order.lists import COUNTS, Counts, count_values
from axf.points.ledger import select_usable
from axf.vip.ledger import NO_LEVEL, Level, select_level

_USER, _NOW = bindparam("user", type_=Integer), bindparam("now", type_=UTCDateTime())
_LEVEL = select_level(_USER).subquery("level")
# One row: the numbers, and the level where there is one.
_MINE = select(
    select_balance(_USER).scalar_subquery(),
    select_usable_count(_USER, _NOW).scalar_subquery(),
    select_usable(_USER, _NOW).scalar_subquery(),
    select_unread(_USER).scalar_subquery(),
    *COUNTS,
    *(_LEVEL.c[field.name] for field in fields(Level)),
).select_from(select(literal(1)).subquery("one").outerjoin(_LEVEL, true()))


@dataclass(frozen=True)
class Mine:
    """A shopper's level, how many orders, usable coupons and unread messages wait, points, and store credit in fen."""

    level: Level
    counts: Counts
    credit: int
    usable_coupons: int
    points: int
    unread: int


def mine_of(user_id: int) -> Mine:
    """Return what is mine. One query."""
    row = tuple(read(_MINE, count_values(user_id) | {"now": clock.now()}).one())
    numbers, counts, level = row[:4], row[4:8], row[8:]
    return Mine(
        NO_LEVEL if level[0] is None else Level(*level), Counts(*counts), *(int(number or 0) for number in numbers)
    )

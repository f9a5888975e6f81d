"""What 我的 shows, read in three statements."""

from dataclasses import dataclass

from sqlalchemy import Integer, bindparam, select

from axf.core import clock
from axf.core.db import UTCDateTime
from axf.coupon.queries import select_usable_count
from axf.credit.ledger import select_balance
from axf.extensions import db
from axf.notice.inbox import select_unread
from axf.order.lists import Counts, counts_of
from axf.points.ledger import select_usable
from axf.vip.ledger import Level, level_of

_USER, _NOW = bindparam("user", type_=Integer), bindparam("now", type_=UTCDateTime())
_NUMBERS = select(
    select_balance(_USER).scalar_subquery(),
    select_usable_count(_USER, _NOW).scalar_subquery(),
    select_usable(_USER, _NOW).scalar_subquery(),
    select_unread(_USER).scalar_subquery(),
)


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
    """Return what is mine. Three queries."""
    numbers = db.session.execute(_NUMBERS, {"user": user_id, "now": clock.now()}).one()
    return Mine(level_of(user_id), counts_of(user_id), *(int(number or 0) for number in numbers))

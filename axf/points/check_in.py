"""每日签到: a shopper checks in once each Shanghai day; days in a row bring more."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import insert, select

from axf.core import clock
from axf.core.clock import SHOP_ZONE
from axf.core.db import retried, transaction
from axf.extensions import db
from axf.points import ledger
from axf.points.ledger import Reason
from axf.points.models import CheckIn
from axf.user.models import User

# What each day in a row brings; after the last one it begins again with the first. A missed day begins it too.
REWARDS = (5, 6, 7, 8, 9, 10, 20)
ONE_DAY = timedelta(1)


@dataclass(frozen=True)
class CheckedIn:
    """A check-in: the how-manieth day in a row, what it brought, and whether this call made it."""

    day: date
    streak: int
    points: int
    is_new: bool


@dataclass(frozen=True)
class Standing:
    """How a shopper stands on a day: whether it is done, days in a row so far, and what the next check-in brings."""

    is_done: bool
    streak: int

    @property
    def next_points(self) -> int:
        """What the next check-in brings: today's, or when that is done tomorrow's."""
        return reward_of(self.streak + 1)

    @property
    def place(self) -> int:
        """How many days of the row of rewards are done, 0 to its length; a row that was finished today is full."""
        if not self.is_done:
            return self.streak % len(REWARDS)
        return (self.streak - 1) % len(REWARDS) + 1


def reward_of(streak: int) -> int:
    """Return the points of the so-manieth day in a row, from 1."""
    return REWARDS[(streak - 1) % len(REWARDS)]


@retried
def check_in(user_id: int) -> CheckedIn:
    """Check in for today in Shanghai and earn its points. Commits. A repeat on the same day returns the first."""
    now = clock.now()
    today = _day_of(now)
    with transaction(db.session):
        # Who checks in twice at once does so one after the other.
        db.session.execute(select(User.id).where(User.id == user_id).with_for_update())
        last = _last(user_id, today)
        if last is not None and last.day == today:
            return CheckedIn(today, last.streak, last.points, is_new=False)
        streak = _streak(last, today) + 1
        points = reward_of(streak)
        row = {"user_id": user_id, "day": today, "streak": streak, "points": points, "created_at": now}
        db.session.execute(insert(CheckIn).values(row))
        ledger.earn(db.session, user_id, points, reason=Reason.CHECK_IN, reference=today.isoformat(), at=now)
    return CheckedIn(today, streak, points, is_new=True)


def standing_of(user_id: int, today: date) -> Standing:
    """Return how the shopper stands on this Shanghai day. One query."""
    last = _last(user_id, today)
    return Standing(last is not None and last.day == today, _streak(last, today))


def calendar(user_id: int, month: date) -> dict[date, int]:
    """Return the days of this month (any day of it) on which the shopper checked in, with their points. One query."""
    first = month.replace(day=1)
    rows = db.session.execute(
        select(CheckIn.day, CheckIn.points)
        .where(CheckIn.user_id == user_id, CheckIn.day >= first, CheckIn.day < next_month(first))
        .order_by(CheckIn.day)
    )
    return dict(rows.all())


def next_month(day: date) -> date:
    """Return the first day of the month after this one."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _last(user_id: int, today: date) -> CheckIn | None:
    """Return the check-in of today, else of yesterday."""
    recent = select(CheckIn).where(CheckIn.user_id == user_id, CheckIn.day.in_((today, today - ONE_DAY)))
    return db.session.scalars(recent.order_by(CheckIn.day.desc()).limit(1)).first()


def _streak(last: CheckIn | None, today: date) -> int:
    """Return how many days in a row the shopper has, counting until yesterday or today."""
    return last.streak if last is not None and last.day >= today - ONE_DAY else 0


def _day_of(now: datetime) -> date:
    return now.astimezone(SHOP_ZONE).date()

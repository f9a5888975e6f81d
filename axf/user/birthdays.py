"""Birthday coupons: what a shopper's level brings on the day."""

import calendar
import logging
from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import func, select

from axf.core import clock
from axf.core.db import retried, transaction
from axf.coupon import ledger as coupons
from axf.coupon.ledger import CouponEnded, Issued
from axf.extensions import db
from axf.user.models import User
from axf.vip import ledger as vip
from axf.vip.models import VipAccount

log = logging.getLogger(__name__)

BATCH = 1000
NOBODY = Issued(0, 0, 0)


def congratulate(day: date | None = None) -> Issued:
    """Give everybody whose birthday is on this Shanghai day, or today, the coupon of the level they have now.

    There is one a year, so a repeat gives none. A coupon that is stopped or over is passed over and logged.
    Commits after each thousand shoppers; any number of hosts may run it at once.
    """
    day = day or clock.today()
    ladder, sums = vip.levels(), NOBODY
    for batch in _born_on(day):
        by_coupon: dict[int, list[int]] = {}
        for user_id, growth in batch:
            coupon_id = vip.level_at(ladder, growth).birthday_coupon_id
            if coupon_id is not None:
                by_coupon.setdefault(coupon_id, []).append(user_id)
        for coupon_id, user_ids in sorted(by_coupon.items()):
            sums += _give(coupon_id, user_ids, f"birthday-{day.year}")
    return sums


def _born_on(day: date) -> Iterator[Sequence[tuple[int, int]]]:
    """Yield ids and growth of those born on a day; who was born on 29 February has 28 February in other years."""
    birthdays = [f"{day:%m-%d}"]
    if birthdays == ["02-28"] and not calendar.isleap(day.year):
        birthdays.append("02-29")
    query = (
        select(User.id, func.coalesce(VipAccount.growth, 0))
        .outerjoin(VipAccount, VipAccount.user_id == User.id)
        .where(User.birthday.in_(birthdays))
        .order_by(User.id)
        .limit(BATCH)
    )
    last = 0
    while found := [(row[0], row[1]) for row in db.session.execute(query.where(User.id > last))]:
        yield found
        last = found[-1][0]


def _give(coupon_id: int, user_ids: list[int], reference: str) -> Issued:
    try:
        return _issue(coupon_id, user_ids, reference)
    except CouponEnded:
        log.warning("birthday coupon %s is stopped or over: %s shoppers got none", coupon_id, len(user_ids))
        return NOBODY


@retried
def _issue(coupon_id: int, user_ids: list[int], reference: str) -> Issued:
    with transaction(db.session):
        return coupons.issue_many(db.session, coupon_id, user_ids, "birthday", clock.now(), reference=reference)

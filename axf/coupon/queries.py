"""What the coupon pages read."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import BindParameter, Select, func, select

from axf.core import clock
from axf.core.db import table_of
from axf.core.paging import instant_cursor, older_than
from axf.coupon.held import Held, held_of, held_query, terms_of
from axf.coupon.ledger import is_running
from axf.coupon.models import Coupon, UserCoupon
from axf.extensions import db
from axf.pricing import Coupon as Terms

PAGE_SIZE = 20
# More running offers than this nobody reads; the newest are shown.
MOST_OFFERS = 60
_COUPONS = table_of(UserCoupon).c


@dataclass(frozen=True)
class Offer:
    """A coupon of the coupon centre, as one shopper sees it."""

    id: int
    name: str
    name_en: str
    terms: Terms
    is_first_order: bool
    valid_from: datetime | None
    valid_until: datetime | None
    valid_days: int | None
    hour_from: int | None
    hour_until: int | None
    total: int | None
    issued: int
    had: int
    state: Literal["open", "claimed", "out"]
    is_ahead: bool

    @property
    def percent_issued(self) -> int:
        """How much of the total is gone, rounded down: 100 only when all are."""
        return self.issued * 100 // self.total if self.total else 0


@dataclass(frozen=True)
class Past:
    """A held coupon that is used, or ended unused, and when that was."""

    held: Held
    at: datetime


@dataclass(frozen=True)
class PastPage:
    """One page of them, the latest first."""

    coupons: list[Past]
    cursor: str | None


def offers_for(user_id: int | None, now: datetime) -> list[Offer]:
    """Return the coupons that can be claimed or could have been, the newest first. One query.

    ``claimed`` is one of which the shopper has had as many as one may; nobody (None) has any.
    """
    had = (
        select(func.count())
        .where(UserCoupon.coupon_id == Coupon.id, UserCoupon.user_id == user_id)
        .correlate(Coupon)
        .scalar_subquery()
    )
    query = (
        select(Coupon, had)
        .where(Coupon.issue == "claim", ~Coupon.is_stopped, is_running(now))
        .order_by(Coupon.created_at.desc(), Coupon.id.desc())
        .limit(MOST_OFFERS)
    )
    return [_offer(coupon, count, now) for coupon, count in db.session.execute(query)]


def select_usable_count(user_id: int | BindParameter[int], now: datetime | BindParameter[datetime]) -> Select[int]:
    """Return the SELECT of how many coupons a shopper holds that are neither used nor over. Queries may embed it."""
    usable = (_COUPONS.user_id == user_id, _COUPONS.order_id.is_(None), _COUPONS.valid_until > now)
    return select(func.count()).select_from(table_of(UserCoupon)).where(*usable)


def used_by(user_id: int, cursor: str | None) -> PastPage:
    """Return a page of the coupons a shopper has used. One query. Raises NotFound for a wrong cursor."""
    return _past(user_id, cursor, UserCoupon.used_at, UserCoupon.order_id.is_not(None))


def ended_of(user_id: int, cursor: str | None) -> PastPage:
    """Return a page of the coupons that a shopper let pass. One query. Raises NotFound for a wrong cursor."""
    ended = (UserCoupon.order_id.is_(None), UserCoupon.valid_until <= clock.now())
    return _past(user_id, cursor, UserCoupon.valid_until, *ended)


def _past(user_id: int, cursor: str | None, at, *conditions) -> PastPage:
    query = held_query(UserCoupon.user_id == user_id, *conditions).add_columns(at.label("at"))
    if cursor:
        query = query.where(older_than(at, UserCoupon.id, cursor))
    found = db.session.execute(query.order_by(at.desc(), UserCoupon.id.desc()).limit(PAGE_SIZE + 1)).all()
    shown = [Past(held_of(row), row.at) for row in found[:PAGE_SIZE]]
    return PastPage(shown, instant_cursor(shown[-1].at, shown[-1].held.id) if len(found) > PAGE_SIZE else None)


def _offer(coupon: Coupon, had: int, now: datetime) -> Offer:
    is_out = coupon.total is not None and coupon.issued >= coupon.total
    return Offer(
        id=coupon.id,
        name=coupon.name,
        name_en=coupon.name_en,
        terms=terms_of(coupon),
        is_first_order=coupon.is_first_order,
        valid_from=coupon.valid_from,
        valid_until=coupon.valid_until,
        valid_days=coupon.valid_days,
        hour_from=coupon.hour_from,
        hour_until=coupon.hour_until,
        total=coupon.total,
        issued=coupon.issued,
        had=had,
        state="claimed" if had >= coupon.per_person else "out" if is_out else "open",
        is_ahead=coupon.valid_from is not None and coupon.valid_from > now,
    )

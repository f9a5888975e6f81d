"""The ledger of coupons: issued, used, given back. Nothing here commits."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, func, insert, or_, select, update

from axf.core.db import AnySession, rows_changed
from axf.core.errors import NotFound, ShopError
from axf.coupon.held import Held, held_by
from axf.coupon.models import Coupon, UserCoupon

__all__ = [
    "CouponEnded",
    "CouponGone",
    "CouponLimit",
    "CouponOut",
    "Held",
    "Issued",
    "give_back",
    "held_by",
    "is_running",
    "issue",
    "issue_many",
    "issue_on_registration",
    "use",
    "use_again",
]

Source = Literal["claim", "code", "register", "grant", "birthday"]


class CouponGone(ShopError):
    """The coupon cannot be used: it is used already, its time is not now, or it is somebody else's."""

    code = "coupon-gone"
    status = 409


class CouponOut(ShopError):
    """All of the coupon are issued."""

    code = "coupon-out"
    status = 409


class CouponLimit(ShopError):
    """The shopper has had as many of the coupon as one may (``limit``)."""

    code = "coupon-limit"
    status = 409


class CouponEnded(ShopError):
    """The coupon is no longer issued: it was stopped, or its window is over."""

    code = "coupon-ended"
    status = 409


@dataclass(frozen=True)
class Issued:
    """How many shoppers were given a coupon, had it or as many as one may, and found none left."""

    given: int
    had: int
    out: int

    def __add__(self, other: "Issued") -> "Issued":
        return Issued(self.given + other.given, self.had + other.had, self.out + other.out)


def use(session: AnySession, user_id: int, held_id: int, order_id: int, now: datetime) -> None:
    """Use a held coupon for an order. It locks the held coupon's row. The caller commits.

    Hours and first order are the caller's to check (``Held.refusal``); an order takes one coupon, and one
    for its delivery besides. A repeat is refused. Raises CouponGone; nothing was changed then.
    """
    guarded = (
        update(UserCoupon)
        .where(
            UserCoupon.id == held_id,
            UserCoupon.user_id == user_id,
            UserCoupon.order_id.is_(None),
            UserCoupon.valid_from <= now,
            UserCoupon.valid_until > now,
        )
        .values(order_id=order_id, last_order_id=order_id, used_at=now)
    )
    if not rows_changed(session, guarded):
        raise CouponGone(held_id=held_id)


def give_back(session: AnySession, order_id: int) -> None:
    """Free what an order used, as it was before. A repeat does nothing. The caller commits."""
    freed = update(UserCoupon).where(UserCoupon.order_id == order_id).values(order_id=None, used_at=None)
    rows_changed(session, freed)


def use_again(session: AnySession, user_id: int, order_id: int, count: int, now: datetime) -> None:
    """Use again the ``count`` coupons that an order had used and given back. The caller commits.

    Raises CouponGone when one of them is used by another order or its time is over; the caller must roll back then.
    """
    used_last = select(UserCoupon.id).where(UserCoupon.last_order_id == order_id, UserCoupon.order_id.is_(None))
    held_ids = session.scalars(used_last.order_by(UserCoupon.id)).all()
    if len(held_ids) < count:
        raise CouponGone(order_id=order_id)
    for held_id in held_ids:
        use(session, user_id, held_id, order_id, now)


def issue(
    session: AnySession, coupon_id: int, user_id: int, source: Source, now: datetime, *, reference: str | None = None
) -> int:
    """Give a shopper a coupon and return the held one's id. It locks the coupon's row. The caller commits.

    A repeat gives another one as far as the limits go; with the same ``reference`` it returns the one that is
    there. A birthday's limit is its reference alone: there is one each year.
    Raises NotFound, CouponEnded, CouponOut, CouponLimit; nothing was changed then.
    """
    with session.begin_nested():
        known = _known(session, user_id, reference)
        if known is not None:
            return known
        _count_issued(session, coupon_id, 1, now)
        coupon = session.scalars(select(Coupon).where(Coupon.id == coupon_id)).one()
        number = _numbers(session, coupon_id, [user_id]).get(user_id, 0) + 1
        if not _may_have(coupon, number, source):
            raise CouponLimit(limit=coupon.per_person)
        held = UserCoupon(**_row(coupon, user_id, number, source, now, reference=reference))
        session.add(held)
        session.flush()
        return held.id


def issue_many(
    session: AnySession, coupon_id: int, user_ids: Collection[int], source: Source, now: datetime, *, reference: str
) -> Issued:
    """Give each of these shoppers a coupon, lowest ids first. It locks the coupon's row. The caller commits.

    Who has one with this reference, or as many as one may, is passed over; so a repeat gives nothing. Those
    for whom none are left get none. Five queries, however many shoppers. Raises NotFound, CouponEnded.
    """
    locked = select(Coupon).where(Coupon.id == coupon_id).with_for_update().execution_options(populate_existing=True)
    coupon = session.scalars(locked).one_or_none()
    if coupon is None:
        raise NotFound(what="coupon")
    if _is_over(coupon, now):
        raise CouponEnded(coupon_id=coupon_id)
    with_reference = select(UserCoupon.user_id).where(
        UserCoupon.user_id.in_(user_ids), UserCoupon.reference == reference
    )
    has_it = set(session.scalars(with_reference))
    numbers = _numbers(session, coupon_id, user_ids)
    rows = [
        _row(coupon, user_id, numbers.get(user_id, 0) + 1, source, now, reference=reference)
        for user_id in sorted(set(user_ids) - has_it)
        if _may_have(coupon, numbers.get(user_id, 0) + 1, source)
    ]
    fitting = rows if coupon.total is None else rows[: coupon.total - coupon.issued]
    if fitting:
        _count_issued(session, coupon_id, len(fitting), now)
        session.execute(insert(UserCoupon), fitting)
    return Issued(given=len(fitting), had=len(set(user_ids)) - len(rows), out=len(rows) - len(fitting))


def issue_on_registration(session: AnySession, user_id: int, now: datetime) -> None:
    """Give a new shopper every running coupon of registration; those that are out are passed over.

    It locks the rows of those coupons. A repeat gives more as far as the limits go. The caller commits.
    """
    running = (
        select(Coupon.id).where(Coupon.issue == "register", ~Coupon.is_stopped, is_running(now)).order_by(Coupon.id)
    )
    for coupon_id in session.scalars(running).all():
        with suppress(CouponOut, CouponEnded):
            issue(session, coupon_id, user_id, "register", now)


def is_running(now: datetime) -> ColumnElement[bool]:
    """Return the condition that a coupon's window, if it has one, is not over."""
    return or_(Coupon.valid_until.is_(None), Coupon.valid_until > now)


def _known(session: AnySession, user_id: int, reference: str | None) -> int | None:
    if reference is None:
        return None
    return session.scalar(select(UserCoupon.id).where(UserCoupon.user_id == user_id, UserCoupon.reference == reference))


def _count_issued(session: AnySession, coupon_id: int, count: int, now: datetime) -> None:
    """Count so many as issued, and keep the coupon's row locked: what shoppers have of it stands still until commit.

    Raises NotFound, CouponEnded, CouponOut.
    """
    guarded = (
        update(Coupon)
        .where(
            Coupon.id == coupon_id,
            ~Coupon.is_stopped,
            is_running(now),
            or_(Coupon.total.is_(None), Coupon.issued + count <= Coupon.total),
        )
        .values(issued=Coupon.issued + count)
    )
    if rows_changed(session, guarded):
        return
    coupon = session.scalars(
        select(Coupon).where(Coupon.id == coupon_id).execution_options(populate_existing=True)
    ).one_or_none()
    if coupon is None:
        raise NotFound(what="coupon")
    if _is_over(coupon, now):
        raise CouponEnded(coupon_id=coupon_id)
    raise CouponOut(coupon_id=coupon_id)


def _is_over(coupon: Coupon, now: datetime) -> bool:
    return coupon.is_stopped or (coupon.valid_until is not None and coupon.valid_until <= now)


def _numbers(session: AnySession, coupon_id: int, user_ids: Collection[int]) -> dict[int, int]:
    """Return how many of a coupon these shoppers have had, those that have."""
    counts = (
        select(UserCoupon.user_id, func.max(UserCoupon.number))
        .where(UserCoupon.coupon_id == coupon_id, UserCoupon.user_id.in_(user_ids))
        .group_by(UserCoupon.user_id)
    )
    return dict(session.execute(counts).all())


def _may_have(coupon: Coupon, number: int, source: Source) -> bool:
    return number <= coupon.per_person or source == "birthday"


def _row(
    coupon: Coupon, user_id: int, number: int, source: Source, now: datetime, *, reference: str | None
) -> dict[str, Any]:
    """Return the row of a held coupon; its span is the coupon's, or so many days from now to the instant."""
    if coupon.valid_days is None:
        valid_from, valid_until = coupon.valid_from, coupon.valid_until
    else:
        valid_from, valid_until = now, now + timedelta(days=coupon.valid_days)
    return {
        "user_id": user_id,
        "coupon_id": coupon.id,
        "number": number,
        "is_delivery": coupon.kind == "delivery",
        "source": source,
        "reference": reference,
        "valid_from": valid_from,
        "valid_until": valid_until,
        "order_id": None,
        "used_at": None,
        "created_at": now,
    }

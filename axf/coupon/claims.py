"""How shoppers come by coupons: a claim, a code, a gift of the shop."""

from collections.abc import Iterable
from itertools import islice

from sqlalchemy import or_, select, update

from axf.core import clock
from axf.core.db import retried, rows_changed, transaction
from axf.core.errors import NotFound, ShopError
from axf.coupon import ledger
from axf.coupon.ledger import Issued
from axf.coupon.models import Coupon, CouponCode, UserCoupon
from axf.coupon.terms import fold
from axf.extensions import db

BATCH = 1000


class CodeUnknown(ShopError):
    """There is no such code."""

    code = "code-unknown"
    status = 404


class CodeUsed(ShopError):
    """The code was used as often as it can be."""

    code = "code-used"
    status = 409


@retried
def claim(user_id: int, coupon_id: int) -> int:
    """Give a shopper a coupon of the coupon centre and return the held one's id. Commits.

    A repeat gives another one as far as the limits go.
    Raises NotFound, also for what cannot be claimed, CouponEnded, CouponOut, CouponLimit.
    """
    with transaction(db.session):
        if db.session.scalar(select(Coupon.issue).where(Coupon.id == coupon_id)) != "claim":
            raise NotFound(what="coupon")
        return ledger.issue(db.session, coupon_id, user_id, "claim", clock.now())


@retried
def redeem_code(user_id: int, text: str) -> int:
    """Give a shopper the coupon of a code, however it was typed, and return the held one's id. Commits.

    Each code gives a shopper one: a repeat returns that, and uses up nothing.
    Raises CodeUnknown, CodeUsed, CouponEnded, CouponOut, CouponLimit.
    """
    code = fold(text)
    reference = f"code-{code}"
    with transaction(db.session):
        found = select(CouponCode).where(CouponCode.code == code).with_for_update()
        known = db.session.scalars(found.execution_options(populate_existing=True)).one_or_none()
        if known is None:
            raise CodeUnknown
        held_id = db.session.scalar(select(UserCoupon.id).filter_by(user_id=user_id, reference=reference))
        if held_id is not None:
            return held_id
        is_left = or_(CouponCode.uses_left.is_(None), CouponCode.uses_left > 0)
        used = update(CouponCode).where(CouponCode.code == code, is_left).values(uses_left=CouponCode.uses_left - 1)
        if not rows_changed(db.session, used):
            raise CodeUsed
        return ledger.issue(db.session, known.coupon_id, user_id, "code", clock.now(), reference=reference)


def grant(coupon_id: int, user_ids: Iterable[int], round_number: int = 1) -> Issued:
    """Give shoppers a coupon, one each, and return how many got one. Commits after each thousand.

    In a round a shopper gets one: a repeat goes on where a broken run stopped, and gives it to who has come
    since. Another round gives one more as far as the limits go. Raises NotFound, CouponEnded.
    """
    if db.session.scalar(select(Coupon.id).where(Coupon.id == coupon_id)) is None:
        raise NotFound(what="coupon")
    ids, sums = iter(user_ids), Issued(0, 0, 0)
    while batch := list(islice(ids, BATCH)):
        sums += _grant_batch(coupon_id, batch, f"grant-{coupon_id}-{round_number}")
    return sums


@retried
def _grant_batch(coupon_id: int, user_ids: list[int], reference: str) -> Issued:
    with transaction(db.session):
        return ledger.issue_many(db.session, coupon_id, user_ids, "grant", clock.now(), reference=reference)

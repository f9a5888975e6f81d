"""Moments that nobody makes: a coupon is about to end, a goods is there again."""

from datetime import datetime, timedelta

from sqlalchemy import String, cast, delete, literal, select

from axf.core.db import retried, rows_changed, transaction
from axf.coupon.models import Coupon, UserCoupon
from axf.extensions import db
from axf.market.models import Goods
from axf.notice.models import Outbox, StockAlert
from axf.notice.outbox import Channel, Kind, tell

BEFORE_END = timedelta(days=2)
# Who got a coupon today knows of it.
FRESH = timedelta(days=1)
BATCH = 200


def remind_of_coupons(now: datetime) -> int:
    """Tell of each held coupon, once, that it ends within two days; return of how many. Commits, a batch at a time.

    Any number of hosts may run it at once. Coupons that came within the last day are left out.
    """
    count = 0
    while batch := _remind(now):
        count += batch
    return count


@retried
def _remind(now: datetime) -> int:
    with transaction(db.session):
        key = literal(f"{Kind.COUPON_ENDING}/") + cast(UserCoupon.id, String(12)) + literal(f"/{Channel.INBOX}")
        ending = (
            select(UserCoupon.id, UserCoupon.user_id, UserCoupon.valid_until, Coupon.name, Coupon.name_en)
            .join(Coupon, Coupon.id == UserCoupon.coupon_id)
            .where(
                UserCoupon.used_at.is_(None),
                UserCoupon.valid_until > now,
                UserCoupon.valid_until <= now + BEFORE_END,
                UserCoupon.created_at <= now - FRESH,
                ~select(Outbox.id).where(Outbox.key == key).exists(),
            )
            .order_by(UserCoupon.id)
            .limit(BATCH)
        )
        held = db.session.execute(ending).all()
        for each in held:
            words = {"name": each.name, "name_en": each.name_en, "ends": each.valid_until.isoformat()}
            tell(db.session, each.user_id, Kind.COUPON_ENDING, str(each.id), now, **words)
        return len(held)


def answer_alerts(now: datetime) -> int:
    """Tell who waits for a goods that is there again, and end the waiting; return how many. Commits, one at a time.

    Any number of hosts may run it at once: who ends the waiting tells.
    """
    count = 0
    while waiting := _answerable():
        count += sum(_answer(user_id, goods_id, now) for user_id, goods_id in waiting)
    return count


def _answerable() -> list[tuple[int, int]]:
    query = (
        select(StockAlert.user_id, StockAlert.goods_id)
        .join(Goods, Goods.id == StockAlert.goods_id)
        .where(Goods.on_sale, Goods.stock > 0)
        .order_by(StockAlert.created_at, StockAlert.user_id)
        .limit(BATCH)
    )
    found = [(user_id, goods_id) for user_id, goods_id in db.session.execute(query)]
    db.session.rollback()
    return found


@retried
def _answer(user_id: int, goods_id: int, now: datetime) -> bool:
    with transaction(db.session):
        alert = (StockAlert.user_id == user_id, StockAlert.goods_id == goods_id)
        asked_at = db.session.scalar(select(StockAlert.created_at).where(*alert))
        if asked_at is None or not rows_changed(db.session, delete(StockAlert).where(*alert)):
            return False
        name, name_en = db.session.execute(select(Goods.name, Goods.name_en).where(Goods.id == goods_id)).one()
        key = f"{goods_id}/{user_id}/{asked_at.isoformat()}"
        tell(db.session, user_id, Kind.BACK_IN_STOCK, key, now, goods_id=goods_id, name=name, name_en=name_en)
        return True

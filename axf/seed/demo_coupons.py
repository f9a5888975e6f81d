"""The demo's coupons: one of every kind and way to come by it."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from axf.core import clock
from axf.coupon import claims, terms
from axf.coupon.ledger import CouponEnded
from axf.coupon.models import Coupon, CouponCode
from axf.extensions import db
from axf.market.models import Goods
from axf.seed.report import TableReport
from axf.vip import ledger as vip
from axf.vip import levels

FRUIT, DAIRY_AND_BREAD = 103532, 103536
CODE = "BEE2026"
TASTED = "草莓尝鲜价"
STRAWBERRIES = "AXF-000401"
BIRTHDAY = "生日快乐"
CODED = "码上减5"
MEMBERS = "会员88折"
ANNIVERSARY = "周年庆满99减20"
ANNIVERSARY_LASTS = timedelta(days=14)

COUPONS: dict[str, dict[str, Any]] = {
    "满59减8": {
        "name_en": "¥8 off ¥59", "kind": "amount", "value": 800, "minimum": 5900, "issue": "claim", "valid_days": 14,
        "total": 500,
    },
    "水果满30减5": {
        "name_en": "¥5 off fruit", "kind": "amount", "value": 500, "minimum": 3000, "food_type_ids": {FRUIT},
        "issue": "claim", "valid_days": 14,
    },
    "免运费": {
        "name_en": "Free delivery", "kind": "delivery", "minimum": 2900, "issue": "claim", "valid_days": 7,
        "per_person": 3,
    },
    "早餐时段减3": {
        "name_en": "¥3 off breakfast", "kind": "amount", "value": 300, "minimum": 1500,
        "food_type_ids": {DAIRY_AND_BREAD}, "issue": "claim", "valid_days": 30, "hour_from": 6, "hour_until": 10,
    },
    TASTED: {
        "name_en": "Strawberries for ¥9.90", "kind": "fixed", "value": 990, "issue": "claim", "valid_days": 3,
        "total": 50,
    },
    MEMBERS: {
        "name_en": "12% off for members", "kind": "percent", "value": 88, "cap": 1000, "issue": "grant",
        "valid_days": 30,
    },
    "新人首单减10": {
        "name_en": "¥10 off your first order", "kind": "amount", "value": 1000, "minimum": 2900,
        "is_first_order": True, "issue": "register", "valid_days": 30,
    },
    BIRTHDAY: {
        "name_en": "Happy birthday", "kind": "amount", "value": 1500, "minimum": 3900, "issue": "grant",
        "valid_days": 15,
    },
    "满199减30": {
        "name_en": "¥30 off ¥199", "kind": "amount", "value": 3000, "minimum": 19_900, "issue": "claim",
        "valid_days": 30,
    },
    ANNIVERSARY: {"name_en": "Anniversary: ¥20 off ¥99", "kind": "amount", "value": 2000, "minimum": 9900,
        "issue": "grant",
    },
    CODED: {"name_en": "¥5 off with a code", "kind": "amount", "value": 500, "issue": "code", "valid_days": 30},
}  # fmt: skip


def add_coupons(counts: TableReport) -> None:
    """Make the coupons whose name is not there yet, a code, and birthday coupons of the demo's levels.

    Levels that the shop's people changed are left alone. A repeat makes none. Commits after each.
    """
    known = _known()
    for name, given in COUPONS.items():
        counts.count(name not in known)
        if name not in known:
            known[name] = terms.create(name=name, **given, **_only_now_known(name))
    if db.session.get(CouponCode, CODE) is None:
        terms.make_own_code(known[CODED], CODE)
    for level in vip.levels():
        if level.level > 0 and level in levels.DEFAULTS:
            levels.save_level(level.level, birthday_coupon_id=known[BIRTHDAY])


def give_coupons(user_id: int, names: Sequence[str], counts: TableReport) -> None:
    """Give a shopper one of each coupon; who had one gets no more, and one that is over is left out. Commits."""
    known = _known()
    for name in names:
        with suppress(CouponEnded):
            counts.count(bool(claims.grant(known[name], [user_id]).given))


def _only_now_known(name: str) -> dict[str, Any]:
    """Return what of a coupon's terms depends on the shop and the day: the goods' id, a window that begins tomorrow."""
    if name == TASTED:
        return {"goods_ids": set(db.session.scalars(select(Goods.id).where(Goods.code == STRAWBERRIES)))}
    if name == ANNIVERSARY:
        begin = datetime.combine(clock.today() + timedelta(days=1), time(), clock.SHOP_ZONE)
        return {"valid_from": begin, "valid_until": begin + ANNIVERSARY_LASTS}
    return {}


def _known() -> dict[str, int]:
    return dict(db.session.execute(select(Coupon.name, Coupon.id).where(Coupon.name.in_(COUPONS))).all())

"""Coupons with the terms that a test names."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, select

from axf.core import clock
from axf.core.db import transaction
from axf.coupon import ledger
from axf.coupon.models import Coupon, UserCoupon
from axf.extensions import db
from tests.conftest import next_id

# 2026-03-01 08:00 in Shanghai.
MORNING = datetime(2026, 3, 1, tzinfo=UTC)


def shanghai(text: str) -> datetime:
    """Return the instant of a Shanghai time."""
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


def add_coupon(**values: Any) -> int:
    """Add a coupon, ¥8 off from ¥59 for seven days from its claim unless told otherwise; return its id."""
    row = {
        "id": next_id(Coupon),
        "name": "满59减8",
        "name_en": "¥8 off ¥59",
        "kind": "amount",
        "value": 800,
        "minimum": 5900,
        "cap": None,
        "goods_ids": frozenset(),
        "food_type_ids": frozenset(),
        "is_first_order": False,
        "issue": "claim",
        "total": None,
        "per_person": 1,
        "issued": 0,
        "valid_from": None,
        "valid_until": None,
        "valid_days": None if "valid_until" in values else 7,
        "hour_from": None,
        "hour_until": None,
        "is_stopped": False,
        "created_at": clock.now(),
        **values,
    }
    db.session.execute(insert(Coupon).values(row))
    db.session.commit()
    return row["id"]


def give(coupon_id: int, user_id: int, now: datetime | None = None, **choices: Any) -> int:
    """Issue a coupon as its own use case; return the held one's id."""
    with transaction(db.session):
        return ledger.issue(
            db.session, coupon_id, user_id, choices.pop("source", "claim"), now or clock.now(), **choices
        )


def issued(coupon_id: int) -> tuple[int, int]:
    """Return how many the coupon counts as issued, and how many are held."""
    db.session.rollback()
    held = db.session.query(UserCoupon).filter_by(coupon_id=coupon_id).count()
    return db.session.scalar(select(Coupon.issued).filter_by(id=coupon_id)), held

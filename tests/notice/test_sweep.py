"""Coupons about to end and goods that are back are told of, once."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from axf.core.db import transaction
from axf.core.errors import NotFound
from axf.coupon.models import UserCoupon
from axf.extensions import db
from axf.market.models import Goods
from axf.notice import alerts, sweep
from axf.notice.models import StockAlert
from tests.coupon.conftest import add_coupon
from tests.notice.test_outbox import NOON, rows

HOURS = timedelta(hours=1)


def hold(user_id: int, coupon_id: int, number: int, *, ends, came=NOON - timedelta(days=9), reference=None) -> int:
    held = UserCoupon(
        user_id=user_id, coupon_id=coupon_id, number=number, is_delivery=False, source="grant", reference=reference,
        valid_from=came, valid_until=ends, created_at=came,
    )  # fmt: skip
    db.session.add(held)
    db.session.commit()
    return held.id


def told() -> list[tuple[str, dict]]:
    return [(row.key, json.loads(row.payload)) for row in rows() if row.channel == "inbox"]


def set_goods(goods_id: int, **values: object) -> None:
    with transaction(db.session):
        db.session.execute(update(Goods).where(Goods.id == goods_id).values(**values))


def test_each_held_coupon_is_told_of_once_when_two_days_are_left(shopper, monkeypatch):
    monkeypatch.setattr(sweep, "BATCH", 1)
    coupon_id = add_coupon(name="满60减10", name_en="¥10 off")
    ending = [hold(shopper, coupon_id, 1, ends=NOON + 48 * HOURS), hold(shopper, coupon_id, 2, ends=NOON + HOURS)]
    hold(shopper, coupon_id, 3, ends=NOON + 49 * HOURS)
    hold(shopper, coupon_id, 4, ends=NOON)
    hold(shopper, coupon_id, 5, ends=NOON + 24 * HOURS, came=NOON - HOURS)
    assert [sweep.remind_of_coupons(NOON), sweep.remind_of_coupons(NOON)] == [2, 0]
    words = {"name": "满60减10", "name_en": "¥10 off"}
    assert sorted(told()) == sorted(
        [
            (f"coupon-ending/{ending[0]}/inbox", {**words, "ends": "2026-11-24T04:00:00+00:00"}),
            (f"coupon-ending/{ending[1]}/inbox", {**words, "ends": "2026-11-22T05:00:00+00:00"}),
        ]
    )


@pytest.mark.parametrize("values", [{"stock": 0}, {"on_sale": False}])
def test_who_waits_for_a_goods_is_told_once_when_it_can_be_bought_again(shopper, fruit, values):
    set_goods(475, **values)
    alerts.ask(shopper, 475)
    alerts.ask(shopper, 475)
    assert (sweep.answer_alerts(NOON), told()) == (0, [])
    set_goods(475, stock=3, on_sale=True)
    assert [sweep.answer_alerts(NOON), sweep.answer_alerts(NOON)] == [1, 0]
    ((key, payload),) = told()
    assert key.startswith(f"back-in-stock/475/{shopper}/")
    assert payload["goods_id"] == 475
    assert not alerts.is_waiting(shopper, 475)


def test_who_no_longer_waits_is_not_told(shopper, fruit):
    set_goods(475, stock=0)
    alerts.ask(shopper, 475)
    alerts.forget(shopper, 475)
    alerts.forget(shopper, 475)
    set_goods(475, stock=3)
    assert (sweep.answer_alerts(NOON), told()) == (0, [])


def test_a_goods_that_does_not_exist_cannot_be_waited_for(shopper, fruit):
    with pytest.raises(NotFound):
        alerts.ask(shopper, 999)
    assert db.session.scalars(select(StockAlert)).all() == []

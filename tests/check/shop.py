"""A shop in use, in which every invariant holds: orders in every state, and one of each kind of reward.

All of it comes about by the use cases, but for the coupons' terms.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import time_machine
from sqlalchemy import insert, select, update

from axf.cart import service as cart
from axf.check.invariants import INVARIANTS, check
from axf.core import clock
from axf.core.db import transaction
from axf.coupon.models import Coupon, UserCoupon
from axf.extensions import db
from axf.market.models import Goods
from axf.order import fulfilment, settlement
from axf.order.draft import BEST
from axf.order.models import Order
from axf.payment.base import Notice
from axf.points import check_in, ledger
from axf.points.ledger import Reason
from axf.user import accounts, tickets
from tests.conftest import PASSWORD, bring, place_all

DAY = date(2026, 3, 2)
DAY_NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)


@dataclass(frozen=True)
class InUse:
    """What the tests break: the ids of two shoppers and of their coupon, and orders by what became of them."""

    shopper: int
    other: int
    coupon: int
    unpaid: Order
    paid: Order
    received: Order
    cancelled: Order

    def names(self) -> dict[str, object]:
        """Return what statements may name: ``{paid}`` the order's id, ``{paid_no}`` its number."""
        orders = {name: getattr(self, name) for name in ("unpaid", "paid", "received", "cancelled")}
        return {
            "shopper": self.shopper,
            "other": self.other,
            "coupon": self.coupon,
            **{name: order.id for name, order in orders.items()},
            **{f"{name}_no": order.no for name, order in orders.items()},
        }


def shop_in_use(shopper: int) -> InUse:
    """Let the shopper and another one buy, pay, cancel and earn. Goods 475 to 477 must be there."""
    other = accounts.register("bert", PASSWORD)
    tickets.issue(other, timedelta(days=1))
    coupon_id = give_coupons(shopper, other)
    with transaction(db.session):
        # As many as one order takes: the cancelled one gives them back to the next.
        ledger.earn(db.session, shopper, 150, reason=Reason.WELCOME, reference="welcome", at=clock.now())
    cancelled = ordered(shopper, coupon=BEST, has_points=True)
    fulfilment.cancel(shopper, cancelled.no)
    received = ordered(shopper, coupon=BEST, has_points=True)
    paid, unpaid = ordered(shopper), ordered(shopper)
    pay(received)
    pay(paid)
    bring(received.no)
    fulfilment.receive(shopper, received.no)
    with time_machine.travel(DAY_NOON):
        check_in.check_in(shopper)
    cart.set_quantity(other, 475, 2)
    db.session.execute(update(Goods).where(Goods.id == 477).values(replaced_by_id=476, on_sale=False))
    db.session.commit()
    return InUse(shopper, other, coupon_id, unpaid, paid, received, cancelled)


def ordered(user_id: int, **choices: object) -> Order:
    cart.set_quantity(user_id, 475, 2)
    cart.set_quantity(user_id, 476, 1)
    no = place_all(user_id, **{"coupon": None, **choices})
    order = db.session.scalars(select(Order).where(Order.no == no)).one()
    db.session.expunge(order)
    return order


def give_coupons(shopper: int, other: int) -> int:
    """Make a coupon of which the shopper holds two, and a delivery coupon that the other one holds."""
    now = clock.now()
    terms = {
        "name": "满减", "name_en": "Off", "minimum": 0, "cap": None, "goods_ids": [], "food_type_ids": [],
        "is_first_order": False, "issue": "claim", "total": 100, "per_person": 2, "valid_from": None,
        "valid_until": None, "valid_days": 7, "hour_from": None, "hour_until": None, "is_stopped": False,
        "created_at": now,
    }  # fmt: skip
    made = insert(Coupon)
    coupon = db.session.execute(made.values(**terms, kind="amount", value=300, issued=2)).inserted_primary_key[0]
    free = db.session.execute(made.values(**terms, kind="delivery", value=0, issued=1)).inserted_primary_key[0]
    held = {"source": "claim", "valid_from": now, "valid_until": now + timedelta(7), "created_at": now}
    for user_id, coupon_id, number in ((shopper, coupon, 1), (shopper, coupon, 2), (other, free, 1)):
        is_delivery = coupon_id == free
        row = {"user_id": user_id, "coupon_id": coupon_id, "number": number, "is_delivery": is_delivery}
        db.session.execute(insert(UserCoupon).values(**row, **held))
    db.session.commit()
    return coupon


def pay(order: Order) -> None:
    started = settlement.start(order.user_id, order.no, "mock")
    told = settlement.settle(
        Notice("mock", f"e-{started.no}", started.no, started.amount, f"R-{started.no[-8:]}", "{}")
    )
    assert told == "applied"


def break_by_hand(*statements: str) -> None:
    """Run SQL with foreign keys and CHECKs off, as a careless hand or a broken restore would."""
    is_sqlite = db.engine.dialect.name == "sqlite"
    unguarded = (
        ["PRAGMA foreign_keys = OFF", "PRAGMA ignore_check_constraints = ON"]
        if is_sqlite
        else ["SET foreign_key_checks = 0", "SET check_constraint_checks = 0"]
    )
    db.session.rollback()
    connection = db.engine.raw_connection()
    connection.detach()  # the pool must not get it back like this
    cursor = connection.cursor()
    for statement in (*unguarded, *statements):
        cursor.execute(statement)
    connection.commit()
    connection.close()


def broken() -> list[str]:
    """Return the names of the invariants that do not hold."""
    db.session.rollback()
    return [each.name for each in INVARIANTS if check(db.engine, each, 5).broken]

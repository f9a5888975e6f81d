"""A shop in use, in which every invariant holds: orders in every state, and one of each kind of reward.

Orders come about by the use cases. What lowers and rewards them is written by hand, so that these tests break for
one reason only: that what is checked and what the ledgers are to write no longer agree.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import insert, select, update

from axf.cart import service as cart
from axf.core import clock
from axf.coupon.models import Coupon, UserCoupon
from axf.extensions import db
from axf.market.models import Goods
from axf.order import fulfilment, settlement
from axf.order.models import Order, OrderAdjustment, OrderEvent
from axf.payment.base import Notice
from axf.points.ledger import Reason
from axf.points.models import CheckIn, PointsAccount, PointsEntry
from axf.user import accounts, tickets
from axf.vip.models import GrowthEntry, VipAccount
from tests.conftest import PASSWORD, place_all

DAY = date(2026, 3, 2)


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
    received, cancelled, paid, unpaid = (ordered(shopper) for _ in range(4))
    redeem(received, coupon_id)
    redeem(cancelled, coupon_id)
    fulfilment.cancel(shopper, cancelled.no)
    give_back(cancelled)
    pay(received)
    pay(paid)
    receive(received)
    check_in(shopper)
    add_up(shopper)
    cart.set_quantity(other, 475, 2)
    db.session.execute(update(Goods).where(Goods.id == 477).values(replaced_by_id=476, on_sale=False))
    db.session.commit()
    return InUse(shopper, other, coupon_id, unpaid, paid, received, cancelled)


def ordered(user_id: int) -> Order:
    cart.set_quantity(user_id, 475, 2)
    cart.set_quantity(user_id, 476, 1)
    order = db.session.scalars(select(Order).where(Order.no == place_all(user_id))).one()
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


def redeem(order: Order, coupon_id: int) -> None:
    """Pay ¥3 of an unpaid order with a coupon and ¥1.50 with points."""
    rows = [("coupon", 475, -200), ("coupon", 476, -100), ("points", 475, -150)]
    for rule, goods_id, amount in rows:
        row = {"order_id": order.id, "goods_id": goods_id, "rule": rule, "amount": amount}
        db.session.execute(insert(OrderAdjustment).values(row))
    db.session.execute(update(Order).where(Order.id == order.id).values(payable=Order.payable - 450))
    free = select(UserCoupon.id).where(UserCoupon.coupon_id == coupon_id, UserCoupon.order_id.is_(None)).limit(1)
    used = update(UserCoupon).where(UserCoupon.id == db.session.scalar(free))
    db.session.execute(used.values(order_id=order.id, used_at=clock.now()))
    add_points(order.user_id, -150, Reason.ORDER, order.no)
    db.session.commit()


def give_back(order: Order) -> None:
    held = update(UserCoupon).where(UserCoupon.order_id == order.id)
    db.session.execute(held.values(order_id=None, used_at=None))
    add_points(order.user_id, 150, Reason.RETURNED, order.no)
    db.session.commit()


def pay(order: Order) -> None:
    started = settlement.start(order.user_id, order.no, "mock")
    told = settlement.settle(
        Notice("mock", f"e-{started.no}", started.no, started.amount, f"R-{started.no[-8:]}", "{}")
    )
    assert told == "applied"


def receive(order: Order) -> None:
    now = clock.now()
    moved = {"order_id": order.id, "event": "receive", "from_state": "paid", "to_state": "received"}
    db.session.execute(insert(OrderEvent).values(**moved, actor="shopper", reason="", created_at=now))
    db.session.execute(update(Order).where(Order.id == order.id).values(state="received", received_at=now))
    add_points(order.user_id, 18, Reason.RECEIVED, order.no)
    row = {"user_id": order.user_id, "amount": 18, "reason": "order", "reference": order.no, "created_at": now}
    db.session.execute(insert(GrowthEntry).values(row))
    db.session.commit()


def check_in(user_id: int) -> None:
    db.session.execute(insert(CheckIn).values(user_id=user_id, day=DAY, streak=1, points=5, created_at=clock.now()))
    add_points(user_id, 5, Reason.CHECK_IN, DAY.isoformat())


def add_points(user_id: int, amount: int, reason: str, reference: str) -> None:
    row = {"user_id": user_id, "amount": amount, "reason": reason, "reference": reference}
    db.session.execute(insert(PointsEntry).values(**row, created_at=clock.now()))


def add_up(user_id: int) -> None:
    add_points(user_id, 500, Reason.WELCOME, "welcome")
    db.session.execute(insert(PointsAccount).values(user_id=user_id, balance=500 + 5 + 18 - 150))
    db.session.execute(insert(VipAccount).values(user_id=user_id, growth=18))
    db.session.commit()


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

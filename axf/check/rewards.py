"""What must hold of coupons, points and growth."""

from sqlalchemy import Select, String, and_, case, cast, func, select, union_all

from axf.check.invariant import IS_LIVE, ONE, unequal
from axf.coupon.models import Coupon, UserCoupon
from axf.order.models import LineRefund, Order, OrderAdjustment
from axf.points.ledger import Reason
from axf.points.models import CheckIn, PointsAccount, PointsEntry
from axf.vip.models import GrowthEntry, VipAccount

# What was paid brings something from the first whole yuan on.
LEAST_REWARDED = 100


def coupon_issued() -> Select:
    """A coupon was issued as often as shoppers hold or have used it."""
    return unequal(
        select(Coupon.id.label("coupon_id"), Coupon.issued.label("issued")),
        select(UserCoupon.coupon_id.label("coupon_id"), ONE.label("held")),
    )


def coupon_total() -> Select:
    """Shoppers hold no more of a coupon than its total."""
    held = func.count()
    return (
        select(Coupon.id.label("coupon_id"), Coupon.total, held.label("held"))
        .join(UserCoupon, UserCoupon.coupon_id == Coupon.id)
        .group_by(Coupon.id, Coupon.total)
        .having(held > Coupon.total)
    )


def coupon_per_person() -> Select:
    """No shopper holds more of a coupon than it allows to one person; a birthday's come besides."""
    held = func.count()
    return (
        select(Coupon.id.label("coupon_id"), UserCoupon.user_id, Coupon.per_person, held.label("held"))
        .join(UserCoupon, UserCoupon.coupon_id == Coupon.id)
        .where(UserCoupon.source != "birthday")
        .group_by(Coupon.id, UserCoupon.user_id, Coupon.per_person)
        .having(held > Coupon.per_person)
    )


def coupon_used() -> Select:
    """A used coupon is used by an order of the shopper who holds it, and that is not cancelled."""
    return (
        select(
            UserCoupon.id.label("user_coupon_id"),
            UserCoupon.user_id,
            Order.no.label("order_no"),
            Order.user_id.label("order_user_id"),
            Order.state,
        )
        .join(Order, Order.id == UserCoupon.order_id)
        .where(~IS_LIVE | (Order.user_id != UserCoupon.user_id))
    )


def coupon_order() -> Select:
    """An order that a coupon made cheaper uses exactly that one coupon, and each coupon it uses made it cheaper."""
    cheaper = (
        select(Order.no.label("order_no"), OrderAdjustment.rule.label("rule"), ONE.label("wanted"))
        .join(OrderAdjustment, OrderAdjustment.order_id == Order.id)
        .where(IS_LIVE, OrderAdjustment.rule.in_(["coupon", "delivery-coupon"]))
        .distinct()
    )
    rule = case((UserCoupon.is_delivery, "delivery-coupon"), else_="coupon")
    used = (
        select(Order.no.label("order_no"), rule.label("rule"), ONE.label("used"))
        .join(UserCoupon, UserCoupon.order_id == Order.id)
        .where(IS_LIVE)
    )
    return unequal(cheaper, used)


def points_balance() -> Select:
    """A shopper's points are what the entries add up to."""
    return unequal(
        select(PointsAccount.user_id, PointsAccount.balance.label("balance")),
        select(PointsEntry.user_id, PointsEntry.amount.label("entries")),
    )


def points_not_negative() -> Select:
    """Nobody has less than no points."""
    return select(PointsAccount.user_id, PointsAccount.balance).where(PointsAccount.balance < 0)


def points_spent() -> Select:
    """An order's discount for points is what its shopper spent on it, without what fell away; a cancelled one has given
    all of it back."""
    discount = (
        select(Order.user_id, Order.no.label("order_no"), OrderAdjustment.amount.label("discount"))
        .join(OrderAdjustment, OrderAdjustment.order_id == Order.id)
        .where(IS_LIVE, OrderAdjustment.rule == "points")
    )
    fallen = (
        select(Order.user_id, Order.no, LineRefund.points)
        .join(LineRefund, LineRefund.order_id == Order.id)
        .where(IS_LIVE)
    )
    wanted = select(union_all(discount, fallen).subquery())
    # An order's own references are its number, and that with a slash and what tells them apart.
    order_no = func.substr(
        PointsEntry.reference, 1, func.coalesce(func.nullif(func.instr(PointsEntry.reference, "/"), 0) - 1, 40)
    )
    entries = (
        select(PointsEntry.user_id, order_no.label("order_no"), PointsEntry.reason, PointsEntry.amount)
        .where(PointsEntry.reason.in_((Reason.ORDER, Reason.RETURNED)))
        .subquery()
    )
    spent = (
        select(entries.c.user_id, entries.c.order_no, entries.c.amount.label("entries"))
        .outerjoin(Order, Order.no == entries.c.order_no)
        # What was spent on an order that does not exist is missing, too.
        .where((entries.c.reason == Reason.ORDER) | Order.id.is_not(None))
    )
    return unequal(wanted, spent)


def points_earned() -> Select:
    """A received order has brought its shopper points, and no other order has."""
    return _not_rewarded(PointsEntry, Reason.RECEIVED)


def check_in() -> Select:
    """A day's check-in has brought the points that it says."""
    return unequal(
        select(CheckIn.user_id, cast(CheckIn.day, String(10)).label("day"), CheckIn.points.label("points")),
        select(PointsEntry.user_id, PointsEntry.reference.label("day"), PointsEntry.amount.label("entries")).where(
            PointsEntry.reason == Reason.CHECK_IN
        ),
    )


def growth_total() -> Select:
    """A shopper's growth is what the entries add up to."""
    return unequal(
        select(VipAccount.user_id, VipAccount.growth.label("growth")),
        select(GrowthEntry.user_id, GrowthEntry.amount.label("entries")),
    )


def growth_not_negative() -> Select:
    """Nobody has less than no growth."""
    return select(VipAccount.user_id, VipAccount.growth).where(VipAccount.growth < 0)


def growth_earned() -> Select:
    """A received order has brought its shopper growth, and no other order has."""
    return _not_rewarded(GrowthEntry, "order")


def _not_rewarded(entry: type[PointsEntry] | type[GrowthEntry], reason: str) -> Select:
    """Select received orders without their entry, and entries without a received order of the same shopper."""
    its_entry = and_(entry.user_id == Order.user_id, entry.reason == reason, entry.reference == Order.no)
    is_received = Order.received_at.is_not(None)
    later = (
        select(func.coalesce(func.sum(LineRefund.amount), 0))
        .where(LineRefund.order_id == Order.id, LineRefund.cause == "after-sale")
        .scalar_subquery()
    )
    paid = Order.payable - Order.refunded + later
    without_entry = (
        select(Order.user_id, Order.no.label("order_no"), paid.label("paid"), entry.amount.label("entry"))
        .outerjoin(entry, its_entry)
        .where(is_received, paid >= LEAST_REWARDED, entry.id.is_(None))
    )
    without_order = (
        select(entry.user_id, entry.reference.label("order_no"), paid.label("paid"), entry.amount)
        .outerjoin(Order, and_(its_entry, is_received))
        .where(entry.reason == reason, Order.id.is_(None))
    )
    return select(union_all(without_entry, without_order).subquery())

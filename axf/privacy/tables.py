"""Which rows are a person's: what goes with the account, and what stays without a name. docs/privacy.md says why."""

from sqlalchemy import Select, Table, select

from axf.aftersale.models import AfterSale, AfterSaleEvent, AfterSaleLine, AfterSalePhoto
from axf.cart.models import CartItem
from axf.core.db import table_of
from axf.coupon.models import UserCoupon
from axf.credit.models import CreditAccount, CreditEntry
from axf.notice.models import Message, Outbox, StockAlert
from axf.order.models import LineRefund, Order, OrderAdjustment, OrderDelivery, OrderEvent, OrderLine, OrderSubstitute
from axf.payment.models import Payment, Refund
from axf.points.models import CheckIn, PointsAccount, PointsEntry
from axf.remembered.models import Favourite, Footprint
from axf.review.models import Review, ReviewPhoto
from axf.user.models import Address, RecoveryCode, UserTicket, UserTotp
from axf.vip.models import GrowthEntry, VipAccount

# Deleted with the account, in this order.
FORGOTTEN: tuple[Table, ...] = tuple(
    map(
        table_of,
        (UserTicket, UserTotp, RecoveryCode, Address, CartItem, Favourite, Footprint, StockAlert, Message, Outbox),
    )
)
# Kept with the pseudonym: the books, which must add up.
KEPT: tuple[Table, ...] = tuple(
    map(
        table_of,
        (
            Order, AfterSale, Review, CreditAccount, CreditEntry, PointsAccount, PointsEntry, CheckIn, UserCoupon,
            VipAccount, GrowthEntry,
        ),
    )
)  # fmt: skip
# What hangs on an order, a request or a review: by the column that names it.
_OF_ORDER = (OrderLine, OrderDelivery, OrderAdjustment, OrderSubstitute, OrderEvent, LineRefund, Payment)
_OF_REQUEST = (AfterSaleLine, AfterSalePhoto, AfterSaleEvent)
# Never handed over: secrets of the machine, not facts about the person.
SECRET = {"password_hash", "hash", "secret"}


def of(table: Table, user_id: int) -> Select:
    """Return the query for the person's rows of a table that has their id."""
    return select(table).where(table.c.user_id == user_id)


def parts(user_id: int) -> dict[str, Select]:
    """Return, by table, the queries for what hangs on the person's orders, requests and reviews."""
    orders = select(Order.id).where(Order.user_id == user_id)
    requests = select(AfterSale.id).where(AfterSale.user_id == user_id)
    reviews = select(Review.id).where(Review.user_id == user_id)
    payments = select(Payment.id).where(Payment.order_id.in_(orders))
    found: dict[str, Select] = {}
    for table in map(table_of, _OF_ORDER):
        found[table.name] = select(table).where(table.c.order_id.in_(orders))
    for table in map(table_of, _OF_REQUEST):
        found[table.name] = select(table).where(table.c.after_sale_id.in_(requests))
    found["refund"] = select(table_of(Refund)).where(Refund.payment_id.in_(payments))
    found["review_photo"] = select(table_of(ReviewPhoto)).where(ReviewPhoto.review_id.in_(reviews))
    return found

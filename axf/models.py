"""Imports every package's models: the whole metadata."""

from axf.aftersale.models import AfterSale, AfterSaleEvent, AfterSaleLine, AfterSalePhoto
from axf.cart.models import CartItem
from axf.coupon.models import Coupon, CouponCode, UserCoupon
from axf.credit.models import CreditAccount, CreditEntry
from axf.delivery.models import DeliveryArea, DeliveryDistrict, DeliverySlot
from axf.home.models import MainShow, MainShowGoods, MustBuy, Nav, Shop, Wheel
from axf.logistics.models import Shipment, ShipmentEvent
from axf.market.models import BoughtWith, FoodType, FullOff, Goods, StockMovement
from axf.notice.models import Message, Outbox, StockAlert
from axf.order.models import LineRefund, Order, OrderAdjustment, OrderDelivery, OrderEvent, OrderLine, OrderSubstitute
from axf.payment.models import Payment, PaymentNotice, Refund
from axf.points.models import CheckIn, PointsAccount, PointsEntry
from axf.remembered.models import Favourite, Footprint
from axf.review.models import Review, ReviewPhoto
from axf.search.models import HotWord, SearchCount, SearchIndex, SearchPhrase, SearchPosting, SearchTerm
from axf.user.models import Address, Throttle, User, UserTicket
from axf.vip.models import GrowthEntry, VipAccount, VipLevel

__all__ = [
    "Address",
    "AfterSale",
    "AfterSaleEvent",
    "AfterSaleLine",
    "AfterSalePhoto",
    "BoughtWith",
    "CartItem",
    "CheckIn",
    "Coupon",
    "CouponCode",
    "CreditAccount",
    "CreditEntry",
    "DeliveryArea",
    "DeliveryDistrict",
    "DeliverySlot",
    "Favourite",
    "FoodType",
    "Footprint",
    "FullOff",
    "Goods",
    "GrowthEntry",
    "HotWord",
    "LineRefund",
    "MainShow",
    "MainShowGoods",
    "Message",
    "MustBuy",
    "Nav",
    "Order",
    "OrderAdjustment",
    "OrderDelivery",
    "OrderEvent",
    "OrderLine",
    "OrderSubstitute",
    "Outbox",
    "Payment",
    "PaymentNotice",
    "PointsAccount",
    "PointsEntry",
    "Refund",
    "Review",
    "ReviewPhoto",
    "SearchCount",
    "SearchIndex",
    "SearchPhrase",
    "SearchPosting",
    "SearchTerm",
    "Shipment",
    "ShipmentEvent",
    "Shop",
    "StockAlert",
    "StockMovement",
    "Throttle",
    "User",
    "UserCoupon",
    "UserTicket",
    "VipAccount",
    "VipLevel",
    "Wheel",
]

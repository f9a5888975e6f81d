"""Imports every package's models: the whole metadata."""

from axf.cart.models import CartItem
from axf.coupon.models import Coupon, CouponCode, UserCoupon
from axf.delivery.models import DeliveryArea, DeliveryDistrict, DeliverySlot
from axf.home.models import MainShow, MainShowGoods, MustBuy, Nav, Shop, Wheel
from axf.market.models import FoodType, FullOff, Goods, StockMovement
from axf.order.models import Order, OrderAdjustment, OrderDelivery, OrderEvent, OrderLine
from axf.payment.models import Payment, PaymentNotice
from axf.points.models import CheckIn, PointsAccount, PointsEntry
from axf.user.models import Address, Throttle, User, UserTicket
from axf.vip.models import GrowthEntry, VipAccount, VipLevel

__all__ = [
    "Address",
    "CartItem",
    "CheckIn",
    "Coupon",
    "CouponCode",
    "DeliveryArea",
    "DeliveryDistrict",
    "DeliverySlot",
    "FoodType",
    "FullOff",
    "Goods",
    "GrowthEntry",
    "MainShow",
    "MainShowGoods",
    "MustBuy",
    "Nav",
    "Order",
    "OrderAdjustment",
    "OrderDelivery",
    "OrderEvent",
    "OrderLine",
    "Payment",
    "PaymentNotice",
    "PointsAccount",
    "PointsEntry",
    "Shop",
    "StockMovement",
    "Throttle",
    "User",
    "UserCoupon",
    "UserTicket",
    "VipAccount",
    "VipLevel",
    "Wheel",
]

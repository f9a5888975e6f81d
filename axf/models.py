"""Imports every package's models: the whole metadata."""

from axf.cart.models import CartItem
from axf.delivery.models import DeliveryArea, DeliveryDistrict, DeliverySlot
from axf.home.models import MainShow, MainShowGoods, MustBuy, Nav, Shop, Wheel
from axf.market.models import FoodType, Goods, StockMovement
from axf.order.models import Order, OrderAdjustment, OrderDelivery, OrderEvent, OrderLine
from axf.payment.models import Payment, PaymentNotice
from axf.user.models import Address, Throttle, User, UserTicket

__all__ = [
    "Address",
    "CartItem",
    "DeliveryArea",
    "DeliveryDistrict",
    "DeliverySlot",
    "FoodType",
    "Goods",
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
    "Shop",
    "StockMovement",
    "Throttle",
    "User",
    "UserTicket",
    "Wheel",
]

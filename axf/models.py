"""Imports every package's models: the whole metadata."""

from axf.cart.models import CartItem
from axf.home.models import MainShow, MainShowGoods, MustBuy, Nav, Shop, Wheel
from axf.market.models import FoodType, Goods, StockMovement
from axf.order.models import Order, OrderAdjustment, OrderEvent, OrderLine
from axf.payment.models import Payment, PaymentNotice
from axf.user.models import Throttle, User, UserTicket

__all__ = [
    "CartItem",
    "FoodType",
    "Goods",
    "MainShow",
    "MainShowGoods",
    "MustBuy",
    "Nav",
    "Order",
    "OrderAdjustment",
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

"""The guards switched off: what the negative controls put in their place.

Each does what shops commonly do: read, decide, write back. The race must then be seen, which
proves that the tests would notice a missing guard.
"""

import time

from sqlalchemy import select, update

from axf.cart.models import CartItem
from axf.core import clock
from axf.core.db import transaction
from axf.extensions import db
from axf.market.models import Goods
from axf.order.models import Order

PAUSE = 0.002


def take(session, quantities, *, reason, reference, at) -> None:
    """stock.take without its guard."""
    from axf.market.stock import OutOfStock

    for goods_id, quantity in quantities.items():
        stock = session.scalar(select(Goods.stock).where(Goods.id == goods_id))
        time.sleep(PAUSE)
        if stock < quantity:
            raise OutOfStock(goods_id=goods_id)
        session.execute(update(Goods).where(Goods.id == goods_id).values(stock=stock - quantity))


def add(user_id: int, goods_id: int) -> None:
    """cart.service.add without its guard."""
    with transaction(db.session):
        line = (CartItem.user_id == user_id, CartItem.goods_id == goods_id)
        quantity = db.session.scalar(select(CartItem.quantity).where(*line))
        time.sleep(PAUSE)
        db.session.execute(update(CartItem).where(*line).values(quantity=quantity + 1))


def close(no: str) -> None:
    """fulfilment._close without lock and compare-and-set."""
    from axf.market import stock
    from axf.order import events

    with transaction(db.session):
        order = db.session.scalars(select(Order).where(Order.no == no)).one()
        if order.state != "unpaid":
            return
        time.sleep(PAUSE * 10)
        order.state = "cancelled"
        stock.put_back(db.session, events.quantities_of(order.id), reason="cancel", reference=no, at=clock.now())

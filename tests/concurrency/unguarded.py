"""The guards switched off: what the negative controls put in their place.

Each does what shops commonly do: read, decide, write back. The race must then be seen, which
proves that the tests would notice a missing guard.
"""

from sqlalchemy import select, update

from axf.cart.models import CartItem
from axf.core import clock
from axf.core.db import transaction
from axf.extensions import db
from axf.market.models import Goods
from axf.order.models import Order
from tests.concurrency.race import meet


def take(session, quantities, *, reason, reference, at) -> None:
    """stock.take without its guard."""
    from axf.market.stock import OutOfStock

    for goods_id, quantity in quantities.items():
        stock = session.scalar(select(Goods.stock).where(Goods.id == goods_id))
        meet()
        if stock < quantity:
            raise OutOfStock(goods_id=goods_id)
        session.execute(update(Goods).where(Goods.id == goods_id).values(stock=stock - quantity))


def add(user_id: int, goods_id: int) -> None:
    """cart.service.add without its guard."""
    with transaction(db.session):
        line = (CartItem.user_id == user_id, CartItem.goods_id == goods_id)
        quantity = db.session.scalar(select(CartItem.quantity).where(*line))
        meet()
        db.session.execute(update(CartItem).where(*line).values(quantity=quantity + 1))


def close(no: str) -> None:
    """fulfilment._close without lock and compare-and-set."""
    from axf.market import stock
    from axf.order import events

    with transaction(db.session):
        order = db.session.scalars(select(Order).where(Order.no == no)).one()
        if order.state != "unpaid":
            return
        meet()
        order.state = "cancelled"
        stock.put_back(db.session, events.quantities_of(order.id), reason="cancel", reference=no, at=clock.now())


def ask(user_id: int, no: str, quantities: dict[int, int], number: int) -> None:
    """aftersale.service.ask as shops commonly write it: what is there, is it enough, write; no lock, any number."""
    from axf.aftersale import queries
    from axf.aftersale.models import AfterSale, AfterSaleLine
    from axf.order.shares import NotSoMany

    with transaction(db.session):
        order = db.session.scalars(select(Order).where(Order.no == no)).one()
        askable = {each.line.goods_id: each for each in queries.askable_of(order)}
        if not all(each.may_ask and quantities.get(goods_id, 0) <= each.pieces for goods_id, each in askable.items()):
            raise NotSoMany(left=0)
        meet()
        request = AfterSale(
            no=f"{no}-{number}", order_id=order.id, user_id=user_id, kind="refund", state="asked",
            reason="bad", text="", amount=0, points=0, created_at=clock.now(),
        )  # fmt: skip
        db.session.add(request)
        db.session.flush()
        for goods_id, quantity in quantities.items():
            line = AfterSaleLine(after_sale_id=request.id, goods_id=goods_id, quantity=quantity, amount=0, points=0)
            db.session.add(line)

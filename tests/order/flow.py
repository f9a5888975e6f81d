"""Orders on their way, by the use cases: paid, picked."""

from axf.core import clock
from axf.core.db import transaction
from axf.credit import adjustment
from axf.extensions import db
from axf.order import direct, events, settlement
from axf.order.models import Order
from axf.order.queries import order_of
from axf.order.state import Event
from axf.payment.base import BALANCE, Notice


def pay_by_gateway(user_id: int, no: str, reference: str | None = None) -> str:
    """Let the mock gateway tell that the order was paid; return the outcome."""
    payment = settlement.start(user_id, no, "mock")
    trade = reference or f"R-{payment.no}"
    return settlement.settle(Notice("mock", f"e-{trade}", payment.no, payment.amount, trade, "{}"))


def pay_by_credit(user_id: int, no: str) -> None:
    """Give the shopper exactly as much store credit as the order costs, and pay with it."""
    adjustment.adjust(user_id, order_of(user_id, no).order.payable, reference=f"T-{no}")
    direct.pay(user_id, no, BALANCE)


def pick(no: str) -> None:
    """Begin to pick a paid order."""
    with transaction(db.session):
        order = events.locked(Order.no == no)
        assert order is not None
        events.move(order, Event.PICK, actor="shop", at=clock.now())

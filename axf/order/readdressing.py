"""Another address for an order that is not being picked yet."""

from sqlalchemy import select, update

from axf.core import clock
from axf.core.db import retried, rows_changed, transaction
from axf.core.errors import NotFound, ShopError
from axf.delivery import regions
from axf.delivery.models import DeliveryDistrict
from axf.extensions import db
from axf.order import events
from axf.order.models import Order, OrderDelivery
from axf.order.state import Event, State, WrongState
from axf.user.models import Address


class OtherArea(ShopError):
    """The address is in another delivery area, with other fees and slots: the order would be another one."""

    code = "other-area"
    status = 409


@retried
def change_address(user_id: int, no: str, address_id: int) -> None:
    """Bring a shopper's own order to another address of theirs in the same delivery area. Commits.

    A repeat changes nothing. Raises NotFound, WrongState (it is being picked already), OtherArea.
    """
    with transaction(db.session):
        order = events.locked(Order.no == no, Order.user_id == user_id)
        address = db.session.scalars(
            select(Address).where(Address.id == address_id, Address.user_id == user_id)
        ).one_or_none()
        if order is None or address is None:
            raise NotFound(what="order" if order is None else "address")
        if order.state not in (State.UNPAID, State.PAID):
            raise WrongState(state=order.state, event=str(Event.PICK))
        area_id = db.session.scalar(select(DeliveryDistrict.area_id).where(DeliveryDistrict.code == address.district))
        where = update(OrderDelivery).where(OrderDelivery.order_id == order.id, OrderDelivery.area_id == area_id)
        copied = {
            "name": address.name,
            "phone": address.phone,
            "region": regions.name_of(address.district),
            "detail": address.detail,
        }
        if area_id is None or not rows_changed(db.session, where.values(**copied)):
            raise OtherArea(no=no)
        state = State(order.state)
        events.record(order.id, "readdress", state, state, actor="shopper", at=clock.now())

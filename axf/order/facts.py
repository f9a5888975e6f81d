"""What is known of a shopper at checkout, in one row: placing an order is to cost few queries, whoever it is for."""

from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache
from typing import TypeVar

from sqlalchemy import Integer, Row, Select, bindparam, exists, func, select, true

from axf.core.db import UTCDateTime, table_of
from axf.core.errors import NotFound
from axf.coupon.models import UserCoupon
from axf.delivery import regions
from axf.delivery.areas import AreaTerms
from axf.delivery.models import DeliveryArea, DeliveryDistrict, DeliverySlot
from axf.delivery.slots import SlotTimes
from axf.extensions import db
from axf.market.models import FullOff
from axf.order.models import Order
from axf.order.state import State
from axf.points import ledger as points
from axf.user.models import Address, User
from axf.vip import ledger as vip
from axf.vip.ledger import NO_LEVEL, Level

Part = TypeVar("Part", Level, AreaTerms)


@dataclass(frozen=True)
class Destination:
    """Where an order goes: who gets it, on the area's terms, and the slot's times if it is one of the area's."""

    name: str
    phone: str
    region: str
    detail: str
    area: AreaTerms
    slot: SlotTimes | None


@dataclass(frozen=True)
class Facts:
    """``known_no``: the order that this checkout token made. ``unpaid`` orders wait for their payment.

    ``points`` can be spent; ``has_ordered``: any order that was not cancelled; ``has_coupons`` and ``has_full_offs``
    tell whether it is worth asking for them. ``has_address``: the address is the shopper's own; ``destination`` is
    None when it is not, or when nobody delivers there.
    """

    known_no: str | None
    unpaid: int
    has_ordered: bool
    has_coupons: bool
    has_full_offs: bool
    points: int
    level: Level
    has_address: bool
    destination: Destination | None


def facts_of(user_id: int, now: datetime, address_id: int, slot_id: int, token: str = "") -> Facts:
    """Return what is known of the shopper, one address and one slot. One query. Raises NotFound: no such shopper."""
    named = {"user": user_id, "now": now, "address": address_id, "slot": slot_id, "token": token}
    row = db.session.execute(_query(), named).one_or_none()
    if row is None:
        raise NotFound(what="shopper")
    return Facts(
        known_no=row.known_no,
        unpaid=row.unpaid,
        has_ordered=bool(row.has_ordered),
        has_coupons=bool(row.has_coupons),
        has_full_offs=bool(row.has_full_offs),
        points=int(row.points or 0),
        level=_part(Level, row, "level_") if row.level_level is not None else NO_LEVEL,
        has_address=row.name is not None,
        destination=_destination(row) if row.area_id is not None else None,
    )


def _destination(row: Row) -> Destination:
    return Destination(
        name=row.name,
        phone=row.phone,
        region=regions.name_of(row.district),
        detail=row.detail,
        area=_part(AreaTerms, row, "area_"),
        slot=SlotTimes(row.starts_at, row.ends_at) if row.starts_at else None,
    )


def _part(made: type[Part], row: Row, prefix: str) -> Part:
    """Return the dataclass whose fields are columns of the row behind a prefix."""
    return made(**{field.name: getattr(row, prefix + field.name) for field in fields(made)})


@cache
def _query() -> Select:
    """Build the query, once: it is on every order's way."""
    orders, coupons, full_offs, slots = map(table_of, (Order, UserCoupon, FullOff, DeliverySlot))
    users, addresses, districts, areas = map(table_of, (User, Address, DeliveryDistrict, DeliveryArea))
    user_id, now = bindparam("user", type_=Integer), bindparam("now", type_=UTCDateTime)
    mine = orders.c.user_id == user_id
    known_no = select(orders.c.no).where(mine, orders.c.checkout_token == bindparam("token"))
    # Whose time to pay is over only waits for the timer, and stands in nobody's way.
    waits = (orders.c.state == State.UNPAID) & (orders.c.expires_at > now)
    unpaid = select(func.count()).where(mine, waits)
    held = (coupons.c.user_id == user_id, coupons.c.order_id.is_(None), coupons.c.valid_until > now)
    level = vip.select_level(user_id).subquery("level")
    return (
        select(
            known_no.scalar_subquery().label("known_no"),
            unpaid.scalar_subquery().label("unpaid"),
            exists().where(mine, orders.c.state.not_in((State.CANCELLED, State.UNPAID)) | waits).label("has_ordered"),
            exists().where(*held).label("has_coupons"),
            exists().where(full_offs.c.starts_at <= now, full_offs.c.ends_at > now).label("has_full_offs"),
            points.select_usable(user_id, now).scalar_subquery().label("points"),
            *(addresses.c.name, addresses.c.phone, addresses.c.district, addresses.c.detail),
            *(slots.c.starts_at, slots.c.ends_at),
            *(column.label(f"level_{column.key}") for column in level.c),
            *(areas.c[name].label(f"area_{name}") for name in AreaTerms.__dataclass_fields__),
        )
        .select_from(users)
        .outerjoin(level, true())
        .outerjoin(addresses, (addresses.c.id == bindparam("address")) & (addresses.c.user_id == users.c.id))
        .outerjoin(districts, districts.c.code == addresses.c.district)
        .outerjoin(areas, (areas.c.id == districts.c.area_id) & areas.c.is_open)
        .outerjoin(slots, (slots.c.id == bindparam("slot")) & (slots.c.area_id == areas.c.id))
        .where(users.c.id == user_id)
    )

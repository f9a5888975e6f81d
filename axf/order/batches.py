"""Orders that are worked on together: those of a slot or of an area's day, and what the papers for them say."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, select

from axf.core.clock import SHOP_ZONE
from axf.core.errors import NotFound
from axf.delivery.models import DeliveryArea
from axf.extensions import db
from axf.market.models import FoodType, Goods
from axf.order.models import Order, OrderDelivery, OrderLine, OrderSubstitute
from axf.order.state import State


@dataclass(frozen=True)
class PackLine:
    """A line to pick or pack: ``quantity`` pieces are still wanted of it; ``wish`` says what if it runs out."""

    no: str
    goods_id: int
    name: str
    name_en: str
    pack: str
    pack_en: str
    quantity: int
    wish: str


@dataclass(frozen=True)
class Pick:
    """One goods over all orders of a pick list."""

    goods_id: int
    name: str
    name_en: str
    pack: str
    pack_en: str
    lines: list[PackLine]

    @property
    def quantity(self) -> int:
        return sum(line.quantity for line in self.lines)


@dataclass(frozen=True)
class Aisle:
    """A food type and what of it is picked."""

    name: str
    name_en: str
    picks: list[Pick]


@dataclass(frozen=True)
class Slip:
    """What lies in one order's bag, and where it goes."""

    order: Order
    delivery: OrderDelivery | None
    lines: list[PackLine]
    substitutes: list[OrderSubstitute]

    @property
    def quantity(self) -> int:
        return sum(each.quantity for each in self.lines) + sum(each.quantity for each in self.substitutes)


def nos_of_slot(slot_id: int, *states: State) -> list[str]:
    """Return the numbers of a slot's orders in these states, the oldest first. One query."""
    return _nos(OrderDelivery.slot_id == slot_id, states)


def nos_of_day(area: str, day: date, *states: State) -> list[str]:
    """Return the numbers of an area's orders of a Shanghai day, by their slots. Raises NotFound: no such area."""
    area_id = db.session.scalar(select(DeliveryArea.id).where(DeliveryArea.name == area))
    if area_id is None:
        raise NotFound(what="area")
    start = datetime.combine(day, time(), SHOP_ZONE).astimezone(UTC)
    in_day = (OrderDelivery.slot_starts_at >= start) & (OrderDelivery.slot_starts_at < start + timedelta(days=1))
    return _nos((OrderDelivery.area_id == area_id) & in_day, states)


def slips_of(nos: list[str]) -> list[Slip]:
    """Return the slips of these orders in the order given. Four queries. Raises NotFound for an unknown number."""
    orders = {order.no: order for order in db.session.scalars(select(Order).where(Order.no.in_(nos)))}
    for no in nos:
        if no not in orders:
            raise NotFound(what="order", no=no)
    ids = [order.id for order in orders.values()]
    to = select(OrderDelivery).where(OrderDelivery.order_id.in_(ids))
    delivery = {each.order_id: each for each in db.session.scalars(to)}
    instead: dict[int, list[OrderSubstitute]] = {order_id: [] for order_id in ids}
    swapped = select(OrderSubstitute).where(OrderSubstitute.order_id.in_(ids)).order_by(OrderSubstitute.id)
    for each in db.session.scalars(swapped):
        instead[each.order_id].append(each)
    lines: dict[int, list[OrderLine]] = {order_id: [] for order_id in ids}
    for line in db.session.scalars(select(OrderLine).where(OrderLine.order_id.in_(ids)).order_by(OrderLine.id)):
        lines[line.order_id].append(line)
    return [
        Slip(
            orders[no],
            delivery.get(orders[no].id),
            _pack_lines(orders[no], lines[orders[no].id], instead[orders[no].id], delivery.get(orders[no].id)),
            instead[orders[no].id],
        )
        for no in dict.fromkeys(nos)
    ]


def aisles_of(slips: list[Slip]) -> list[Aisle]:
    """Return what is picked for these orders, by food type as the market shows them. One query."""
    picks: dict[int, Pick] = {}
    for slip in slips:
        for line in slip.lines:
            copied = line.goods_id, line.name, line.name_en, line.pack, line.pack_en
            picks.setdefault(line.goods_id, Pick(*copied, lines=[])).lines.append(line)
    rows = db.session.execute(
        select(Goods.id, FoodType.id.label("type_id"), FoodType.name, FoodType.name_en)
        .join(FoodType, FoodType.id == Goods.food_type_id)
        .where(Goods.id.in_(picks))
        .order_by(FoodType.position, FoodType.id, Goods.id)
    )
    aisles: dict[int, Aisle] = {}
    for row in rows:
        aisles.setdefault(row.type_id, Aisle(row.name, row.name_en, [])).picks.append(picks.pop(row.id))
    # Goods may be deleted after they were sold: their aisle has no name.
    return [*aisles.values(), *([Aisle("", "", list(picks.values()))] if picks else [])]


def _nos(condition: ColumnElement[bool], states: tuple[State, ...]) -> list[str]:
    query = select(Order.no).join(OrderDelivery, OrderDelivery.order_id == Order.id)
    query = query.where(condition, Order.state.in_(states))
    return list(db.session.scalars(query.order_by(Order.created_at, Order.id)))


def _pack_lines(
    order: Order, lines: list[OrderLine], instead: list[OrderSubstitute], delivery: OrderDelivery | None
) -> list[PackLine]:
    found = []
    for line in lines:
        replaced = sum(each.pieces for each in instead if each.goods_id == line.goods_id)
        left = line.quantity - line.dropped - replaced
        wish = line.wish or (delivery.wish if delivery else "refund")
        if left > 0:
            copied = line.goods_id, line.name, line.name_en, line.pack, line.pack_en
            found.append(PackLine(order.no, *copied, quantity=left, wish=wish))
    return found

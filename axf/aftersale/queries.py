"""What can be asked back of an order, what was asked, and what became of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import BindParameter, ColumnElement, Select, func, select
from sqlalchemy.orm import aliased

from axf.aftersale.models import AfterSale, AfterSaleEvent, AfterSaleLine, AfterSalePhoto
from axf.aftersale.state import LIVE, OPEN, Event, Kind, State, may
from axf.core import clock
from axf.core.db import is_one_of, table_of
from axf.core.errors import NotFound
from axf.core.paging import instant_cursor, older_than
from axf.extensions import db
from axf.market.models import FoodType, Goods
from axf.order import shares
from axf.order.models import Order, OrderLine
from axf.order.state import State as OrderState
from axf.pricing import Part

PAGE_SIZE = 20
# What food types say as long as nobody changed it.
USUAL_HOURS = 48
_REQUESTS = table_of(AfterSale).c


@dataclass(frozen=True)
class Askable:
    """A line of a received order. ``until`` is when its time to ask is over.

    ``left`` is what has not fallen away of it, ``pieces`` how many of these can be asked about: none while a request
    about the line ``is_open``, and not those that were replaced already.
    """

    line: OrderLine
    left: Part
    pieces: int
    until: datetime
    is_open: bool

    @property
    def is_over(self) -> bool:
        return self.until <= clock.now()

    @property
    def may_ask(self) -> bool:
        return self.pieces > 0 and not self.is_open and not self.is_over


@dataclass(frozen=True)
class Share:
    """What pieces of a line give back, and how that is made up: ``price`` is what they cost in the list (fen)."""

    line: OrderLine
    quantity: int
    amount: int
    points: int

    @property
    def price(self) -> int:
        return self.line.price * self.quantity

    @property
    def discount(self) -> int:
        """The part of the price that was not paid, neither with money nor with points."""
        return self.price - self.amount - self.points


@dataclass(frozen=True)
class RequestView:
    """A request with its order, lines, photos (their names) and events."""

    request: AfterSale
    order: Order
    shares: list[Share]
    photos: list[str]
    events: list[AfterSaleEvent]

    @property
    def may_withdraw(self) -> bool:
        return self._may(Event.WITHDRAW)

    @property
    def may_hand_over(self) -> bool:
        return self._may(Event.HAND_OVER)

    def _may(self, event: Event) -> bool:
        return may(Kind(self.request.kind), State(self.request.state), event)


@dataclass(frozen=True)
class RequestRow:
    """A request in a list, with the lines that it is about."""

    request: AfterSale
    shares: list[Share]


@dataclass(frozen=True)
class RequestPage:
    """One page of a shopper's requests, the newest first."""

    requests: list[RequestRow]
    cursor: str | None


@dataclass(frozen=True)
class AboutOrder:
    """What the page of an order says: whether anything can still be asked, and what was."""

    may_ask: bool
    requests: list[AfterSale]


def about(order: Order) -> AboutOrder:
    """Return whether anything of the order can be asked back, and its requests. No query before it was received."""
    if order.state != OrderState.RECEIVED:
        return AboutOrder(may_ask=False, requests=[])
    return AboutOrder(may_ask(order), requests_about(order.id))


def may_ask(order: Order) -> bool:
    """Tell whether anything of the order can still be asked back. No query for an order that was not received."""
    return any(each.may_ask for each in askable_of(order))


def askable_of(order: Order) -> list[Askable]:
    """Return the lines of a received order with what can be asked about them; nothing for another one. Six queries."""
    if order.state != OrderState.RECEIVED or order.received_at is None:
        return []
    left = shares.left_of(order.id)
    hours = _hours_of(order.id)
    open_lines, replaced = _open_lines(order.id), _replaced(order.id)
    lines = db.session.scalars(select(OrderLine).where(OrderLine.order_id == order.id).order_by(OrderLine.id))
    return [
        Askable(
            line,
            left[line.goods_id],
            left[line.goods_id].quantity - replaced.get(line.goods_id, 0),
            order.received_at + timedelta(hours=hours.get(line.goods_id, USUAL_HOURS)),
            line.goods_id in open_lines,
        )
        for line in lines
    ]


def shares_of(askable: Iterable[Askable], quantities: dict[int, int]) -> list[Share]:
    """Return what so many pieces (by goods id) give back; what cannot be asked about is left out, too many are cut."""
    found = []
    for each in askable:
        quantity = min(quantities.get(each.line.goods_id, 0), each.pieces)
        if quantity and each.may_ask:
            part = each.left.of(quantity)
            found.append(Share(each.line, quantity, part.amount, part.points))
    return found


def count_of(order_id: int) -> int:
    """Return how many requests there are about the order, whatever became of them."""
    return db.session.scalar(select(func.count()).where(AfterSale.order_id == order_id)) or 0


def has_open(order_id: int) -> bool:
    """Tell whether something is still to happen to a request about the order."""
    is_one = (AfterSale.order_id == order_id) & AfterSale.state.in_(OPEN)
    return db.session.scalar(select(AfterSale.id).where(is_one).limit(1)) is not None


def select_open_count(user_id: int | BindParameter[int]) -> Select[int]:
    """Return the SELECT of how many of the shopper's requests are open. Other queries may embed it."""
    is_one = (_REQUESTS.user_id == user_id, is_one_of(_REQUESTS.state, OPEN))
    return select(func.count()).select_from(table_of(AfterSale)).where(*is_one)


def requests_about(order_id: int) -> list[AfterSale]:
    """Return the requests about an order, the oldest first. One query."""
    about = select(AfterSale).where(AfterSale.order_id == order_id)
    return list(db.session.scalars(about.order_by(AfterSale.created_at, AfterSale.id)))


def requests_of(user_id: int, cursor: str | None) -> RequestPage:
    """Return a page of the shopper's requests with their lines. Two queries. Raises NotFound for a broken cursor."""
    query = select(AfterSale).where(AfterSale.user_id == user_id)
    if cursor:
        query = query.where(older_than(AfterSale.created_at, AfterSale.id, cursor))
    newest = query.order_by(AfterSale.created_at.desc(), AfterSale.id.desc())
    found = list(db.session.scalars(newest.limit(PAGE_SIZE + 1)))
    shown = found[:PAGE_SIZE]
    lines = _shares([request.id for request in shown])
    rows = [RequestRow(request, lines[request.id]) for request in shown]
    return RequestPage(rows, instant_cursor(shown[-1].created_at, shown[-1].id) if len(found) > PAGE_SIZE else None)


def request_of(user_id: int, no: str) -> RequestView:
    """Return a shopper's own request. Four queries. Raises NotFound, also for somebody else's."""
    return _view(AfterSale.no == no, AfterSale.user_id == user_id)


def any_request(no: str) -> RequestView:
    """Return any request, for the shop. Raises NotFound."""
    return _view(AfterSale.no == no)


def latest(state: State | None, most: int) -> list[tuple[AfterSale, int]]:
    """Return requests of all shoppers with the number of their photos, those that wait longest first. One query.

    Without a state these are the open ones.
    """
    photos = select(func.count()).where(AfterSalePhoto.after_sale_id == AfterSale.id).scalar_subquery()
    states = OPEN if state is None else (state,)
    query = select(AfterSale, photos).where(AfterSale.state.in_(states))
    rows = db.session.execute(query.order_by(AfterSale.created_at, AfterSale.id).limit(most))
    return [(request, int(count)) for request, count in rows]


def _view(*conditions: ColumnElement[bool]) -> RequestView:
    found = db.session.execute(
        select(AfterSale, Order).join(Order, Order.id == AfterSale.order_id).where(*conditions)
    ).one_or_none()
    if found is None:
        raise NotFound(what="after-sale request")
    request, order = found
    photos = select(AfterSalePhoto.name).where(AfterSalePhoto.after_sale_id == request.id)
    happened = select(AfterSaleEvent).where(AfterSaleEvent.after_sale_id == request.id)
    return RequestView(
        request,
        order,
        _shares([request.id])[request.id],
        list(db.session.scalars(photos.order_by(AfterSalePhoto.position))),
        list(db.session.scalars(happened.order_by(AfterSaleEvent.created_at, AfterSaleEvent.id))),
    )


def _shares(request_ids: Sequence[int]) -> dict[int, list[Share]]:
    shares_by_id: dict[int, list[Share]] = {request_id: [] for request_id in request_ids}
    rows = db.session.execute(
        select(AfterSaleLine, OrderLine)
        .join(AfterSale, AfterSale.id == AfterSaleLine.after_sale_id)
        .join(OrderLine, (OrderLine.order_id == AfterSale.order_id) & (OrderLine.goods_id == AfterSaleLine.goods_id))
        .where(AfterSaleLine.after_sale_id.in_(request_ids))
        .order_by(AfterSaleLine.after_sale_id, OrderLine.id)
    )
    for asked, line in rows:
        shares_by_id[asked.after_sale_id].append(Share(line, asked.quantity, asked.amount, asked.points))
    return shares_by_id


def _hours_of(order_id: int) -> dict[int, int]:
    """Return how many hours after receipt each line can be asked about, by goods id: as its child type says."""
    child = aliased(FoodType)
    rows = db.session.execute(
        select(Goods.id, func.coalesce(child.after_sale_hours, FoodType.after_sale_hours))
        .join(OrderLine, OrderLine.goods_id == Goods.id)
        .join(FoodType, FoodType.id == Goods.food_type_id)
        .outerjoin(child, child.id == Goods.child_type_id)
        .where(OrderLine.order_id == order_id)
    )
    return dict(rows.all())


def _open_lines(order_id: int) -> set[int]:
    """Return the goods ids of the lines that an open request is about."""
    is_one = (AfterSale.order_id == order_id) & AfterSale.state.in_(OPEN)
    lines = select(AfterSaleLine.goods_id).join(AfterSale, AfterSale.id == AfterSaleLine.after_sale_id)
    return set(db.session.scalars(lines.where(is_one)))


def _replaced(order_id: int) -> dict[int, int]:
    """Return how many pieces of lines were replaced, by goods id: no money went back, but they are settled."""
    rows = db.session.execute(
        select(AfterSaleLine.goods_id, func.sum(AfterSaleLine.quantity))
        .join(AfterSale, AfterSale.id == AfterSaleLine.after_sale_id)
        .where(AfterSale.order_id == order_id, AfterSale.kind == Kind.REPLACE, AfterSale.state.in_(LIVE))
        .group_by(AfterSaleLine.goods_id)
    )
    return {goods_id: int(quantity) for goods_id, quantity in rows}

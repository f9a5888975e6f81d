"""Asking something back for pieces of a received order, and what the shop makes of it.

Every move is a compare-and-set on the request with the row that says who, when and why. Money, points and growth
follow as for any part of a line (``order.shares``). What comes back is not sold again: it is fresh.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from sqlalchemy import insert, select

from axf.aftersale import queries, record
from axf.aftersale.models import AfterSale, AfterSaleLine, AfterSalePhoto
from axf.aftersale.queries import Share
from axf.aftersale.rules import Limits, Reason, is_approved_at_once
from axf.aftersale.state import Event, Kind, State
from axf.core import clock
from axf.core.db import retried, table_of, transaction
from axf.core.errors import NotFound, ShopError
from axf.extensions import db
from axf.market import stock
from axf.notice import outbox
from axf.order import events, refunds, shares
from axf.order.models import Order
from axf.order.shares import NotSoMany
from axf.order.state import State as OrderState
from axf.order.state import WrongState
from axf.storage import photos
from axf.storage.store import Store
from axf.user.models import User

# The folder of their photos.
PHOTOS = "aftersale"


class NothingChosen(ShopError):
    """No piece was chosen to ask about."""

    code = "nothing-chosen"
    status = 400


class TooLate(ShopError):
    """The time to ask about the line (``goods_id``) was over at ``until``."""

    code = "too-late-to-ask"
    status = 409


class AskedAlready(ShopError):
    """There is an open request about these pieces, or another one was made since the page was shown."""

    code = "asked-already"
    status = 409


@dataclass(frozen=True)
class Wanted:
    """What a shopper asks: pieces by goods id. ``number`` says the how-manieth request about the order this is."""

    kind: Kind
    reason: Reason
    text: str
    quantities: dict[int, int]
    number: int


@dataclass(frozen=True)
class _Asked:
    no: str
    order_id: int
    is_new: bool


def ask(
    user_id: int, order_no: str, wanted: Wanted, *, uploads: Sequence[IO[bytes]], store: Store, limits: Limits
) -> str:
    """Ask something back for pieces of a shopper's own received order and return the request's number. Commits.

    The photos are kept in ``store``. A small refund for a good customer is approved, and its money sent, at once;
    else a person decides. A repeat (same ``number``, same request) returns the first one's number and keeps nothing.
    Raises NotFound (also for somebody else's order or goods), WrongState (not received), NothingChosen, NotSoMany,
    TooLate, AskedAlready, TooManyPhotos, BadPicture; nothing has changed then.
    """
    with photos.kept(store, PHOTOS, uploads) as names:
        asked = _ask(user_id, order_no, wanted, names, limits)
    if not asked.is_new:
        photos.discard(store, names)
    refunds.send_for(asked.order_id)
    return asked.no


@retried
def withdraw(user_id: int, no: str) -> None:
    """Take a shopper's own request back. Commits. Raises NotFound (also for somebody else's), RequestMoved."""
    with transaction(db.session):
        request, _order = _locked(AfterSale.no == no, AfterSale.user_id == user_id)
        at = clock.now()
        record.move(request, Event.WITHDRAW, actor="shopper", at=at, done_at=at)


@retried
def hand_over(user_id: int, no: str) -> None:
    """Note that the shopper has handed the goods of an approved return over. Commits. Raises as ``withdraw``."""
    with transaction(db.session):
        request, _order = _locked(AfterSale.no == no, AfterSale.user_id == user_id)
        record.move(request, Event.HAND_OVER, actor="shopper", at=clock.now())


def approve(no: str, reason: str = "") -> None:
    """Approve a request, for the shop: a refund goes back at once, a replacement is taken from the stock. Commits.

    Raises NotFound, RequestMoved (a repeat, too), OutOfStock (of what is to be replaced).
    """
    refunds.send_for(_approve_asked(no, reason))


@retried
def reject(no: str, reason: str) -> None:
    """Reject a request, or an approved return that never came, and tell its shopper why. Commits.

    Raises NotFound, RequestMoved (a repeat, too).
    """
    with transaction(db.session):
        request, order = _locked(AfterSale.no == no)
        at = clock.now()
        decided_at = request.decided_at or at
        record.move(request, Event.REJECT, actor="shop", at=at, reason=reason, decided_at=decided_at, done_at=at)
        _tell(request, order, at)


def receive(no: str) -> None:
    """Note that the shop has got the goods of a return; their money goes back. Commits.

    Raises NotFound, RequestMoved (a repeat, too).
    """
    refunds.send_for(_receive(no))


@retried
def replace(no: str) -> None:
    """Note that an approved replacement has left the shop. Commits. Raises NotFound, RequestMoved (a repeat, too)."""
    with transaction(db.session):
        request, order = _locked(AfterSale.no == no)
        at = clock.now()
        record.move(request, Event.REPLACE, actor="shop", at=at, done_at=at)
        _tell(request, order, at)


@retried
def _ask(user_id: int, order_no: str, wanted: Wanted, names: Sequence[str], limits: Limits) -> _Asked:
    with transaction(db.session):
        # What was approved at once this month is counted: one request of a shopper at a time.
        joined = db.session.scalar(select(User.created_at).where(User.id == user_id).with_for_update())
        order = events.locked(Order.no == order_no, Order.user_id == user_id)
        if order is None or joined is None:
            raise NotFound(what="order")
        no = f"{order.no}-{wanted.number}"
        if wanted.number != queries.count_of(order.id) + 1:
            return _repeated(no, order, wanted)
        at = clock.now()
        asked = _checked(order, wanted.quantities)
        request = _write(no, order, wanted, asked, names=names, at=at)
        if is_approved_at_once(record.case_of(request, len(names), at - joined, at), limits):
            _approve(request, order, actor=record.RULE, reason="", at=at)
        return _Asked(no, order.id, is_new=True)


def _repeated(no: str, order: Order, wanted: Wanted) -> _Asked:
    """Return the request of this number when it is the same one: a double tap. Raises AskedAlready."""
    found = db.session.scalars(select(AfterSale).where(AfterSale.no == no)).one_or_none()
    same = (wanted.kind, wanted.reason, wanted.text)
    if found is None or (found.kind, found.reason, found.text) != same or _quantities(found) != wanted.quantities:
        raise AskedAlready(order_no=order.no)
    return _Asked(no, order.id, is_new=False)


def _checked(order: Order, quantities: dict[int, int]) -> list[Share]:
    """Return the shares of what can be asked. Raises WrongState, NothingChosen, NotFound and the refusals above."""
    if order.state != OrderState.RECEIVED:
        raise WrongState(state=order.state, event="after-sale")
    if not quantities:
        raise NothingChosen
    askable = {each.line.goods_id: each for each in queries.askable_of(order)}
    for goods_id, quantity in quantities.items():
        if goods_id not in askable:
            raise NotFound(what="order line", goods_id=goods_id)
        line = askable[goods_id]
        if line.is_over:
            raise TooLate(goods_id=goods_id, until=line.until)
        if line.is_open:
            raise AskedAlready(order_no=order.no, goods_id=goods_id)
        if not 0 < quantity <= line.pieces:
            raise NotSoMany(goods_id=goods_id, left=line.pieces)
    return queries.shares_of(askable.values(), quantities)


def _write(
    no: str, order: Order, wanted: Wanted, asked: list[Share], *, names: Sequence[str], at: datetime
) -> AfterSale:
    request = AfterSale(
        no=no,
        order_id=order.id,
        user_id=order.user_id,
        kind=wanted.kind,
        state=State.ASKED,
        reason=wanted.reason,
        text=wanted.text,
        amount=sum(share.amount for share in asked),
        points=sum(share.points for share in asked),
        created_at=at,
    )
    db.session.add(request)
    db.session.flush()
    lines = [
        {
            "after_sale_id": request.id,
            "goods_id": share.line.goods_id,
            "quantity": share.quantity,
            "amount": share.amount,
            "points": share.points,
        }
        for share in asked
    ]
    db.session.execute(insert(table_of(AfterSaleLine)), lines)
    if names:
        rows = [{"after_sale_id": request.id, "position": place, "name": name} for place, name in enumerate(names, 1)]
        db.session.execute(insert(table_of(AfterSalePhoto)), rows)
    record.write(request, "ask", None, State.ASKED, actor="shopper", at=at)
    return request


@retried
def _approve_asked(no: str, reason: str) -> int:
    with transaction(db.session):
        request, order = _locked(AfterSale.no == no)
        _approve(request, order, actor="shop", reason=reason, at=clock.now())
        return order.id


def _approve(request: AfterSale, order: Order, *, actor: str, reason: str, at: datetime) -> None:
    record.move(request, Event.APPROVE, actor=actor, at=at, reason=reason, decided_at=at)
    if request.kind == Kind.REFUND:
        record.move(request, Event.REFUND, actor=actor, at=at, done_at=at)
        _give_back(request, order, at)
    _tell(request, order, at)
    if request.kind == Kind.REPLACE:
        stock.take(db.session, _quantities(request), reason="after-sale", reference=request.no, at=at)


@retried
def _receive(no: str) -> int:
    with transaction(db.session):
        request, order = _locked(AfterSale.no == no)
        at = clock.now()
        record.move(request, Event.RECEIVE, actor="shop", at=at, done_at=at)
        _give_back(request, order, at)
        _tell(request, order, at)
        return order.id


def _give_back(request: AfterSale, order: Order, at: datetime) -> None:
    shares.drop(order, _quantities(request), cause="after-sale", reference=request.no, at=at)


def _tell(request: AfterSale, order: Order, at: datetime) -> None:
    state = request.state
    if state == State.DONE:
        state = "replaced" if request.kind == Kind.REPLACE else "refunded"
    outbox.tell(db.session, request.user_id, "after-sale", f"{request.no}/{state}", at, order_no=order.no, state=state)


def _quantities(request: AfterSale) -> dict[int, int]:
    lines = select(AfterSaleLine.goods_id, AfterSaleLine.quantity).where(AfterSaleLine.after_sale_id == request.id)
    return dict(db.session.execute(lines).all())


def _locked(*conditions: object) -> tuple[AfterSale, Order]:
    """Return the request and its order, the order locked first. Raises NotFound."""
    found = db.session.execute(select(AfterSale.id, AfterSale.order_id).where(*conditions)).one_or_none()  # type: ignore[arg-type]
    order = events.locked(Order.id == found.order_id) if found else None
    if found is None or order is None:
        raise NotFound(what="after-sale request")
    query = select(AfterSale).where(AfterSale.id == found.id).with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).one(), order

"""What a shopper sees of reviews: what waits for one, and the own ones; and what the shop looks through."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BindParameter, ColumnElement, Select, exists, func, select

from axf.core import clock
from axf.core.db import table_of
from axf.core.paging import instant_cursor, older_than
from axf.extensions import db
from axf.order.models import Order, OrderLine
from axf.order.state import State
from axf.review.models import Review
from axf.review.service import WINDOW
from axf.review.shown import photos_of

PAGE_SIZE = 20


@dataclass(frozen=True)
class OwnReview:
    """A shopper's review with what was bought and its photos."""

    review: Review
    line: OrderLine
    photos: tuple[str, ...]


@dataclass(frozen=True)
class OwnPage:
    """One page of a shopper's reviews, the newest first."""

    reviews: list[OwnReview]
    cursor: str | None


@dataclass(frozen=True)
class Waiting:
    """A line that can be reviewed until ``until``."""

    no: str
    line: OrderLine
    received_at: datetime

    @property
    def until(self) -> datetime:
        return self.received_at + WINDOW


def window_start() -> datetime:
    """Return since when an order must have been received to be reviewed now."""
    return clock.now() - WINDOW


def line_waits(received_after: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Return the condition that a line of an order can be reviewed, for queries that join Order and OrderLine."""
    orders, lines = table_of(Order).c, table_of(OrderLine).c
    return (
        (orders.state == State.RECEIVED)
        & (orders.received_at > received_after)
        & (lines.dropped < lines.quantity)
        & ~exists().where(table_of(Review).c.order_line_id == lines.id)
    )


def order_waits(received_after: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Return the condition that an order has a line to review (待评价), for queries of Order."""
    orders, lines = table_of(Order), table_of(OrderLine)
    return exists().where(lines.c.order_id == orders.c.id, line_waits(received_after)).correlate(orders)


def to_review_count(user_id: int) -> int:
    """Return how many of the shopper's orders have a line to review. One query."""
    query = select(func.count()).select_from(Order).where(Order.user_id == user_id, order_waits(window_start()))
    return db.session.scalar(query) or 0


def waiting_of(user_id: int, most: int = PAGE_SIZE) -> list[Waiting]:
    """Return the lines that the shopper can review, what came last first, at most ``most``. One query."""
    rows = db.session.execute(
        select(Order.no, OrderLine, Order.received_at)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .where(Order.user_id == user_id, line_waits(window_start()))
        .order_by(Order.received_at.desc(), OrderLine.id)
        .limit(most)
    )
    return [Waiting(no, line, received_at) for no, line, received_at in rows if received_at]


def waiting_lines(order_id: int) -> set[int]:
    """Return the goods of an order that can be reviewed. One query."""
    query = select(OrderLine.goods_id).join(Order, Order.id == OrderLine.order_id)
    return set(db.session.scalars(query.where(Order.id == order_id, line_waits(window_start()))))


def own_reviews(user_id: int, cursor: str | None) -> OwnPage:
    """Return a page of the shopper's reviews, the hidden ones too. At most two queries. Raises NotFound."""
    query = _with_lines().where(Review.user_id == user_id)
    if cursor:
        query = query.where(older_than(Review.created_at, Review.id, cursor))
    rows = db.session.execute(query.limit(PAGE_SIZE + 1)).all()
    shown = rows[:PAGE_SIZE]
    photos = photos_of([review.id for review, _line in shown if review.has_photos])
    reviews = [OwnReview(review, line, photos.get(review.id, ())) for review, line in shown]
    last = shown[-1][0] if len(rows) > PAGE_SIZE else None
    return OwnPage(reviews, instant_cursor(last.created_at, last.id) if last else None)


def latest(most: int, *, goods_id: int | None, is_bad: bool, has_no_reply: bool) -> list[OwnReview]:
    """Return the newest reviews of all shoppers, for the shop. At most two queries."""
    query = _with_lines().limit(most)
    if goods_id is not None:
        query = query.where(Review.goods_id == goods_id)
    if is_bad:
        query = query.where(Review.stars <= 2)
    if has_no_reply:
        query = query.where(Review.replied_at.is_(None))
    rows = db.session.execute(query).all()
    photos = photos_of([review.id for review, _line in rows if review.has_photos])
    return [OwnReview(review, line, photos.get(review.id, ())) for review, line in rows]


def _with_lines() -> Select:
    return (
        select(Review, OrderLine)
        .join(OrderLine, OrderLine.id == Review.order_line_id)
        .order_by(Review.created_at.desc(), Review.id.desc())
    )

"""Reviews: written once for what came, added to once, answered by the shop, hidden with a reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import IO

from sqlalchemy import Update, insert, select, update

from axf.core import clock
from axf.core.db import retried, rows_changed, transaction
from axf.core.errors import NotFound, ShopError
from axf.core.text import plain
from axf.extensions import db
from axf.market.models import Goods
from axf.notice import outbox
from axf.order import events
from axf.order.models import Order, OrderLine
from axf.order.state import State
from axf.points import ledger as points
from axf.points.ledger import Reason
from axf.review.models import Review, ReviewPhoto
from axf.storage import photos
from axf.storage.store import Store

WINDOW = timedelta(days=90)
LONGEST_TEXT = 500
LONGEST_REASON = 200
PHOTO_POINTS = 20


class ReviewClosed(ShopError):
    """This cannot be reviewed: ``reason`` is state (not received), gone (it did not come) or over (too long ago)."""

    code = "review-closed"
    status = 409


class AlreadyReviewed(ShopError):
    """The line has its one review, or the review its one addition."""

    code = "already-reviewed"
    status = 409


class BadReview(ShopError):
    """A review, addition, reply or reason cannot be like this; ``problem`` says why, for the shop's people."""

    code = "bad-review"
    status = 400


@dataclass(frozen=True)
class Opinion:
    """What a shopper says: 1 to 5 stars, and up to 500 characters or none. Raises BadReview.

    The text is made plain: without control, invisible and direction characters.
    """

    stars: int
    text: str = ""
    is_anonymous: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.stars <= 5:
            raise BadReview(problem="stars are 1 to 5")
        object.__setattr__(self, "text", _fitting(self.text, 0, LONGEST_TEXT))


def line_of(user_id: int, no: str, goods_id: int) -> OrderLine:
    """Return the line of a shopper's order that can be reviewed now. Three queries.

    Raises NotFound (also for somebody else's order), ReviewClosed, AlreadyReviewed.
    """
    order = db.session.scalars(select(Order).where(Order.no == no, Order.user_id == user_id)).one_or_none()
    return _reviewable(order, goods_id)


def write(
    user_id: int, no: str, goods_id: int, opinion: Opinion, *, uploads: Sequence[IO[bytes]] = (), store: Store
) -> int:
    """Review a goods of the shopper's received order, with up to six photos, and return the review's id. Commits.

    It counts on the goods at once; the first with a photo brings 20 points. A repeat is refused.
    Raises NotFound, ReviewClosed, AlreadyReviewed, BadPicture, TooManyPhotos, StoreAway;
    nothing is written or kept then.
    """
    line_of(user_id, no, goods_id)  # before pictures are decoded in vain
    with photos.kept(store, "review", uploads) as names:
        return _write(user_id, no, goods_id, opinion, names)


@retried
def add(user_id: int, review_id: int, text: str) -> None:
    """Add a text to the shopper's own review, once, whenever. Commits.

    Raises NotFound (also for somebody else's), AlreadyReviewed (a repeat), BadReview (no text, or too long).
    """
    added = _fitting(text, 1, LONGEST_TEXT)
    mine = (Review.id == review_id, Review.user_id == user_id)
    with transaction(db.session):
        once = update(Review).where(*mine, Review.added_at.is_(None)).values(added=added, added_at=clock.now())
        if not rows_changed(db.session, once):
            if db.session.scalar(select(Review.id).where(*mine)) is None:
                raise NotFound(what="review")
            raise AlreadyReviewed


@retried
def reply(review_id: int, text: str) -> None:
    """Answer a review for the shop; another reply takes its place. Its writer is told of the first. Commits.

    Raises NotFound, BadReview.
    """
    words, at = _fitting(text, 1, LONGEST_TEXT), clock.now()
    with transaction(db.session):
        _change(update(Review).where(Review.id == review_id).values(reply=words, replied_at=at), "review")
        review = db.session.get_one(Review, review_id, populate_existing=True)
        name, name_en = db.session.execute(
            select(OrderLine.name, OrderLine.name_en).where(OrderLine.id == review.order_line_id)
        ).one()
        told = {"name": name, "name_en": name_en}
        key = str(review_id)
        outbox.tell(db.session, review.user_id, outbox.Kind.REPLIED, key, at, goods_id=review.goods_id, **told)


@retried
def hide(review_id: int, reason: str) -> bool:
    """Hide a review from everybody but its writer, who is shown why; it counts no more. Commits.

    Return whether it was shown: a repeat changes nothing. Raises NotFound, BadReview (no reason, or too long).
    """
    values = {"hidden_reason": _fitting(reason, 1, LONGEST_REASON), "hidden_at": clock.now()}
    return _turn(update(Review).where(Review.id == review_id, Review.hidden_at.is_(None)).values(values), review_id, -1)


@retried
def show(review_id: int) -> bool:
    """Show a hidden review again, and return whether it was hidden. Commits. Raises NotFound."""
    values = {"hidden_reason": "", "hidden_at": None}
    hidden = Review.hidden_at.is_not(None)
    return _turn(update(Review).where(Review.id == review_id, hidden).values(values), review_id, 1)


@retried
def _write(user_id: int, no: str, goods_id: int, opinion: Opinion, names: Sequence[str]) -> int:
    with transaction(db.session):
        # The order is locked first: what is given back of it changes its lines under the same lock.
        line = _reviewable(events.locked(Order.no == no, Order.user_id == user_id), goods_id)
        at = clock.now()
        if names:
            reference = f"{no}/{goods_id}"
            points.earn(db.session, user_id, PHOTO_POINTS, reason=Reason.REVIEW, reference=reference, at=at)
        # Before the review, whose foreign key locks the goods for reading: two of them would wait for each other.
        _count(goods_id, 1, opinion.stars)
        values = {
            "order_line_id": line.id,
            "goods_id": goods_id,
            "user_id": user_id,
            "stars": opinion.stars,
            "text": opinion.text,
            "is_anonymous": opinion.is_anonymous,
            "has_photos": bool(names),
            "created_at": at,
        }
        review = Review(**values)
        db.session.add(review)
        db.session.flush()
        for position, name in enumerate(names):
            db.session.execute(insert(ReviewPhoto).values(review_id=review.id, position=position, name=name))
        return review.id


def _reviewable(order: Order | None, goods_id: int) -> OrderLine:
    if order is None:
        raise NotFound(what="order")
    line = db.session.scalars(
        select(OrderLine)
        .where(OrderLine.order_id == order.id, OrderLine.goods_id == goods_id)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if line is None:
        raise NotFound(what="order line")
    if db.session.scalar(select(Review.id).where(Review.order_line_id == line.id)) is not None:
        raise AlreadyReviewed
    if order.state != State.RECEIVED or order.received_at is None:
        raise ReviewClosed(reason="state")
    if line.dropped >= line.quantity:
        raise ReviewClosed(reason="gone")
    if order.received_at + WINDOW <= clock.now():
        raise ReviewClosed(reason="over")
    return line


def _turn(guarded: Update, review_id: int, sign: int) -> bool:
    """Send the update of hiding or showing; when it changed the review, count it on its goods."""
    with transaction(db.session):
        is_changed = bool(rows_changed(db.session, guarded))
        review = db.session.execute(select(Review.goods_id, Review.stars).where(Review.id == review_id)).one_or_none()
        if review is None:
            raise NotFound(what="review")
        if is_changed:
            _count(review.goods_id, sign, sign * review.stars)
        return is_changed


def _change(statement: Update, what: str) -> None:
    if not rows_changed(db.session, statement):
        raise NotFound(what=what)


def _count(goods_id: int, reviews: int, stars: int) -> None:
    values = {"review_count": Goods.review_count + reviews, "review_stars": Goods.review_stars + stars}
    _change(update(Goods).where(Goods.id == goods_id).values(values), "goods")


def _fitting(text: str, least: int, most: int) -> str:
    words = plain(text)
    if not least <= len(words) <= most:
        raise BadReview(problem=f"a text has {least} to {most} characters")
    return words

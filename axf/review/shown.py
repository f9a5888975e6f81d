"""What everybody sees of reviews: those of a goods, a page at a time."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, select

from axf.core.db import table_of
from axf.core.errors import NotFound
from axf.core.paging import decode_cursor, encode_cursor, instant_cursor, older_than
from axf.extensions import db
from axf.review.models import Review, ReviewPhoto
from axf.user.models import User

_reviews, _users = table_of(Review).c, table_of(User).c
_SHOWN = (
    _reviews.id,
    _reviews.stars,
    _reviews.text,
    _reviews.is_anonymous,
    _reviews.has_photos,
    _reviews.created_at,
    _reviews.added,
    _reviews.added_at,
    _reviews.reply,
)

PAGE_SIZE = 10
ALL, PHOTOS, BAD, LATEST = "all", "photos", "bad", "latest"
FILTERS: dict[str, tuple[ColumnElement[bool], ...]] = {
    ALL: (),  # those with photos first
    PHOTOS: (_reviews.has_photos.is_(True),),
    BAD: (_reviews.stars.in_((1, 2)),),
    LATEST: (),
}


@dataclass(frozen=True)
class ShownReview:
    """A review as everybody sees it; ``name`` is masked when its writer wants it so."""

    id: int
    name: str
    stars: int
    text: str
    created_at: datetime
    added: str
    added_at: datetime | None
    reply: str
    photos: tuple[str, ...]


@dataclass(frozen=True)
class ReviewPage:
    """One page of reviews; ``cursor`` leads to the next, None at the end."""

    reviews: tuple[ShownReview, ...]
    cursor: str | None


def reviews_of(goods_id: int, kind: str = ALL, cursor: str | None = None) -> ReviewPage:
    """Return a page of a goods' shown reviews, the newest first; of ALL those with photos before the others.

    At most two queries. Raises NotFound for another kind or a cursor that is none of ours.
    """
    if kind not in FILTERS:
        raise NotFound(what="reviews")
    query = _page(kind)
    if cursor:
        query = query.where(_after(kind, cursor))
    rows = db.session.execute(query, {"goods": goods_id}).all()
    shown = rows[:PAGE_SIZE]
    photos = photos_of([review.id for review in shown if review.has_photos])
    reviews = tuple(_shown(review, photos.get(review.id, ())) for review in shown)
    return ReviewPage(reviews, _cursor(kind, shown[-1]) if len(rows) > PAGE_SIZE else None)


def photos_of(review_ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    """Return the names of the reviews' photos in their order. One query, none for no ids."""
    found: dict[int, tuple[str, ...]] = {}
    if review_ids:
        photos = select(ReviewPhoto).where(ReviewPhoto.review_id.in_(review_ids))
        for photo in db.session.scalars(photos.order_by(ReviewPhoto.review_id, ReviewPhoto.position)):
            found[photo.review_id] = (*found.get(photo.review_id, ()), photo.name)
    return found


def masked(username: str) -> str:
    """Return a name of which only the first letter can be read."""
    return f"{username[:1]}***"


@cache
def _page(kind: str) -> Select[Any]:
    """Return the statement of a page of reviews, built once; without the ORM, for each goods page asks it."""
    first = [_reviews.has_photos.desc()] if kind == ALL else []
    return (
        select(*_SHOWN, _users.username)
        .select_from(table_of(Review).join(table_of(User), _users.id == _reviews.user_id))
        .where(_reviews.goods_id == bindparam("goods"), _reviews.hidden_at.is_(None), *FILTERS[kind])
        .order_by(*first, _reviews.created_at.desc(), _reviews.id.desc())
        .limit(PAGE_SIZE + 1)
    )


def _shown(review: Row[Any], photos: tuple[str, ...]) -> ShownReview:
    return ShownReview(
        review.id,
        masked(review.username) if review.is_anonymous else review.username,
        review.stars,
        review.text,
        review.created_at,
        review.added,
        review.added_at,
        review.reply,
        photos,
    )


def _cursor(kind: str, last: Row[Any]) -> str:
    cursor = instant_cursor(last.created_at, last.id)
    return encode_cursor([last.has_photos, *decode_cursor(cursor, 3)]) if kind == ALL else cursor


def _after(kind: str, cursor: str) -> ColumnElement[bool]:
    if kind != ALL:
        return older_than(Review.created_at, Review.id, cursor)
    has_photos, *instant = decode_cursor(cursor, 4)
    older = older_than(Review.created_at, Review.id, encode_cursor(instant))
    without = Review.has_photos.is_(False)
    return without | older if has_photos else without & older

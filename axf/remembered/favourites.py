"""收藏: the goods that a shopper keeps in mind."""

from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select

from axf.core import clock
from axf.core.db import retried, rows_changed, transaction
from axf.core.errors import NotFound, ShopError
from axf.core.paging import instant_cursor, older_than
from axf.extensions import db
from axf.market.cards import COLUMNS, Card
from axf.market.models import Goods
from axf.remembered.models import Favourite
from axf.user.models import User

MOST_FAVOURITES = 500
PAGE_SIZE = 30


class TooManyFavourites(ShopError):
    """The shopper keeps as many goods as one can; ``limit`` says how many that is."""

    code = "too-many-favourites"
    status = 409


@dataclass(frozen=True)
class FavouritePage:
    """One page of what a shopper keeps, the newest first; ``cursor`` leads to the next, None at the end."""

    cards: list[Card]
    cursor: str | None


@retried
def keep(user_id: int, goods_id: int) -> None:
    """Keep a goods in mind; a repeat changes nothing. Commits. Raises NotFound, TooManyFavourites."""
    with transaction(db.session):
        # One after the other, so that the limit holds.
        db.session.execute(select(User.id).where(User.id == user_id).with_for_update())
        if db.session.scalar(select(Goods.id).where(Goods.id == goods_id)) is None:
            raise NotFound(what="goods")
        if db.session.scalar(select(Favourite.goods_id).where(*_one(user_id, goods_id))) is not None:
            return
        count = db.session.scalar(select(func.count()).where(Favourite.user_id == user_id)) or 0
        if count >= MOST_FAVOURITES:
            raise TooManyFavourites(limit=MOST_FAVOURITES)
        values = {"user_id": user_id, "goods_id": goods_id, "created_at": clock.now()}
        db.session.execute(insert(Favourite).values(values))


@retried
def drop(user_id: int, goods_id: int) -> None:
    """Keep a goods no longer; a repeat changes nothing. Commits."""
    with transaction(db.session):
        rows_changed(db.session, delete(Favourite).where(*_one(user_id, goods_id)))


def page_of(user_id: int, cursor: str | None) -> FavouritePage:
    """Return the next page of what the shopper keeps, also what is sold out or off sale. One query.

    Raises NotFound for a cursor that does not exist.
    """
    query = (
        select(*COLUMNS, Favourite.created_at)
        .select_from(Favourite)
        .join(Goods, Goods.id == Favourite.goods_id)
        .where(Favourite.user_id == user_id)
        .order_by(Favourite.created_at.desc(), Favourite.goods_id.desc())
        .limit(PAGE_SIZE + 1)
    )
    if cursor:
        query = query.where(older_than(Favourite.created_at, Favourite.goods_id, cursor))
    rows = db.session.execute(query).all()
    shown = rows[:PAGE_SIZE]
    more = instant_cursor(shown[-1].created_at, shown[-1].id) if len(rows) > PAGE_SIZE else None
    return FavouritePage([Card.of(row) for row in shown], more)


def _one(user_id: int, goods_id: int) -> tuple:
    return Favourite.user_id == user_id, Favourite.goods_id == goods_id

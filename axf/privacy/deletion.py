"""An account goes: the person is forgotten, the shop's books stay whole."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, delete, func, or_, select, update

from axf.aftersale.models import AfterSale, AfterSaleEvent, AfterSalePhoto
from axf.aftersale.state import State as Request
from axf.core import clock
from axf.core.db import retried, rows_changed, transaction
from axf.core.errors import NotFound, ShopError
from axf.credit.models import CreditAccount
from axf.extensions import db
from axf.order.models import Order, OrderDelivery
from axf.order.state import State
from axf.payment.models import OPEN, UNMATCHED, Payment, Refund
from axf.points.models import PointsAccount
from axf.privacy.tables import FORGOTTEN
from axf.review.models import Review, ReviewPhoto
from axf.storage import photos
from axf.storage.store import Store
from axf.user import avatars
from axf.user.models import User

# No name can be typed like this, and nothing hashes to it.
NAMELESS, NO_HASH = "***", "!"
_OPEN_REQUESTS = (Request.ASKED, Request.APPROVED, Request.RETURNING)


class AccountOpen(ShopError):
    """Something is still to be done: orders, requests or refunds under way, or store credit (fen) left."""

    code = "account-open"
    status = 409


@dataclass(frozen=True)
class Standing:
    """What stands between a shopper and the deletion, and what would be lost: counts, fen of credit, points."""

    orders: int
    requests: int
    refunds: int
    credit: int
    points: int

    @property
    def is_free(self) -> bool:
        """Whether the account may go now."""
        return not (self.orders or self.requests or self.refunds or self.credit)


@dataclass(frozen=True)
class _Pictures:
    avatar: str | None
    photos: list[str]


def standing_of(user_id: int) -> Standing:
    """Return what is still open for a shopper. Five queries."""
    mine = Order.user_id == user_id
    money = or_(
        select(Refund.id).where(Refund.payment_id == Payment.id, Refund.state == OPEN).exists(),
        (Payment.state == UNMATCHED) & (Payment.refunded < Payment.amount),
    )
    return Standing(
        orders=_count(select(Order.id).where(mine, Order.state.not_in((State.RECEIVED, State.CANCELLED)))),
        requests=_count(select(AfterSale.id).where(AfterSale.user_id == user_id, AfterSale.state.in_(_OPEN_REQUESTS))),
        refunds=_count(select(Payment.id).join(Order, Order.id == Payment.order_id).where(mine, money)),
        credit=db.session.scalar(select(CreditAccount.balance).where(CreditAccount.user_id == user_id)) or 0,
        points=db.session.scalar(select(PointsAccount.balance).where(PointsAccount.user_id == user_id)) or 0,
    )


def delete_account(user_id: int, store: Store) -> None:
    """Forget the person for good: name, logins, addresses, pictures and all that docs/privacy.md lists. Commits.

    Orders and the books stay with a pseudonym; points and coupons are lost. Pictures go after the commit.
    A repeat changes nothing. Raises NotFound, and AccountOpen while something is under way or credit is left.
    """
    gone = _forget(user_id)
    avatars.discard(gone.avatar, store)
    photos.discard(store, gone.photos)


@retried
def _forget(user_id: int) -> _Pictures:
    with transaction(db.session):
        user = db.session.scalars(
            select(User).where(User.id == user_id).with_for_update().execution_options(populate_existing=True)
        ).first()
        if user is None:
            raise NotFound(what="user")
        if user.deleted_at is not None:
            return _Pictures(None, [])
        standing = standing_of(user_id)
        if not standing.is_free:
            raise AccountOpen(standing=standing)
        gone = _Pictures(user.avatar, _photos_of(user_id))
        _rename(user, clock.now())
        for table in FORGOTTEN:
            rows_changed(db.session, delete(table).where(table.c.user_id == user_id))
        _mask_orders(user_id)
        _mask_words(user_id)
        return gone


def _rename(user: User, now: datetime) -> None:
    user.username, user.username_key, user.password_hash = NAMELESS, f"deleted:{user.id}", NO_HASH
    user.avatar = user.birthday = user.email = None
    user.deleted_at = now


def _photos_of(user_id: int) -> list[str]:
    of_reviews = select(ReviewPhoto.name).join(Review, Review.id == ReviewPhoto.review_id)
    of_requests = select(AfterSalePhoto.name).join(AfterSale, AfterSale.id == AfterSalePhoto.after_sale_id)
    return [
        *db.session.scalars(of_reviews.where(Review.user_id == user_id)),
        *db.session.scalars(of_requests.where(AfterSale.user_id == user_id)),
    ]


def _mask_orders(user_id: int) -> None:
    """Take out of the orders who got them and where; the district, the goods and the sums stay."""
    mine = select(Order.id).where(Order.user_id == user_id)
    masked = update(OrderDelivery).where(OrderDelivery.order_id.in_(mine))
    rows_changed(db.session, masked.values(name="", phone="", detail="", note="", invoice_title=""))


def _mask_words(user_id: int) -> None:
    """Reviews lose their author and photos, requests what the shopper wrote and showed."""
    reviews = select(Review.id).where(Review.user_id == user_id)
    requests = select(AfterSale.id).where(AfterSale.user_id == user_id)
    for statement in (
        delete(ReviewPhoto).where(ReviewPhoto.review_id.in_(reviews)),
        delete(AfterSalePhoto).where(AfterSalePhoto.after_sale_id.in_(requests)),
        update(Review).where(Review.user_id == user_id).values(is_anonymous=True, has_photos=False),
        update(AfterSale).where(AfterSale.user_id == user_id).values(text=""),
        update(AfterSaleEvent).where(AfterSaleEvent.after_sale_id.in_(requests)).values(reason=""),
    ):
        rows_changed(db.session, statement)


def _count(query: Select) -> int:
    return db.session.scalar(select(func.count()).select_from(query.subquery())) or 0

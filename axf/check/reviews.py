"""What must hold of reviews."""

from sqlalchemy import Select, func, select

from axf.market.models import Goods
from axf.order.models import Order, OrderLine
from axf.review.models import Review


def review_counters() -> Select:
    """A goods' count of reviews and sum of stars are those of its shown reviews."""
    shown = (
        select(Review.goods_id, func.count().label("reviews"), func.sum(Review.stars).label("stars"))
        .where(Review.hidden_at.is_(None))
        .group_by(Review.goods_id)
        .subquery()
    )
    reviews, stars = func.coalesce(shown.c.reviews, 0), func.coalesce(shown.c.stars, 0)
    return (
        select(
            Goods.id.label("goods_id"),
            Goods.review_count,
            reviews.label("reviews"),
            Goods.review_stars,
            stars.label("stars"),
        )
        .outerjoin(shown, shown.c.goods_id == Goods.id)
        .where((Goods.review_count != reviews) | (Goods.review_stars != stars))
    )


def review_of_received() -> Select:
    """A review is of a line, and its goods, of an order that its writer has received."""
    return (
        select(Review.id.label("review_id"), Review.user_id, Order.no.label("order_no"), Order.received_at)
        .outerjoin(OrderLine, OrderLine.id == Review.order_line_id)
        .outerjoin(Order, Order.id == OrderLine.order_id)
        .where(
            Order.id.is_(None)
            | Order.received_at.is_(None)
            | (Order.user_id != Review.user_id)
            | (OrderLine.goods_id != Review.goods_id)
        )
    )

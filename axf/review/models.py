"""Tables of reviews and their pictures."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from axf.core.db import UTCDateTime, table_args
from axf.extensions import Model


class Review(Model):
    """What a shopper says of a goods that came: one for each order line, with one later addition.

    Hidden ones have ``hidden_at`` and a reason; they count nowhere and only their writer sees them.
    """

    __tablename__ = "review"
    __table_args__ = table_args(
        CheckConstraint("stars BETWEEN 1 AND 5", name="stars_known"),
        Index(None, "goods_id", "created_at", "id"),
        Index(None, "goods_id", "has_photos", "created_at", "id"),
        Index(None, "goods_id", "stars", "created_at", "id"),
        Index(None, "user_id", "created_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_line_id: Mapped[int] = mapped_column(ForeignKey("order_line.id"), unique=True)
    goods_id: Mapped[int] = mapped_column(ForeignKey("goods.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    stars: Mapped[int]
    text: Mapped[str] = mapped_column(String(500))
    is_anonymous: Mapped[bool]
    has_photos: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    added: Mapped[str] = mapped_column(String(500), default="", server_default="")
    added_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reply: Mapped[str] = mapped_column(String(500), default="", server_default="")
    replied_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    hidden_reason: Mapped[str] = mapped_column(String(200), default="", server_default="")
    hidden_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class ReviewPhoto(Model):
    """A picture of a review; ``name`` is the storage's."""

    __tablename__ = "review_photo"
    __table_args__ = table_args()

    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"), primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(100))

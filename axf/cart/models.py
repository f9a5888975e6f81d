"""Table of the cart."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from axf.core.db import UTCDateTime, table_args
from axf.extensions import Model

MOST_A_LINE = 99


class CartItem(Model):
    """How many of a goods a shopper wants, and whether the next order takes it."""

    __tablename__ = "cart_item"
    __table_args__ = table_args(CheckConstraint(f"quantity BETWEEN 1 AND {MOST_A_LINE}", name="quantity_in_bounds"))

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    goods_id: Mapped[int] = mapped_column(ForeignKey("goods.id", ondelete="CASCADE"), primary_key=True)
    quantity: Mapped[int]
    is_select: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

"""Tables of what is remembered for a shopper."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from axf.core.db import UTCDateTime, table_args
from axf.extensions import Model


class Favourite(Model):
    """A goods that a shopper keeps in mind."""

    __tablename__ = "favourite"
    __table_args__ = table_args(Index(None, "user_id", "created_at", "goods_id"))

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    goods_id: Mapped[int] = mapped_column(ForeignKey("goods.id", ondelete="CASCADE"), primary_key=True, index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Footprint(Model):
    """When a shopper last looked at a goods."""

    __tablename__ = "footprint"
    __table_args__ = table_args(Index(None, "user_id", "seen_at", "goods_id"), Index(None, "seen_at"))

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    goods_id: Mapped[int] = mapped_column(ForeignKey("goods.id", ondelete="CASCADE"), primary_key=True, index=True)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime)

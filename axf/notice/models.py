"""Tables of notices: what waits to be told, and the inbox."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from axf.core.db import UTCDateTime, table_args
from axf.extensions import Model


class Outbox(Model):
    """A moment to tell a shopper of, written in the transaction that made it; once for each ``key``.

    ``payload`` is JSON for the templates of ``kind``. It is told from ``next_try_at`` on; what could not be told after
    many tries is dead, and a person looks. ``request_id`` is that of the request or command that wrote it.
    """

    __tablename__ = "outbox"
    __table_args__ = table_args(
        UniqueConstraint("key"),
        CheckConstraint("state IN ('waiting', 'done', 'dead')", name="state_known"),
        CheckConstraint("channel IN ('inbox', 'mail', 'sms')", name="channel_known"),
        Index(None, "state", "next_try_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(120))
    # No foreign key: it would lock the shopper's row in every transaction that has something to tell.
    user_id: Mapped[int]
    channel: Mapped[str] = mapped_column(String(8))
    kind: Mapped[str] = mapped_column(String(20))
    payload: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(8))
    tries: Mapped[int] = mapped_column(default=0, server_default="0")
    next_try_at: Mapped[datetime] = mapped_column(UTCDateTime)
    problem: Mapped[str] = mapped_column(String(200), default="", server_default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    request_id: Mapped[str] = mapped_column(String(64), default="", server_default="")


class Message(Model):
    """An entry of a shopper's inbox 站内信: words of ``kind`` with this ``payload`` (JSON), in the reader's language.

    ``key`` is the outbox's: however often that is told, there is one.
    """

    __tablename__ = "message"
    __table_args__ = table_args(
        UniqueConstraint("key"), Index(None, "user_id", "created_at", "id"), Index(None, "read_at")
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(120))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    kind: Mapped[str] = mapped_column(String(20))
    payload: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class StockAlert(Model):
    """Who wants to know when a goods is there again."""

    __tablename__ = "stock_alert"
    __table_args__ = table_args()

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, autoincrement=False)
    goods_id: Mapped[int] = mapped_column(ForeignKey("goods.id"), primary_key=True, autoincrement=False, index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

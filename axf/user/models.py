"""Tables of shoppers and their logins."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.dialects.mysql import BINARY
from sqlalchemy.orm import Mapped, mapped_column

from axf.core.db import UTCDateTime, table_args
from axf.extensions import Model


class User(Model):
    """A shopper. ``username_key`` is the name folded (NFKC, casefold): what must be unique."""

    __tablename__ = "users"
    __table_args__ = table_args()

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(20))
    username_key: Mapped[str] = mapped_column(String(60), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    avatar: Mapped[str | None] = mapped_column(String(100))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class UserTicket(Model):
    """A login. The cookie carries the ticket, the table only its SHA-256; both end at ``expires_at``."""

    __tablename__ = "user_ticket"
    __table_args__ = table_args()

    id: Mapped[int] = mapped_column(primary_key=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32).with_variant(BINARY(32), "mysql"), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    user_agent: Mapped[str] = mapped_column(String(200))
    ip: Mapped[str] = mapped_column(String(45))


class Throttle(Model):
    """How often something was tried in the current window, ``login-name:`` and a hash, say; shared by all processes."""

    __tablename__ = "throttle"
    __table_args__ = table_args(CheckConstraint("tries >= 0", name="tries_not_negative"))

    bucket: Mapped[str] = mapped_column(String(100), primary_key=True)
    tries: Mapped[int]
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)

"""Tables of shoppers, their logins and addresses."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.dialects.mysql import BINARY
from sqlalchemy.orm import Mapped, mapped_column

from axf.core.db import UTCDateTime, table_args
from axf.extensions import Model


class User(Model):
    """A shopper. ``username_key`` is the name folded (NFKC, casefold): what must be unique.

    ``birthday`` is ``MM-DD``, without a year: the shop wants to congratulate, not to know an age.
    ``privacy_version`` and ``privacy_agreed_at``: to which privacy notice the shopper agreed last, and when.
    ``deleted_at``: the person is gone; the row is a pseudonym for the orders that are kept.
    ``email`` takes the shop's notices, written in ``language`` (zh or en); without one they stay in the inbox.
    """

    __tablename__ = "users"
    __table_args__ = table_args()

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(20))
    username_key: Mapped[str] = mapped_column(String(60), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    avatar: Mapped[str | None] = mapped_column(String(100))
    birthday: Mapped[str | None] = mapped_column(String(5), index=True)
    email: Mapped[str | None] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(8), default="zh", server_default="zh")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    privacy_version: Mapped[str | None] = mapped_column(String(10))
    privacy_agreed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


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


class UserTotp(Model):
    """The second step of a shopper's login. ``secret`` is encrypted; ``last_step`` the half minute of the last code."""

    __tablename__ = "user_totp"
    __table_args__ = table_args()

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    secret: Mapped[str] = mapped_column(String(255))
    last_step: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class RecoveryCode(Model):
    """A code that lets its shopper in once in the place of the app's; only its SHA-256 is kept."""

    __tablename__ = "recovery_code"
    __table_args__ = table_args()

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32).with_variant(BINARY(32), "mysql"), unique=True)


class Throttle(Model):
    """How often something was tried in the current window, ``login-name:`` and a hash, say; shared by all processes."""

    __tablename__ = "throttle"
    __table_args__ = table_args(CheckConstraint("tries >= 0", name="tries_not_negative"))

    bucket: Mapped[str] = mapped_column(String(100), primary_key=True)
    tries: Mapped[int]
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


class Address(Model):
    """Where a shopper wants things brought. ``district`` is six digits of GB/T 2260, ``phone`` eleven digits.

    ``tag`` is home, company, school or empty. At most one of a shopper's is the default.
    """

    __tablename__ = "address"
    __table_args__ = table_args(
        CheckConstraint("tag IN ('', 'home', 'company', 'school')", name="tag_known"),
        Index(None, "user_id", "is_default", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str] = mapped_column(String(40))
    phone: Mapped[str] = mapped_column(String(11))
    district: Mapped[str] = mapped_column(String(6))
    detail: Mapped[str] = mapped_column(String(120))
    tag: Mapped[str] = mapped_column(String(8))
    is_default: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

"""Accounts: register, prove a password, change password and avatar."""

import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select, update

from axf.core import clock, journal
from axf.core.db import retried, rows_changed, transaction
from axf.core.errors import NotFound, ShopError
from axf.coupon import ledger as coupons
from axf.extensions import db
from axf.notice.outbox import Kind, tell
from axf.user import consent, hashing, tickets
from axf.user.models import User

# OWASP Password Storage Cheat Sheet: argon2id with 19 MiB, two passes, one lane at the least.
hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
# What a password is compared with when the user does not exist, so that both take as long.
_NOBODY = hasher.hash("nobody has this password")


class UsernameTaken(ShopError):
    """Somebody else has this name (folded: width and case do not count)."""

    code = "username-taken"
    status = 409


class WrongLogin(ShopError):
    """Unknown user or wrong password: never said which."""

    code = "wrong-login"
    status = 401


class WrongPassword(ShopError):
    """The current password, asked for again, is not right."""

    code = "wrong-password"
    status = 403


def username_key(username: str) -> str:
    """Return the folded name: what must be unique, so that ＡＸＦ and axf are one."""
    return unicodedata.normalize("NFKC", username).casefold()


def is_taken(username: str) -> bool:
    """Tell whether somebody has this name."""
    return db.session.scalar(select(User.id).where(User.username_key == username_key(username))) is not None


def id_of(username: str) -> int:
    """Return the id of who has this name. One query. Raises NotFound."""
    user_id = db.session.scalar(select(User.id).where(User.username_key == username_key(username)))
    if user_id is None:
        raise NotFound(what="user")
    return user_id


def register(username: str, password: str, avatar: str | None = None) -> int:
    """Make an account and return its id; ``avatar`` is a stored picture's name. Commits.

    The new shopper has agreed to today's privacy notice, which is noted, and holds the coupons of registration at once.
    Raises UsernameTaken, also when a simultaneous registration won.
    """
    return register_hashed(username, hash_of(password), avatar)


@retried
def register_hashed(username: str, password_hash: str, avatar: str | None = None) -> int:
    """Make an account as ``register`` does, for a password of which ``hasher`` made the hash already. Commits.

    Raises UsernameTaken.
    """
    with transaction(db.session):
        if is_taken(username):
            raise UsernameTaken(username=username)
        now = clock.now()
        user = User(
            username=username,
            username_key=username_key(username),
            password_hash=password_hash,
            avatar=avatar,
            created_at=now,
            privacy_version=consent.VERSION,
            privacy_agreed_at=now,
        )
        db.session.add(user)
        db.session.flush()
        coupons.issue_on_registration(db.session, user.id, now)
        return user.id


def prove(username: str, password: str) -> int:
    """Return the id of the user with this name and password.

    Both failures cost one hash and raise the same WrongLogin. A hash with older parameters
    is renewed. Commits only that.
    """
    row = db.session.execute(
        select(User.id, User.password_hash).where(User.username_key == username_key(username))
    ).first()
    if not _matches(row.password_hash if row else _NOBODY, password) or row is None:
        journal.warn("login failed", user_id=row.id if row else None)
        raise WrongLogin
    if hasher.check_needs_rehash(row.password_hash):
        _replace_hash(row.id, row.password_hash, hash_of(password))
    return row.id


def change_password(user_id: int, current: str, new: str) -> None:
    """Set a new password and end all of the user's logins; the caller issues a fresh one. Commits.

    Raises WrongPassword when ``current`` is not the password now.
    """
    known = db.session.scalar(select(User.password_hash).where(User.id == user_id))
    if known is None or not _matches(known, current):
        raise WrongPassword
    if not _replace_hash(user_id, known, hash_of(new), ends_logins=True):
        raise WrongPassword
    journal.note("password changed", user_id=user_id)


def check_password(user_id: int, password: str) -> None:
    """Let only who knows the password pass. Raises WrongPassword."""
    known = db.session.scalar(select(User.password_hash).where(User.id == user_id))
    if known is None or not _matches(known, password):
        raise WrongPassword


@retried
def change_avatar(user_id: int, avatar: str) -> str | None:
    """Set the avatar and return the name of the one before, whose files the caller removes. Commits."""
    with transaction(db.session):
        user = db.session.scalars(select(User).where(User.id == user_id).with_for_update()).one()
        before, user.avatar = user.avatar, avatar
        return before


@retried
def set_birthday(user_id: int, birthday: str | None) -> None:
    """Set the birthday, ``MM-DD``, or forget it (None). A repeat changes nothing. Commits.

    It may be changed at any time: its coupon comes once a year, whatever the day.
    """
    with transaction(db.session):
        rows_changed(db.session, update(User).where(User.id == user_id).values(birthday=birthday))


def birthday_of(user_id: int) -> str | None:
    """Return the birthday, ``MM-DD``, or None. One query."""
    return db.session.scalar(select(User.birthday).where(User.id == user_id))


def change_email(user_id: int, password: str, email: str | None) -> None:
    """Set where mail goes, or that none is sent (None), and tell the address before. Commits.

    A repeat changes nothing and tells nobody. Raises WrongPassword when that is not the password now.
    """
    check_password(user_id, password)
    _replace_email(user_id, email)


@retried
def _replace_email(user_id: int, email: str | None) -> None:
    with transaction(db.session):
        user = db.session.scalars(select(User).where(User.id == user_id).with_for_update()).one()
        if user.email == email:
            return
        before, user.email, now = user.email, email, clock.now()
        tell(db.session, user_id, Kind.EMAIL_CHANGED, f"{user_id}/{now.isoformat()}", now, email=before or "")


def email_of(user_id: int) -> str | None:
    """Return where mail goes, or None. One query."""
    return db.session.scalar(select(User.email).where(User.id == user_id))


@retried
def set_language(user_id: int, language: str) -> None:
    """Set the language of mails, zh or en. A repeat changes nothing. Commits."""
    with transaction(db.session):
        other = update(User).where(User.id == user_id, User.language != language)
        rows_changed(db.session, other.values(language=language))


@retried
def _replace_hash(user_id: int, old: str, new: str, *, ends_logins: bool = False) -> bool:
    """Set the hash if it still is the one that was proved; tell whether it was."""
    with transaction(db.session):
        replaced = update(User).where(User.id == user_id, User.password_hash == old).values(password_hash=new)
        is_done = bool(rows_changed(db.session, replaced))
        if is_done and ends_logins:
            tickets.delete_all(user_id)
        return is_done


def hash_of(password: str) -> str:
    """Return what is kept of a password. Raises Busy when too many are hashed at once."""
    return hashing.hashed(hasher.hash, password)


def _matches(password_hash: str, password: str) -> bool:
    try:
        return hashing.hashed(hasher.verify, password_hash, password)
    except (VerificationError, InvalidHashError):
        return False

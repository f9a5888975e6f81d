"""The second step of the login: codes of an authenticator app (TOTP, RFC 6238), and recovery codes for its loss.

The app's secret must be read to check a code, so it is not hashed but encrypted, with a key made of the shop's
secret key: a stolen backup of the database alone opens nothing. Recovery codes are long and random: SHA-256 is enough.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence

import pyotp
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import delete, func, insert, select, update

from axf.core import clock
from axf.core.db import retried, rows_changed, transaction
from axf.core.errors import ShopError
from axf.extensions import db
from axf.user import tickets
from axf.user.models import RecoveryCode, UserTotp

PERIOD = 30
# A phone's clock may be half a minute off on either side.
DRIFT = (0, -1, 1)
CODES, GROUPS, LETTERS = 8, 6, "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
ISSUER = "AXF"


class WrongCode(ShopError):
    """The code is not right, was used already, or is over."""

    code = "wrong-code"
    status = 403


class AlreadyOn(ShopError):
    """The login has a second step: its app is not replaced by one that anybody else may hold."""

    code = "two-step-on"
    status = 409


class Vault:
    """Encrypts what must be read again. ``keys`` are the shop's secret keys, the present one first."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._box = MultiFernet([Fernet(_derived(key)) for key in keys])

    def close(self, text: str) -> str:
        """Return the text encrypted."""
        return self._box.encrypt(text.encode()).decode()

    def open(self, token: str) -> str | None:
        """Return the text, or None when it was encrypted with a key that is no longer there."""
        try:
            return self._box.decrypt(token.encode()).decode()
        except InvalidToken:
            return None


def new_secret() -> str:
    """Return a secret of 160 random bits, as apps want it."""
    return pyotp.random_base32(32)


def address_of(secret: str, username: str) -> str:
    """Return the otpauth address for the app."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=ISSUER)


def is_on(user_id: int) -> bool:
    """Tell whether this shopper's login has a second step. One query."""
    return db.session.scalar(select(UserTotp.user_id).where(UserTotp.user_id == user_id)) is not None


def codes_left(user_id: int) -> int:
    """Return how many recovery codes are unused. One query."""
    return db.session.scalar(select(func.count()).where(RecoveryCode.user_id == user_id)) or 0


@retried
def enable(user_id: int, secret: str, code: str, vault: Vault) -> list[str]:
    """Want a code at each login from now on, end all logins, and return the recovery codes. Commits.

    The caller has proved the password, and issues a fresh ticket. The code that proves the app is used up.
    Raises WrongCode, and AlreadyOn, for switching off wants a code of the app before; nothing has changed then.
    """
    step = _step_of(secret, code)
    if step is None:
        raise WrongCode
    fresh = [_new_code() for _ in range(CODES)]
    with transaction(db.session):
        if is_on(user_id):
            raise AlreadyOn
        sealed = vault.close(secret)
        db.session.execute(
            insert(UserTotp).values(user_id=user_id, secret=sealed, last_step=step, created_at=clock.now())
        )
        rows = [{"user_id": user_id, "hash": _hash_of(each)} for each in fresh]
        db.session.execute(insert(RecoveryCode), rows)
        tickets.delete_all(user_id)
    return fresh


@retried
def disable(user_id: int) -> bool:
    """Want no code any more, end all logins, and tell whether one was wanted. A repeat changes nothing. Commits."""
    with transaction(db.session):
        if not _forget(user_id):
            return False
        tickets.delete_all(user_id)
        return True


def prove(user_id: int, code: str, vault: Vault) -> None:
    """Use up a code of the app, or a recovery code. Commits. Raises WrongCode, also for one that was used."""
    typed = "".join(code.split()).replace("-", "").upper()
    is_right = _use_code(user_id, typed, vault) if len(typed) == 6 else _use_recovery_code(user_id, typed)
    if not is_right:
        raise WrongCode


@retried
def _use_code(user_id: int, code: str, vault: Vault) -> bool:
    sealed = db.session.scalar(select(UserTotp.secret).where(UserTotp.user_id == user_id))
    secret = vault.open(sealed) if sealed else None
    step = _step_of(secret, code) if secret else None
    if step is None:
        return False
    # Guarded: of two that bring one code at once, one gets in.
    unused = update(UserTotp).where(UserTotp.user_id == user_id, UserTotp.last_step < step)
    with transaction(db.session):
        return bool(rows_changed(db.session, unused.values(last_step=step)))


@retried
def _use_recovery_code(user_id: int, code: str) -> bool:
    mine = delete(RecoveryCode).where(RecoveryCode.user_id == user_id, RecoveryCode.hash == _hash_of(code))
    with transaction(db.session):
        return bool(rows_changed(db.session, mine))


def _step_of(secret: str, code: str) -> int | None:
    """Return the half minute that this code is for, if it is one of now; else None."""
    now, totp = int(clock.now().timestamp()) // PERIOD, pyotp.TOTP(secret)
    typed = "".join(code.split()).encode()
    right = [now + drift for drift in DRIFT if hmac.compare_digest(totp.generate_otp(now + drift).encode(), typed)]
    return right[0] if right else None


def _forget(user_id: int) -> int:
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    return rows_changed(db.session, delete(UserTotp).where(UserTotp.user_id == user_id))


def _new_code() -> str:
    """Return six groups of four letters, 120 bits."""
    return "-".join("".join(secrets.choice(LETTERS) for _letter in range(4)) for _group in range(GROUPS))


def _hash_of(code: str) -> bytes:
    return hashlib.sha256(code.replace("-", "").encode()).digest()


def _derived(key: str) -> bytes:
    return base64.urlsafe_b64encode(hmac.digest(key.encode(), b"axf two-step secrets", "sha256"))

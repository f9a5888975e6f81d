"""Shoppers by the thousand, for load tests."""

from collections.abc import Callable, Sequence

from sqlalchemy import insert, select

from axf.core import clock
from axf.core.db import retried, transaction
from axf.extensions import db
from axf.seed.report import Report
from axf.user import accounts, consent
from axf.user.models import User

BATCH = 1000


def add_shoppers(count: int, password: str, on_rows: Callable[[int], object] = lambda rows: None) -> Report:
    """Make the shoppers shopper0001 … up to ``count``, all with this password; those that exist are left alone.

    A thousand to a transaction, so that a broken run goes on where it stopped. They share one password, so
    they share its hash too: a hash of their own each would take an hour for a hundred thousand.
    """
    report = Report()
    password_hash = accounts.hasher.hash(password)
    for first in range(1, count + 1, BATCH):
        names = [f"shopper{number:04d}" for number in range(first, min(first + BATCH, count + 1))]
        added = _add_missing(names, password_hash)
        counts = report.of("users")
        counts.read += len(names)
        counts.added += added
        counts.unchanged += len(names) - added
        on_rows(len(names))
    return report


@retried
def _add_missing(names: Sequence[str], password_hash: str) -> int:
    with transaction(db.session):
        keys = {accounts.username_key(name): name for name in names}
        present = set(db.session.scalars(select(User.username_key).where(User.username_key.in_(keys))))
        now = clock.now()
        consented = {"privacy_version": consent.VERSION, "privacy_agreed_at": now, "created_at": now}
        rows = [
            {"username": name, "username_key": key, "password_hash": password_hash, "avatar": None, **consented}
            for key, name in keys.items()
            if key not in present
        ]
        if rows:
            db.session.execute(insert(User), rows)
        return len(rows)

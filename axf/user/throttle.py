"""Throttles in the database: they hold across all processes and hosts."""

import hashlib
from datetime import timedelta
from ipaddress import ip_address, ip_network

from sqlalchemy import case, delete, insert, select, update

from axf.core import clock, journal
from axf.core.db import retried, rows_changed, transaction
from axf.core.errors import ShopError
from axf.core.metrics import THROTTLED
from axf.extensions import db
from axf.user.models import Throttle


class TooManyTries(ShopError):
    """The window is full; ``retry_after`` is in seconds."""

    code = "too-many-tries"
    status = 429


def source(address: str | None) -> str:
    """Return what counts as one asker: an address of IPv4, or the /64 of IPv6, which one home has whole.

    What is no address is ``unknown``: those count together.
    """
    try:
        known = ip_address(address or "")
    except ValueError:
        return "unknown"
    known = getattr(known, "ipv4_mapped", None) or known
    return str(known) if known.version == 4 else str(ip_network((known.packed, 64), strict=False))


@retried
def count_try(bucket: str, most: int, window: timedelta) -> None:
    """Count one try in the bucket's window, before what is throttled happens. Commits.

    Counting first means that parallel tries cannot slip through together. A window begins
    with its first try. Raises TooManyTries when ``most`` tries were made in it already.
    """
    now = clock.now()
    key = _key(bucket)
    is_over = Throttle.ends_at <= now
    # The end moves in a second statement: MariaDB sets columns from left to right, SQLite all at once,
    # and ``tries`` must look at the end before it moves.
    counted = update(Throttle).where(Throttle.bucket == key).values(tries=case((is_over, 1), else_=Throttle.tries + 1))
    with transaction(db.session):
        if not rows_changed(db.session, counted):
            db.session.execute(insert(Throttle).values(bucket=key, tries=1, ends_at=now + window))
            return
        db.session.execute(update(Throttle).where(Throttle.bucket == key, is_over).values(ends_at=now + window))
        tries, ends_at = db.session.execute(
            select(Throttle.tries, Throttle.ends_at).where(Throttle.bucket == key)
        ).one()
    if tries > most:
        THROTTLED.labels(bucket.partition(":")[0]).inc()
        journal.warn("throttled", bucket=bucket.partition(":")[0], tries=tries)
        raise TooManyTries(retry_after=max(1, int((ends_at - now).total_seconds())))


@retried
def forget(bucket: str) -> None:
    """Forget the tries of a bucket, after a success. Commits."""
    with transaction(db.session):
        db.session.execute(delete(Throttle).where(Throttle.bucket == _key(bucket)))


def _key(bucket: str) -> str:
    """Return the bucket with its subject hashed: no name or address is kept, and any text fits."""
    kind, _, subject = bucket.partition(":")
    return f"{kind}:{hashlib.sha256(subject.encode()).hexdigest()}"

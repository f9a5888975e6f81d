"""The ledger of points 积分. It never commits.

Entries with ``expires_at`` are lots; entries without are what went (−) or came back (+), and count for the lots that
end first. So what is over at an instant and was never used needs no bookkeeping for each lot: it is what the balance
has beyond the lots that end later. Balances change by guarded UPDATEs with their entry in the same transaction.

An entry locks the shopper's row for reading: who locks that row for writing, as a checkout does, does so first.
"""

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, ScalarSelect, Select, case, func, insert, select, update

from axf.core.clock import SHOP_ZONE
from axf.core.db import AnySession, rows_changed, table_of
from axf.core.errors import ShopError
from axf.extensions import db
from axf.points.models import PointsAccount, PointsEntry

_ACCOUNTS, _ENTRIES = table_of(PointsAccount).c, table_of(PointsEntry).c


class Reason(StrEnum):
    """Why points came or went. Beside an order's stands its number, where needed with ``/`` and what tells apart."""

    CHECK_IN = "check-in"  # reference: the Shanghai day
    RECEIVED = "received"  # earned with an order
    ORDER = "order"  # spent on an order
    RETURNED = "returned"  # what an order had spent, come back
    REVERSED = "reversed"  # what an order had earned, taken back
    REVIEW = "review"  # for a review with a photo
    EXPIRED = "expire"  # reference: the Shanghai day of the sweep
    WELCOME = "welcome"
    ADJUSTED = "adjusted"  # by the shop's people; the reference is theirs


class PointsShort(ShopError):
    """The shopper has not so many points that can be spent; ``left`` says how many."""

    code = "points-short"
    status = 409


def balance_of(user_id: int) -> int:
    """Return how many points the shopper has, those included that are over and not swept yet. One query."""
    return db.session.scalar(_balance(user_id)) or 0


def usable_of(user_id: int, now: datetime) -> int:
    """Return how many points the shopper can spend: the balance without what is over and not swept yet. One query."""
    return int(db.session.scalar(select_usable(user_id, now)) or 0)


def select_usable(user_id: int | BindParameter[int], now: datetime | BindParameter[datetime]) -> Select[tuple[int]]:
    """Return the SELECT of ``usable_of``: one row, or none without an account. Other queries may embed it."""
    not_over = _not_over(user_id, now)
    usable = case((_ACCOUNTS.balance < not_over, _ACCOUNTS.balance), else_=not_over)
    return select(usable).where(_ACCOUNTS.user_id == user_id)


def amount_of(user_id: int, reason: str, reference: str) -> int:
    """Return what came (or went, negative) for this reason and reference, 0 for nothing. One query."""
    entry = select(PointsEntry.amount).filter_by(**_key(user_id, reason, reference))
    return db.session.scalar(entry) or 0


def earned_for(paid: int, points_rate: int) -> int:
    """Return the points that so many paid fen earn: one a whole yuan, times ``points_rate`` per cent, rounded down."""
    return paid // 100 * points_rate // 100


def part_of(points: int, refunded: int, paid: int) -> int:
    """Return the part of an order's points that falls to ``refunded`` of ``paid`` fen, rounded down; all to all of it.

    ``refunded`` is the sum of all refunds so far: a refund's own part is what it adds,
    ``part_of(points, before + now, paid) - part_of(points, before, paid)``, so that the parts add up.
    """
    return points * min(refunded, paid) // paid if paid else 0


def earn(session: AnySession, user_id: int, amount: int, *, reason: str, reference: str, at: datetime) -> bool:
    """Add points that end with the Shanghai day twelve months later, and tell whether they were. The caller commits.

    An amount of 0 adds nothing, and so does a repeat with the same reason and reference, whatever its amount. Who
    loses a race for the entry, or for making the account, gets an IntegrityError: ``retried`` runs the use case again.
    """
    return _add(session, amount, _key(user_id, reason, reference), at, end_of_lot(at))


def give_back(session: AnySession, user_id: int, amount: int, *, reason: str, reference: str, at: datetime) -> bool:
    """Add points that an order had spent, and tell whether they were. The caller commits.

    They return to the lots that were used last, as if they had never been spent: what is over meanwhile cannot be
    spent, and goes with the next sweep. Repeats and races as in ``earn``.
    """
    return _add(session, amount, _key(user_id, reason, reference), at, None)


def spend(session: AnySession, user_id: int, amount: int, *, reference: str, at: datetime) -> None:
    """Take points for an order: ``take`` with the reason ORDER. The caller commits. Raises PointsShort."""
    take(session, user_id, amount, reason=Reason.ORDER, reference=reference, at=at)


def take(session: AnySession, user_id: int, amount: int, *, reason: str, reference: str, at: datetime) -> None:
    """Take exactly so many points, those first that end first. The caller commits. Two statements, for 0 none.

    When something is over and not swept yet it expires here, before: it pays for nothing any more.
    A repeat fails on the entry's unique key (IntegrityError). Raises PointsShort; the caller must roll back then.
    """
    if not amount:
        return
    if not _lower(session, user_id, amount, PointsAccount.balance <= _not_over(user_id, at)):
        expire(session, user_id, at)
        if not _lower(session, user_id, amount):
            raise PointsShort(left=session.scalar(_balance(user_id)) or 0)
    _write(session, -amount, _key(user_id, reason, reference), at)


def take_back(session: AnySession, user_id: int, amount: int, *, reason: str, reference: str, at: datetime) -> int:
    """Take earned points away again, at most what is there, and return how many that was. The caller commits.

    A repeat with the same reason and reference takes nothing, whatever its amount. Where nothing is there nothing is
    written, so the caller's state change must guard that case. Locks the account's row.
    """
    expire(session, user_id, at)
    taken = min(amount, session.scalar(_balance(user_id)) or 0)
    key = _key(user_id, reason, reference)
    if not taken or _is_written(session, key) or not _lower(session, user_id, taken):
        return 0
    _write(session, -taken, key, at)
    return taken


def expire(session: AnySession, user_id: int, now: datetime) -> int:
    """Take away what is over and was not used, as one entry, and return how many points. The caller commits.

    A repeat finds nothing. Locks the account's row.
    """
    balance = session.scalar(_balance(user_id).with_for_update()) or 0
    over = balance - int(session.scalar(select(_not_over(user_id, now))) or 0)
    if over <= 0 or not _lower(session, user_id, over):
        return 0
    _write(session, -over, _key(user_id, Reason.EXPIRED, _next_reference(session, user_id, now)), now)
    return over


def end_of_lot(at: datetime) -> datetime:
    """Return when points earned at ``at`` end: the midnight after that Shanghai day a year later, February 29 as 28."""
    day = at.astimezone(SHOP_ZONE).date()
    try:
        last = day.replace(year=day.year + 1)
    except ValueError:
        last = date(day.year + 1, 2, 28)
    return datetime.combine(last + timedelta(1), time(), SHOP_ZONE).astimezone(UTC)


def _balance(user_id: int) -> Any:
    return select(PointsAccount.balance).where(PointsAccount.user_id == user_id)


def _not_over(user_id: int | BindParameter[int], now: datetime | BindParameter[datetime]) -> ScalarSelect[int]:
    """Return the sum of the lots that end after ``now``; what the balance has beyond it is over."""
    return (
        select(func.coalesce(func.sum(_ENTRIES.amount), 0))
        .where(_ENTRIES.user_id == user_id, _ENTRIES.expires_at > now)
        .scalar_subquery()
    )


def _add(session: AnySession, amount: int, key: dict[str, Any], at: datetime, expires_at: datetime | None) -> bool:
    if not amount or _is_written(session, key):
        return False
    _write(session, amount, key, at, expires_at)
    more = update(PointsAccount).where(PointsAccount.user_id == key["user_id"])
    if not rows_changed(session, more.values(balance=PointsAccount.balance + amount)):
        session.execute(insert(PointsAccount).values(user_id=key["user_id"], balance=amount))
    return True


def _lower(session: AnySession, user_id: int, amount: int, *conditions: ColumnElement[bool]) -> bool:
    guarded = update(PointsAccount).where(
        PointsAccount.user_id == user_id, PointsAccount.balance >= amount, *conditions
    )
    return bool(rows_changed(session, guarded.values(balance=PointsAccount.balance - amount)))


def _key(user_id: int, reason: str, reference: str) -> dict[str, Any]:
    return {"user_id": user_id, "reason": reason, "reference": reference}


def _is_written(session: AnySession, key: dict[str, Any]) -> bool:
    return session.scalar(select(PointsEntry.id).filter_by(**key)) is not None


def _write(
    session: AnySession, amount: int, key: dict[str, Any], at: datetime, expires_at: datetime | None = None
) -> None:
    session.execute(insert(PointsEntry).values(**key, amount=amount, expires_at=expires_at, created_at=at))


def _next_reference(session: AnySession, user_id: int, now: datetime) -> str:
    """Return the Shanghai day; for what came back after the day's sweep, and is over too, with a number."""
    day = now.astimezone(SHOP_ZONE).date().isoformat()
    before = session.scalar(
        select(func.count())
        .select_from(PointsEntry)
        .where(
            PointsEntry.user_id == user_id,
            PointsEntry.reason == Reason.EXPIRED,
            PointsEntry.reference.startswith(day),
        )
    )
    return f"{day}/{before + 1}" if before else day

"""Points that the shop's people give or take by hand."""

import re

from sqlalchemy import func, select

from axf.core import clock
from axf.core.db import retried, transaction
from axf.core.errors import ShopError
from axf.core.text import plain
from axf.extensions import db
from axf.points import ledger
from axf.points.ledger import Reason
from axf.points.models import PointsEntry
from axf.user.models import User

REFERENCE = re.compile(r"[A-Za-z0-9_-]{1,16}")
# What the column holds of "reference text".
MOST_TEXT = 23
MOST_POINTS = 1_000_000


class BadAdjustment(ShopError):
    """Points cannot be adjusted so; ``problem`` says why, in English."""

    code = "bad-adjustment"
    status = 400


@retried
def adjust(user_id: int, amount: int, *, reference: str, text: str) -> bool:
    """Give points, or with an amount below zero take them, and tell whether this call did. Commits.

    ``reference`` names the correction, a ticket's number say: a repeat with the same one changes nothing, whatever
    else it says. ``text`` is what the shopper reads. Points that are given end like earned ones.
    Raises BadAdjustment, PointsShort.
    """
    _refuse_impossible(amount, reference, text)
    now = clock.now()
    with transaction(db.session):
        # One correction after the other: the reference is only a part of the entry's key.
        db.session.execute(select(User.id).where(User.id == user_id).with_for_update())
        if _is_done(user_id, reference):
            return False
        change = ledger.earn if amount > 0 else ledger.take
        change(db.session, user_id, abs(amount), reason=Reason.ADJUSTED, reference=f"{reference} {text}", at=now)
    return True


def _refuse_impossible(amount: int, reference: str, text: str) -> None:
    if not 0 < abs(amount) <= MOST_POINTS:
        raise BadAdjustment(problem=f"{amount} points are none or more than {MOST_POINTS:,}")
    if not REFERENCE.fullmatch(reference):
        raise BadAdjustment(problem=f"a reference is 1 to 16 letters, digits, - or _: {reference!r}")
    if not text or text != plain(text) or len(text) > MOST_TEXT:
        raise BadAdjustment(problem=f"a reason is a text of 1 to {MOST_TEXT} characters: {text!r}")


def _is_done(user_id: int, reference: str) -> bool:
    done = select(PointsEntry.id).where(
        PointsEntry.user_id == user_id,
        PointsEntry.reason == Reason.ADJUSTED,
        # Not LIKE: SQLite's takes a for A.
        func.substr(PointsEntry.reference, 1, len(reference) + 1) == f"{reference} ",
    )
    return db.session.scalar(done.limit(1)) is not None

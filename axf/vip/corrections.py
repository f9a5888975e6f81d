"""Growth that the shop's people give or take by hand."""

from axf.core import clock
from axf.core.db import retried, transaction
from axf.extensions import db
from axf.vip import ledger

REASON = "adjust"


@retried
def adjust(user_id: int, amount: int, reference: str) -> int:
    """Give a shopper growth, or take it away below zero, and return by how much it changed. Commits.

    Never more is taken than there is. A repeat with the same reference changes nothing and returns 0.
    """
    at = clock.now()
    with transaction(db.session):
        if amount < 0:
            return -ledger.shrink(db.session, user_id, -amount, reason=REASON, reference=reference, at=at)
        is_new = ledger.grow(db.session, user_id, amount, reason=REASON, reference=reference, at=at)
        return amount if is_new else 0

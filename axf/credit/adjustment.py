"""Store credit that the shop's people give or take by hand."""

import re

from sqlalchemy import select

from axf.core import clock
from axf.core.db import retried, transaction
from axf.core.errors import ShopError
from axf.core.money import LARGEST_SUM
from axf.credit import ledger
from axf.credit.models import CreditEntry
from axf.extensions import db

REFERENCE = re.compile(r"[A-Za-z0-9_-]{1,32}")


class BadCredit(ShopError):
    """Store credit cannot be adjusted so; ``problem`` says why, in English."""

    code = "bad-credit"
    status = 400


@retried
def adjust(user_id: int, amount: int, *, reference: str) -> bool:
    """Give fen of store credit, or with an amount below zero take them, and tell whether this call did. Commits.

    ``reference`` names the correction, a ticket's number say: a repeat with the same one changes nothing.
    Raises BadCredit, BalanceShort.
    """
    if not 0 < abs(amount) <= LARGEST_SUM:
        raise BadCredit(problem=f"{amount} fen are none or more than {LARGEST_SUM:,}")
    if not REFERENCE.fullmatch(reference):
        raise BadCredit(problem=f"a reference is 1 to 32 letters, digits, - or _: {reference!r}")
    now = clock.now()
    with transaction(db.session):
        key = {"user_id": user_id, "reason": "adjusted", "reference": reference}
        if db.session.scalar(select(CreditEntry.id).filter_by(**key)) is not None:
            return False
        change = ledger.add if amount > 0 else ledger.take
        change(db.session, user_id, abs(amount), reason="adjusted", reference=reference, at=now)
    return True

"""The ledger of store credit 余额, in fen. It never commits.

Balances change by guarded UPDATEs with their entry in the same transaction.
"""

from datetime import datetime

from sqlalchemy import BindParameter, Select, insert, select, update

from axf.core.db import AnySession, rows_changed, table_of
from axf.core.errors import ShopError
from axf.credit.models import CreditAccount, CreditEntry
from axf.extensions import db

_ACCOUNTS = table_of(CreditAccount).c


class BalanceShort(ShopError):
    """The shopper's store credit (``left``, fen) does not reach."""

    code = "balance-short"
    status = 409


def balance_of(user_id: int) -> int:
    """Return the shopper's store credit, 0 without an account. One query."""
    return db.session.scalar(select_balance(user_id)) or 0


def select_balance(user_id: int | BindParameter[int]) -> Select[int]:
    """Return the SELECT of ``balance_of``: one row, or none without an account. Other queries may embed it."""
    return select(_ACCOUNTS.balance).where(_ACCOUNTS.user_id == user_id)


def add(session: AnySession, user_id: int, amount: int, *, reason: str, reference: str, at: datetime) -> bool:
    """Add fen, and tell whether they were. The caller commits.

    An amount of 0 adds nothing, and so does a repeat with the same reason and reference, whatever its amount. Who
    loses a race for the entry, or for making the account, gets an IntegrityError: ``retried`` runs the use case again.
    """
    key = {"user_id": user_id, "reason": reason, "reference": reference}
    if not amount or session.scalar(select(CreditEntry.id).filter_by(**key)) is not None:
        return False
    session.execute(insert(CreditEntry).values(**key, amount=amount, created_at=at))
    more = update(CreditAccount).where(CreditAccount.user_id == user_id)
    if not rows_changed(session, more.values(balance=CreditAccount.balance + amount)):
        session.execute(insert(CreditAccount).values(user_id=user_id, balance=amount))
    return True


def take(session: AnySession, user_id: int, amount: int, *, reason: str, reference: str, at: datetime) -> None:
    """Take exactly so many fen. The caller commits.

    A repeat fails on the entry's unique key (IntegrityError). Raises BalanceShort; nothing was changed then.
    """
    guarded = update(CreditAccount).where(CreditAccount.user_id == user_id, CreditAccount.balance >= amount)
    if not rows_changed(session, guarded.values(balance=CreditAccount.balance - amount)):
        raise BalanceShort(left=session.scalar(select_balance(user_id)) or 0)
    entry = {"user_id": user_id, "amount": -amount, "reason": reason, "reference": reference, "created_at": at}
    session.execute(insert(CreditEntry).values(**entry))

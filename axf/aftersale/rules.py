"""Which requests are approved at once, without a person. Pure: no Flask, no database, no clock."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from axf.aftersale.state import Kind

LEAST_ACCOUNT_AGE = timedelta(days=7)
REJECTED_WITHIN = timedelta(days=90)


class Reason(StrEnum):
    """Why a shopper asks."""

    BAD = "bad"  # 坏果/变质
    DAMAGED = "damaged"
    MISSING = "missing"
    LESS = "less"  # 缺斤少两
    WRONG = "wrong"
    OTHER = "other"


# What can be seen is to be shown.
NEEDS_PHOTO = (Reason.BAD, Reason.DAMAGED)


@dataclass(frozen=True)
class Limits:
    """What is approved at once: up to ``worth`` fen, and ``per_month`` times a Shanghai month."""

    worth: int
    per_month: int


@dataclass(frozen=True)
class Case:
    """A request and what is known of who asks; ``worth`` is fen, points at one fen each.

    ``approved_this_month`` counts what was approved at once since the Shanghai month began, ``rejected`` what a
    person rejected within the last 90 days.
    """

    kind: Kind
    reason: Reason
    worth: int
    photos: int
    approved_this_month: int
    rejected: int
    account_age: timedelta


def is_approved_at_once(case: Case, limits: Limits) -> bool:
    """Tell whether a small refund for a good customer needs no person."""
    return (
        case.kind == Kind.REFUND
        and case.worth <= limits.worth
        and (case.photos > 0 or case.reason not in NEEDS_PHOTO)
        and case.approved_this_month < limits.per_month
        and case.rejected == 0
        and case.account_age > LEAST_ACCOUNT_AGE
    )

"""An invariant: a function that returns the query for the rows that break it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import FromClause, Integer, Select, func, literal_column, select, union_all

from axf.order.models import Order
from axf.order.state import SETTLED, State

Query = Callable[[], Select]

# A row that counts as one when rows are added up.
ONE = literal_column("1", Integer)
_NOUGHT = literal_column("0", Integer)

IS_LIVE = Order.state != State.CANCELLED
IS_PAID = Order.state.in_(SETTLED)


@dataclass(frozen=True)
class Invariant:
    """``name`` as the command takes it, ``sentence`` says what holds, ``query`` selects the rows for which it does not.

    The query is one statement, so that it sees one instant of a shop that goes on selling.
    """

    name: str
    sentence: str
    query: Query

    @classmethod
    def of(cls, query: Query) -> "Invariant":
        """Return the invariant of a function: its name, and its docstring as the sentence."""
        return cls(query.__name__.replace("_", "-"), " ".join((query.__doc__ or "").split()), query)


def unequal(one: Select, other: Select) -> Select:
    """Select the keys for which two selects do not add up to the same.

    The last column of each is what is added up, the columns before are the key and have the same names in both.
    """
    first, second = one.subquery(), other.subquery()
    *keys, first_sum = first.c
    *_, second_sum = second.c
    both = union_all(
        _side(first, [first_sum.label(first_sum.name), _NOUGHT.label(second_sum.name)]),
        _side(second, [_NOUGHT.label(first_sum.name), second_sum.label(second_sum.name)]),
    ).subquery()
    names = [both.c[key.name] for key in keys]
    sums = [func.sum(both.c[column.name]) for column in (first_sum, second_sum)]
    return (
        select(*names, sums[0].label(first_sum.name), sums[1].label(second_sum.name))
        .group_by(*names)
        .having(sums[0] != sums[1])
    )


def _side(rows: FromClause, sums: list[Any]) -> Select:
    return select(*list(rows.c)[:-1], *sums)

"""What is offered while a shopper types. One query."""

from dataclasses import dataclass
from itertools import islice

from sqlalchemy import select

from axf.extensions import db
from axf.search.models import LIVE, LONGEST_START, SearchIndex, SearchPhrase
from axf.search.words import LAST, level

MOST_SHOWN = 8
# Some lead to the same: a name with the beginning in two words of it.
_MOST_READ = 40


@dataclass(frozen=True)
class Suggestion:
    """Goods, a food type or a query of everybody; ``ref`` is the id of the first two, 0 for a query."""

    kind: str
    ref: int
    text: str
    text_en: str


def is_enough(typed: str) -> bool:
    """Tell whether suggestions can be made: from one Chinese character or two letters on."""
    start = level(typed).strip()
    return len(start) >= (2 if start.isascii() else 1)


def suggest(typed: str) -> list[Suggestion]:
    """Return what may be meant: food types, then queries of everybody, then goods; nothing for too short a text."""
    start = " ".join(level(typed).split())[:LONGEST_START]
    if not is_enough(typed):
        return []
    live = select(SearchIndex.id).where(SearchIndex.state == LIVE).scalar_subquery()
    begun = (
        select(SearchPhrase.kind, SearchPhrase.ref, SearchPhrase.text, SearchPhrase.text_en)
        .where(SearchPhrase.index_id == live, SearchPhrase.start.between(start, start + LAST))
        .order_by(SearchPhrase.sort.desc(), SearchPhrase.id)
        .limit(_MOST_READ)
    )
    distinct = dict.fromkeys(Suggestion(*row) for row in db.session.execute(begun))
    return list(islice(distinct, MOST_SHOWN))

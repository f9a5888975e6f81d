"""What everybody asks for: counts by day, hot words, and queries that find nothing."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Select, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from axf.core import clock
from axf.core.db import Moved, retried, rows_changed, transaction
from axf.core.errors import NotFound
from axf.extensions import db
from axf.search.base import Engine
from axf.search.models import HotWord, SearchCount

# A word is hot by how often it was asked for within so many days; counts are kept as long as suggestions need them.
HOT_DAYS, KEPT_DAYS = 14, 60
# What fewer ask for stays among them: a rare text may say something about who typed it.
LEAST_HOT = 5
MOST_HOT = 10


@retried
def count(text: str) -> None:
    """Note that somebody asked for a text today. Commits."""
    day = clock.today()
    is_it = (SearchCount.text == text) & (SearchCount.asked_on == day)
    with transaction(db.session):
        more = update(SearchCount).where(is_it).values(times=SearchCount.times + 1)
        if not rows_changed(db.session, more):
            try:
                db.session.execute(insert(SearchCount).values(text=text, asked_on=day, times=1))
            except IntegrityError as error:
                raise Moved from error


def hot_words(most: int = MOST_HOT) -> list[str]:
    """Return the hot words: those with a place first, then the most asked for, none that is hidden. One query."""
    times = _asked(HOT_DAYS).having(func.sum(SearchCount.times) >= LEAST_HOT).subquery()
    placed = select(HotWord.text, HotWord.position, func.coalesce(times.c.times, 0).label("times")).outerjoin(
        times, times.c.text == HotWord.text
    )
    asked = select(times.c.text, HotWord.position, times.c.times).outerjoin(HotWord, HotWord.text == times.c.text)
    both = placed.where(HotWord.position.is_not(None)).union_all(asked.where(HotWord.text.is_(None))).subquery()
    words = select(both.c.text).order_by(both.c.position.is_(None), both.c.position, both.c.times.desc(), both.c.text)
    return list(db.session.scalars(words.limit(most)))


@retried
def put(text: str, position: int) -> None:
    """Show a hot word at a place, whatever its count. A repeat changes nothing; commits."""
    with transaction(db.session):
        _save(text, position=position, is_hidden=False)


@retried
def hide(text: str) -> None:
    """Never show a word among the hot ones. A repeat changes nothing; commits."""
    with transaction(db.session):
        _save(text, position=None, is_hidden=True)


@retried
def release(text: str) -> None:
    """Leave a word to its count again. Commits. Raises NotFound when nothing was said of it."""
    with transaction(db.session):
        if not rows_changed(db.session, delete(HotWord).where(HotWord.text == text)):
            raise NotFound(what="hot word")


def edited() -> list[HotWord]:
    """Return what people of the shop have said of hot words, those with a place first."""
    order = HotWord.position.is_(None), HotWord.position, HotWord.text
    return list(db.session.scalars(select(HotWord).order_by(*order)))


def most_asked(days: int, most: int) -> list[tuple[str, int]]:
    """Return what was asked for most within so many days, and how often."""
    asked = _asked(days).order_by(func.sum(SearchCount.times).desc(), SearchCount.text).limit(most)
    return [(row.text, int(row.times)) for row in db.session.execute(asked)]


def without_hits(engine: Engine, days: int, most: int, looked_at: int = 1_000) -> list[tuple[str, int]]:
    """Return what was asked for often and finds nothing now, and how often; of the ``looked_at`` most asked."""
    found = []
    for text, times in most_asked(days, looked_at):
        if not engine.find(text).total:
            found.append((text, times))
        if len(found) == most:
            break
    return found


@retried
def forget() -> int:
    """Delete counts older than KEPT_DAYS and return how many. Commits."""
    with transaction(db.session):
        return rows_changed(
            db.session, delete(SearchCount).where(SearchCount.asked_on < clock.today() - timedelta(days=KEPT_DAYS))
        )


def _asked(days: int) -> Select[Any, Any]:
    since = clock.today() - timedelta(days=days)
    times = func.sum(SearchCount.times).label("times")
    return select(SearchCount.text, times).where(SearchCount.asked_on > since).group_by(SearchCount.text)


def _save(text: str, *, position: int | None, is_hidden: bool) -> None:
    values = {"position": position, "is_hidden": is_hidden}
    db.session.execute(delete(HotWord).where(HotWord.text == text))
    db.session.execute(insert(HotWord).values(text=text, **values))

"""Tables of the search index, of what is suggested, and of what was asked for."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, LargeBinary, String, false
from sqlalchemy.orm import Mapped, mapped_column

from axf.core.db import UTCDateTime, table_args
from axf.extensions import Model

BUILDING, LIVE = "building", "live"
LONGEST_START = 24


class SearchIndex(Model):
    """One making of the index: the live one answers, the one being built takes its place when it is whole.

    ``recipe`` is the version of the rules that make terms; goods ids up to ``done_to`` are in it. Whoever
    changes goods, or goes on building, locks these rows first.
    """

    __tablename__ = "search_index"
    # AUTOINCREMENT: an index that is given up must never pass its number, and so its rows, on to another one.
    __table_args__ = (
        CheckConstraint("state IN ('building', 'live')", name="state_known"),
        {**table_args()[-1], "sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(8), unique=True)
    recipe: Mapped[int]
    done_to: Mapped[int]
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)


class SearchTerm(Model):
    """A term and how many goods it has: a word, ``~caomei`` a reading, ``^cm`` initials, ``#103532`` a type."""

    __tablename__ = "search_term"
    __table_args__ = table_args()

    index_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    term: Mapped[str] = mapped_column(String(40), primary_key=True)
    goods: Mapped[int]


class SearchPosting(Model):
    """The goods of a term on one level, of 65,536 ids in a row: a compressed bitmap (Roaring, its portable format).

    ``block`` is the upper half of the ids, ``goods`` how many there are. ``level``: 4 the goods is that, 3 its name
    says so, 2 its kind, 1 it is mentioned. Terms ``*1`` to ``*5`` hold the best-selling quarter of the shop, a quarter
    of that, and so on.
    """

    __tablename__ = "search_posting"
    __table_args__ = table_args()

    index_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    term: Mapped[str] = mapped_column(String(40), primary_key=True)
    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    block: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    goods: Mapped[int]
    bits: Mapped[bytes] = mapped_column(LargeBinary(65_535))


class SearchPhrase(Model):
    """What may be suggested, under one of the beginnings that lead to it; made anew by ``flask search index``.

    ``kind``: goods, type or query; ``ref`` the id of goods or type, 0 for a query. ``sort`` is its worth, higher first.
    """

    __tablename__ = "search_phrase"
    __table_args__ = table_args(
        CheckConstraint("kind IN ('goods', 'type', 'query')", name="kind_known"),
        Index(None, "index_id", "start"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    index_id: Mapped[int]
    start: Mapped[str] = mapped_column(String(LONGEST_START))
    sort: Mapped[int]
    kind: Mapped[str] = mapped_column(String(8))
    ref: Mapped[int]
    text: Mapped[str] = mapped_column(String(200))
    text_en: Mapped[str] = mapped_column(String(200))


class SearchCount(Model):
    """How often shoppers asked for a text on a day (Shanghai). Nobody is named."""

    __tablename__ = "search_count"
    __table_args__ = table_args(Index(None, "asked_on"))

    text: Mapped[str] = mapped_column(String(64), primary_key=True)
    asked_on: Mapped[date] = mapped_column(primary_key=True)
    times: Mapped[int]


class HotWord(Model):
    """What people of the shop say of a hot word: shown at a place, or hidden."""

    __tablename__ = "hot_word"
    __table_args__ = table_args()

    text: Mapped[str] = mapped_column(String(64), primary_key=True)
    position: Mapped[int | None]
    is_hidden: Mapped[bool] = mapped_column(default=False, server_default=false())

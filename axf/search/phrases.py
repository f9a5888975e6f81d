"""Suggestions while typing: what is worth suggesting, under each beginning that leads to it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import rjieba
from pypinyin import lazy_pinyin
from sqlalchemy import func, insert, select

from axf.core import clock
from axf.core.db import AnySession, table_of
from axf.market.models import FoodType, Goods
from axf.search.hot import LEAST_HOT
from axf.search.models import LONGEST_START, SearchCount, SearchPhrase
from axf.search.words import level, pieces

# The best sellers are suggested by name; so many that a beginning finds them quickly, whatever the shop has.
MOST_GOODS = 1_000
# What everybody asks for is suggested when it was asked for as often as a hot word, within so many days.
DAYS, MOST_QUERIES = 30, 2_000
# Kinds of goods come before words that many ask for, and those before single goods.
_TYPE_SORT, _QUERY_SORT = 2_000_000_000, 1_000_000_000
_BATCH = 1_000


@dataclass(frozen=True)
class Phrase:
    """Something to suggest: ``ref`` is the id of goods or type, 0 for a query."""

    kind: str
    ref: int
    text: str
    text_en: str
    sort: int


def fill(session: AnySession, index_id: int) -> None:
    """Write all suggestions of an index. Needs a transaction; a repeat would write them twice."""
    rows = []
    for phrase in _phrases(session):
        for start in sorted({*_chinese_starts(phrase.text), *_english_starts(phrase.text_en)}):
            rows.append({"index_id": index_id, "start": start, **vars(phrase)})
    for first in range(0, len(rows), _BATCH):
        session.execute(insert(table_of(SearchPhrase)), rows[first : first + _BATCH])


def _phrases(session: AnySession) -> Iterator[Phrase]:
    for type_id, name, name_en in session.execute(select(FoodType.id, FoodType.name, FoodType.name_en)):
        yield Phrase("type", type_id, name, name_en, _TYPE_SORT)
    asked = (
        select(SearchCount.text, func.sum(SearchCount.times).label("times"))
        .where(SearchCount.asked_on >= clock.today() - timedelta(days=DAYS))
        .group_by(SearchCount.text)
        .having(func.sum(SearchCount.times) >= LEAST_HOT)
        .order_by(func.sum(SearchCount.times).desc(), SearchCount.text)
        .limit(MOST_QUERIES)
    )
    for text, times in session.execute(asked):
        yield Phrase("query", 0, text, text, _QUERY_SORT + min(int(times), 1_000_000))
    best = (
        select(Goods.id, Goods.name, Goods.name_en, Goods.sales)
        .where(Goods.on_sale)
        .order_by(Goods.sales.desc(), Goods.id.desc())
        .limit(MOST_GOODS)
    )
    for goods_id, name, name_en, sales in session.execute(best):
        yield Phrase("goods", goods_id, name, name_en, min(sales, _QUERY_SORT - 1))


def _chinese_starts(text: str) -> Iterator[str]:
    """Yield the rest of a text from each character on, and from each word on how it is read, and its initials."""
    for run in (piece.text for piece in pieces(text) if piece.kind == "han"):
        yield from (run[i:][:LONGEST_START] for i in range(len(run)))
        words = rjieba.cut(run)
        for i in range(len(words)):
            syllables = lazy_pinyin("".join(words[i:]))
            yield "".join(syllables)[:LONGEST_START]
            yield "".join(syllable[0] for syllable in syllables)[:LONGEST_START]


def _english_starts(text: str) -> Iterator[str]:
    words = level(text).split()
    for i in range(len(words)):
        yield " ".join(words[i:])[:LONGEST_START]

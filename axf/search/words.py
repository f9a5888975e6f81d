"""Text as search reads it: the same cutting for names in the index and for what shoppers type. Pure."""

import functools
import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

import snowballstemmer

Kind = Literal["han", "latin", "size"]

MOST_CHARACTERS = 64
# Sorts behind every letter: the end of what begins like something.
LAST = "\uffff"
_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
# Marks before a reading, initials and a food type's id, so that they are never taken for words.
READING, INITIALS, TYPE = "~", "^", "#"
COUNTERS = "个只枚粒颗盒袋瓶包片杯罐支条听卷抽双块根张件份板提套箱桶把节碗朵寸号级度"
# What a written unit is in g or ml, so that 1kg, 1000 g and 2斤 are one size. 斤 is the market's half kilogram.
_MEASURES = {
    **dict.fromkeys(("g", "克"), ("g", 1)),
    **dict.fromkeys(("kg", "千克", "公斤"), ("g", 1000)),
    "斤": ("g", 500),
    **dict.fromkeys(("ml", "毫升"), ("ml", 1)),
    **dict.fromkeys(("l", "升"), ("ml", 1000)),
}
_UNITS = "|".join(sorted(map(re.escape, _MEASURES), key=len, reverse=True))
_PIECES = re.compile(
    rf"(?P<number>\d{{1,7}}(?:\.\d{{1,3}})?)(?:\s?(?P<unit>{_UNITS})(?![a-z])|(?P<counter>[{COUNTERS}]))?"
    rf"|(?P<latin>[a-z]+)|(?P<han>[{_HAN}]+)"
)
_NOT_WRITTEN = re.compile(r"[\u0300-\u036f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff]|[’'](?=s\b)s")
# Words that say nothing about a goods.
_EMPTY = frozenset("a an and at for from in of on or the to with".split())
_stemmer = snowballstemmer.stemmer("english")


@dataclass(frozen=True)
class Piece:
    """One run of a text: Chinese characters, a Latin word in small letters, or a size like ``300g``.

    ``written`` is what stands in the text: 5kg where ``text`` is the same for all who write it, 5000g.
    """

    kind: Kind
    text: str
    written: str


def level(text: str) -> str:
    """Return a text in one way of writing: full-width forms, accents, case and invisible signs are levelled."""
    return _NOT_WRITTEN.sub("", unicodedata.normalize("NFKD", text).casefold())


def pieces(text: str) -> list[Piece]:
    """Return the runs of a text in their order; what is neither letter, number nor Chinese only separates."""
    found = []
    for match in _PIECES.finditer(level(text)):
        if match["han"]:
            found.append(Piece("han", match["han"], match[0]))
        elif match["latin"]:
            if match["latin"] not in _EMPTY:
                found.append(Piece("latin", match["latin"], match[0]))
        else:
            found.append(Piece("size", _size(match["number"], match["unit"], match["counter"]), match[0]))
    return found


@functools.lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """Return the stem of an English word: strawberries and strawberry have the same one."""
    return _stemmer.stemWord(word)


def _size(number: str, unit: str | None, counter: str | None) -> str:
    amount = Decimal(number)
    if unit is not None:
        measure, times = _MEASURES[unit]
        return f"{_short(amount * times)}{measure}"
    return f"{_short(amount)}{counter or ''}"


def _short(amount: Decimal) -> str:
    return f"{amount.normalize():f}"

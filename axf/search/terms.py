"""Which terms a goods is found by, and how much each says about it. For the index only: it loads dictionaries."""

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass

import rjieba
from pypinyin import lazy_pinyin

from axf.search.words import INITIALS, READING, TYPE, Piece, pieces, stem

# What a term says about a goods, from most to least: what it *is* (the head of its name: the jam of strawberry
# jam), what its name says besides, what kind it is, what its description mentions.
HEAD, NAME, KIND, MENTION = 4, 3, 2, 1
LEVELS = (HEAD, NAME, KIND, MENTION)
# Raise it when other terms come out of the same texts: an index made by another recipe must be made anew.
RECIPE = 1
LONGEST_TERM = 40
# Where the head of an English name ends: "Bamboo Shoots in Sesame Oil" are shoots.
_ENGLISH_TAIL = re.compile(r"\b(?:in|with|for|from|without)\b|[,(:–-]\s", re.IGNORECASE)
_BRACKETS = re.compile(r"[（(【\[].*?[）)】\]]")


@dataclass(frozen=True)
class Texts:
    """The texts of a goods that can be searched, and the ids of its food type and child."""

    name: str
    name_en: str
    pack: str
    pack_en: str
    kinds: tuple[str, ...]
    description: str
    description_en: str
    type_ids: tuple[int, ...]


def terms_of(texts: Texts) -> dict[str, int]:
    """Return every term of a goods with its level, the highest where a term comes more than once."""
    found: dict[str, int] = {}

    def add(term: str, level: int) -> None:
        if len(term) <= LONGEST_TERM and found.get(term, 0) < level:
            found[term] = level

    for term, level in (*_chinese_name(texts.name), *_english_name(texts.name_en)):
        add(term, level)
    for pack in (texts.pack, texts.pack_en):
        for piece in pieces(pack):
            if piece.kind == "size":
                add(piece.text, NAME)
    for kind in texts.kinds:
        for term in _terms(kind):
            add(term, KIND)
    for description in (texts.description, texts.description_en):
        for term in _mentioned(description):
            add(term, MENTION)
    for type_id in texts.type_ids:
        add(f"{TYPE}{type_id}", HEAD)
    return found


def _chinese_name(name: str) -> Iterator[tuple[str, int]]:
    """Yield the terms of a name; those that end where its own words end say what it is."""
    parts = pieces(name)
    head = _head_word([part for part in pieces(_BRACKETS.sub(" ", name)) if part.kind == "han"])
    for part in parts:
        for term in _piece_terms(part):
            yield term, NAME
        for character in part.text if part.kind == "han" else ():
            yield character, MENTION
            yield f"{READING}{_reading(character)}", MENTION
    if head:
        yield head[-1], NAME
        for word in _words(head):
            if head.endswith(word):
                for term in _word_terms(word):
                    yield term, HEAD


def _head_word(runs: list[Piece]) -> str:
    """Return the last word of a name, 草莓 of 丹东99草莓; one character at the end takes the word before along."""
    if not runs:
        return ""
    words = rjieba.cut(runs[-1].text)
    if len(words[-1]) == 1 and len(words) > 1:
        return words[-2] + words[-1]
    return words[-1]


def _english_name(name: str) -> Iterator[tuple[str, int]]:
    for part in pieces(name):
        for term in _piece_terms(part):
            yield term, NAME
    head = [part for part in pieces(_ENGLISH_TAIL.split(name, maxsplit=1)[0]) if part.kind == "latin"]
    if head:
        yield stem(head[-1].text), HEAD


def _terms(text: str) -> Iterator[str]:
    for piece in pieces(text):
        yield from _piece_terms(piece)


def _mentioned(text: str) -> Iterator[str]:
    """Yield the words of a description: no readings, no single characters, no sizes."""
    for piece in pieces(text):
        if piece.kind == "han":
            yield from (word for word in _words(piece.text) if len(word) > 1)
        elif piece.kind == "latin":
            yield stem(piece.text)


def _piece_terms(piece: Piece) -> Iterator[str]:
    if piece.kind == "han":
        for word in _words(piece.text):
            yield from _word_terms(word)
    elif piece.kind == "latin":
        yield stem(piece.text)
    else:
        yield piece.text


@functools.lru_cache(maxsize=50_000)
def _words(run: str) -> tuple[str, ...]:
    """Return the words in a run of Chinese characters, also the shorter ones inside of longer ones."""
    return tuple(dict.fromkeys(rjieba.cut_for_search(run)))


@functools.lru_cache(maxsize=50_000)
def _word_terms(word: str) -> tuple[str, ...]:
    """Return a Chinese word, how it is read, and its initials."""
    syllables = lazy_pinyin(word)
    reading = "".join(syllables)
    terms = [word, f"{READING}{reading}"]
    if len(word) > 1:
        terms.append(INITIALS + "".join(syllable[0] for syllable in syllables))
    return tuple(terms)


@functools.lru_cache(maxsize=20_000)
def _reading(character: str) -> str:
    return lazy_pinyin(character)[0]

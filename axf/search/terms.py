"""Which terms a goods is found by, and how much each says about it. For the index only: it loads dictionaries."""

import functools
import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

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
# Two words together that are read and abbreviated as one: 洗衣 液, xyy.
LONGEST_PAIR = 4
_SYNONYMS = Path(__file__).with_name("synonyms.txt")
# Where the head of an English name ends: "Bamboo Shoots in Sesame Oil" are shoots.
_ENGLISH_TAIL = re.compile(r"\b(?:in|with|for|from|without)\b|[,(:–-]\s", re.IGNORECASE)
# How it is packed says nothing of what it is: 百威啤酒听装 is beer.
_PACKING = re.compile(r"(?:家庭|连|[箱听瓶袋桶杯碗盒罐包])?装$|整?箱$")
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
    found = dict.fromkeys(_mentioned(texts.description), MENTION)
    found.update(dict.fromkeys(_mentioned(texts.description_en), MENTION))
    name, name_en = pieces(texts.name), pieces(texts.name_en)
    runs = [piece.text for piece in name if piece.kind == "han"]
    for run in runs:
        found.update(dict.fromkeys(_characters(run), MENTION))
    for kind in texts.kinds:
        found.update(dict.fromkeys(_text_terms(kind), KIND))
    for run in runs:
        found.update(dict.fromkeys(_loose_terms(run), KIND))
    for terms in (_name_terms(name), _name_terms(name_en), _sizes(texts.pack), _sizes(texts.pack_en)):
        found.update(dict.fromkeys(terms, NAME))
    head, head_en = _chinese_head(texts.name, runs), _english_head(texts.name_en, name_en)
    if head:
        found[head[-1]] = NAME
        found.update(dict.fromkeys(_ending_terms(head), HEAD))
    if head_en:
        found[_stem(head_en)] = HEAD
    found.update({f"{TYPE}{type_id}": HEAD for type_id in texts.type_ids})
    return found


def _mentioned(text: str) -> list[str]:
    """Return the words of a description: no readings, no single characters, no sizes."""
    terms = []
    for piece in pieces(text):
        if piece.kind == "han":
            terms += [word for word in _words(piece.text) if 1 < len(word) <= LONGEST_TERM]
        elif piece.kind == "latin":
            terms.append(_stem(piece.text))
    return terms


def _characters(run: str) -> list[str]:
    return [*run, *(READING + _reading(character) for character in run)]


def _loose_terms(run: str) -> list[str]:
    """Return what finds a run of characters where a shopper cuts it otherwise than the dictionary, and its synonyms."""
    terms = [run[i : i + 2] for i in range(len(run) - 1)]
    words = rjieba.cut(run)
    pairs = [first + second for first, second in pairwise(words) if len(first + second) <= LONGEST_PAIR]
    for pair in pairs:
        terms += _word_terms(pair)[1:]  # how it is read, and its initials
    for word in (*_words(run), *pairs):
        for synonym in _synonyms().get(word, ()):
            terms += _word_terms(synonym)
    return terms


def _name_terms(name: list[Piece]) -> list[str]:
    return [term for piece in name for term in _piece_terms(piece)]


@functools.lru_cache(maxsize=20_000)
def _sizes(pack: str) -> tuple[str, ...]:
    return tuple(piece.text for piece in pieces(pack) if piece.kind == "size")


@functools.lru_cache(maxsize=20_000)
def _text_terms(text: str) -> tuple[str, ...]:
    return tuple(_name_terms(pieces(text)))


def _chinese_head(name: str, runs: list[str]) -> str:
    """Return the last word of a name, 草莓 of 丹东99草莓; one character at the end takes the word before along."""
    bare = _BRACKETS.sub(" ", name)
    if bare != name:
        runs = [piece.text for piece in pieces(bare) if piece.kind == "han"]
    if not runs:
        return ""
    words = rjieba.cut(_PACKING.sub("", runs[-1]) or runs[-1])
    return words[-2] + words[-1] if len(words[-1]) == 1 and len(words) > 1 else words[-1]


def _english_head(name: str, found: list[Piece]) -> str:
    """Return the last word before what an English name says besides: shoots of "Bamboo Shoots in Sesame Oil"."""
    bare = _ENGLISH_TAIL.split(name, maxsplit=1)[0]
    words = [piece.text for piece in (found if bare == name else pieces(bare)) if piece.kind == "latin"]
    return words[-1] if words else ""


@functools.lru_cache(maxsize=50_000)
def _ending_terms(head: str) -> tuple[str, ...]:
    """Return the terms of the words that end where the head does: 纯牛奶 is 牛奶 as well."""
    return tuple(term for word in _words(head) if head.endswith(word) for term in _word_terms(word))


def _piece_terms(piece: Piece) -> list[str]:
    if piece.kind == "han":
        return [term for word in _words(piece.text) for term in _word_terms(word)]
    return [_stem(piece.text) if piece.kind == "latin" else piece.text]


def _stem(word: str) -> str:
    return stem(word[:LONGEST_TERM])


@functools.lru_cache(maxsize=50_000)
def _words(run: str) -> tuple[str, ...]:
    """Return the words in a run of Chinese characters, also the shorter ones inside of longer ones."""
    return tuple(dict.fromkeys(rjieba.cut_for_search(run)))


@functools.lru_cache(maxsize=50_000)
def _word_terms(word: str) -> tuple[str, ...]:
    """Return a Chinese word, how it is read, and its initials; those that are too long to be typed are left out."""
    syllables = lazy_pinyin(word)
    terms = [word, READING + "".join(syllables)]
    if len(word) > 1:
        terms.append(INITIALS + "".join(syllable[0] for syllable in syllables))
    return tuple(term for term in terms if len(term) <= LONGEST_TERM)


@functools.cache
def _synonyms() -> dict[str, tuple[str, ...]]:
    """Return for each word those that mean nearly the same; a line of the file is one meaning."""
    lines = (line.split() for line in _SYNONYMS.read_text(encoding="utf-8").splitlines())
    return {word: tuple(other for other in words if other != word) for words in lines for word in words}


@functools.lru_cache(maxsize=20_000)
def _reading(character: str) -> str:
    return lazy_pinyin(character)[0]

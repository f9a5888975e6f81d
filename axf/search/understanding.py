"""What a shopper's words can mean: which terms to look up, and the best way to read them as terms. Pure.

Words are cut by what the shop sells, not by a dictionary: of all ways to cut 草莓蛋糕 the one with
the fewest known terms wins.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from operator import itemgetter

from axf.search.readings import reading, readings_in
from axf.search.words import COUNTERS, INITIALS, MOST_CHARACTERS, READING, Piece, pieces, stem

LONG_WORD, LONGEST_WORD, LONGEST_SLIP, LONGEST_LATIN = 3, 8, 6, 32
SHORTEST_PREFIX, MOST_PIECES = 3, 12
# What a way of reading costs; the cheapest way to read a run wins.
_WORD, _CHARACTER, _SLIP, _UNKNOWN = 1.0, 1.5, 2.6, 10.0
_READING, _INITIALS, _BEGINNING = 1.2, 2.0, 3.0


@dataclass(frozen=True)
class Wish:
    """A word as it was typed, and the ways to fulfil it, each some terms that a goods must all have.

    A word that the shop does not know has none.
    """

    text: str
    ways: tuple[tuple[str, ...], ...] = ()

    @property
    def terms(self) -> set[str]:
        """All terms that are needed to tell who fulfils it."""
        return {term for way in self.ways for term in way}


@dataclass(frozen=True)
class Question:
    """What to ask the index before a text can be understood: exact terms, and beginnings of terms."""

    pieces: tuple[Piece, ...]
    terms: frozenset[str]
    beginnings: frozenset[str]


def question(text: str) -> Question:
    """Return what must be known to understand a text; of a very long one only its beginning counts."""
    parts = tuple(pieces(text[:MOST_CHARACTERS])[:MOST_PIECES])
    terms: set[str] = set()
    beginnings: set[str] = set()
    for part in parts:
        if part.kind == "han":
            terms.update(term for _, _, term, _ in _chinese_ways(part.text))
        elif part.kind == "latin":
            terms.update((stem(part.text), *(term for _, _, term, _ in _latin_ways(part.text))))
            if len(part.text) >= SHORTEST_PREFIX:
                beginnings.update((part.text, READING + part.text))
        else:
            terms.update(_sizes(part.text))
    return Question(parts, frozenset(terms), frozenset(beginnings))


def understand(asked: Question, known: Mapping[str, int]) -> list[Wish]:
    """Return the words of a question, read by the terms that are known (with how many goods each has)."""
    wishes: list[Wish] = []
    for part in asked.pieces:
        if part.kind == "han":
            found = _cheapest(part.text, _chinese_ways(part.text), known)[1]
            wishes.extend(_with_pairs(wish, known) for wish in found)
        elif part.kind == "latin":
            wishes.extend(_latin(part.text, known))
        else:
            wishes.append(Wish(part.written, tuple((term,) for term in _sizes(part.text) if term in known)))
    return list(dict.fromkeys(wishes))


# A way: from where to where, which term it would be, what it costs.
_Way = tuple[int, int, str, float]


def _chinese_ways(run: str) -> Iterator[_Way]:
    """Yield the words and characters of a run, and how its parts are read: 草每 sounds like 草莓."""
    for start in range(len(run)):
        for end in range(start + 1, min(len(run), start + LONGEST_WORD) + 1):
            yield start, end, run[start:end], _WORD if end - start > 1 else _CHARACTER
            if 2 <= end - start <= LONGEST_SLIP:
                read = reading(run[start:end])
                if read:
                    yield start, end, READING + read, _SLIP


def _with_pairs(wish: Wish, known: Mapping[str, int]) -> Wish:
    """Let goods fulfil a longer word by its pairs of characters too: the dictionary may have cut it in their names."""
    pairs = tuple(wish.text[i : i + 2] for i in range(len(wish.text) - 1))
    if len(wish.text) < LONG_WORD or wish.ways != ((wish.text,),) or any(pair not in known for pair in pairs):
        return wish
    return Wish(wish.text, (*wish.ways, pairs))


def _latin(word: str, known: Mapping[str, int]) -> list[Wish]:
    """Return the best reading of Latin letters: an English word, pinyin, initials or the beginning of one."""
    whole = tuple((term,) for term in dict.fromkeys((stem(word), word, READING + word)) if term in known)
    if whole:
        return [Wish(word, whole)]
    cost, wishes = _cheapest(word, _latin_ways(word), known)
    begun = tuple((term,) for term in sorted(known) if term.startswith((word, READING + word)))
    if begun and len(word) >= SHORTEST_PREFIX and cost > _BEGINNING:
        return [Wish(word, begun)]
    return list(wishes) if cost < _UNKNOWN else [Wish(word)]


def _latin_ways(word: str) -> Iterator[_Way]:
    if len(word) > LONGEST_LATIN:
        return
    for start, end in sorted(readings_in(word)):
        yield start, end, READING + word[start:end], _READING
    for start in range(len(word)):
        for end in range(start + 2, min(len(word), start + LONGEST_WORD) + 1):
            yield start, end, INITIALS + word[start:end], _INITIALS


def _cheapest(run: str, ways: Iterator[_Way], known: Mapping[str, int]) -> tuple[float, tuple[Wish, ...]]:
    """Return the cheapest way to read a whole run, and what it costs."""
    ending: dict[int, list[_Way]] = {}
    for way in ways:
        if way[2] in known:
            ending.setdefault(way[1], []).append(way)
    best: list[tuple[float, tuple[Wish, ...]]] = [(0.0, ())]
    for end in range(1, len(run) + 1):
        cost, before = best[end - 1]
        choices = [(cost + _UNKNOWN, _with_unknown(before, run[end - 1]))]
        for start, _, term, price in ending.get(end, ()):
            cost, before = best[start]
            choices.append((cost + price, (*before, Wish(run[start:end], ((term,),)))))
        best.append(min(choices, key=itemgetter(0)))
    return best[-1]


def _with_unknown(before: tuple[Wish, ...], character: str) -> tuple[Wish, ...]:
    if before and not before[-1].ways:
        return (*before[:-1], Wish(before[-1].text + character))
    return (*before, Wish(character))


def _sizes(size: str) -> list[str]:
    """Return the terms for a size; a bare number finds it before any unit, 24 finds 24瓶 and 24听, 500 also 500ml."""
    is_bare = size.replace(".", "").isdigit()
    return [size, *(size + unit for unit in (*COUNTERS, "g", "ml"))] if is_bare else [size]

"""How Chinese is read, for what shoppers type: from a small file, without the dictionaries of the index."""

import functools
from pathlib import Path

# Made by tools/readings_table.py from pypinyin: a line for each syllable and the characters read so.
_FILE = Path(__file__).with_name("readings.txt")
_LONGEST_SYLLABLE = 6


def reading(text: str) -> str | None:
    """Return how Chinese characters are read, ``caomei`` for 草莓; None when one of them is not in the table."""
    syllables = [_table()[0].get(character) for character in text]
    return None if None in syllables else "".join(map(str, syllables))


def readings_in(letters: str) -> set[tuple[int, int]]:
    """Return where whole syllables begin and end: (2, 7) when letters[2:7] can be read as one or more of them."""
    _, syllables = _table()
    steps = {
        start: [end for end in range(start + 1, start + 1 + _LONGEST_SYLLABLE) if letters[start:end] in syllables]
        for start in range(len(letters))
    }
    found = set()
    for start in range(len(letters)):
        reached, waiting = set(), [start]
        while waiting:
            for end in steps.get(waiting.pop(), ()):
                if end not in reached:
                    reached.add(end)
                    waiting.append(end)
        found |= {(start, end) for end in reached}
    return found


@functools.cache
def _table() -> tuple[dict[str, str], frozenset[str]]:
    of_character, syllables = {}, set()
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        syllable, characters = line.split()
        syllables.add(syllable)
        of_character.update(dict.fromkeys(characters, syllable))
    return of_character, frozenset(syllables)

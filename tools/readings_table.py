"""Write axf/search/readings.txt anew: how each common Chinese character is read, from pypinyin.

The shop reads this small file when a shopper types; pypinyin itself (65 MB in memory) is loaded
only where the index is made.
"""

import sys
from pathlib import Path

from pypinyin import lazy_pinyin

FILE = Path(__file__).resolve().parent.parent / "axf" / "search" / "readings.txt"
# The two-byte rows of GB 2312 that hold characters: 6,763 of them.
ROWS, CELLS = range(0xB0, 0xF8), range(0xA1, 0xFF)


def table() -> str:
    """Return the file's text: a line for each syllable, followed by the characters that are read so."""
    of_syllable: dict[str, list[str]] = {}
    for row in ROWS:
        for cell in CELLS:
            character = bytes((row, cell)).decode("gb2312", errors="ignore")
            if character:
                of_syllable.setdefault(lazy_pinyin(character)[0], []).append(character)
    return "".join(f"{syllable} {''.join(sorted(of_syllable[syllable]))}\n" for syllable in sorted(of_syllable))


if __name__ == "__main__":
    FILE.write_text(table(), encoding="utf-8")
    sys.stdout.write(f"{FILE.name} is written.\n")

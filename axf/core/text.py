"""Text that people type, made fit to be stored and shown."""

import unicodedata


def plain(text: str | None) -> str:
    """Return the text without control and invisible formatting characters, spaces folded, ends cut.

    Direction marks and zero-width characters can make a text show something other than it says; line breaks
    and tabs become spaces.
    """
    spaced = "".join(" " if each in "\t\r\n" else each for each in text or "")
    seen = "".join(each for each in spaced if unicodedata.category(each) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    return " ".join(seen.split())

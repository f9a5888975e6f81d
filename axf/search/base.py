"""What a search engine for the shop does, whichever it is. Our own is in ``engine.py``."""

from dataclasses import dataclass, field
from typing import Protocol

from axf.search.understanding import Wish

# So many of the best hits are ranked, filtered and sorted; of more only the best-selling ones are shown.
MOST_RANKED = 300


@dataclass(frozen=True)
class Found:
    """The hits of a text.

    ``wishes`` are its words as they were understood. ``levels`` are goods ids, at most MOST_RANKED, from those that
    are what was asked for down to those that only mention it. ``total`` counts all hits; ``alone`` has how many goods
    each word has by itself. Without hits ``near`` has some goods of the words that are known.
    """

    wishes: tuple[Wish, ...]
    levels: tuple[tuple[int, ...], ...] = ()
    total: int = 0
    alone: tuple[int, ...] = ()
    near: tuple[int, ...] = field(default=())

    @property
    def is_cut(self) -> bool:
        """Tell whether there are more hits than were ranked."""
        return self.total > sum(map(len, self.levels))


class Engine(Protocol):
    """Finds goods on sale by what a shopper typed."""

    def find(self, text: str, type_id: int | None = None) -> Found:
        """Return the goods that have every word of the text, in a food type or child when it is given.

        Any text is answered. Raises SearchNotReady when the shop has no index.
        """

"""All uploads at once: copied from one store to another, and those that no row names removed."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from axf.aftersale.models import AfterSalePhoto
from axf.extensions import db
from axf.review.models import ReviewPhoto
from axf.storage.store import PICTURE, Store
from axf.user.models import User


class Differs(Exception):
    """A picture is in both stores with different content, or was not kept as it was written; it is named."""


class NothingNamed(Exception):
    """No row names any picture although there are so many: this looks like the wrong database."""


@dataclass(frozen=True)
class Copied:
    """How many pictures were written, and how many were there already."""

    written: int
    there: int


def copy(source: Store, target: Store) -> Copied:
    """Copy every picture that ``target`` lacks, and compare each with its copy. Nothing is removed or replaced.

    A repeat goes on where the last run ended. Raises Differs, StoreAway, OSError.
    """
    there = set(target.paths())
    written = seen = 0
    for path, content in _pictures(source):
        if path not in there:
            target.put(path, content)
            written += 1
        else:
            seen += 1
        if target.get(path) != content:
            raise Differs(path)
    return Copied(written, seen)


def found_in(store: Store) -> list[str]:
    """Return the paths of all pictures that the shop itself has made there. Raises StoreAway."""
    return [path for path in store.paths() if PICTURE.fullmatch(path)]


def sweep(store: Store, paths: list[str], *, even_all: bool = False) -> int:
    """Remove those of ``paths`` that no row names, and return their number. A repeat removes nothing.

    Between ``found_in`` and this every upload that was under way must have ended: its row comes after its picture.
    Raises StoreAway, and NothingNamed where that would be all of them, unless ``even_all``.
    """
    named = _named()
    if paths and not named and not even_all:
        raise NothingNamed(len(paths))
    left = [path for path in paths if path.rpartition("-")[0] not in named]
    for path in left:
        store.drop(path)
    return len(left)


def _pictures(source: Store) -> Iterator[tuple[str, bytes]]:
    for path in source.paths():
        try:
            yield path, source.get(path)
        except FileNotFoundError:  # a shopper took it away meanwhile
            continue


def _named() -> set[str]:
    """Return the names of the pictures that the rows have now."""
    db.session.rollback()  # a snapshot may be older than the list of pictures
    avatars = select(User.avatar).where(User.avatar.is_not(None))
    return {
        name
        for query in (avatars, select(ReviewPhoto.name), select(AfterSalePhoto.name))
        for name in db.session.scalars(query)
        if name
    }

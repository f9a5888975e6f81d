"""Avatars: an upload becomes two stored squares; the one before is removed."""

from typing import IO

from axf.storage import images
from axf.storage.store import Store, remove, save
from axf.user import accounts

SIZES = (64, 256)


def store(upload: IO[bytes], kept: Store) -> str:
    """Store an upload as 64 and 256 pixel squares and return its name. Raises BadPicture, StoreAway."""
    return save(kept, "avatar", images.squares(upload, SIZES))


def discard(name: str | None, kept: Store) -> None:
    """Remove a stored avatar; None and a repeat do nothing."""
    if name:
        remove(kept, [name], SIZES)


def replace(user_id: int, upload: IO[bytes], kept: Store) -> None:
    """Give the user another avatar: stored first, then committed, then the old files go.

    Raises BadPicture and StoreAway; then the old avatar stays. When the commit fails the new files go.
    """
    name = store(upload, kept)
    try:
        before = accounts.change_avatar(user_id, name)
    except BaseException:
        discard(name, kept)
        raise
    discard(before, kept)

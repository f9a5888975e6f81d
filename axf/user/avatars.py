"""Avatars: an upload becomes two stored squares; the one before is removed."""

from pathlib import Path
from typing import IO

from axf.storage import images, local
from axf.user import accounts

SIZES = (64, 256)


def store(upload: IO[bytes], media_dir: str) -> str:
    """Store an upload as 64 and 256 pixel squares and return its name. Raises BadPicture."""
    return local.save(Path(media_dir), "avatar", images.squares(upload, SIZES))


def discard(name: str | None, media_dir: str) -> None:
    """Remove a stored avatar; None and a repeat do nothing."""
    if name:
        local.remove(Path(media_dir), name, SIZES)


def replace(user_id: int, upload: IO[bytes], media_dir: str) -> None:
    """Give the user another avatar: stored first, then committed, then the old files go.

    Raises BadPicture; then the old avatar stays. When the commit fails the new files go.
    """
    name = store(upload, media_dir)
    try:
        before = accounts.change_avatar(user_id, name)
    except BaseException:
        discard(name, media_dir)
        raise
    discard(before, media_dir)

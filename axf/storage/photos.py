"""The photos of a form: all made safe before anything is written, then kept together or not at all."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO

from axf.core.errors import ShopError
from axf.storage import images
from axf.storage.store import Store, remove, save

# Longer sides in pixels: the one in a row of photos, the one that is looked at.
SMALL, LARGE = SIZES = (240, 1200)
MOST = 6
LARGEST = 8 * 1024 * 1024
# All of them, and the other fields of their form.
UPLOAD_LIMIT = MOST * LARGEST + 1024 * 1024


class TooManyPhotos(ShopError):
    """More photos than a form takes; ``most`` says how many it does."""

    code = "too-many-photos"
    status = 400


@contextmanager
def kept(store: Store, kind: str, uploads: Sequence[IO[bytes]]) -> Iterator[list[str]]:
    """Keep the photos in two sizes for what is committed within, and give their names.

    They are in the store before the block begins; when it raises, they are removed: no committed row lacks its file.
    ``kind`` is the folder, in small letters. Raises TooManyPhotos, and BadPicture with its ``number`` from 1;
    nothing has been written then. StoreAway leaves nothing that a row names.
    """
    if len(uploads) > MOST:
        raise TooManyPhotos(most=MOST)
    pictures = [_fitted(upload, number) for number, upload in enumerate(uploads, 1)]
    names: list[str] = []
    try:
        for each in pictures:
            names.append(save(store, kind, each))
        yield names
    except BaseException:
        discard(store, names)
        raise


def discard(store: Store, names: Sequence[str]) -> None:
    """Remove kept photos; what is not there is no error."""
    remove(store, names, SIZES)


def _fitted(upload: IO[bytes], number: int) -> images.Pictures:
    try:
        return images.fitted(upload, SIZES)
    except images.BadPicture as error:
        raise images.BadPicture(**error.details, number=number) from error

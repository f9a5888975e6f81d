"""Where uploads are kept: a folder or an S3-compatible store, with the same names in both."""

import logging
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, Protocol

from flask import Flask, current_app
from PIL import Image

from axf.core.errors import ShopError
from axf.storage.local import Folder

log = logging.getLogger(__name__)
# As made by save: a folder of two characters, then the rest of a random name.
NAME = re.compile(r"[a-z]+/[0-9a-f]{2}/[0-9a-f]{30}")
# What an answer of a store says in its first line, and S3's word for what is wrong.
_SAID = re.compile(r"status code: ([0-9]{3})(?:.*?<Code>([A-Za-z]{1,50})</Code>)?", re.DOTALL)
# A picture in one of its sizes.
PICTURE = re.compile(r"([a-z]+/[0-9a-f]{2}/[0-9a-f]{30})-[0-9]{1,5}\.webp")


class StoreAway(ShopError):
    """The store of uploads does not answer or refuses; nothing was kept, trying again soon is safe."""

    code = "uploads-away"
    status = 503


class Store(Protocol):
    """Keeps pictures by their path, ``kind/ab/…-size.webp``. Every method raises OSError or StoreAway."""

    def put(self, path: str, content: bytes) -> None:
        """Keep a picture; it is there whole afterwards, or not at all."""

    def get(self, path: str) -> bytes:
        """Return a picture. Raises FileNotFoundError."""

    def drop(self, path: str) -> None:
        """Remove a picture; what is not there is no error."""

    def paths(self, below: str = "") -> Iterator[str]:
        """Yield the paths of all pictures, or of those in the folder ``below``, in order."""


def init_app(app: Flask) -> None:
    """Have the store of the configuration at hand; nothing is asked of it yet."""
    app.extensions["uploads"] = of(app.config)


def of(config: Mapping[str, Any]) -> Store:
    """Return the store that the configuration names: MEDIA_URL, or the folder MEDIA_DIR where that is empty."""
    if not config["MEDIA_URL"]:
        return Folder(Path(config["MEDIA_DIR"]))
    from axf.storage.s3 import Bucket  # noqa: PLC0415 - 16 MB that a shop with a folder does without

    return Bucket(
        config["MEDIA_URL"],
        endpoint=config["S3_ENDPOINT"],
        region=config["S3_REGION"],
        key_id=config["S3_KEY_ID"],
        secret=config["S3_SECRET"],
    )


def uploads() -> Store:
    """Return the shop's store of uploads."""
    return current_app.extensions["uploads"]


def why_away(away: StoreAway) -> str:
    """Return what the store answered, for the operator: the status and S3's code, for the rest of it may name keys."""
    said = _SAID.search(str(away.__cause__))
    words = "does not answer" if said is None else f"answers {' '.join(filter(None, said.groups()))}"
    return f"The store of the uploads (AXF_MEDIA_URL) {words}: look at AXF_S3_ENDPOINT, the key and the bucket"


def save(store: Store, kind: str, pictures: dict[int, Image.Image]) -> str:
    """Keep the pictures (by size) as WebP and return their common name.

    The name is ``kind/ab/…`` with 128 random bits; a picture's path is ``name-size.webp``. All or none
    are there afterwards. Raises OSError when the disk does not take them, StoreAway.
    """
    token = secrets.token_hex(16)
    name = f"{kind}/{token[:2]}/{token[2:]}"
    try:
        for size, picture in pictures.items():
            store.put(_path(name, size), _webp(picture))
    except (OSError, StoreAway):
        remove(store, [name], tuple(pictures))
        raise
    return name


def remove(store: Store, names: Sequence[str], sizes: tuple[int, ...]) -> None:
    """Remove the pictures of these names; what is not there is no error.

    While the store is away they stay, named by no row: ``flask media sweep`` takes them later.
    """
    try:
        for name in filter(NAME.fullmatch, names):
            for size in sizes:
                store.drop(_path(name, size))
    except StoreAway:
        log.warning("the store of uploads is away: pictures are left for flask media sweep")


def _path(name: str, size: int) -> str:
    return f"{name}-{size}.webp"


def _webp(picture: Image.Image) -> bytes:
    out = BytesIO()
    picture.save(out, "WEBP", quality=82, method=4)
    return out.getvalue()

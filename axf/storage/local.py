"""Pictures on the local disk: random names, written aside and moved into place."""

import os
import re
import secrets
from io import BytesIO
from pathlib import Path

from PIL import Image

# As made by save: a folder of two characters, then the rest of a random name.
NAME = re.compile(r"[a-z]+/[0-9a-f]{2}/[0-9a-f]{30}")


def save(root: Path, kind: str, pictures: dict[int, Image.Image]) -> str:
    """Store the pictures (by size) as WebP below ``root`` and return their common name.

    The name is ``kind/ab/…`` with 128 random bits; a file is ``name-size.webp``. All or none
    are there afterwards. Raises OSError when the disk does not take them.
    """
    token = secrets.token_hex(16)
    name = f"{kind}/{token[:2]}/{token[2:]}"
    try:
        for size, picture in pictures.items():
            _write(_file(root, name, size), _webp(picture))
    except OSError:
        remove(root, name, tuple(pictures))
        raise
    return name


def remove(root: Path, name: str, sizes: tuple[int, ...]) -> None:
    """Remove the pictures of a name; what is not there is no error."""
    if NAME.fullmatch(name):
        for size in sizes:
            _file(root, name, size).unlink(missing_ok=True)


def _file(root: Path, name: str, size: int) -> Path:
    return root / f"{name}-{size}.webp"


def _webp(picture: Image.Image) -> bytes:
    out = BytesIO()
    picture.save(out, "WEBP", quality=82, method=4)
    return out.getvalue()


def _write(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    aside = file.with_suffix(".part")
    try:
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        with os.fdopen(descriptor, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        aside.replace(file)
    finally:
        aside.unlink(missing_ok=True)

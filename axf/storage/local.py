"""Pictures on the local disk: written aside and moved into place."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Folder:
    """The store that is a folder of this host, or one that several hosts share."""

    root: Path

    def put(self, path: str, content: bytes) -> None:
        """Keep a picture: on the disk before it has its name. Raises OSError when the disk does not take it."""
        file = self.root / path
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

    def get(self, path: str) -> bytes:
        """Return a picture. Raises FileNotFoundError."""
        return (self.root / path).read_bytes()

    def drop(self, path: str) -> None:
        """Remove a picture; what is not there is no error."""
        (self.root / path).unlink(missing_ok=True)

    def paths(self, below: str = "") -> Iterator[str]:
        """Yield the paths of all pictures, or of those in the folder ``below``, in order."""
        for file in sorted((self.root / below).rglob("*.webp")):
            yield file.relative_to(self.root).as_posix()

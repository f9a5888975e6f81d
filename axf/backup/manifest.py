"""What a backup holds: its manifest, written last, and the sums that prove the files."""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

NAME = "manifest.json"
FORMAT = 1
CHUNK = 1024 * 1024


class BackupError(Exception):
    """A backup cannot be made, trusted or brought back; the message is one sentence."""


@dataclass(frozen=True)
class Kept:
    """A file of a backup: how many bytes, and their SHA-256."""

    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """``kind`` is sqlite or mariadb, ``revision`` the schema's, ``created_at`` an ISO instant, ``files`` by path."""

    kind: str
    revision: str
    created_at: str
    files: dict[str, Kept]


def write(folder: Path, manifest: Manifest) -> None:
    """Write the manifest into the folder of a backup."""
    text = json.dumps({"format": FORMAT, **asdict(manifest)}, indent=1, sort_keys=True)
    (folder / NAME).write_text(text + "\n", encoding="utf-8")


def read(folder: Path) -> Manifest:
    """Return the manifest of a backup. Raises BackupError where there is none that can be read."""
    try:
        known = json.loads((folder / NAME).read_text(encoding="utf-8"))
        if known.pop("format") != FORMAT:
            raise BackupError(f"{folder} was made by another release of the shop: its format is not {FORMAT}")
        known["files"] = {_inside(path): Kept(**kept) for path, kept in known["files"].items()}
        return Manifest(**known)
    except FileNotFoundError:
        raise BackupError(f"{folder} is no backup: it has no {NAME}") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BackupError(f"{folder / NAME} cannot be read: {error}") from None


def check(folder: Path, manifest: Manifest) -> None:
    """Compare every file with its size and sum. Raises BackupError, naming the first that differs or is missing."""
    for path, kept in manifest.files.items():
        try:
            found = sum_of(folder / path)
        except OSError as error:
            raise BackupError(f"{folder / path} cannot be read: {error.strerror}") from None
        if found != kept:
            raise BackupError(f"{folder / path} is not what was written: its size or SHA-256 differs")


def sum_of(file: Path) -> Kept:
    """Return the size and the SHA-256 of a file."""
    digest, size = hashlib.sha256(), 0
    with file.open("rb") as source:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return Kept(size, digest.hexdigest())


def _inside(path: str) -> str:
    parts = Path(path)
    if parts.is_absolute() or ".." in parts.parts:
        raise ValueError(f"{path!r} lies outside")
    return path

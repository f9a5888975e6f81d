"""Copy the shop's static files to where nginx serves them, and compress each once.

    python deploy/collect.py /var/lib/axf/static

Run it before the workers are replaced. Every file is written aside and moved into place, so that nginx never
sends half of one; files that the shop no longer has are removed. A repeat writes nothing anew.
Where Debian's ``brotli`` is installed, texts are compressed with it too.
"""

import gzip
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent / "axf" / "static"
# Pictures are compressed already.
TEXTS = {".css", ".js", ".json", ".md", ".svg", ".txt"}
BROTLI = shutil.which("brotli")


class Foreign(Exception):
    """The target holds what is not ours; the message is one sentence."""


def collect(source: Path, target: Path, brotli: str | None = BROTLI) -> int:
    """Make ``target`` what ``source`` is, with a ``.gz`` beside every text; return how many files were written.

    ``brotli`` is the program that makes a ``.br`` of it as well. Raises CalledProcessError when that fails, and
    Foreign before anything is written.
    """
    found = contents(source)
    refuse_foreign(source, target, found)
    wanted: dict[Path, bytes] = {}
    for path, content in found.items():
        wanted[target / path] = content
        if path.suffix in TEXTS:
            # mtime=0: the same bytes from the same content.
            wanted[target / path.with_name(f"{path.name}.gz")] = gzip.compress(content, 9, mtime=0)
            if brotli:
                made = subprocess.run(
                    [brotli, "--best", "--stdout", "-"], input=content, capture_output=True, check=True
                )
                wanted[target / path.with_name(f"{path.name}.br")] = made.stdout
    written = sum(put(place, content) for place, content in wanted.items())
    for file in list(target.rglob("*")):
        if file.is_file() and file not in wanted:
            file.unlink()
    return written


def refuse_foreign(source: Path, target: Path, paths: Iterable[Path]) -> None:
    """Raises Foreign where other files would be removed: in a folder that is neither empty nor made by us."""
    if not target.is_dir() or not any(target.iterdir()):
        return
    if target.samefile(source) or not any((target / path).exists() for path in paths):
        raise Foreign(f"{target} holds other files, which would go: name the static files' own folder or an empty one")


def contents(source: Path) -> dict[Path, bytes]:
    """Return every file, and for each ``name.list`` the ``name.css`` that it makes of others, as axf/assets.py does."""
    found = {file.relative_to(source): file.read_bytes() for file in sorted(source.rglob("*")) if file.is_file()}
    for path in [each for each in found if each.suffix == ".list"]:
        parts = found.pop(path).decode().split()
        found[path.with_suffix(".css")] = b"\n".join(found[path.with_name(f"{part}.css")] for part in parts)
    return found


def put(place: Path, content: bytes) -> bool:
    """Write a file that is not there yet, or is another; tell whether it was."""
    if place.is_file() and place.read_bytes() == content:
        return False
    place.parent.mkdir(parents=True, exist_ok=True)
    aside = place.with_name(f".{place.name}.part")
    aside.write_bytes(content)
    aside.chmod(0o644)
    aside.replace(place)
    return True


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python deploy/collect.py FOLDER")
    try:
        print(f"{collect(SOURCE, Path(sys.argv[1]))} files written to {sys.argv[1]}")
    except (Foreign, OSError) as wrong:
        sys.exit(f"AXF: {wrong}.")

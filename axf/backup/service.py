"""Make, prove and bring back backups; they know a database's address and a store of uploads, not the application."""

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import URL, Engine, create_engine, inspect, make_url, text
from sqlalchemy.exc import DBAPIError, OperationalError

from axf.backup import dumping, manifest
from axf.backup.manifest import BackupError, Manifest
from axf.core import clock
from axf.core.db import engine_options, prepare_engine
from axf.storage.store import Store

PREFIX, UNFINISHED, MEDIA = "axf-", ".unfinished-", "media"
STALE_SECONDS = 24 * 3600
Tell = Callable[[str], None]
# "Access denied" to a database, and for a statement.
_NOT_ALLOWED = {1044, 1227}
_MAY_NOT_MAKE = (
    "The user {} may not make a database to try the backup in: GRANT ALL ON `axf\\_verify\\_%`.* to it,"
    " or name another server and user by --server"
)


def create(engine: Engine, uploads: Store, into: Path, keep: int, tell: Tell, *, has_position: bool) -> Path:
    """Make a backup below ``into`` and return its folder; then the oldest go, so that ``keep`` are left.

    The database comes first, the uploads after it: no row lacks its picture. It gets its name only when it is whole
    and on the disk. Uploads in an S3-compatible store are copied as well. Raises BackupError, StoreAway.
    """
    with _sentences(into):
        into.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=into))
        try:
            now = clock.now()
            _fill(draft, engine, uploads, tell, has_position)
            _seal(draft, engine, now.isoformat())
            target = into / f"{PREFIX}{now:%Y%m%dT%H%M%S%fZ}"
            draft.rename(target)
            _sync(into)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
        _tidy(into, keep, tell)
    return target


def restore(folder: Path, engine: Engine, uploads: Store, known: list[str], tell: Tell) -> Manifest:
    """Bring a backup's uploads beside those that are there, then its rows into the empty database.

    ``known`` are the schema revisions of this release. Raises BackupError before anything is written when the
    backup is damaged, of another kind of database or of a later release, or when the database is not empty.
    StoreAway leaves the database empty, so that the same can be tried again.
    """
    found = proved(folder, known, tell)
    with _sentences(folder):
        if found.kind != dumping.kind_of(engine.url):
            raise BackupError(f"The backup is of {found.kind}, the shop is set to {dumping.kind_of(engine.url)}")
        if inspect(engine).get_table_names():
            raise BackupError("The database is not empty: make a new one and set AXF_DATABASE_URL to it")
        _bring_uploads(folder, found, uploads, tell)
        tell("The database is filled …")
        engine.dispose()  # an open connection would keep SQLite's file locked
        dumping.load(folder / dumping.FILES[found.kind], engine.url)
    return found


def proved(folder: Path, known: list[str], tell: Tell) -> Manifest:
    """Return the manifest of a backup whose every sum is right. Raises BackupError, also for a later release's."""
    found = manifest.read(folder)
    if found.revision not in known:
        raise BackupError(
            f"The backup is of schema {found.revision}, which this release does not know: use a newer one"
        )
    if dumping.FILES.get(found.kind) not in found.files:
        raise BackupError(f"{folder} holds no database")
    tell(f"The sums of {len(found.files)} files are checked …")
    manifest.check(folder, found)
    return found


@contextmanager
def scratch(folder: Path, found: Manifest, engine: Engine, server: URL | None) -> Iterator[Engine]:
    """Yield an engine for a database of its own, filled from the backup; it is gone afterwards.

    SQLite: a file. MariaDB: a new database on the shop's server, or on ``server`` (an address without a database's
    name). Raises BackupError.
    """
    with tempfile.TemporaryDirectory(prefix="axf-verify-") as aside, _sentences(folder):
        if found.kind == dumping.SQLITE:
            with _filled(make_url(f"sqlite:///{aside}/scratch.sqlite"), folder, found) as filled:
                yield filled
            return
        name = f"axf_verify_{os.getpid()}_{time.time_ns()}"
        base = server or engine.url
        with _own_database(base.set(database=None), name), _filled(base.set(database=name), folder, found) as filled:
            yield filled


def _fill(draft: Path, engine: Engine, uploads: Store, tell: Tell, has_position: bool) -> None:
    _revision_of(engine)
    tell("The database is written …")
    dumping.dump(engine.url, draft / dumping.FILES[dumping.kind_of(engine.url)], has_position=has_position)
    tell("The uploads are copied …")
    for path in uploads.paths():
        target = draft / MEDIA / path
        target.parent.mkdir(parents=True, exist_ok=True)
        # A shopper may take a picture away meanwhile.
        with suppress(FileNotFoundError):
            target.write_bytes(uploads.get(path))


def _seal(draft: Path, engine: Engine, now: str) -> None:
    """Have every file on the disk, then write the manifest."""
    files = {}
    for file in sorted(each for each in draft.rglob("*") if each.is_file()):
        _sync(file)
        files[file.relative_to(draft).as_posix()] = manifest.sum_of(file)
    manifest.write(draft, Manifest(dumping.kind_of(engine.url), _revision_of(engine), now, files))
    _sync(draft / manifest.NAME)
    _sync(draft)


def _revision_of(engine: Engine) -> str:
    """Return the schema's revision. Raises BackupError where the database is not migrated."""
    with engine.connect() as connection:
        if "alembic_version" not in inspect(connection).get_table_names():
            raise BackupError("The database is not migrated: there is nothing to back up")
        return str(connection.scalar(text("SELECT version_num FROM alembic_version")))


def _tidy(into: Path, keep: int, tell: Tell) -> None:
    """Remove whole backups beyond the newest ``keep``, and what broken runs left a day ago."""
    whole = sorted(each for each in into.glob(f"{PREFIX}*") if (each / manifest.NAME).is_file())
    for old in whole[:-keep]:
        # Its manifest goes first: half of it would not look whole.
        (old / manifest.NAME).unlink()
        shutil.rmtree(old)
        tell(f"{old.name} is removed: {keep} are kept.")
    for left in into.glob(f"{UNFINISHED}*"):
        if time.time() - left.stat().st_mtime > STALE_SECONDS:
            shutil.rmtree(left, ignore_errors=True)


def _bring_uploads(folder: Path, found: Manifest, uploads: Store, tell: Tell) -> None:
    pictures = [path.removeprefix(f"{MEDIA}/") for path in found.files if path.startswith(f"{MEDIA}/")]
    there = set(uploads.paths()) if pictures else set()
    for path in pictures:
        if path not in there:  # a picture never changes
            uploads.put(path, (folder / MEDIA / path).read_bytes())
    tell(f"{len(pictures)} pictures are in place.")


@contextmanager
def _filled(url: URL, folder: Path, found: Manifest) -> Iterator[Engine]:
    dumping.load(folder / dumping.FILES[found.kind], url)
    engine = create_engine(url, **engine_options(str(url), read_seconds=3600))
    prepare_engine(engine)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _own_database(server: URL, name: str) -> Iterator[None]:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            # The name is made here, of hexadecimal digits.
            made = f"CREATE DATABASE `{name}` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
            try:
                connection.execute(text(made))
            except OperationalError as error:
                if error.orig is None or error.orig.args[0] not in _NOT_ALLOWED:
                    raise
                raise BackupError(_MAY_NOT_MAKE.format(server.username)) from error
        try:
            yield
        finally:
            with engine.connect() as connection:
                connection.execute(text(f"DROP DATABASE `{name}`"))  # nosemgrep: text-built-from-text
    finally:
        engine.dispose()


@contextmanager
def _sentences(place: Path) -> Iterator[None]:
    """Turn what disks and databases raise into one sentence each."""
    try:
        yield
    except DBAPIError as error:
        reason = error.orig.args[-1] if error.orig and error.orig.args else error
        raise BackupError(f"The database does not answer as it should: {reason}") from error
    except OSError as error:
        raise BackupError(f"{error.filename or place}: {error.strerror or error}") from error


def _sync(path: Path) -> None:
    """Have a file or a folder's names on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

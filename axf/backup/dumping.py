"""A database as one file, and such a file as a database: SQLite by its backup API, MariaDB by its own dump.

The dump is logical (``mariadb-dump --single-transaction``): one instant of all InnoDB tables without holding anybody
up, with the rights of the shop's own user, from any host, into any newer server. A copy of the server's files
(mariadb-backup) is faster for very large shops, but wants to run beside the server and as its user.
"""

import gzip
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, cast

from sqlalchemy import URL

from axf.backup.manifest import CHUNK, BackupError

SQLITE, MARIADB = "sqlite", "mariadb"
FILES = {SQLITE: "database.sqlite", MARIADB: "database.sql.gz"}
# What the client's option file calls the parts of an address.
_QUERY = {"unix_socket": "socket", "ssl_ca": "ssl-ca", "ssl_cert": "ssl-cert", "ssl_key": "ssl-key"}
_WHOLE = b"-- Dump completed"


def kind_of(url: URL) -> str:
    """Return sqlite or mariadb. Raises BackupError for a SQLite in memory."""
    if url.get_backend_name() != "sqlite":
        return MARIADB
    if not url.database or url.database == ":memory:":
        raise BackupError("A database in memory cannot be backed up or restored")
    return SQLITE


def dump(url: URL, file: Path, *, has_position: bool = False) -> None:
    """Write one instant of the database into the file, while the shop goes on.

    ``has_position``: note MariaDB's place in its binary log too, which must be on.
    Raises BackupError, and OSError when the disk does not take it.
    """
    if kind_of(url) == SQLITE:
        _copy_sqlite(Path(url.database or ""), file)
        return
    arguments = ["--single-transaction", "--skip-lock-tables", "--skip-triggers", "--no-tablespaces", "--quick",
                 "--hex-blob", "--default-character-set=utf8mb4"]  # fmt: skip
    arguments += ["--master-data=2"] if has_position else []
    with _client(url, "mariadb-dump") as command, tempfile.TemporaryFile() as said:
        command += [*arguments, str(url.database)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said)  # noqa: S603 - the operator's address
        with process, gzip.open(file, "wb", compresslevel=3) as out:
            last = _pass_on(process.stdout, out)
        said.seek(0)
        if process.returncode or _WHOLE not in last:
            raise BackupError(f"mariadb-dump failed: {_sentence(said.read())}")


def load(file: Path, url: URL) -> None:
    """Fill an empty database from the file. Raises BackupError."""
    if kind_of(url) == SQLITE:
        _copy_sqlite(file, Path(url.database or ""))
        return
    with _client(url, "mariadb") as command, tempfile.TemporaryFile() as said:
        command += ["--default-character-set=utf8mb4", str(url.database)]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=said, stderr=said)  # noqa: S603 - as above
        try:
            with gzip.open(file, "rb") as source, cast(IO[bytes], process.stdin) as into:
                shutil.copyfileobj(source, into, CHUNK)
        except BrokenPipeError:
            pass  # the client has said why
        except (EOFError, OSError) as error:
            process.kill()
            raise BackupError(f"{file} cannot be read: {error}") from None
        finally:
            process.wait()
        said.seek(0)
        if process.returncode:
            raise BackupError(f"mariadb did not take the dump: {_sentence(said.read())}")


def _copy_sqlite(source: Path, target: Path) -> None:
    if not source.is_file():
        raise BackupError(f"There is no database at {source}")
    try:
        with closing(sqlite3.connect(source)) as before, closing(sqlite3.connect(target)) as after:
            before.backup(after, pages=1024)
            # A file of its own that needs nothing beside it.
            after.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error as error:
        raise BackupError(f"SQLite could not copy {source} to {target}: {error}") from None


@contextmanager
def _client(url: URL, name: str) -> Iterator[list[str]]:
    """Yield the beginning of a client's command; the password lies in a file that only we can read."""
    program = shutil.which(name)
    if program is None:
        raise BackupError(f"{name} is not installed (Debian: apt-get install mariadb-client)")
    values: dict[str, object] = {
        "user": url.username, "password": url.password, "host": url.host, "port": url.port,
    }  # fmt: skip
    values |= {_QUERY[key]: value for key, value in url.query.items() if key in _QUERY}
    lines = [f"{key}={_quoted(str(value))}" for key, value in values.items() if value is not None]
    with tempfile.NamedTemporaryFile("w", prefix="axf-client-", suffix=".cnf", encoding="utf-8") as options:
        options.write("\n".join(["[client]", *lines, ""]))
        options.flush()
        yield [program, f"--defaults-extra-file={options.name}"]


def _quoted(value: str) -> str:
    """Return a value as an option file wants it."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _pass_on(source: IO[bytes] | None, out: gzip.GzipFile) -> bytes:
    """Copy what comes and return the last of it."""
    last = b""
    while source and (chunk := source.read(CHUNK)):
        out.write(chunk)
        last = (last + chunk)[-200:]
    return last


def _sentence(said: bytes) -> str:
    return said.decode(errors="replace").strip()[-300:] or "it ended before its last line"

"""Whether this host should be sent shoppers: the database answers, its tables suit the code, the disk has room.

Nothing here waits long, however the database is away: a check that hangs is left behind in a thread of its own.
"""

import shutil
import threading
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import Engine, NullPool, create_engine, text
from sqlalchemy.exc import DBAPIError

from axf.core.db import engine_options

T = TypeVar("T")

OK = "ok"
PATIENCE_SECONDS = 0.5
LEAST_FREE = 256 * 1024 * 1024
# The operator (or a deploy script) makes this file in the run folder before a host is taken away.
DRAINING = "draining"


class TookTooLong(Exception):
    """It did not end within its time, or one before it still has not."""


class Patience:
    """Runs one piece of work at a time, each in a thread that nobody has to wait for."""

    def __init__(self) -> None:
        self._is_free = threading.Lock()

    def within(self, seconds: float, work: Callable[[], T]) -> T:
        """Return what ``work`` returns, or raise what it raises. Raises TookTooLong after so many seconds."""
        if not self._is_free.acquire(timeout=seconds):
            raise TookTooLong
        outcome: dict[str, Any] = {}

        def run() -> None:
            try:
                outcome["value"] = work()
            except BaseException as error:  # it is raised where somebody waits for it
                outcome["error"] = error
            finally:
                self._is_free.release()

        thread = threading.Thread(target=run, name="patience", daemon=True)
        thread.start()
        thread.join(seconds)
        if thread.is_alive():
            raise TookTooLong
        if "error" in outcome:
            raise outcome["error"]
        return outcome["value"]


_database, _disk = Patience(), Patience()


def checks() -> dict[str, str]:
    """Return the checks by name: ``ok``, or in a few words what is wrong. Takes about a second at the most."""
    folders = (current_app.instance_path, current_app.config["MEDIA_DIR"])
    return {**_database_and_schema(), "disk": _room(folders), "draining": _draining()}


def _database_and_schema() -> dict[str, str]:
    engine = quick_engine(current_app.config["SQLALCHEMY_DATABASE_URI"])
    head, known = revisions(current_app.extensions["migrate"].directory)
    try:
        revision = _database.within(PATIENCE_SECONDS, lambda: revision_in(engine))
    except TookTooLong:
        return {"database": f"no answer within {PATIENCE_SECONDS} s", "schema": "not known"}
    except DBAPIError as error:
        return {"database": f"does not answer ({type(error.orig).__name__})", "schema": "not known"}
    return {"database": OK, "schema": schema_words(revision, head, known)}


def schema_words(revision: str | None, head: str, known: frozenset[str]) -> str:
    """Say whether tables of this revision suit the code that knows these ones.

    A revision that the code does not know was made by the next version, whose tables suit this one.
    """
    if revision == head or (revision is not None and revision not in known):
        return OK
    return f"at {revision or 'nothing'}, wanted {head}: flask db upgrade"


def quick_engine(url: str) -> Engine:
    """Return the engine for questions that must not wait: no pool to be exhausted, a second at most for each step."""
    return _quick_engine(url)


@lru_cache(maxsize=8)
def _quick_engine(url: str) -> Engine:
    options = engine_options(url, read_seconds=1)
    for name in ("pool_recycle", "pool_timeout"):
        options.pop(name, None)
    if "connect_args" in options:
        options["connect_args"] = {**options["connect_args"], "connect_timeout": 1, "write_timeout": 1}
    return create_engine(url, poolclass=NullPool, **options)


def revision_in(engine: Engine) -> str | None:
    """Return the revision of the tables, None where there are none. One query. Raises DBAPIError."""
    with engine.connect() as connection:
        if not engine.dialect.has_table(connection, "alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


@lru_cache(maxsize=8)
def revisions(directory: str) -> tuple[str, frozenset[str]]:
    """Return the revision that this code wants, and all that it knows."""
    script = ScriptDirectory(directory)
    return script.get_current_head() or "", frozenset(each.revision for each in script.walk_revisions())


def _room(folders: tuple[str, ...]) -> str:
    try:
        free = _disk.within(PATIENCE_SECONDS, lambda: min(map(free_bytes, folders)))
    except (TookTooLong, OSError) as error:
        return f"cannot be looked at ({type(error).__name__})"
    return OK if free >= LEAST_FREE else f"{free // 1024 // 1024} MiB left, wanted {LEAST_FREE // 1024 // 1024}"


def free_bytes(folder: str) -> int:
    """Return how much may still be written there; one that is not made yet counts as where it will be."""
    place = Path(folder)
    while not place.exists() and place != place.parent:
        place = place.parent
    return shutil.disk_usage(place).free


def _draining() -> str:
    return "this host is being taken away" if (Path(current_app.config["RUN_DIR"]) / DRAINING).exists() else OK

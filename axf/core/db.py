"""Base class, instants, the transaction and the retry. No Flask here."""

import functools
import random
import select
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, ParamSpec, TypeVar, cast

from pymysql.constants import SERVER_STATUS
from sqlalchemy import (
    ColumnElement,
    CursorResult,
    DateTime,
    Delete,
    Dialect,
    Engine,
    MetaData,
    String,
    Table,
    Text,
    Update,
    event,
    literal,
    make_url,
)
from sqlalchemy.dialects.mysql import DATETIME
from sqlalchemy.exc import IntegrityError, InvalidatePoolError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session, scoped_session
from sqlalchemy.types import TypeDecorator

from axf.core import metrics
from axf.core.errors import Busy

P = ParamSpec("P")
R = TypeVar("R")
AnySession = Session | scoped_session[Any]

MOST_TRIES = 5
# Deadlock, lock wait time-out, snapshot conflict: MariaDB's error list.
RETRIED_ERRNOS = {1213, 1205, 1020}
_WRITES = "axf_writes"
_OPEN = "axf_transaction_open"
_USED = "axf_used"
_READS = ("SELECT", "(SELECT", "WITH", "SHOW", "BEGIN")
QUIET_SECONDS = 5


class Base(DeclarativeBase):
    """Base of all models; names every constraint, so that migrations can speak of it."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def table_args(*constraints: Any) -> tuple[Any, ...]:
    """Return ``__table_args__``: the constraints, and text compared byte by byte on MariaDB as on SQLite."""
    return (
        *constraints,
        {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin"},
    )


def table_of(model: type[Base]) -> Table:
    """Return a model's table, for statements that load no objects: without the ORM they cost half."""
    return cast(Table, model.__table__)


def is_one_of(column: ColumnElement[Any], values: Iterable[Any]) -> ColumnElement[bool]:
    """Return ``column IN (…)`` for values that never change: SQLAlchemy's own writes the statement anew each time."""
    return column.in_([literal(value, column.type) for value in values])


class UTCDateTime(TypeDecorator[datetime]):
    """An aware UTC instant with microseconds; refuses naive values instead of guessing a zone."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        if dialect.name in ("mysql", "mariadb"):
            # A plain DATETIME drops fractions there.
            return dialect.type_descriptor(DATETIME(fsp=6))
        return dialect.type_descriptor(DateTime())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime: instants are aware UTC")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class IdSet(TypeDecorator[frozenset[int]]):
    """A set of ids in one column, for terms that are read whole: ``,475,512,``; the empty set is empty text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Iterable[int] | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        return f",{','.join(map(str, sorted(value)))}," if value else ""

    def process_result_value(self, value: str | None, dialect: Dialect) -> frozenset[int] | None:
        return None if value is None else frozenset(int(part) for part in value.split(",") if part)


class WordSet(TypeDecorator[frozenset[str]]):
    """A set of words of a fixed list in one column, in the list's order: ``egg,milk``; the empty set is empty text.

    Another word is refused on the way in, with ValueError.
    """

    impl = String
    cache_ok = True

    def __init__(self, words: tuple[str, ...]) -> None:
        super().__init__(len(",".join(words)))
        self.words = words

    def process_bind_param(self, value: Iterable[str] | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        wanted = frozenset(value)
        unknown = wanted - frozenset(self.words)
        if unknown:
            raise ValueError(f"not one of {', '.join(self.words)}: {', '.join(sorted(unknown))}")
        return ",".join(word for word in self.words if word in wanted)

    def process_result_value(self, value: str | None, dialect: Dialect) -> frozenset[str] | None:
        return None if value is None else frozenset(filter(None, value.split(",")))


class Moved(Exception):
    """What a use case had read was changed by somebody before it could write: ``retried`` runs it again."""


@contextmanager
def transaction(session: AnySession) -> Iterator[None]:
    """Run one use case as one transaction: commit at the end, roll back on any exception.

    A read transaction that is still open (the ticket lookup) is ended first, so that the
    use case sees the present. On SQLite the transaction begins IMMEDIATE: a read that later
    wants to write would fail at once instead of waiting.
    Raises RuntimeError when one is already open: use cases do not nest.
    """
    if session.info.get(_OPEN):
        raise RuntimeError("a transaction is already open: a use case may not call another one")
    session.rollback()
    session.info[_OPEN] = True
    try:
        session.connection(execution_options={_WRITES: True})
        yield
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info[_OPEN] = False


def is_writing(session: AnySession) -> bool:
    """Tell whether a use case's transaction is open."""
    return bool(session.info.get(_OPEN))


def rows_changed(session: AnySession, statement: Update | Delete, values: dict[str, Any] | None = None) -> int:
    """Send a guarded UPDATE or DELETE and return how many rows met its condition.

    ``values`` are those of its bind parameters.

    Objects that the session has loaded are left as they are: read again what you go on with.
    """
    result = session.execute(statement, values, execution_options={"synchronize_session": False})
    return cast(CursorResult[Any], result).rowcount


def retried(use_case: Callable[P, R]) -> Callable[P, R]:
    """Run the whole use case again when the database says "not now", at most five times.

    For functions that open their own transaction and do nothing but SQL inside. A lost race
    for a unique key is run again too, once: the second run finds the row that won; and so is one
    that raises Moved. Pauses are jittered and grow; together they stay under three seconds, besides
    what the database waits itself.
    Raises Busy when it stays busy; an IntegrityError that repeats is raised as it is.
    """

    @functools.wraps(use_case)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        has_lost = False
        for attempt in range(1, MOST_TRIES + 1):
            try:
                return use_case(*args, **kwargs)
            except IntegrityError:
                if has_lost or attempt == MOST_TRIES:
                    raise
                has_lost = True
                metrics.RETRIES.labels("unique").inc()
            except (OperationalError, Moved) as error:
                if isinstance(error, OperationalError) and not _is_passing(error):
                    raise
                if attempt == MOST_TRIES:
                    metrics.GAVE_UP.inc()
                    raise Busy(retry_after=1) from error
                metrics.RETRIES.labels(_reason(error)).inc()
            time.sleep(random.uniform(0.01, 0.04) * 2**attempt)  # noqa: S311 - jitter, no secret
        raise AssertionError("unreachable")

    return run


def _is_passing(error: OperationalError) -> bool:
    reason = error.orig.args if error.orig else ()
    if reason and reason[0] in RETRIED_ERRNOS:
        return True
    return bool(reason) and "database is locked" in str(reason[0])


def _reason(error: OperationalError | Moved) -> str:
    """Return by which name a retry is counted: a few there are, so no text of the database."""
    if isinstance(error, Moved):
        return "moved"
    code = error.orig.args[0] if error.orig and error.orig.args else None
    return str(code) if code in RETRIED_ERRNOS else "locked"


def prepare_engine(engine: Engine) -> None:
    """Set what each new connection needs: our own BEGIN, which a use case wants and a read does not.

    On MariaDB a statement by itself is its own transaction: at READ COMMITTED a read sees the same either way, and
    nothing has to be ended after it; no read holds up a change of its table. A connection that the server has closed
    while it waited in the pool is never handed out (``refuse_closed``). On SQLite: WAL and foreign keys, too.
    """
    if engine.dialect.name != "sqlite":
        event.listen(engine, "connect", lambda connection, _record: connection.autocommit(True))
        event.listen(engine, "begin", _begin_on_mariadb)
        event.listen(engine, "before_cursor_execute", _begin_before_a_write)
        event.listen(engine, "reset", lambda connection, _record, _state: _end_what_is_open(connection))
        event.listen(engine, "checkin", _note_use)
        event.listen(engine, "checkout", refuse_closed)
        engine.dialect.do_rollback = _end_what_is_open  # type: ignore[assignment, method-assign]
        return

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver would begin too late, and DEFERRED
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=5000"):
            connection.execute(f"PRAGMA {pragma}")  # nosemgrep: sql-built-from-text - constants above

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        writes = connection.get_execution_options().get(_WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def refuse_closed(connection: Any, record: Any, _proxy: Any) -> None:
    """Refuse a connection of the pool that the server has closed: the pool then makes new ones.

    The server says nothing unasked but good-bye, so whoever has something to read is closed. That costs no round
    trip, as a ping before each request does. What a network swallowed silently is found by a ping, when the
    connection was not used for ``QUIET_SECONDS``.
    """
    used = record.info.get(_USED)
    if used is None:  # made just now
        return
    said = select.poll()
    said.register(connection._sock, select.POLLIN)
    if said.poll(0):
        raise InvalidatePoolError("the server has closed the connection")
    if time.monotonic() - used > QUIET_SECONDS:
        try:
            connection.ping(reconnect=False)
        except Exception as error:
            raise InvalidatePoolError("the server does not answer on the connection") from error


def _note_use(_connection: Any, record: Any) -> None:
    record.info[_USED] = time.monotonic()


def _begin_on_mariadb(connection: Any) -> None:
    if connection.get_execution_options().get(_WRITES):
        connection.exec_driver_sql("BEGIN")


def _begin_before_a_write(
    connection: Any, _cursor: Any, statement: str, _parameters: Any, _context: Any, _many: bool
) -> None:
    """Let what is written outside of a use case be lost with its session, as everywhere, unless somebody commits."""
    if statement.startswith(_READS):
        return
    if not connection.connection.server_status & SERVER_STATUS.SERVER_STATUS_IN_TRANS:
        connection.exec_driver_sql("BEGIN")


def _end_what_is_open(connection: Any) -> None:
    """Roll back, unless the server has nothing open: reads have not."""
    if connection.server_status & SERVER_STATUS.SERVER_STATUS_IN_TRANS:
        connection.rollback()


def engine_options(url: str, read_seconds: int = 20) -> dict[str, Any]:
    """Return the engine options for a database address, so that no operator has to know them.

    MariaDB: utf8mb4, READ COMMITTED, strict mode, connections renewed before the server's wait_timeout (28,800 s by
    default) and 3 s time-outs to connect. Reads may take ``read_seconds``, less than uWSGI gives a request, the lock
    wait 5 s; a full pool is waited for 5 s. An error tells no values: they would come into the log. Over TCP PyMySQL
    speaks TLS where the server can; on a unix socket nobody listens, and making a TLS context costs ten times what
    connecting does (40 ms).
    """
    if not url.startswith(("mysql", "mariadb")):
        return {"hide_parameters": True}
    return {
        "hide_parameters": True,
        "isolation_level": "READ COMMITTED",
        "pool_reset_on_return": None,  # prepare_engine does it
        "pool_recycle": 1800,
        "pool_timeout": 5,
        "connect_args": {
            "charset": "utf8mb4",
            "connect_timeout": 3,
            "read_timeout": read_seconds,
            "write_timeout": 20,
            "init_command": "SET SESSION sql_mode='STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION',"
            " innodb_lock_wait_timeout=5, time_zone='+00:00'",
            **({"ssl_disabled": True} if "unix_socket" in make_url(url).query else {}),
        },
    }

"""Counts what a request asks of the database, and writes into each statement who asks."""

import re
import time
from functools import lru_cache
from typing import Any

from sqlalchemy import Engine, event

from axf.core import trace

# Letters that can end neither a comment nor a quote, and that PyMySQL does not take for a place of a parameter.
_UNSAFE = re.compile(r"[^0-9A-Za-z_/<>:., -]")


def watch(engine: Engine) -> None:
    """Watch an engine's statements.

    On MariaDB each ends with ``/* request_id=…, route=… */``, so that its process list, slow log and deadlock report
    lead to the log. It is added when the statement is sent: SQLAlchemy's cache of compiled statements does not see it.
    Bulk inserts stay bare (PyMySQL knows them by their shape), and so does SQLite, which keeps prepared statements by
    their text.
    """
    has_comments = engine.dialect.name in ("mysql", "mariadb")

    def before(_connection: Any, _cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> Any:
        work = trace.current()
        if work is not None:
            work.queries += not statement.startswith("BEGIN")
            if context is not None:
                context.axf_began = time.perf_counter()
            if has_comments and not many:
                statement += comment(work.id, work.name)
        return statement, parameters

    def after(_connection: Any, _cursor: Any, _statement: str, _parameters: Any, context: Any, _many: bool) -> None:
        work = trace.current()
        began = getattr(context, "axf_began", None)
        if work is not None and began is not None:
            work.query_seconds += time.perf_counter() - began

    event.listen(engine, "before_cursor_execute", before, retval=True)
    event.listen(engine, "after_cursor_execute", after)


@lru_cache(maxsize=512)
def comment(work_id: str, name: str) -> str:
    """Return the comment for a statement of this work. Whatever the values hold, it stays one comment."""
    return f" /* request_id={_UNSAFE.sub('', work_id)}, route={_UNSAFE.sub('', name)} */"

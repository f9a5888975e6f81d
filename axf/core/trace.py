"""What this process is doing right now: which request or command, by which id. Logs, SQL and the outbox name it."""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class Work:
    """One request, command or told notice: its id, what it is (``name``), and what it has asked of the database."""

    __slots__ = ("began", "id", "name", "queries", "query_seconds")

    def __init__(self, work_id: str, name: str = "") -> None:
        self.id, self.name = work_id, name
        self.queries, self.query_seconds = 0, 0.0
        self.began = time.perf_counter()

    @property
    def seconds(self) -> float:
        """How long it has taken up to now."""
        return time.perf_counter() - self.began


_current: ContextVar[Work | None] = ContextVar("axf_work", default=None)
current = _current.get


def new_id() -> str:
    """Return a fresh id: 32 hexadecimal digits, as nginx makes them."""
    return secrets.token_hex(16)


def current_id() -> str:
    """Return the id of what is being done, or nothing outside of everything."""
    work = _current.get()
    return work.id if work else ""


@contextmanager
def doing(work: Work) -> Iterator[Work]:
    """Let what happens in the block be part of this work."""
    token = _current.set(work)
    try:
        yield work
    finally:
        _current.reset(token)

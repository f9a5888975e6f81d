"""One line for each event on stderr: JSON for machines, or words for people who develop.

Everything comes through here: our events, and what the libraries log. A line has ``at`` (UTC), ``level``, ``event``,
``id`` of the request or command; what somebody sent cannot begin another line.
"""

import json
import logging
import sys
from typing import Any

import structlog

from axf.core import trace
from axf.observe.masks import mask

JSON, TEXT = "json", "text"
_CONTROL = {code: f"\\x{code:02x}" for code in (*range(32), *range(0x7F, 0xA0))}
_CONTROL |= {code: f"\\u{code:04x}" for code in (0x2028, 0x2029)}
_handler = logging.StreamHandler()


class _Stderr:
    """Where lines go: what is stderr when they are written."""

    def write(self, line: str) -> None:
        sys.stderr.write(line)

    def flush(self) -> None:
        sys.stderr.flush()


_stderr = _Stderr()


def configure(kind: str, *, is_test: bool = False) -> None:
    """Let all logs of this process be written as ``json`` or ``text``; a repeat with another kind replaces the first.

    A test runner collects them itself.
    """
    render: Any = as_json if kind == JSON else as_text
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        add_work,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        structlog.processors.format_exc_info,
        mask,
    ]
    _handler.setStream(_stderr)  # type: ignore[arg-type]
    _handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render],
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
        )
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    if not is_test and _handler not in logging.getLogger().handlers:
        logging.getLogger().addHandler(_handler)
    logging.getLogger("axf").setLevel(logging.INFO)


def add_work(_logger: Any, _method: str, line: dict[str, Any]) -> dict[str, Any]:
    """Say during which request or command it happened: a structlog processor."""
    work = trace.current()
    if work is not None:
        line.setdefault("id", work.id)
        if work.name:
            line.setdefault("during", work.name)
    return line


def as_json(_logger: Any, _method: str, line: dict[str, Any]) -> str:
    """Return a line as JSON in ASCII: control characters and line ends are escaped."""
    return json.dumps(line, default=str)


def as_text(_logger: Any, _method: str, line: dict[str, Any]) -> str:
    """Return a line for people; only a stack of our own making has more lines."""
    at, level, event = (line.pop(name, "") for name in ("at", "level", "event"))
    stack, logger = line.pop("exception", ""), line.pop("logger", "")
    facts = " ".join(f"{name}={clean(str(value))}" for name, value in line.items())
    head = f"{str(at)[:23]} {str(level).upper()} {f'{logger}: ' if logger else ''}{clean(str(event))} {facts}".rstrip()
    return f"{head}\n{stack}" if stack else head


def clean(text: str) -> str:
    """Return a text without anything that could end a line or move a terminal's cursor."""
    return text.translate(_CONTROL)


class RequestLines:
    """Writes the line of a request. It holds nothing that a shopper sent, so nothing has to be masked, and is quick."""

    def __init__(self, kind: str) -> None:
        self._write = self._json if kind == JSON else self._text

    def write(self, work: trace.Work, at: str, method: str, status: int, seconds: float) -> None:
        """Write one line."""
        _stderr.write(self._write(work, at, method, status, seconds))

    @staticmethod
    def _json(work: trace.Work, at: str, method: str, status: int, seconds: float) -> str:
        return (
            f'{{"at": "{at}", "level": "info", "event": "request", "id": "{work.id}", "method": "{method}",'
            f' "route": "{work.name}", "status": {status}, "ms": {seconds * 1000:.1f}, "queries": {work.queries},'
            f' "query_ms": {work.query_seconds * 1000:.1f}}}\n'
        )

    @staticmethod
    def _text(work: trace.Work, at: str, method: str, status: int, seconds: float) -> str:
        return (
            f"{at[:23]} INFO {method} {work.name} {status} {seconds * 1000:.1f} ms,"
            f" {work.queries} queries in {work.query_seconds * 1000:.1f} ms, {work.id}\n"
        )

"""Around every request: an id, one line in the log, the metrics. It wraps the WSGI application: nothing gets by."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from flask import Flask, request

from axf.core import trace
from axf.core.trace import Work
from axf.observe.logs import RequestLines

ID_HEADER = "X-Request-ID"
# What nginx makes, and what other proxies do: nothing that could end a line, a comment or a quote.
ID = re.compile(r"[0-9A-Za-z-]{8,64}")
METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"))
UNMATCHED = "unmatched"
# Asked every few seconds by machines; they are counted, and have a line when something is wrong.
QUIET = frozenset(("/healthz", "/readyz", "/metrics"))

Environ = dict[str, Any]
StartResponse = Callable[..., Any]


def init_app(app: Flask) -> None:
    """Wrap the application; call it after everything else that does."""
    app.url_value_preprocessor(lambda _endpoint, _values: name_work())
    app.wsgi_app = Observed(app.wsgi_app, app.config["PROXY_COUNT"] > 0, app.config["LOG_FORMAT"])  # type: ignore[method-assign]


class Observed:
    """The application, watched."""

    def __init__(self, application: Callable[..., Iterable[bytes]], trusts_proxy: bool, log_format: str) -> None:
        self._application, self._trusts_proxy = application, trusts_proxy
        self._lines = RequestLines(log_format)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        work = Work(self._id_of(environ))
        status = 500

        def start(line: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            nonlocal status
            status = int(line[:3])
            headers.append((ID_HEADER, work.id))
            return start_response(line, headers, exc_info) if exc_info else start_response(line, headers)

        with trace.doing(work):
            try:
                return self._application(environ, start)
            finally:
                self._finish(work, environ, status)

    def _id_of(self, environ: Environ) -> str:
        given = environ.get("HTTP_X_REQUEST_ID", "") if self._trusts_proxy else ""
        return given if ID.fullmatch(given) else trace.new_id()

    def _finish(self, work: Work, environ: Environ, status: int) -> None:
        work.name = work.name or UNMATCHED
        method, seconds = environ.get("REQUEST_METHOD", ""), work.seconds
        if work.name not in QUIET or status >= 400:
            at = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
            self._lines.write(work, at, method if method in METHODS else "OTHER", status, seconds)


def name_work() -> None:
    """Name the work by the template of its address, ``/axf/goods/<int:goods_id>/``, before anything is asked."""
    work = trace.current()
    if work is not None and request.url_rule is not None:
        work.name = request.url_rule.rule

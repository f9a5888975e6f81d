"""Around every request: an id, one line in the log, the metrics. It wraps the WSGI application: nothing gets by."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from flask import Flask, request

from axf.core import metrics, trace
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
        self._counters: dict[tuple[str, int], Counters] = {}

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        work = Work(self._id_of(environ))
        status = 500

        def start(line: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            nonlocal status
            status = int(line[:3])
            headers.append((ID_HEADER, work.id))
            return start_response(line, headers, exc_info) if exc_info else start_response(line, headers)

        metrics.RUNNING.inc()
        with trace.doing(work):
            try:
                return self._application(environ, start)
            finally:
                metrics.RUNNING.dec()
                self._finish(work, environ, status)

    def _id_of(self, environ: Environ) -> str:
        given = environ.get("HTTP_X_REQUEST_ID", "") if self._trusts_proxy else ""
        return given if ID.fullmatch(given) else trace.new_id()

    def _finish(self, work: Work, environ: Environ, status: int) -> None:
        work.name = work.name or UNMATCHED
        method, seconds = environ.get("REQUEST_METHOD", ""), work.seconds
        # Found by a dictionary: looking a metric up by its labels would cost more than counting.
        key = (work.name, status)
        if key not in self._counters:
            self._counters[key] = Counters(*key)
        self._counters[key].count(work, seconds)
        if work.name not in QUIET or status >= 400:
            at = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
            self._lines.write(work, at, method if method in METHODS else "OTHER", status, seconds)


class Counters:
    """The metrics of one address and status."""

    def __init__(self, route: str, status: int) -> None:
        self._requests = metrics.REQUESTS.labels(route, status)
        self._seconds = metrics.REQUEST_SECONDS.labels(route)
        self._queries = metrics.REQUEST_QUERIES.labels(route)
        self._query_seconds = metrics.QUERY_SECONDS.labels(route)

    def count(self, work: Work, seconds: float) -> None:
        """Count one request."""
        self._requests.inc()
        self._seconds.observe(seconds)
        self._queries.observe(work.queries)
        if work.queries:
            self._query_seconds.inc(work.query_seconds)


def name_work() -> None:
    """Name the work by the template of its address, ``/axf/goods/<int:goods_id>/``, before anything is asked."""
    work = trace.current()
    if work is not None and request.url_rule is not None:
        work.name = request.url_rule.rule

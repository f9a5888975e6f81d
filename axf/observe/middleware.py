"""Around every request: an id, one line in the log, the metrics. It wraps the WSGI application: nothing gets by."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, request

from axf.core import clock, metrics, trace
from axf.core.trace import Work
from axf.observe.logs import RequestLines

ID_HEADER = "X-Request-ID"
# What nginx makes, and what other proxies do: nothing that could end a line, a comment or a quote.
ID = re.compile(r"[0-9A-Za-z-]{8,64}")
METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"))
UNMATCHED = "unmatched"
# Asked every few seconds by machines: they are counted and not timed, and have a line when something is wrong.
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

        is_quiet = environ.get("PATH_INFO") in QUIET
        if not is_quiet:
            metrics.RUNNING.inc()
        with trace.doing(work):
            try:
                return self._application(environ, start)
            finally:
                work.name = work.name or UNMATCHED
                self._counters_of(work.name, status).count(work, is_quiet)
                if not is_quiet:
                    metrics.RUNNING.dec()
                if not is_quiet or status >= 400:
                    self._tell(work, environ.get("REQUEST_METHOD", ""), status)

    def _id_of(self, environ: Environ) -> str:
        given = environ.get("HTTP_X_REQUEST_ID", "") if self._trusts_proxy else ""
        return given if ID.fullmatch(given) else trace.new_id()

    def _counters_of(self, route: str, status: int) -> "Counters":
        """Find them by a dictionary: looking a metric up by its labels would cost more than counting."""
        counters = self._counters.get((route, status))
        if counters is None:
            counters = self._counters[route, status] = Counters(route, status)
        return counters

    def _tell(self, work: Work, method: str, status: int) -> None:
        at = clock.now().isoformat(timespec="microseconds").replace("+00:00", "Z")
        self._lines.write(work, at, method if method in METHODS else "OTHER", status, work.seconds)


class Counters:
    """The metrics of one address and status."""

    def __init__(self, route: str, status: int) -> None:
        self._requests = metrics.REQUESTS.labels(route, status)
        self._seconds = metrics.REQUEST_SECONDS.labels(route)
        self._queries = metrics.REQUEST_QUERIES.labels(route)
        self._query_seconds = metrics.QUERY_SECONDS.labels(route)

    def count(self, work: Work, is_quiet: bool) -> None:
        """Count one request; a quiet one is not timed."""
        self._requests.inc()
        if is_quiet:
            return
        self._seconds.observe(work.seconds)
        if work.queries:
            self._queries.observe(work.queries)
            self._query_seconds.inc(work.query_seconds)


def name_work() -> None:
    """Name the work by the template of its address, ``/axf/goods/<int:goods_id>/``, before anything is asked."""
    work = trace.current()
    if work is not None and request.url_rule is not None:
        work.name = request.url_rule.rule

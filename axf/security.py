"""Security headers on every answer, cache rules, and the same-origin check of state changes.

Private pages carry Flask-WTF's token. Public pages are the same bytes for everybody and
cannot; their two cart forms, the check-in and the language switch are protected by Fetch Metadata with
an Origin fallback, and by SameSite cookies.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, request, session
from flask_wtf.csrf import CSRFError, generate_csrf, validate_csrf
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

from axf.extensions import csrf
from axf.web import is_public_request

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self';"
        " manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
HTTPS_HEADERS = {**HEADERS, "Strict-Transport-Security": "max-age=31536000; includeSubDomains"}
ONE_DAY, ONE_YEAR = 24 * 3600, 365 * 24 * 3600
# How old, in seconds, a stock or a price on a public page may be; the cart and the checkout read it anew.
PUBLIC_PAGE_AGE = 5
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}


def init_app(app: Flask) -> None:
    """Set cookie rules, trust the configured proxies, add the checks and headers."""
    is_https = app.config["BASE_URL"].startswith("https://")
    app.config.update(
        SESSION_COOKIE_SECURE=is_https,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_NAME="__Host-axf_session" if is_https else "axf_session",
        WTF_CSRF_CHECK_DEFAULT=False,  # refuse_others below asks for it
        WTF_CSRF_SSL_STRICT=False,  # same_origin below does it, for http as well
        WTF_CSRF_TIME_LIMIT=None,  # a token lives as long as its session cookie
    )
    count = app.config["PROXY_COUNT"]
    if count:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    # Earlier than any hook: the CSRF check already reads the form.
    app.url_value_preprocessor(lambda _endpoint, _values: widen_upload_limit())
    app.before_request(refuse_others)
    app.after_request(add_cache_rules)
    app.wsgi_app = SecureHeaders(app.wsgi_app, is_https)  # type: ignore[method-assign]
    # Flask-WTF gives its own to each template, too.
    app.jinja_env.globals["csrf_token"] = csrf_token
    app.context_processor(lambda: {"csrf_token": csrf_token})


def widen_upload_limit() -> None:
    """Let views marked by ``takes_uploads`` read a larger body."""
    limit = getattr(current_app.view_functions.get(request.endpoint or ""), "upload_limit", None)
    if limit is not None:
        request.max_content_length = limit


def refuse_others() -> None:
    """Refuse a state change without a token (CSRFError), and with 403 one that a page of another origin asked for.

    Exempt from the first are the views that Flask-WTF was told to exempt, from the second those marked
    ``is_for_servers`` (payment notices): their signature counts.
    """
    if request.method not in UNSAFE:
        return
    csrf.protect(apply_exemptions=True)
    if not _is_for_servers() and same_origin() is False:
        abort(403)


def same_origin() -> bool | None:
    """Tell whether this shop's own page asked: True, False, or None when the browser does not say."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        # "none" is the shopper's own doing (address bar, bookmark), which never POSTs by itself.
        return site == "same-origin" or (site == "none" and request.method not in UNSAFE)
    origin = request.headers.get("Origin")
    if origin is None:
        return None
    try:
        return urlsplit(origin).netloc == request.host
    except ValueError:  # "http://[" and the like
        return False


def is_asked_for() -> bool:
    """Tell whether a tokenless state change was really asked for by the shopper.

    A POST: same origin, or a valid token where the browser does not say. A GET: only the
    ajax of our own pages, never a navigation, an image, a prefetch. HEAD: never.
    """
    if request.method == "POST":
        return same_origin() is True or has_token()
    if request.method != "GET" or request.headers.get("X-Requested-With") != "XMLHttpRequest":
        return False
    prefetch = request.headers.get("Sec-Purpose", request.headers.get("Purpose", ""))
    if "prefetch" in prefetch or request.headers.get("Sec-Fetch-Dest", "empty") != "empty":
        return False
    # Without Sec-Fetch-Site the ajax header is the proof: another origin cannot send it unasked.
    return request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin" and same_origin() is not False


def has_token() -> bool:
    """Tell whether the form carries a valid token of this browser's session."""
    try:
        validate_csrf(request.form.get(current_app.config["WTF_CSRF_FIELD_NAME"]))
    except (CSRFError, ValueError, HTTPException):
        return False
    return True


def csrf_token() -> str:
    """Return the token for a form of this browser's session.

    Flask-WTF signs one anew for each page; ours lives as long as the session, so that the signed one can, too.
    """
    field = current_app.config["WTF_CSRF_FIELD_NAME"]
    if field not in session:
        generate_csrf()  # puts one into the session
    return _token_of(session[field], tuple(current_app.config["WTF_CSRF_SECRET_KEY"]))


@lru_cache(maxsize=4096)
def _token_of(_raw: str, _keys: tuple[str, ...]) -> str:
    return generate_csrf()


class SecureHeaders:
    """The application with the security headers on whatever it answers; those that an answer has itself stay."""

    def __init__(self, application: Any, is_https: bool) -> None:
        self._application = application
        self._wanted = [
            (name.lower(), (name, value)) for name, value in (HTTPS_HEADERS if is_https else HEADERS).items()
        ]

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer one request."""

        def start(line: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            present = {name.lower() for name, _value in headers}
            headers.extend(header for name, header in self._wanted if name not in present)
            return start_response(line, headers, exc_info) if exc_info else start_response(line, headers)

        return self._application(environ, start)


def add_cache_rules(response: Response) -> Response:
    """Say who may keep the answer: public pages get an ETag, private ones are never stored, nor listed by searches."""
    is_public = is_public_request()
    if not is_public:
        response.headers["X-Robots-Tag"] = "noindex"
    if request.endpoint == "static" and response.status_code in (200, 304):
        # asset() puts a hash of the content into the address; pictures without one may change in a day.
        keep = f"max-age={ONE_YEAR}, immutable" if "v" in request.args else f"max-age={ONE_DAY}"
        response.headers["Cache-Control"] = f"public, {keep}"
    is_for_all = is_public and request.method in ("GET", "HEAD") and response.status_code == 200
    rule = response.headers.get("Cache-Control")
    if is_for_all and (rule is None or "no-store" not in rule):
        # For nginx, which keeps this header to itself; browsers heed Cache-Control alone.
        response.headers.setdefault("X-Accel-Expires", str(PUBLIC_PAGE_AGE))
    if rule is not None:
        return response
    if is_for_all:
        response.headers["Cache-Control"] = "no-cache"
        response.add_etag()
        return response.make_conditional(request)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _is_for_servers() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return bool(getattr(view, "is_for_servers", False))

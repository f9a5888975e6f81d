"""What every face needs of HTTP: who wants JSON, which pages are public, safe ways back."""

import re
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import current_app, jsonify, redirect, request, url_for
from werkzeug.routing import IntegerConverter, Map
from werkzeug.wrappers import Response

from axf.core.paging import LARGEST_INT

F = TypeVar("F", bound=Callable[..., Any])

_CONTROL = re.compile(r"[\x00-\x20\x7f\\]")


class AsciiInteger(IntegerConverter):
    """An id in an address: ASCII digits only (``\\d`` would take ٣ too), no larger than a column holds."""

    regex = r"[0-9]{1,10}"

    def __init__(self, map: Map) -> None:  # noqa: A002 - Werkzeug's name
        super().__init__(map, max=LARGEST_INT)


def public(view: F) -> F:
    """Mark a view whose answer is the same bytes for everybody: no ticket query, no session, no token."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


def takes_uploads(limit: int) -> Callable[[F], F]:
    """Let a view take a request body of up to ``limit`` bytes instead of the usual one mebibyte."""

    def mark(view: F) -> F:
        view.upload_limit = limit  # type: ignore[attr-defined]
        return view

    return mark


def is_public_request() -> bool:
    """Tell whether the current request is for a public view (or for no view at all)."""
    endpoint = request.endpoint
    if endpoint is None or endpoint == "static":
        return True
    return bool(getattr(current_app.view_functions[endpoint], "is_public", False))


def wants_json() -> bool:
    """Tell whether the asker is a script: the ajax header, or JSON preferred over HTML."""
    if request.headers.get("X-Requested-With") == "XMLHttpRequest":
        return True
    accept = request.accept_mimetypes
    return accept["application/json"] > accept["text/html"]


def json_ok(msg: str, **fields: Any) -> Response:
    """Answer ``{"code": "ok", "msg": …, …}``."""
    return jsonify(code="ok", msg=msg, **fields)


def safe_path(target: str | None) -> str | None:
    """Return ``target`` when it is a path of this shop (``/axf/…``), else None.

    Refused: other hosts, schemes, ``//host``, backslashes, control characters and spaces,
    also percent-encoded ones at the start.
    """
    if not target or len(target) > 500 or _CONTROL.search(target):
        return None
    try:
        parts = urlsplit(target)
    except ValueError:  # "//[" and the like
        return None
    if parts.scheme or parts.netloc or not parts.path.startswith("/axf/"):
        return None
    return target if "/../" not in parts.path else None


def redirect_back(default: str) -> Response:
    """Redirect to the safe ``next`` of the request, else to ``default``."""
    return redirect(safe_path(request.values.get("next")) or default, 303)


def login_url(next_path: str | None = None) -> str:
    """Return the login address that leads back to ``next_path`` when that is safe."""
    return url_for("user.login", next=safe_path(next_path))

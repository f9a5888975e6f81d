"""Public pages, rendered once for what they show.

nginx keeps a public page for seconds; then the shop reads again what it shows. Mostly that is what it was, and so is
the page: it is kept by its address and by all that was read for it. Nothing of it is ever stale, for another value is
another key.
"""

from collections.abc import Callable, Hashable
from hashlib import sha1
from threading import Lock

from flask import Response, current_app, request

from axf.i18n import current_lang

MOST_BYTES = 16 * 1024 * 1024
# What a key weighs besides its page: the rows of some thirty goods.
KEY_BYTES = 32 * 1024


class KeptPages:
    """The pages of one process, the oldest going first when they weigh more than ``most`` bytes."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._most, self._bytes = most, 0
        self._pages: dict[Hashable, tuple[bytes, str]] = {}
        self._lock = Lock()

    def page(self, key: Hashable, build: Callable[[], str]) -> tuple[bytes, str]:
        """Return the bytes of the page of this key and their ETag, built now when the key is new."""
        found = self._pages.get(key)
        if found is None:
            body = build().encode()
            found = body, sha1(body, usedforsecurity=False).hexdigest()
            with self._lock:
                self._keep(key, found)
        return found

    def _keep(self, key: Hashable, page: tuple[bytes, str]) -> None:
        if key in self._pages:
            return
        self._pages[key] = page
        self._bytes += len(page[0]) + KEY_BYTES
        while self._bytes > self._most:
            oldest, _etag = self._pages.pop(next(iter(self._pages)))
            self._bytes -= len(oldest) + KEY_BYTES


def kept(shown: Hashable, build: Callable[[], str]) -> Response:
    """Answer a public page that shows ``shown`` at the request's address, in its language; ``build`` renders it.

    ``shown`` has every value that is not of the address: what was read, and what the time of day makes of it.
    In development, where files change, each page is rendered anew.
    """
    if not current_app.jinja_env.keeps:  # type: ignore[attr-defined]
        return Response(build(), mimetype="text/html")
    pages = current_app.extensions.setdefault("axf_kept", KeptPages())
    place = request.environ.get("SCRIPT_NAME"), request.full_path, current_lang()
    body, etag = pages.page((*place, shown), build)
    response = Response(body, mimetype="text/html")
    response.set_etag(etag)
    return response

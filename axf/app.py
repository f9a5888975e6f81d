"""The application's class: Flask's, without the work that a shop of plain functions need not do for each request."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from flask import Flask, Request, has_request_context, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer

from axf.i18n import lang_of_links
from axf.templating import ShopEnvironment

MOST_ADDRESSES = 8192
# An address is kept by what it is built of; other values may change what they are.
_PLAIN = frozenset((str, int, type(None)))


class Sessions(SecureCookieSessionInterface):
    """Flask's signed sessions; what signs and checks them is made once, not for each request."""

    @lru_cache(maxsize=1)  # noqa: B019 - as long-lived as the application
    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Return what signs and checks; the keys are read when the first session is."""
        return super().get_signing_serializer(app)

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return the session of a request."""
        if self.get_cookie_name(app) not in request.environ.get("HTTP_COOKIE", ""):
            return self.session_class()
        return super().open_session(app, request)


class Shop(Flask):
    """Flask, with our environment of templates. A page has some seventy addresses; building one costs 12 µs."""

    jinja_environment = ShopEnvironment  # type: ignore[assignment]
    session_interface = Sessions()

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function: none of the shop's is a coroutine, and asking each time costs a tenth of a request."""
        return func

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._addresses: dict[Any, str] = {}

    def url_for(self, endpoint: str, /, **values: Any) -> str:  # type: ignore[override]
        """Return the address as Flask does; during a request plain ones are built once.

        What such an address depends on is its endpoint, its values, the language that the links of the page keep
        (axf.i18n.keep_lang) and the path under which the shop is served.
        """
        if not has_request_context():
            return super().url_for(endpoint, **values)
        # True is 1 to a dictionary, so that the kinds of the values are part of the key.
        kinds = tuple(map(type, values.values()))
        key = (endpoint, *values.items(), kinds, lang_of_links(), request.environ.get("SCRIPT_NAME"))
        try:
            found = self._addresses.get(key)
        except TypeError:  # a list, say
            return super().url_for(endpoint, **values)
        if found is None:
            found = super().url_for(endpoint, **values)
            if _PLAIN.issuperset(kinds) and not endpoint.startswith("."):
                while len(self._addresses) >= MOST_ADDRESSES:
                    self._addresses.pop(next(iter(self._addresses)), None)
                self._addresses[key] = found
        return found

"""The application's class: Flask's, which remembers the addresses that it has built."""

from typing import Any

from flask import Flask, has_request_context, request

from axf.i18n import lang_of_links
from axf.templating import ShopEnvironment

MOST_ADDRESSES = 8192
# An address is kept by what it is built of; other values may change what they are.
_PLAIN = frozenset((str, int, type(None)))


class Shop(Flask):
    """Flask, with our environment of templates. A page has some seventy addresses; building one costs 12 µs."""

    jinja_environment = ShopEnvironment  # type: ignore[assignment]

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

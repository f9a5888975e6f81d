"""A refusal is an exception with a code; the words for it live where people are spoken to."""

from typing import Any


class ShopError(Exception):
    """A use case refused; nothing was changed.

    ``code`` is stable and documented, ``status`` the HTTP status, ``details`` what the words
    need (amounts in fen, names, seconds).
    """

    code = "refused"
    status = 400

    def __init__(self, **details: Any) -> None:
        super().__init__(self.code, details)
        self.details = details


class NotFound(ShopError):
    """The thing does not exist, or is somebody else's."""

    code = "not-found"
    status = 404


class Busy(ShopError):
    """The database stayed busy through every retry; trying again soon is safe."""

    code = "busy"
    status = 503


class ShortBreak(ShopError):
    """The database is away, read-only or full of connections; trying again soon is safe."""

    code = "short-break"
    status = 503

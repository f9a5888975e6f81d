"""The shop that keeps neither pages nor fragments: each is rendered anew for every request. For the ladder only."""

from collections.abc import Callable
from typing import Any

from markupsafe import Markup

from axf import kept, templating
from wsgi import app

__all__ = ["application"]
application = app


def fragment(_self: Any, _place: str, _key: Any, caller: Callable[[], Markup]) -> Markup:
    """Render what ``{% kept %}`` would keep."""
    return caller()


templating.Kept.fragment = fragment  # type: ignore[method-assign]
app.extensions["axf_kept"] = kept.KeptPages(most=0)

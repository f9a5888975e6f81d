"""Two languages: Chinese unless the ``lang`` cookie says English.

The cookie is all that counts, never Accept-Language: a cache in front can keep one copy of a
public page for each of its two values.
"""

from typing import Any

from flask import Flask, has_request_context, request
from werkzeug.wrappers import Response

from axf.extensions import babel

LANG_COOKIE = "lang"
LOCALES = {"zh": "zh_Hans", "en": "en"}
HTML_LANGS = {"zh": "zh-Hans", "en": "en"}
DEFAULT_LANG = "zh"


def init_app(app: Flask) -> None:
    """Bind Babel; give templates ``lang``, ``html_lang`` and the filter ``local``."""
    app.config.setdefault("BABEL_DEFAULT_LOCALE", LOCALES[DEFAULT_LANG])
    app.config.setdefault("BABEL_DEFAULT_TIMEZONE", "Asia/Shanghai")
    babel.init_app(app, locale_selector=lambda: LOCALES[current_lang()])
    app.add_template_filter(local)
    app.context_processor(lambda: {"lang": current_lang(), "html_lang": HTML_LANGS[current_lang()]})
    app.after_request(tell_language)


def tell_language(response: Response) -> Response:
    """Say in ``Content-Language`` what a page speaks: the service worker keeps copies in one language only."""
    if response.mimetype == "text/html":
        response.headers.setdefault("Content-Language", HTML_LANGS[current_lang()])
    return response


def current_lang() -> str:
    """Return the page's language, ``zh`` or ``en``; outside a request the default."""
    lang = request.cookies.get(LANG_COOKIE) if has_request_context() else None
    return lang if lang in LOCALES else DEFAULT_LANG


def local(thing: Any, field: str) -> str:
    """Return a text of a bilingual row in the page's language: ``name_en`` in English, else ``name``."""
    if current_lang() == "en":
        return getattr(thing, f"{field}_en") or getattr(thing, field)
    return getattr(thing, field)

"""Two languages: Chinese unless the address or else the ``lang`` cookie says English.

People choose by the cookie. Machines have none: ``?lang=en`` in the address is for search engines and shared
links, and stays on the links of a page that was asked for so. Accept-Language is never read: a cache in front can
keep one copy of a public address for each of the cookie's two values.
"""

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from babel import Locale
from flask import Flask, current_app, has_request_context, request
from werkzeug.wrappers import Response

from axf.extensions import babel

LANG_COOKIE = "lang"
LOCALES = {"zh": "zh_Hans", "en": "en"}
HTML_LANGS = {"zh": "zh-Hans", "en": "en"}
DEFAULT_LANG = "zh"
_LANG, _LINKS = "axf.lang", "axf.lang_of_links"
# They have no words, or the address must stay as it is.
WITHOUT_LANG = {"static", "user.media", "cart.overlay", "home.language"}


def init_app(app: Flask) -> None:
    """Bind Babel; give templates ``lang``, ``html_lang`` and the filter ``local``."""
    app.config.setdefault("BABEL_DEFAULT_LOCALE", LOCALES[DEFAULT_LANG])
    app.config.setdefault("BABEL_DEFAULT_TIMEZONE", "Asia/Shanghai")
    parsed = {lang: Locale.parse(name) for lang, name in LOCALES.items()}
    babel.init_app(app, locale_selector=lambda: parsed[current_lang()])
    app.url_defaults(keep_lang)
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
    if not has_request_context():
        return DEFAULT_LANG
    # Kept with the request: a page asks for every card.
    if _LANG not in request.environ:
        lang = named_lang() or request.cookies.get(LANG_COOKIE)
        request.environ[_LANG] = lang if lang in LOCALES else DEFAULT_LANG
    return request.environ[_LANG]


def named_lang() -> str | None:
    """Return the language that the request's address names, None when it names none of ours."""
    lang = request.args.get(LANG_COOKIE)
    return lang if lang in LOCALES else None


def keep_lang(endpoint: str, values: dict[str, Any]) -> None:
    """Let the links of a page that was asked for by ``?lang=`` lead to pages in the same language.

    An address that is built with ``lang=None`` names none.
    """
    lang = lang_of_links() if has_request_context() and endpoint not in WITHOUT_LANG else None
    if lang and not getattr(current_app.view_functions.get(endpoint), "is_for_servers", False):
        values.setdefault("lang", lang)


def lang_of_links() -> str | None:
    """Return the language that the links of the current page keep: the one that its own address names, if any."""
    environ = request.environ
    if _LINKS not in environ:
        environ[_LINKS] = named_lang() if request.method in ("GET", "HEAD") else None
    return environ[_LINKS]


def without_lang(path: str) -> str:
    """Return a path of ours without the language in its query, so that the cookie counts there."""
    parts = urlsplit(path)
    kept = [(key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True) if key != LANG_COOKIE]
    return parts._replace(query=urlencode(kept)).geturl() if LANG_COOKIE in parts.query else path


def local(thing: Any, field: str) -> str:
    """Return a text of a bilingual row in the page's language: ``name_en`` in English, else ``name``."""
    if current_lang() == "en":
        return getattr(thing, f"{field}_en") or getattr(thing, field)
    return getattr(thing, field)

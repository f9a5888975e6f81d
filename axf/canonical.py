"""What search engines and shared links see of a page: one address, words, a picture, data about it."""

from dataclasses import dataclass, field
from typing import Any

from flask import current_app, url_for

from axf.i18n import DEFAULT_LANG, HTML_LANGS, current_lang

LONGEST_DESCRIPTION = 155
OG_LOCALES = {"zh": "zh_CN", "en": "en_US"}


@dataclass(frozen=True)
class Head:
    """The head of a public page. ``data`` are schema.org objects; a page that is not ``indexed`` has no alternates."""

    title: str
    description: str
    endpoint: str
    values: dict[str, Any] = field(default_factory=dict)
    image: str = ""
    image_alt: str = ""
    kind: str = "website"
    data: tuple[dict[str, Any], ...] = ()
    indexed: bool = True

    @property
    def url(self) -> str:
        """The one address of this page in its language."""
        return absolute(self.endpoint, current_lang(), **self.values)

    @property
    def alternates(self) -> dict[str, str]:
        """The page's addresses by ``hreflang``, ``x-default`` included."""
        urls = {HTML_LANGS[lang]: absolute(self.endpoint, lang, **self.values) for lang in HTML_LANGS}
        return {**urls, "x-default": urls[HTML_LANGS[DEFAULT_LANG]]}

    @property
    def locale(self) -> str:
        return OG_LOCALES[current_lang()]

    @property
    def other_locales(self) -> list[str]:
        return [locale for locale in OG_LOCALES.values() if locale != self.locale]


def absolute(endpoint: str, lang: str, **values: Any) -> str:
    """Return the absolute address by ``AXF_BASE_URL``; Chinese, the default, is not named in it."""
    return in_full(url_for(endpoint, **values, lang=None if lang == DEFAULT_LANG else lang))


def in_full(path: str) -> str:
    """Return a path of ours as an absolute address by ``AXF_BASE_URL``."""
    return f"{current_app.config['BASE_URL']}{path}"


def shortened(text: str) -> str:
    """Return a text in one line, cut at a length that search engines show."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_DESCRIPTION else f"{line[: LONGEST_DESCRIPTION - 1].rstrip()}…"

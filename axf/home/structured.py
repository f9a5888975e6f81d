"""What the shop is in the words of schema.org, for the home page's JSON-LD."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from axf.canonical import absolute, in_full
from axf.i18n import DEFAULT_LANG, HTML_LANGS, current_lang

# Given by the mission; the search package answers there.
SEARCH_PATH = "/axf/search/"


def shop() -> dict[str, Any]:
    """Return the shop as an OnlineStore and its WebSite with the way to search it."""
    lang = current_lang()
    url, chinese = absolute("home.index", lang), absolute("home.index", DEFAULT_LANG)
    query = "" if lang == DEFAULT_LANG else f"lang={lang}&"
    store = {
        "@type": "OnlineStore",
        "@id": f"{chinese}#shop",
        "name": _("AXF"),
        "url": url,
        "logo": in_full(url_for("static", filename="img/icons/icon-512.png")),
    }
    site = {
        "@type": "WebSite",
        "@id": f"{chinese}#site",
        "name": _("AXF"),
        "url": url,
        "inLanguage": HTML_LANGS[lang],
        "publisher": {"@id": store["@id"]},
        "potentialAction": {
            "@type": "SearchAction",
            "target": {
                "@type": "EntryPoint",
                "urlTemplate": f"{in_full(SEARCH_PATH)}?{query}q={{search_term_string}}",
            },
            "query-input": "required name=search_term_string",
        },
    }
    return {"@context": "https://schema.org", "@graph": [store, site]}

"""``/robots.txt`` and the sitemap: what search engines may read, and where everything is."""

from collections.abc import Iterable, Iterator
from html import escape

from flask import Blueprint, Response, current_app, url_for

from axf.canonical import absolute, in_full
from axf.core.errors import NotFound
from axf.home import sitemap
from axf.i18n import LOCALES
from axf.market import kinds
from axf.web import public

ONE_HOUR, ONE_DAY = 3600, 24 * 3600
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SCHEMA = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def add_to(bp: Blueprint) -> None:
    """Register the addresses of this module. All stand at the root: a sitemap speaks only for what is below it."""
    bp.add_url_rule("/robots.txt", view_func=robots)
    bp.add_url_rule("/sitemap.xml", view_func=sitemap_index)
    bp.add_url_rule("/sitemap-pages.xml", view_func=sitemap_pages)
    bp.add_url_rule("/sitemap-goods-<int:part>.xml", view_func=sitemap_goods)


@public
def robots() -> Response:
    """Keep robots out of what is private, and lead them to the sitemap."""
    rules = "".join(f"Disallow: {prefix}\n" for prefix in private_prefixes())
    text = f"User-agent: *\n{rules}\nSitemap: {in_full(url_for('home.sitemap_index', lang=None))}\n"
    return _kept(Response(text, mimetype="text/plain"), ONE_DAY)


@public
def sitemap_index() -> Response:
    """List the parts of the sitemap."""
    addresses = [url_for("home.sitemap_pages", lang=None)]
    addresses += [url_for("home.sitemap_goods", part=part, lang=None) for part in sitemap.goods_parts()]
    entries = "".join(f"<sitemap><loc>{escape(in_full(address))}</loc></sitemap>\n" for address in addresses)
    return _kept(_xml(f"{_XML}<sitemapindex {_SCHEMA}>\n{entries}</sitemapindex>\n"), ONE_HOUR)


@public
def sitemap_pages() -> Response:
    """List the home page and each food type with its children, in both languages."""
    return _kept(_xml(_url_set(_pages())), ONE_HOUR)


@public
def sitemap_goods(part: int) -> Response:
    """List the goods of a part that are on sale, in both languages: at most 50,000 addresses, some 4 MB."""
    addresses = [
        address
        for goods_id in sitemap.goods_ids(part)
        for address in _in_each_language("market.goods", goods_id=goods_id)
    ]
    if not addresses:
        raise NotFound(what="sitemap")
    return _kept(_xml(_url_set(addresses)), ONE_HOUR)


def private_prefixes() -> list[str]:
    """Return the beginnings of addresses under which nothing is public, none of them within another."""
    public_rules, private = [], set()
    for rule in current_app.url_map.iter_rules():
        is_public = rule.endpoint == "static" or hasattr(current_app.view_functions[rule.endpoint], "is_public")
        if is_public:
            public_rules.append(rule.rule)
        else:
            private.add(rule.rule.partition("<")[0])
    alone = {prefix for prefix in private if not any(rule.startswith(prefix) for rule in public_rules)}
    return sorted(
        prefix for prefix in alone if not any(prefix != other and prefix.startswith(other) for other in alone)
    )


def _pages() -> Iterator[str]:
    yield from _in_each_language("home.index")
    for type_id, child_id in kinds.mapped_pages():
        yield from _in_each_language("market.listing", type_id=type_id, child_id=child_id, sort=0)


def _in_each_language(endpoint: str, **values: int) -> Iterator[str]:
    for lang in LOCALES:
        yield absolute(endpoint, lang, **values)


def _url_set(addresses: Iterable[str]) -> str:
    entries = "".join(f"<url><loc>{escape(address)}</loc></url>\n" for address in addresses)
    return f"{_XML}<urlset {_SCHEMA}>\n{entries}</urlset>\n"


def _xml(text: str) -> Response:
    return Response(text, mimetype="application/xml")


def _kept(response: Response, seconds: int) -> Response:
    response.headers["Cache-Control"] = f"public, max-age={seconds}"
    return response

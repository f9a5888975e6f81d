"""The search page, suggestions, and the note of what was asked for: public, the same bytes for everybody."""

from functools import lru_cache
from typing import Any

from flask import Blueprint, jsonify, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from axf.canonical import Head
from axf.core.errors import NotFound
from axf.extensions import csrf
from axf.i18n import current_lang
from axf.kept import kept
from axf.market.kinds import rail
from axf.market.queries import Named, type_names
from axf.search import hot, queries, suggestions
from axf.search.base import MOST_RANKED, Found
from axf.search.cli import group
from axf.search.engine import Bitmaps
from axf.search.forms import SearchForm, shown
from axf.security import is_asked_for
from axf.web import public

bp = Blueprint("search", __name__, cli_group=None)
bp.cli.add_command(group)

engine = Bitmaps()
# Suggestions change when the index is made anew, once a day; a browser and a cache may keep them for a while.
SUGGESTIONS_AGE = 300


@bp.get("/axf/search/")
@public
def index() -> Response | str:
    """What a text finds, filtered and sorted, a page at a time; without a text what others look for."""
    form = _form(request.query_string, current_lang())
    if form.type.errors or form.sort.errors or form.after.errors:
        raise NotFound(what="search")
    if not form.q.data:
        return render_template("search/start.html", hot_words=hot.hot_words(), head=_head(_("Search"), indexed=True))
    found = engine.find(form.q.data, form.type.data or None)
    page = queries.hits(found, form.filters, form.sort.data or queries.BEST, form.after.data or None)
    if not found.total:
        return render_template("search/none.html", form=form, head=_head(form.q.data), **_help(form, found))
    kinds, kind = rail().nodes, _type(form.type.data or None)
    return kept(
        (found, page, kinds, kind),
        lambda: render_template(
            "search/index.html",
            form=form,
            found=found,
            cards=page.cards,
            rail=kinds,
            type=kind,
            next_url=None if page.cursor is None else address(form, after=page.cursor),
            is_first_page=not form.after.data,
            most_ranked=MOST_RANKED,
            head=_head(form.q.data),
            address=lambda **changes: address(form, **changes),
        ),
    )


@bp.get("/axf/search/suggest/")
@public
def suggest() -> Response:
    """What may be meant by the beginning of a text, in both languages, as JSON."""
    found = suggestions.suggest(request.args.get("q", "")[:64])
    answer = jsonify(code="ok", msg="", suggestions=[_shown(each) for each in found])
    answer.headers["Cache-Control"] = f"public, max-age={SUGGESTIONS_AGE}"
    return answer


@bp.post("/axf/search/asked/")
@csrf.exempt
@public
def asked() -> Response:
    """Count what somebody asked for; a page says so in the background. Nobody is named."""
    text = shown(request.form.get("q"))
    if text and is_asked_for():
        hot.count(text.casefold())
    return Response(status=204)


@lru_cache(maxsize=256)
def _form(_query: bytes, _lang: str) -> SearchForm:
    """Return what the request asks for, checked; kept, for its ten fields cost a tenth of the page. None changes it."""
    form = SearchForm(request.args)
    form.validate()
    return form


def address(form: SearchForm, **changes: Any) -> str:
    """Return the address of this search with some of it changed; None and False leave a part out."""
    parts = {field.name: field.data for field in form if field.data and not field.errors and field.name != "after"}
    parts = {name: 1 if value is True else value for name, value in (parts | changes).items()}
    return url_for("search.index", **{name: value for name, value in parts.items() if value not in (None, False)})


def _head(title: str, *, indexed: bool = False) -> Head:
    """Return the head: only the start page is for search engines, hits are for shoppers."""
    words = _("Find fresh groceries at AXF by name, pinyin or English.")
    return Head(title, words, "search.index", indexed=indexed)


def _help(form: SearchForm, found: Found) -> dict[str, Any]:
    """Return what helps where nothing was found: what was understood, near words, goods of the nearest kind."""
    words = list(zip(found.wishes, found.alone or [0] * len(found.wishes), strict=True))
    return {"words": words, "near_words": queries.near_words(found.wishes), "cards": queries.popular(found.near)}


def _type(type_id: int | None) -> Named | None:
    """Return the food type or child that the hits are narrowed to. Raises NotFound."""
    if type_id is None:
        return None
    try:
        return type_names([type_id])[type_id]
    except KeyError:
        raise NotFound(what="food type") from None


def _shown(each: suggestions.Suggestion) -> dict[str, str]:
    if each.kind == "goods":
        url = url_for("market.goods", goods_id=each.ref)
    elif each.kind == "type":
        url = url_for("search.index", q=each.text, type=each.ref)
    else:
        url = url_for("search.index", q=each.text)
    return {"kind": each.kind, "text": each.text, "text_en": each.text_en, "url": url}

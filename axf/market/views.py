"""闪购 and the goods page: public, the same bytes for everybody."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from axf.core import clock
from axf.core.errors import NotFound
from axf.kept import kept
from axf.market import kinds, queries, share_views
from axf.market.cli import group
from axf.market.facts import facts_of
from axf.market.goods_cli import group as goods_group
from axf.market.heads import goods_head, kinds_head, listing_head
from axf.market.promotions import running_full_offs
from axf.review.shown import ALL, reviews_of
from axf.web import public

bp = Blueprint("market", __name__, cli_group=None)
bp.cli.add_command(group)
bp.cli.add_command(goods_group)
share_views.add_to(bp)


@bp.get("/axf/market/")
@public
def index() -> Response:
    """Lead to the first food type."""
    nodes = kinds.rail().nodes
    if not nodes:
        raise NotFound(what="catalogue")
    return redirect(url_for("market.listing", type_id=nodes[0].id, child_id=0, sort=0))


@bp.get("/axf/kinds/")
@public
def all_kinds() -> Response:
    """All food types, a page at a time: the rail has only the first ones."""
    cursor = request.args.get("after")
    page = kinds.page_of_kinds(cursor)
    next_url = url_for("market.all_kinds", after=page.cursor) if page.cursor else None
    head = kinds_head(is_first_page=not cursor)
    return kept(page, lambda: render_template("market/kinds.html", nodes=page.nodes, next_url=next_url, head=head))


@bp.get("/axf/market/<int:type_id>/<int:child_id>/<int:sort>/")
@public
def listing(type_id: int, child_id: int, sort: int) -> Response:
    """The goods of a food type (child 0: all) in one of four sorts, a page at a time."""
    rail, current = kinds.shelf_of(type_id, child_id)
    child = current.child(child_id) if child_id else None
    cursor = request.args.get("after")
    page = queries.listing(current, child_id, sort, cursor)
    return kept(
        (rail, current, page),
        lambda: render_template(
            "market/index.html",
            rail=rail.around(current),
            has_more_kinds=rail.has_more,
            current=current,
            child=child,
            sort=sort,
            cards=page.cards,
            next_url=_next_url(type_id, child_id, sort, page.cursor),
            is_first_page=not cursor,
            head=listing_head(current, child, page, not cursor),
        ),
    )


@bp.get("/axf/goods/<int:goods_id>/")
@public
def goods(goods_id: int) -> Response:
    """One goods with all that is known of it, and a page of its reviews."""
    card, type_id, child_id = queries.goods_detail(goods_id)
    current, child = kinds.path_of(type_id, child_id)
    full_offs = tuple(each for each in running_full_offs(clock.now()) if each.is_for(goods_id))
    together = queries.bought_with(goods_id)
    kind = request.args.get("reviews", ALL)
    page = reviews_of(goods_id, kind, request.args.get("after"))
    return kept(
        (card, current, child, full_offs, together, page),
        lambda: render_template(
            "market/goods.html",
            card=card,
            current=current,
            child=child,
            facts=facts_of(card),
            head=goods_head(card, current, child, page.reviews),
            full_offs=full_offs,
            together=together,
            reviews=page.reviews,
            kind=kind,
            next_url=_reviews_url(goods_id, kind, page.cursor) if page.cursor else None,
        ),
    )


def _next_url(type_id: int, child_id: int, sort: int, cursor: str | None) -> str | None:
    if cursor is None:
        return None
    return url_for("market.listing", type_id=type_id, child_id=child_id, sort=sort, after=cursor)


def _reviews_url(goods_id: int, kind: str, cursor: str) -> str:
    return url_for("market.goods", goods_id=goods_id, reviews=kind, after=cursor, _anchor="reviews")

"""The heart of the goods page, what I keep, and what I looked at."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from axf.core import clock
from axf.core.errors import ShopError
from axf.errors import message_of
from axf.extensions import csrf
from axf.market.asking import ask_about
from axf.notice import alerts
from axf.remembered import favourites, footprints
from axf.security import is_asked_for
from axf.user import wishes
from axf.user.auth import LoginNeeded, current_user, login_needed
from axf.web import json_ok, redirect_back, safe_path, wants_json

bp = Blueprint("remembered", __name__)


@bp.route("/axf/goods/<int:goods_id>/favourite/", methods=["GET", "POST"])
@csrf.exempt
def favourite(goods_id: int) -> Response | str:
    """Keep a goods, or with ``off`` no longer; its form is on a public page and cannot carry a token."""
    is_off = bool(request.values.get("off"))
    if request.method != "POST" or not is_asked_for():
        return _ask(goods_id, is_off)
    if g.user is None:
        page = url_for("remembered.favourite", goods_id=goods_id)
        raise LoginNeeded(next=f"{page}?off=1") if is_off else wishes.login_first("favourite", goods_id, page)
    if is_off:
        favourites.drop(g.user.id, goods_id)
    else:
        favourites.keep(g.user.id, goods_id)
    said = _("No longer in your favourites") if is_off else _("Kept in your favourites")
    if wants_json():
        return json_ok(said, goods_id=goods_id, is_favourite=not is_off)
    flash(said, "success")
    return redirect_back(url_for("remembered.index"))


@wishes.carries("favourite")
def keep_after_login(user_id: int, goods_id: int) -> str:
    """Keep what was tapped before the login; what stands against it is told on the list."""
    try:
        favourites.keep(user_id, goods_id)
        flash(_("Kept in your favourites"), "success")
    except ShopError as refusal:
        flash(message_of(refusal), "error")
    return url_for("remembered.index")


@bp.get("/axf/favourites/")
@login_needed
def index() -> str:
    """What I keep, the newest first, a page at a time; what is sold out says so."""
    user_id = current_user().id
    page = favourites.page_of(user_id, request.args.get("after"))
    sold_out = [card.id for card in page.cards if card.is_sold_out]
    return render_template(
        "remembered/favourites.html",
        cards=page.cards,
        waiting=alerts.waiting(user_id, sold_out),
        next_url=url_for("remembered.index", after=page.cursor) if page.cursor else None,
    )


@bp.post("/axf/goods/<int:goods_id>/seen/")
@csrf.exempt
def seen(goods_id: int) -> Response:
    """Note that I look at a goods; its public page's script says so, and only for shoppers who are logged in."""
    if not is_asked_for():
        return redirect(url_for("market.goods", goods_id=goods_id), 303)
    footprints.note(current_user().id, goods_id)
    return json_ok("")


@bp.get("/axf/footprints/")
@login_needed
def history() -> str:
    """What I looked at, by day, the newest first."""
    days = footprints.days_of(current_user().id)
    return render_template("remembered/footprints.html", days=days, today=clock.today())


@bp.post("/axf/footprints/<int:goods_id>/delete/")
@login_needed
def forget(goods_id: int) -> Response:
    """Forget that I looked at one goods."""
    footprints.remove(current_user().id, goods_id)
    return redirect(url_for("remembered.history"), 303)


@bp.post("/axf/footprints/clear/")
@login_needed
def forget_all() -> Response:
    """Forget all that I looked at."""
    footprints.clear(current_user().id)
    flash(_("All of it is forgotten"), "success")
    return redirect(url_for("remembered.history"), 303)


def _ask(goods_id: int, is_off: bool) -> str:
    action = url_for("remembered.favourite", goods_id=goods_id)
    fields = {"next": safe_path(request.values.get("next")) or url_for("remembered.index")}
    if is_off:
        return ask_about(goods_id, _("Keep this no longer?"), _("Remove"), action, off="1", **fields)
    return ask_about(goods_id, _("Keep this in your favourites?"), _("Keep in my favourites"), action, **fields)

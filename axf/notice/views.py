"""The inbox 站内信, and the page on which to wait for a goods."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from axf.extensions import csrf
from axf.i18n import current_lang
from axf.market.queries import goods_detail
from axf.notice import alerts, inbox
from axf.notice.cli import group
from axf.notice.texts import Texts
from axf.security import is_asked_for
from axf.user.auth import LoginNeeded, current_user, login_needed
from axf.web import redirect_back

bp = Blueprint("notice", __name__, cli_group=None)
bp.cli.add_command(group)


@bp.get("/axf/messages/")
@login_needed
def messages() -> str:
    """What the shop told me, the newest first; each entry leads to what it is about."""
    user_id = current_user().id
    page = inbox.page_of(user_id, Texts(current_lang()), request.args.get("after"))
    return render_template(
        "notice/messages.html",
        entries=page.entries,
        unread=inbox.count_unread(user_id),
        next_url=url_for("notice.messages", after=page.cursor) if page.cursor else None,
    )


@bp.post("/axf/messages/read/")
@login_needed
def read_all() -> Response:
    """Mark all messages as read."""
    inbox.read_all(current_user().id)
    return redirect(url_for("notice.messages"), 303)


@bp.get("/axf/goods/<int:goods_id>/alert/")
@login_needed
def alert_page(goods_id: int) -> str:
    """Whether I wait for this goods, and the button that changes it."""
    card, _type_id, _child_id = goods_detail(goods_id)
    return render_template("notice/alert.html", card=card, is_waiting=alerts.is_waiting(current_user().id, goods_id))


@bp.post("/axf/goods/<int:goods_id>/alert/")
@csrf.exempt
def alert(goods_id: int) -> Response:
    """Wait for this goods, or no longer (``off``); also from its public page, whose form cannot carry a token."""
    page = url_for("notice.alert_page", goods_id=goods_id)
    if not is_asked_for():
        return redirect(page, 303)
    if g.user is None:
        raise LoginNeeded(next=page)
    if request.form.get("off"):
        alerts.forget(g.user.id, goods_id)
    else:
        alerts.ask(g.user.id, goods_id)
        flash(_("We will tell you as soon as it is back."), "success")
    return redirect_back(page)

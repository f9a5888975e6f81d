"""再来一单: an order into the cart again, and the page that says what has changed since."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from axf.order import again as ordering_again
from axf.order.again import Again
from axf.order.refill import AgainLine
from axf.user.auth import current_user, login_needed
from axf.web import json_ok, wants_json


def add_to(bp: Blueprint) -> None:
    """Register the addresses of this module."""
    bp.add_url_rule("/axf/order/<no>/again/", view_func=again, methods=["POST"])
    bp.add_url_rule("/axf/order/<no>/again/", view_func=changes, methods=["GET"])


@login_needed
def again(no: str) -> Response:
    """Put what my order had into my cart; then lead to what has changed since, or to the cart when nothing has."""
    found = ordering_again.again(current_user().id, no)
    in_cart = ngettext("%(num)d thing is in your cart", "%(num)d things are in your cart", found.quantity)
    if wants_json():
        return json_ok(in_cart, count=found.quantity, lines=[_told(line) for line in found.lines])
    if found.changed:
        return redirect(url_for("order.changes", no=no), 303)
    flash(_("All of the order is in your cart, at the same prices."), "success")
    return redirect(url_for("cart.index"), 303)


@login_needed
def changes(no: str) -> str:
    """What has changed since my order, and what of it my cart holds. It only reads: it can be loaded again."""
    found: Again = ordering_again.compare(current_user().id, no)
    return render_template("order/again.html", again=found)


def _told(line: AgainLine) -> dict[str, Any]:
    return {
        "goods_id": line.goods_id,
        "wanted": line.wanted,
        "quantity": line.quantity,
        "is_gone": line.is_gone,
        "replaced_by": line.goods.id if line.goods and line.is_replaced else None,
        "price_then": line.price_then,
        "price_now": line.price_now,
    }

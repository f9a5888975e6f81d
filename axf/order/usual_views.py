"""常购清单: the page of the usual basket, and its one tap into the cart."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from axf.core.paging import LARGEST_INT
from axf.order import usual
from axf.user.auth import current_user, login_needed


def add_to(bp: Blueprint) -> None:
    """Register the address of this module."""
    bp.add_url_rule("/axf/usual/", view_func=usual_basket, methods=["GET"])
    bp.add_url_rule("/axf/usual/", view_func=fill_cart, methods=["POST"])


@login_needed
def usual_basket() -> str:
    """What I buy time and again, how it stands now, and the boxes to choose from."""
    return render_template("order/usual.html", usual=usual.usual_of(current_user().id))


@login_needed
def fill_cart() -> Response:
    """Put what I chose into my cart; then to the cart, or back to the basket when not all of it could go in."""
    chosen = {int(each) for each in request.form.getlist("goods") if _is_id(each)}
    if not chosen:
        flash(_("Please choose something first."), "error")
        return redirect(url_for("order.usual_basket"), 303)
    lines = usual.fill(current_user().id, chosen).lines
    put = sum(line.quantity for line in lines)
    flash(
        ngettext(
            "%(num)d thing of your usual basket is in your cart",
            "%(num)d things of your usual basket are in your cart",
            put,
        ),
        "success" if put else "info",
    )
    is_whole = bool(lines) and not any(line.is_gone or line.is_fewer for line in lines)
    return redirect(url_for("cart.index" if is_whole else "order.usual_basket"), 303)


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 10 and int(text) <= LARGEST_INT

"""Another address for my order."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from axf.errors import message_of
from axf.order import queries, readdressing
from axf.order.forms import AddressChoice
from axf.order.readdressing import OtherArea
from axf.order.state import WrongState
from axf.user import addresses
from axf.user.auth import current_user, login_needed


def add_to(bp: Blueprint) -> None:
    """Register the addresses of this module."""
    bp.add_url_rule("/axf/order/<no>/address/", view_func=readdress, methods=["GET"])
    bp.add_url_rule("/axf/order/<no>/address/", "change_address", change_address, methods=["POST"])


@login_needed
def readdress(no: str) -> str | BaseResponse:
    """My addresses that this order could be brought to instead."""
    view = queries.order_of(current_user().id, no)
    if not view.may_readdress:
        return redirect(url_for("order.detail", no=no), 303)
    return render_template("order/address.html", view=view, choices=addresses.book_of(current_user().id))


@login_needed
def change_address(no: str) -> BaseResponse:
    """Bring my order to another address of mine."""
    form = AddressChoice()
    if not form.validate_on_submit():
        return redirect(url_for("order.readdress", no=no), 303)
    try:
        readdressing.change_address(current_user().id, no, int(form.address_id.data or 0))
    except OtherArea as refusal:
        flash(message_of(refusal), "error")
        return redirect(url_for("order.readdress", no=no), 303)
    except WrongState as refusal:
        flash(message_of(refusal), "error")
    else:
        flash(_("Your order goes to the new address."), "success")
    return redirect(url_for("order.detail", no=no), 303)

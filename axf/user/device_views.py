"""My devices: where I am logged in, and the way to end it there."""

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from axf.user import tickets
from axf.user.auth import current_user, login_needed


def add_to(bp: Blueprint) -> None:
    """Register the addresses of this module."""
    bp.add_url_rule("/axf/account/devices/", view_func=devices, methods=["GET"])
    bp.add_url_rule("/axf/account/devices/<int:ticket_id>/end/", view_func=end_login, methods=["POST"])
    bp.add_url_rule("/axf/account/devices/end-others/", view_func=end_other_logins, methods=["POST"])


@login_needed
def devices() -> str:
    """Where I am logged in: browser and system, network, first and last seen; this one is marked."""
    user = current_user()
    logins = tickets.logins_of(user.id, current_app.config["TICKET_IDLE"])
    return render_template("user/devices.html", logins=logins, this_id=user.ticket_id)


@login_needed
def end_login(ticket_id: int) -> Response:
    """End one login; this browser's own leads to the login page."""
    user = current_user()
    tickets.revoke_one(user.id, ticket_id)
    if ticket_id == user.ticket_id:
        return redirect(url_for("user.login"), 303)
    flash(_("This device is logged out."), "success")
    return redirect(url_for("user.devices"), 303)


@login_needed
def end_other_logins() -> Response:
    """End all logins but this one."""
    user = current_user()
    ended = tickets.revoke_all(user.id, but=user.ticket_id)
    flash(ngettext("%(num)d device is logged out.", "%(num)d devices are logged out.", ended), "success")
    return redirect(url_for("user.devices"), 303)

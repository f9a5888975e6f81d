"""Where an order's parcels are: the part of its page that refreshes itself, and what couriers push."""

from flask import Blueprint, Response, jsonify, render_template, request

from axf.extensions import csrf, db
from axf.logistics.providers import PUSH_PATH, tracing
from axf.logistics.shipments import shipments_of
from axf.order import dispatch, queries
from axf.user.auth import current_user, login_needed


def add_to(bp: Blueprint) -> None:
    """Add the addresses of this module."""
    bp.add_url_rule("/axf/order/<no>/tracking/", "tracking", tracking)
    bp.add_url_rule(PUSH_PATH, "push", push, methods=["POST"])


@login_needed
def tracking(no: str) -> str:
    """The shipments of one of my orders, as a part of its page."""
    order = queries.order_of(current_user().id, no).order
    parcels = shipments_of(db.session, [order.id])[order.id]
    return render_template("order/tracking.html", order=order, parcels=parcels)


@csrf.exempt
def push() -> Response:
    """Write what the tracing provider tells of a number; it is signed. A repeat changes nothing."""
    dispatch.trace(tracing().read(request.form))
    return jsonify(result=True, returnCode="200", message="ok")


push.is_for_servers = True

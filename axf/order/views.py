"""The list of orders, an order, and that it has come. Checkout and paying have their own modules."""

import contextlib
from collections.abc import Iterator

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from axf.aftersale import views as after_sale_views
from axf.aftersale.cli import group as after_sale_group
from axf.delivery.cli import group as delivery_group
from axf.order import (
    again_views,
    checkout_views,
    fulfilment,
    lists,
    pay_views,
    queries,
    readdress_views,
    settlement,
    tracking_views,
    usual_views,
)
from axf.order.cli import group
from axf.order.detail_page import detail_page
from axf.order.forms import CancelForm
from axf.order.payment_cli import group as payment_group
from axf.order.state import WrongState
from axf.user.auth import current_user, login_needed
from axf.web import wants_json

bp = Blueprint("order", __name__, cli_group=None)
bp.cli.add_command(group)
bp.cli.add_command(delivery_group)
bp.cli.add_command(payment_group)
checkout_views.add_to(bp)
again_views.add_to(bp)
usual_views.add_to(bp)
after_sale_views.add_to(bp)
bp.cli.add_command(after_sale_group)
readdress_views.add_to(bp)
tracking_views.add_to(bp)
pay_views.add_to(bp)


@bp.get("/axf/orders/")
@login_needed
def index() -> str:
    """My orders, all or of one tab, a page at a time."""
    tab = request.args.get("status") or None
    page = lists.orders_of(current_user().id, tab, request.args.get("after"))
    counts = lists.counts_of(current_user().id)
    next_url = url_for("order.index", status=tab, after=page.cursor) if page.cursor else None
    return render_template("order/index.html", orders=page.orders, status=tab, next_url=next_url, counts=counts)


@bp.get("/axf/order/<no>/")
@login_needed
def detail(no: str) -> str:
    """One of my orders. Coming back from a provider it waits for the notice; it never believes the browser."""
    view = queries.order_of(current_user().id, no)
    return detail_page(view, is_waiting="paid" in request.args and view.may_pay)


@bp.post("/axf/order/<no>/cancel/")
@login_needed
def cancel(no: str) -> BaseResponse:
    """Cancel my unpaid order."""
    with _told_by_its_page():
        fulfilment.cancel(current_user().id, no, CancelForm().reason.data)
    return redirect(url_for("order.detail", no=no), 303)


@bp.post("/axf/order/<no>/receive/")
@login_needed
def receive(no: str) -> BaseResponse:
    """Say that my order has come."""
    with _told_by_its_page():
        fulfilment.receive(current_user().id, no)
    return redirect(url_for("order.detail", no=no), 303)


@contextlib.contextmanager
def _told_by_its_page() -> Iterator[None]:
    """Let a page's form pass when its order was paid, cancelled or expired meanwhile: the order's page tells."""
    try:
        yield
    except (WrongState, settlement.OrderExpired):
        if wants_json():
            raise

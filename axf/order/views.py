"""The list of orders, an order, paying, its notices, and that it has come. Checkout has its own module."""

import contextlib
from collections.abc import Iterator

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from axf.aftersale import queries as after_sales
from axf.aftersale import views as after_sale_views
from axf.aftersale.cli import group as after_sale_group
from axf.delivery.cli import group as delivery_group
from axf.extensions import csrf
from axf.order import again_views, checkout_views, fulfilment, queries, settlement
from axf.order.cli import group
from axf.order.forms import CancelForm, PayForm
from axf.order.state import WrongState
from axf.payment.base import Start
from axf.payment.providers import provider
from axf.user.auth import current_user, login_needed
from axf.web import wants_json

bp = Blueprint("order", __name__, cli_group=None)
bp.cli.add_command(group)
bp.cli.add_command(delivery_group)
checkout_views.add_to(bp)
again_views.add_to(bp)
after_sale_views.add_to(bp)
bp.cli.add_command(after_sale_group)


@bp.get("/axf/orders/")
@login_needed
def index() -> str:
    """My orders, all or of one tab, a page at a time."""
    tab = request.args.get("status") or None
    page = queries.orders_of(current_user().id, tab, request.args.get("after"))
    next_url = url_for("order.index", status=tab, after=page.cursor) if page.cursor else None
    return render_template("order/index.html", orders=page.orders, status=tab, next_url=next_url)


@bp.get("/axf/order/<no>/")
@login_needed
def detail(no: str) -> str:
    """One of my orders. Coming back from a provider it waits for the notice; it never believes the browser."""
    view = queries.order_of(current_user().id, no)
    is_waiting = "paid" in request.args and view.may_pay
    return render_template(
        "order/detail.html",
        view=view,
        is_waiting=is_waiting,
        providers=current_app.config["PAYMENT_PROVIDERS"],
        after_sale=after_sales.about(view.order),
    )


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


@bp.post("/axf/order/<no>/pay/")
@login_needed
def pay(no: str) -> BaseResponse:
    """Lead to the provider's page for my unpaid order."""
    form = PayForm()
    chosen = provider(form.provider.data if form.validate_on_submit() else "")
    payment = None
    with _told_by_its_page():
        payment = settlement.start(current_user().id, no, chosen.name)
    if payment is None:
        return redirect(url_for("order.detail", no=no), 303)
    base = current_app.config["BASE_URL"]
    address = chosen.start(
        Start(
            payment_no=payment.no,
            amount=payment.amount,
            subject=f"AXF {no}",
            notify_url=base + url_for("order.notify", name=chosen.name),
            return_url=url_for("order.detail", no=no, paid=1),
            leave_url=url_for("order.detail", no=no),
        )
    )
    return redirect(address, 303)


@bp.post("/axf/pay/<name>/notify/")
@csrf.exempt
def notify(name: str) -> Response:
    """Book a provider's signed notice; the only way in which an order becomes paid."""
    sender = provider(name)
    settlement.settle(sender.read_notice(request.get_data(), request.headers))
    return Response(sender.acknowledge(), mimetype="text/plain")


notify.is_for_servers = True


@contextlib.contextmanager
def _told_by_its_page() -> Iterator[None]:
    """Let a page's form pass when its order was paid, cancelled or expired meanwhile: the order's page tells."""
    try:
        yield
    except (WrongState, settlement.OrderExpired):
        if wants_json():
            raise

"""Checkout, the list of orders, an order, paying and its notices."""

import contextlib
from collections.abc import Iterator

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from axf.cart.queries import cart_of
from axf.core import clock
from axf.core.errors import ShopError
from axf.delivery import areas, slots
from axf.delivery.cli import group as delivery_group
from axf.errors import message_of
from axf.extensions import csrf
from axf.order import again_views, checkout, fulfilment, queries, settlement
from axf.order.cli import group
from axf.order.forms import CancelForm, CheckoutForm, PayForm
from axf.order.state import WrongState
from axf.payment.base import Start
from axf.payment.providers import provider
from axf.user import addresses
from axf.user.auth import current_user, login_needed
from axf.web import wants_json

bp = Blueprint("order", __name__, cli_group=None)
bp.cli.add_command(group)
bp.cli.add_command(delivery_group)
again_views.add_to(bp)


@bp.get("/axf/checkout/")
@login_needed
def confirm() -> BaseResponse | str:
    """What the selected lines cost, and the button that orders them."""
    cart = cart_of(current_user().id)
    if not cart.selected:
        return redirect(url_for("cart.index"))
    form = CheckoutForm(formdata=None)
    form.checkout_token.data = checkout.new_token()
    form.address_id.data = request.args.get("address", "")
    return _checkout_page(form)


@bp.post("/axf/checkout/")
@login_needed
def place() -> BaseResponse | tuple[str, int]:
    """Order the selected lines; a repeat of the same form leads to the same order."""
    form = CheckoutForm()
    if not form.validate_on_submit():
        if form.checkout_token.errors:
            form.checkout_token.data = checkout.new_token()
        return _checkout_page(form), 400
    wishes = checkout.Wishes(form.address_id.data, form.slot_id.data, form.wish.data, form.note.data)
    life = current_app.config["UNPAID_LIFE"]
    try:
        placed = checkout.place(current_user().id, form.checkout_token.data, form.shown_total.data, wishes, life)
    except checkout.REFUSALS as refusal:
        return _checkout_page(form, refusal), refusal.status
    return redirect(url_for("order.detail", no=placed.no), 303)


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
        "order/detail.html", view=view, is_waiting=is_waiting, providers=current_app.config["PAYMENT_PROVIDERS"]
    )


@bp.post("/axf/order/<no>/cancel/")
@login_needed
def cancel(no: str) -> BaseResponse:
    """Cancel my unpaid order."""
    with _told_by_its_page():
        fulfilment.cancel(current_user().id, no, CancelForm().reason.data)
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


def _checkout_page(form: CheckoutForm, refusal: ShopError | None = None) -> str:
    """Show the checkout as it is now. The token stays through a refusal: no order was made with it."""
    cart = cart_of(current_user().id)
    book = addresses.book_of(current_user().id)
    wanted = str(form.address_id.data or "")
    chosen = next((each for each in book if str(each.id) == wanted), book[0] if book else None)
    area = areas.area_of(chosen.district) if chosen else None
    price = checkout.price_of(cart.selected, area)
    # That nothing is left the page says itself.
    is_told = refusal is not None and not isinstance(refusal, checkout.NothingSelected)
    return render_template(
        "order/checkout.html",
        cart=cart,
        form=form,
        book=book,
        chosen=chosen,
        area=area,
        slots=slots.offered(area.id, clock.now()) if area else [],
        quote=price,
        missing=checkout.missing_to_minimum(price, area) if area else 0,
        message=message_of(refusal) if refusal and is_told else None,
    )

"""Asking something back, my requests, and one of them."""

from collections.abc import Callable
from datetime import timedelta

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from axf.aftersale import queries, service
from axf.aftersale.forms import AfterSaleForm, quantities_in
from axf.aftersale.queries import Askable
from axf.aftersale.service import AskedAlready, NothingChosen, TooLate
from axf.aftersale.state import RequestMoved
from axf.errors import message_of, picture_text
from axf.order import queries as orders
from axf.order.models import Order
from axf.order.shares import NotSoMany
from axf.order.state import State as OrderState
from axf.storage import photos
from axf.storage.images import BadPicture
from axf.storage.photos import TooManyPhotos
from axf.storage.store import uploads as kept_uploads
from axf.user import throttle
from axf.user.auth import current_user, login_needed
from axf.web import takes_uploads, wants_json

# What the form tells and lets the shopper mend.
REFUSALS = (NothingChosen, NotSoMany, TooLate, AskedAlready)
# Each may bring photos.
ASK_TRIES, ASK_WINDOW = 30, timedelta(hours=1)


def add_to(bp: Blueprint) -> None:
    """Register the addresses of this module."""
    bp.add_url_rule("/axf/order/<no>/after-sale/", view_func=ask_after_sale, methods=["GET", "POST"])
    bp.add_url_rule("/axf/after-sales/", view_func=after_sales)
    bp.add_url_rule("/axf/after-sale/<no>/", view_func=after_sale)
    bp.add_url_rule("/axf/after-sale/<no>/withdraw/", view_func=withdraw_after_sale, methods=["POST"])
    bp.add_url_rule("/axf/after-sale/<no>/hand-over/", view_func=hand_over_after_sale, methods=["POST"])


@login_needed
@takes_uploads(photos.UPLOAD_LIMIT)
def ask_after_sale(no: str) -> Response | str | tuple[str, int]:
    """Choose pieces of my received order, see what they give back, and ask. What is chosen stands in the address."""
    order = orders.order_of(current_user().id, no).order
    if order.state != OrderState.RECEIVED and not wants_json():
        return redirect(url_for("order.detail", no=no), 303)
    form = AfterSaleForm()
    if not form.is_submitted():
        return _page(order, form)
    if not form.validate():
        return _page(order, form), 400
    try:
        return redirect(url_for("order.after_sale", no=_ask(order.no, form)), 303)
    except (BadPicture, TooManyPhotos) as refusal:
        if wants_json():
            raise
        form.photos.errors = [picture_text(refusal) or message_of(refusal)]
        return _page(order, form), refusal.status
    except REFUSALS as refusal:
        if wants_json():
            raise
        form.form_errors.append(message_of(refusal))
        return _page(order, form), refusal.status


@login_needed
def after_sales() -> str:
    """My requests, a page at a time."""
    page = queries.requests_of(current_user().id, request.args.get("after"))
    next_url = url_for("order.after_sales", after=page.cursor) if page.cursor else None
    return render_template("order/after_sales.html", requests=page.requests, next_url=next_url)


@login_needed
def after_sale(no: str) -> str:
    """One of my requests: what became of it, and what I can do."""
    return render_template("order/after_sale.html", view=queries.request_of(current_user().id, no))


@login_needed
def withdraw_after_sale(no: str) -> Response:
    """Take my request back."""
    return _moved(service.withdraw, no)


@login_needed
def hand_over_after_sale(no: str) -> Response:
    """Say that I have handed the goods over."""
    return _moved(service.hand_over, no)


def _ask(no: str, form: AfterSaleForm) -> str:
    user_id = current_user().id
    throttle.count_try(f"after-sale:{user_id}", ASK_TRIES, ASK_WINDOW)
    return service.ask(
        user_id,
        no,
        form.wanted(quantities_in(request.args)),
        uploads=[upload.stream for upload in form.photos.data or []],
        store=kept_uploads(),
        limits=current_app.config["AFTERSALE_LIMITS"],
    )


def _page(order: Order, form: AfterSaleForm) -> str:
    # What was shown may be old: the next try is about the present.
    form.number.data = str(queries.count_of(order.id) + 1)
    askable = queries.askable_of(order)
    chosen = quantities_in(request.args) or _only(askable)
    if form.photos.data and not form.photos.errors:
        form.photos.errors = [_("Please choose the photos again.")]
    return render_template(
        "order/after_sale_ask.html",
        order=order,
        askable=askable,
        shares=queries.shares_of(askable, chosen),
        chosen=chosen,
        chosen_args={f"q_{goods_id}": count for goods_id, count in chosen.items()},
        form=form,
    )


def _only(askable: list[Askable]) -> dict[int, int]:
    """Return what is meant when there is no choice: one line with one piece."""
    found = [each for each in askable if each.may_ask]
    return {found[0].line.goods_id: 1} if len(found) == 1 and found[0].pieces == 1 else {}


def _moved(use_case: Callable[[int, str], None], no: str) -> Response:
    """Carry a move out and show the request, also when it moved on meanwhile: its page tells."""
    try:
        use_case(current_user().id, no)
    except RequestMoved:
        if wants_json():
            raise
    return redirect(url_for("order.after_sale", no=no), 303)

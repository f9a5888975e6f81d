"""The checkout page: every choice is priced by the server, and the last button orders."""

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from axf.cart.queries import cart_of, lines_of, lower_price
from axf.core import clock
from axf.core.errors import ShopError
from axf.delivery import slots
from axf.errors import MESSAGES, message_of
from axf.market.queries import goods_names, type_names
from axf.order import changes, checkout
from axf.order.draft import draft_of, offers_of
from axf.order.facts import facts_of
from axf.order.forms import CheckoutForm
from axf.user import addresses
from axf.user.addresses import AddressView
from axf.user.auth import current_user, login_needed


def add_to(bp: Blueprint) -> None:
    """Register the addresses of this module."""
    bp.add_url_rule("/axf/checkout/", view_func=confirm, methods=["GET"])
    bp.add_url_rule("/axf/checkout/", view_func=place, methods=["POST"])


@login_needed
def confirm() -> Response | str:
    """What the selected lines (or one goods, bought at once) cost, and the button that orders them."""
    form = CheckoutForm(formdata=None)
    form.checkout_token.data = checkout.new_token()
    form.address_id.data = request.args.get("address", "")
    form.buy.data = request.args.get("buy", "")
    form.quantity.data = request.args.get("quantity", "1")
    if not lines_of(current_user().id, form.wishes({}).buy):
        return redirect(url_for("cart.index"))
    return _page(form)


@login_needed
def place() -> Response | str | tuple[str, int]:
    """Price the choices anew, or order; a repeat of the same order leads to the same one."""
    form = CheckoutForm()
    if request.form.get("do") == "update":
        return _page(form)
    if not form.validate_on_submit():
        if form.checkout_token.errors:
            form.checkout_token.data = checkout.new_token()
        # The time says itself what is wrong with it.
        is_told = set(form.errors) <= {"slot_id"}
        return _page(form, message=None if is_told else str(MESSAGES["bad-input"])), 400
    life = current_app.config["UNPAID_LIFE"]
    wishes = form.wishes(request.form)
    try:
        placed = checkout.place(current_user().id, form.checkout_token.data, form.shown_total.data, wishes, life)
    except checkout.REFUSALS as refusal:
        # That nothing is left the page says itself.
        is_told = isinstance(refusal, checkout.NothingSelected)
        return _page(form, refusal, None if is_told else message_of(refusal)), refusal.status
    return redirect(url_for("order.detail", no=placed.no), 303)


def _page(form: CheckoutForm, refusal: ShopError | None = None, message: str | None = None) -> str:
    """Show the checkout as it is now. The token stays through a refusal: no order was made with it.

    A page that the browser kept from before its order was placed gets a fresh one.
    """
    user_id, now, wishes = current_user().id, clock.now(), form.wishes(request.form)
    lines = lines_of(user_id, wishes.buy)
    book = addresses.book_of(user_id)
    address = _chosen(book, wishes.address_id)
    facts = facts_of(user_id, now, address.id if address else 0, wishes.slot_id, form.checkout_token.data or "")
    if facts.known_no:
        form.checkout_token.data = checkout.new_token()
    draft = draft_of(lines, facts, offers_of(user_id, facts, now), wishes, now)
    area = facts.destination.area if facts.destination else None
    is_changed = isinstance(refusal, checkout.TotalChanged)
    changed = changes.changes(form.shown.data, lines, draft.quote) if is_changed else []
    return render_template(
        "order/checkout.html",
        form=form,
        wishes=wishes,
        book=book,
        chosen=address,
        area=area,
        slots=slots.offered(area.id, now) if area else [],
        draft=draft,
        type_names=type_names({each for choice in draft.coupons for each in choice.held.terms.food_type_ids}),
        points_held=facts.points,
        level=facts.level,
        vip_prices={line.id: lower_price(line.price_now, facts.level) for line in lines},
        shown=changes.shown_text(lines, draft.quote),
        changes=changed,
        gone_names=goods_names({change.goods_id for change in changed if change.kind == "gone"}),
        gone=cart_of(user_id).selected_gone if refusal and not wishes.buy else [],
        missing=draft.missing_to(area.minimum) if area else 0,
        message=message,
    )


def _chosen(book: list[AddressView], address_id: int) -> AddressView | None:
    """Return the address that was chosen, else the first one: the default."""
    return next((each for each in book if each.id == address_id), book[0] if book else None)

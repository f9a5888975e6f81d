"""The cart page, its forms, the two seed addresses, and the overlay for public pages."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

from flask import Blueprint, flash, g, jsonify, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response
from wtforms import Form

from axf.cart import queries, service
from axf.cart.forms import GoodsForm, QuantityForm, SelectAllForm, SelectForm
from axf.core import clock
from axf.core.errors import ShopError
from axf.core.money import yuan_text
from axf.errors import message_of
from axf.extensions import csrf
from axf.i18n import current_lang, local
from axf.market.asking import ask_about
from axf.notice import alerts
from axf.pages import full_off_text
from axf.pricing import FullOff
from axf.security import is_asked_for
from axf.user import wishes
from axf.user.auth import LoginNeeded, current_user, login_needed
from axf.web import json_ok, redirect_back, safe_path, wants_json

bp = Blueprint("cart", __name__)

F = TypeVar("F", bound=Form)
MOST_OVERLAID = 200


class BadInput(ShopError):
    """The request does not have the shape that the address wants; ``fields`` names what is off."""

    code = "bad-input"
    status = 400


@bp.get("/axf/cart/")
@login_needed
def index() -> str:
    """The cart: what can be bought, what is gone, what the selected lines cost."""
    cart = queries.cart_of(current_user().id)
    waiting = alerts.waiting(current_user().id, [line.id for line in cart.gone_lines])
    return render_template("cart/index.html", cart=cart, offers=_offers(cart), waiting=waiting)


@bp.route("/axf/addtocart/", methods=["GET", "POST"])
@csrf.exempt
def add() -> Response | str:
    """One more of a goods."""
    return _step(service.add, _("Put this into your cart?"), _("Add to cart"))


@bp.route("/axf/subtocart/", methods=["GET", "POST"])
@csrf.exempt
def sub() -> Response | str:
    """One less of a goods."""
    return _step(service.subtract, _("Take one of this out of your cart?"), _("Take one out"))


@bp.post("/axf/cart/quantity/")
@login_needed
def set_quantity() -> Response:
    """So many of a goods; 0 takes it out."""
    form = read(QuantityForm)
    service.set_quantity(current_user().id, form.goodsid.data, form.quantity.data)
    return _answer(form.goodsid.data)


@bp.post("/axf/cart/select/")
@login_needed
def select_line() -> Response:
    """Select or unselect a line."""
    form = read(SelectForm)
    service.select_line(current_user().id, form.goodsid.data, bool(form.is_select.data))
    return _answer(form.goodsid.data)


@bp.post("/axf/cart/select-all/")
@login_needed
def select_all() -> Response:
    """Select or unselect all lines."""
    service.select_all(current_user().id, bool(read(SelectAllForm).is_select.data))
    return _answer()


@bp.post("/axf/cart/delete/")
@login_needed
def delete() -> Response:
    """Take a line out."""
    form = read(GoodsForm)
    service.remove(current_user().id, form.goodsid.data)
    return _answer(form.goodsid.data)


@bp.post("/axf/cart/clear-gone/")
@login_needed
def clear_gone() -> Response:
    """Take out what cannot be bought any more."""
    service.remove_unavailable(current_user().id)
    return _answer()


@bp.get("/axf/overlay/")
def overlay() -> Response:
    """What is personal on a public page, as one small private JSON: badge, numbers on the steppers, level prices."""
    if g.user is None:
        return jsonify(code="ok", msg="", user=None, count=0, quantities={})
    ids = {int(part) for part in request.args.get("goods", "").split(",")[:MOST_OVERLAID] if _is_id(part)}
    found = queries.overlay(g.user.id, ids, clock.now())
    return jsonify(
        code="ok",
        msg="",
        user={"username": g.user.username},
        count=found.count,
        quantities=found.quantities,
        favourites=found.favourites,
        vip={"level": found.level.level, "name": local(found.level, "name"), "rate": found.level.rate},
        vip_prices=found.vip_prices,
    )


def read(form_class: type[F]) -> F:
    """Return the form of this request, query string included. Raises BadInput."""
    form = form_class(request.values)
    if not form.validate():
        raise BadInput(fields=sorted(form.errors))
    return form


def _step(change: Callable[[int, int], None], question: str, button: str) -> Response | str:
    """Carry the change out when it was asked for; else ask, changing nothing."""
    goods_id = read(GoodsForm).goodsid.data
    if not is_asked_for():
        back = safe_path(request.values.get("next")) or url_for("market.goods", goods_id=goods_id)
        return ask_about(goods_id, question, button, url_for(request.endpoint or "", goodsid=goods_id), next=back)
    if g.user is None:
        _lead_through_login(goods_id)
    change(current_user().id, goods_id)
    return _answer(goods_id)


def _lead_through_login(goods_id: int) -> None:
    """Raise LoginNeeded: a tap on + is carried out after it; where that is lost, the way back asks for the same."""
    back = safe_path(request.values.get("next"))
    question = url_for(request.endpoint or "", goodsid=goods_id, next=back)
    if request.endpoint == "cart.add":
        raise wishes.login_first("cart", goods_id, question)
    raise LoginNeeded(next=question)


@wishes.carries("cart")
def put_in_after_login(user_id: int, goods_id: int) -> str:
    """Put what was tapped before the login into the cart; what sold out in the meantime can be waited for."""
    try:
        service.want(user_id, goods_id)
        flash(_("It is in your cart."), "success")
    except service.NotOnSale:
        flash(_("Sorry, it sold out while you logged in."), "info")
        return url_for("notice.alert_page", goods_id=goods_id)
    except ShopError as refusal:
        flash(message_of(refusal), "error")
    return url_for("cart.index")


def _answer(goods_id: int | None = None) -> Response:
    """Answer a change of one line or of several: the numbers that the server now holds, or the page again."""
    if not wants_json():
        return redirect_back(url_for("cart.index"))
    cart = queries.cart_of(current_user().id)
    if goods_id is None:
        return json_ok(_("Your cart is up to date"), **_numbers(cart))
    quantity = cart.quantity_of(goods_id)
    msg = ngettext("%(num)d in your cart", "%(num)d in your cart", quantity) if quantity else _("Taken out")
    return json_ok(msg, goods_id=goods_id, quantity=quantity, **_numbers(cart))


def _numbers(cart: queries.Cart) -> dict[str, Any]:
    return {
        "count": cart.count,
        "selected_count": cart.selected_count,
        "is_all_selected": cart.is_all_selected,
        "goods_total": cart.quote.goods_total,
        "saved": cart.quote.saved,
        "saved_text": f"¥{yuan_text(cart.quote.saved)}",
        "total": cart.quote.payable,
        "total_text": f"¥{yuan_text(cart.quote.payable)}",
        "offers": _offers(cart),
    }


def _offers(cart: queries.Cart) -> list[dict[str, Any]]:
    """Return how far the cart is to each 满减 that it reaches or is near to, in words and in fen."""
    lang = current_lang()
    return [
        {
            "text": _offer_text(lang, step.offer, step.missing),
            "name": local(step.offer, "name"),
            "total": min(step.total, step.offer.minimum),
            "minimum": step.offer.minimum,
        }
        for step in cart.offers
    ]


@lru_cache(maxsize=1024)
def _offer_text(_lang: str, offer: FullOff, missing: int) -> str:
    terms = full_off_text(offer)
    if missing:
        return _("Add ¥%(sum)s for %(offer)s", sum=yuan_text(missing), offer=terms)
    return _("You get %(offer)s", offer=terms)


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 10

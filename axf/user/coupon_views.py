"""领券中心 and my coupons."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from axf.core import clock
from axf.core.errors import NotFound, ShopError
from axf.coupon import claims, ledger, queries
from axf.errors import message_of
from axf.market.queries import goods_names, type_names
from axf.user import throttle
from axf.user.auth import current_user, login_needed
from axf.user.coupon_forms import CodeForm
from axf.web import redirect_back

# Who types wrongly needs a few tries; who guesses among thirty to the twelfth needs more.
CODE_TRIES, CODE_WINDOW = 20, timedelta(hours=1)


def add_to(bp: Blueprint) -> None:
    """Register the addresses of this module."""
    bp.add_url_rule("/axf/coupons/", view_func=coupons, methods=["GET"])
    bp.add_url_rule("/axf/coupons/<int:coupon_id>/claim/", view_func=claim_coupon, methods=["POST"])
    bp.add_url_rule("/axf/coupons/code/", view_func=redeem_code, methods=["POST"])
    bp.add_url_rule("/axf/coupons/mine/", view_func=my_coupons, methods=["GET"])


def coupons() -> str:
    """领券中心: what can be claimed; who is not logged in sees it, too."""
    return _centre(CodeForm())


@login_needed
def claim_coupon(coupon_id: int) -> BaseResponse:
    """Take a coupon; what stands against it is said on the page."""
    try:
        claims.claim(current_user().id, coupon_id)
        flash(_("The coupon is yours."), "success")
    except (ledger.CouponEnded, ledger.CouponOut, ledger.CouponLimit) as refusal:
        flash(message_of(refusal), "error")
    return redirect_back(url_for("user.coupons"))


@login_needed
def redeem_code() -> BaseResponse | tuple[str, int]:
    """Take the coupon of a code; too many tries close the way for a while."""
    user_id, form = current_user().id, CodeForm()
    if not form.validate():
        return _centre(form), 400
    try:
        throttle.count_try(f"coupon-code:{user_id}", CODE_TRIES, CODE_WINDOW)
        claims.redeem_code(user_id, form.code.data or "")
    except NotFound:
        raise
    except ShopError as refusal:
        form.code.errors = [message_of(refusal)]
        wait = {"Retry-After": str(refusal.details["retry_after"])} if "retry_after" in refusal.details else {}
        return Response(_centre(form), refusal.status, wait)
    flash(_("The coupon is yours."), "success")
    return redirect(url_for("user.my_coupons"), 303)


@login_needed
def my_coupons() -> str:
    """My coupons: usable, used or ended ones."""
    user_id, tab, cursor = current_user().id, request.args.get("tab", "usable"), request.args.get("after")
    if tab == "usable":
        now = clock.now()
        held = ledger.held_by(user_id, now)
        return render_template("user/coupons_mine.html", list=tab, held=held, now=now, **_names(held))
    if tab not in ("used", "ended"):
        raise NotFound
    page = (queries.used_by if tab == "used" else queries.ended_of)(user_id, cursor)
    next_url = url_for("user.my_coupons", tab=tab, after=page.cursor) if page.cursor else None
    names = _names(past.held for past in page.coupons)
    return render_template("user/coupons_mine.html", list=tab, past=page.coupons, next_url=next_url, **names)


def _centre(form: CodeForm) -> str:
    offers = queries.offers_for(g.user.id if g.user else None, clock.now())
    return render_template("user/coupons.html", offers=offers, form=form, **_names(offers))


def _names(coupons: Iterable[Any]) -> dict[str, Any]:
    """Return the names of the food types and goods that coupons are for."""
    terms = [coupon.terms for coupon in coupons]
    return {
        "type_names": type_names({each for one in terms for each in one.food_type_ids}),
        "goods_names": goods_names({each for one in terms for each in one.goods_ids}),
    }

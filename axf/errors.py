"""A refusal becomes a page or JSON; its code becomes words that say what to do next."""

import contextlib
import logging
from typing import Any

from flask import Flask, jsonify, redirect, render_template, request
from flask.globals import request_ctx
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from axf.core import journal, trace
from axf.core.errors import Busy, ShopError, ShortBreak
from axf.core.money import yuan_text
from axf.extensions import db
from axf.i18n import current_lang
from axf.web import login_url, wants_json

log = logging.getLogger(__name__)

MESSAGES = {
    "refused": lazy_gettext("That did not work. Please try again."),
    "not-found": lazy_gettext("We could not find that. It may have moved or sold out."),
    "busy": lazy_gettext("The shop is very busy right now. Please try again in a moment."),
    "uploads-away": lazy_gettext("Pictures are not available right now. Please try again in a moment."),
    "short-break": lazy_gettext("The shop is taking a short break. Please try again in a moment."),
    "login-needed": lazy_gettext("Please log in first."),
    "bad-input": lazy_gettext("Please check what you entered."),
    "wrong-state": lazy_gettext("The order has moved on in the meantime. Please look at it again."),
    "out-of-stock": lazy_gettext("Not enough left in stock. Please choose fewer."),
    "not-on-sale": lazy_gettext("This is not on sale right now."),
    "cart-full": lazy_gettext("Your cart holds as many different goods as it can. Please order or remove some."),
    "nothing-selected": lazy_gettext("Please select something in your cart first."),
    "total-changed": lazy_gettext("Prices have changed since you looked. Please check the new total and submit again."),
    "too-many-unpaid": lazy_gettext("You have several orders that wait for payment. Please pay or cancel one first."),
    "address-gone": lazy_gettext("This address is gone. Please check where we bring it."),
    "not-delivered": lazy_gettext("We do not deliver to this address yet. Please choose another one."),
    "below-minimum": lazy_gettext("Your order is below what we bring to this address. Please add something."),
    "points-short": lazy_gettext("You do not have that many points. Please spend fewer."),
    "nothing-chosen": lazy_gettext("Please choose what is not right first."),
    "too-late-to-ask": lazy_gettext("The time to ask about this is over."),
    "asked-already": lazy_gettext("You have asked about this already. Please look at your requests."),
    "request-moved": lazy_gettext("This request has moved on in the meantime. Please look at it again."),
    "balance-short": lazy_gettext("Your store credit does not reach. Please choose another way to pay."),
    "no-promise": lazy_gettext("This order cannot be paid at the door. Please choose another way to pay."),
    "not-collected": lazy_gettext("This order is still to be paid at the door."),
    "other-area": lazy_gettext("This address is in another delivery area. Please choose one nearby, or order anew."),
    "not-so-many": lazy_gettext("There are not so many of this left in the order."),
    "replaced-already": lazy_gettext("This substitute is in the order already."),
    "not-wished": lazy_gettext("The shopper does not want a substitute for this."),
    "refund-too-much": lazy_gettext("More would go back than was paid."),
    "nothing-to-return": lazy_gettext("There is nothing left here that could go back."),
    "bad-credit": lazy_gettext("Store credit cannot be changed like this."),
    "search-not-ready": lazy_gettext("Search is being prepared. Please look through the market in the meantime."),
    "order-expired": lazy_gettext("The time to pay for this order is over. Please order again."),
    "slot-full": lazy_gettext("All places at this time are taken. Please choose another time."),
    "slot-gone": lazy_gettext("This time can no longer be chosen. Please choose another one."),
    "bad-shipment": lazy_gettext("A parcel cannot be sent like this."),
    "bad-push": lazy_gettext("The message could not be verified."),
    "tracing-failed": lazy_gettext("The parcel cannot be traced right now."),
    "bad-coupon": lazy_gettext("A coupon cannot be like this."),
    "code-unknown": lazy_gettext("We do not know this code. Please check it letter by letter."),
    "code-used": lazy_gettext("This code has been used already."),
    "coupon-gone": lazy_gettext("This coupon can no longer be used. Please choose another one."),
    "coupon-out": lazy_gettext("All of these coupons are taken."),
    "coupon-limit": lazy_gettext("You have had as many of this coupon as one person can."),
    "coupon-ended": lazy_gettext("This coupon is no longer given out."),
    "district-taken": lazy_gettext("Another delivery area has this district already."),
    "bad-level": lazy_gettext("A level cannot be like this."),
    "bad-area": lazy_gettext("A delivery area cannot be like this."),
    "bad-promotion": lazy_gettext("A promotion cannot be like this."),
    "bad-replacement": lazy_gettext("A goods cannot replace itself."),
    "bad-adjustment": lazy_gettext("Points cannot be adjusted like this."),
    "bad-notice": lazy_gettext("The notice could not be verified."),
    "gateway-down": lazy_gettext(
        "We could not reach this way to pay just now. Your order is kept: try again in a moment, or pay another way."
    ),
    "unknown-provider": lazy_gettext("This way to pay is not available."),
    "username-taken": lazy_gettext("This username is taken. Please try another one."),
    "wrong-login": lazy_gettext("Username or password is not right."),
    "account-open": lazy_gettext("Something is still under way. Please look at what is open on the page of your data."),
    "wrong-password": lazy_gettext("The current password is not right."),
    "two-step-on": lazy_gettext("Two-step login is on already. Switch it off before you use another app."),
    "wrong-code": lazy_gettext("This code is not right, or was used already. Please enter the next one."),
    "bad-picture": lazy_gettext("Please choose a JPEG, PNG or WebP picture."),
    "review-closed": lazy_gettext("This cannot be reviewed now: a review is for what came, within 90 days."),
    "already-reviewed": lazy_gettext("You have said this already. Thank you!"),
    "too-many-favourites": lazy_gettext("You keep 500 goods already. Please remove one first."),
    "bad-review": lazy_gettext("A review has one to five stars and at most 500 characters."),
    "too-many-photos": lazy_gettext("At most six photos, please."),
    "too-many-addresses": lazy_gettext("You have 20 addresses already. Please delete one first."),
    "csrf": lazy_gettext("The page was open for too long. Please go back, reload it and try again."),
    "forbidden": lazy_gettext("This request came from another site, so we did not carry it out."),
    "method-not-allowed": lazy_gettext("This address does not take that kind of request."),
    "too-large": lazy_gettext("That is too much data. Please choose smaller pictures."),
    "server-error": lazy_gettext("Something broke on our side. Nothing was charged; please try again."),
}
# MariaDB's numbers: too many connections, shutting down, Galera not ready, read-only (two), no server, gone, lost.
AWAY_ERRNOS = {1040, 1053, 1047, 1290, 1836, 2002, 2003, 2006, 2013}
AWAY_WORDS = ("readonly database", "unable to open database", "disk is full")
HTTP_CODES = {403: "forbidden", 404: "not-found", 405: "method-not-allowed", 413: "too-large", 503: "busy"}


def init_app(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(ShopError, on_shop_error)
    app.register_error_handler(CSRFError, on_csrf_error)
    app.register_error_handler(HTTPException, on_http_error)
    for each in (OperationalError, InterfaceError, PoolTimeout):
        app.register_error_handler(each, on_database_error)
    app.register_error_handler(Exception, on_any_error)


def message_of(error: ShopError) -> str:
    """Return the translated words of a refusal; details (sums, counts, seconds) are worked in."""
    details = error.details
    if error.code == "too-many-tries":
        return retry_text(details["retry_after"])
    if error.code == "out-of-stock" and details.get("name"):
        name = details["name_en"] if current_lang() == "en" else details["name"]
        return _("%(name)s: only %(count)d left. Please choose fewer.", name=name, count=details["left"])
    if error.code == "below-minimum":
        missing = yuan_text(details["missing"])
        return _("Goods for ¥%(sum)s are still missing to what we bring to this address.", sum=missing)
    if error.code in ("limit-reached", "points-short"):
        return count_text(error.code, details["limit" if error.code == "limit-reached" else "left"])
    if error.code == "total-changed" and details["shown"] != details["total"]:
        return _(
            "The total has changed from ¥%(old)s to ¥%(new)s. Please check it and submit again.",
            old=yuan_text(details["shown"]),
            new=yuan_text(details["total"]),
        )
    return details.get("message") or picture_text(error) or str(MESSAGES.get(error.code, MESSAGES["refused"]))


def count_text(code: str, count: int) -> str:
    """Return the words of a refusal that tells how many there can be."""
    if code == "points-short":
        return ngettext(
            "You have %(num)d point that can be spent. Please spend fewer.",
            "You have %(num)d points that can be spent. Please spend fewer.",
            count,
        )
    return ngettext("You can buy at most %(num)d of this.", "You can buy at most %(num)d of these.", count)


def picture_text(error: ShopError) -> str:
    """Return the words for a picture that cannot be used, and which one it is of several; else nothing."""
    if error.code != "bad-picture" or "reason" not in error.details:
        return ""
    words = {
        "kind": _("This is not a JPEG, PNG or WebP picture. Please choose another one."),
        "size": _("This picture has too many pixels. Please choose one of at most 6000 × 4000."),
        "small": _("This picture is too small. Please choose one of at least 16 × 16 pixels."),
        "broken": _("This picture is damaged or cut off. Please choose another one."),
        "missing": _("Please choose a picture first."),
    }[error.details["reason"]]
    number = error.details.get("number")
    return _("Photo %(number)d: %(words)s", number=number, words=words) if number else words


def retry_text(seconds: int) -> str:
    """Return "try again in …" with whole minutes from one minute on."""
    if seconds < 60:
        return ngettext(
            "Too many tries. Please try again in %(num)d second.",
            "Too many tries. Please try again in %(num)d seconds.",
            max(1, seconds),
        )
    return ngettext(
        "Too many tries. Please try again in %(num)d minute.",
        "Too many tries. Please try again in %(num)d minutes.",
        -(-seconds // 60),
    )


def on_shop_error(error: ShopError) -> Response:
    """Answer a refusal."""
    extra: dict[str, Any] = {}
    if error.code == "login-needed":
        extra["login_url"] = login_url(error.details.get("next"))
        if not wants_json():
            return redirect(extra["login_url"], 303)
    return answer(error.code, error.status, message_of(error), error.details.get("retry_after"), **extra)


def on_csrf_error(_error: CSRFError) -> Response:
    """Answer a form whose token is missing or old."""
    journal.warn("csrf refused", reason="token")
    return answer("csrf", 400, str(MESSAGES["csrf"]))


def on_http_error(error: HTTPException) -> Response:
    """Answer what Flask and Werkzeug refuse; redirects pass."""
    if error.code is None or error.code < 400:
        return error.get_response()
    code = HTTP_CODES.get(error.code, "refused")
    if error.code == 403:
        journal.warn("csrf refused", reason="origin")
    response = answer(code, error.code, str(MESSAGES[code]))
    if error.code == 405 and getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(error.valid_methods)  # type: ignore[attr-defined]
    return response


def on_database_error(error: OperationalError | InterfaceError | PoolTimeout) -> Response:
    """Answer a database that is away, read-only or busy: 503, come back soon. Whoever comes then is served again."""
    reason = error if isinstance(error, PoolTimeout) else error.orig
    log.error("database error on %s %s: %s", request.method, request.path, reason)
    with contextlib.suppress(SQLAlchemyError):
        db.session.rollback()
    return on_shop_error(ShortBreak(retry_after=10) if is_away(error) else Busy(retry_after=5))


def is_away(error: OperationalError | InterfaceError | PoolTimeout) -> bool:
    """Tell whether the database cannot be reached or takes no changes, rather than being too busy for this one."""
    if isinstance(error, PoolTimeout):
        return False
    reason = error.orig.args[0] if error.orig and error.orig.args else ""
    if isinstance(error, InterfaceError) or reason in AWAY_ERRNOS:
        return True
    return isinstance(reason, str) and any(words in reason for words in AWAY_WORDS)


def on_any_error(error: Exception) -> Response:
    """Answer a bug: logged with its trace, shown without it."""
    log.exception("unhandled error on %s %s", request.method, request.path)
    db.session.rollback()
    return answer("server-error", 500, str(MESSAGES["server-error"]))


def answer(code: str, status: int, message: str, retry_after: int | None = None, **extra: Any) -> Response:
    """Answer an error as JSON or as a page, with Retry-After where it is known."""
    response: Response
    if wants_json():
        response = jsonify(code=code, msg=message, **extra)
        response.status_code = status
    elif request_ctx.url_adapter is None:  # the Host header is none of ours: no address can be built, so no page
        response = Response(message, status, mimetype="text/plain")
    else:
        shown = {"status": status, "code": code, "message": message, "retry_after": retry_after}
        page = render_template("errors/error.html", **shown, request_id=trace.current_id())
        response = Response(page, status, mimetype="text/html")
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response

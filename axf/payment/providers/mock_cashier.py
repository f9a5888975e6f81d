"""The mock gateway itself: a cashier page, what the shop asks it, and notices over real HTTP.

It stands for somebody else's server: it shares no table and no login with the shop, and
trusts only what the shop signed. It can be told to make every trouble that real gateways make.
"""

import hashlib
import json
import logging
import time
from http.client import HTTPException
from typing import Any
from urllib.request import Request, urlopen

from flask import Blueprint, abort, current_app, redirect, render_template, request
from itsdangerous import BadData
from werkzeug.wrappers import Response

from axf.extensions import csrf
from axf.payment.providers.mock import (
    API_PATH,
    APP_ID,
    CASHIER_PATH,
    SIGNATURE_HEADER,
    TIME_HEADER,
    TOLERANCE_SECONDS,
    merchant_signer,
    notice_signature,
)
from axf.payment.providers.mock_store import MockStore
from axf.web import public

log = logging.getLogger(__name__)
bp = Blueprint("mock_gateway", __name__)

HELD_PATH = "/mock-gateway/held/"
# Seconds before each try to deliver a notice; the payer waits for them.
TRIES = (0, 0.5, 2)
TIMEOUT_SECONDS = 5
# What may happen to a notice, and to refunds, besides nothing.
TROUBLES = ("", "delay", "repeat", "reorder", "shorten", "forge", "lose", "close")
REFUNDS = ("done", "open", "fail", "refuse")


@bp.get(CASHIER_PATH)
@public
def cashier() -> str:
    """Show what is to be paid, the buttons to pay or to go back, and the troubles to choose from."""
    signed = request.args.get("request", "")
    return _page(_read(signed), signed)


@bp.post(CASHIER_PATH)
@csrf.exempt
def pay() -> Response | tuple[str, int]:
    """Take the play money, tell the shop with the chosen trouble, and send the payer back."""
    signed = request.form.get("request", "")
    trade, trouble, refunds = _read(signed), request.form.get("trouble", ""), request.form.get("refunds", "done")
    if trouble not in TROUBLES or refunds not in REFUNDS:
        abort(400)
    state, _amount = _store().trade(trade["payment_no"])
    if state == "closed" or (state == "waiting" and time.time() > trade.get("expires_at", time.time())):
        return _page(trade, signed, is_over=True), 409
    if trouble == "close":
        _store().close(trade["payment_no"], trade["amount"])
        return redirect(trade["leave_url"], 303)
    if trouble != "forge":
        _store().take(trade["payment_no"], trade["amount"], refunds)
    if not _tell(trade, trouble):
        return _page(trade, signed, is_undelivered=True), 502
    return redirect(trade["return_url"], 303)


@bp.post(API_PATH)
@csrf.exempt
def api() -> Response:
    """Answer the shop's signed question: what became of a payment, or give money back."""
    asked = _read(request.get_data(as_text=True))
    if abs(time.time() - asked.get("at", 0)) > TOLERANCE_SECONDS or asked.get("do") not in ("query", "refund"):
        abort(400)
    said = _queried(asked["payment_no"]) if asked["do"] == "query" else _refunded(asked)
    raw, headers = signed_message({"app_id": APP_ID, **said}, current_app.config["SECRET_KEY"])
    return Response(raw, headers=headers)


api.is_for_servers = True


@bp.post(HELD_PATH)
@csrf.exempt
def release() -> Response:
    """Send every held notice now (``order`` newest: the last one first), and tell how open refunds ended."""
    told = _store().release()
    if request.form.get("order") == "newest":
        told.reverse()
    for refund_no, payment_no, amount, status, url in _store().end_refunds():
        event = _event(f"{refund_no}:{status}")
        told.append(
            (
                url,
                {
                    "app_id": APP_ID,
                    "event_id": event,
                    "refund_no": refund_no,
                    "payment_no": payment_no,
                    "amount": amount,
                    "status": status,
                },
            )
        )
    secret = current_app.config["SECRET_KEY"]
    sent = [deliver(url, *signed_message(said, secret)) for url, said in told]
    return Response(json.dumps({"sent": sum(sent), "refused": len(sent) - sum(sent)}), mimetype="application/json")


def paid(trade: dict[str, Any]) -> dict[str, Any]:
    """Return what a notice says of a paid trade.

    The event id follows from the payment number, so paying twice is the same event.
    """
    event = _event(trade["payment_no"])
    return {
        "app_id": trade["app_id"],
        "event_id": event,
        "payment_no": trade["payment_no"],
        "amount": trade["amount"],
        "status": "paid",
        "reference": f"MOCK-{event[:12]}",
    }


def signed_notice(trade: dict[str, Any], secret: str) -> tuple[bytes, dict[str, str]]:
    """Return a notice that the trade was paid: its raw bytes and headers."""
    return signed_message(paid(trade), secret)


def signed_message(said: dict[str, Any], secret: str) -> tuple[bytes, dict[str, str]]:
    """Return what the gateway says, signed now: raw bytes and headers."""
    raw = json.dumps(said).encode()
    timestamp = str(int(time.time()))
    headers = {
        "Content-Type": "application/json",
        TIME_HEADER: timestamp,
        SIGNATURE_HEADER: notice_signature(secret, raw, timestamp),
    }
    return raw, headers


def deliver(url: str, raw: bytes, headers: dict[str, str]) -> bool:
    """POST a notice until the shop says success, three tries at most; tell whether it did."""
    for pause in TRIES:
        time.sleep(pause)
        try:
            # The address comes out of a request that the shop signed, never from the payer.
            with urlopen(Request(url, raw, headers), timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 # nosec B310
                if answer.read(100) == b"success":
                    return True
        except (OSError, HTTPException) as error:
            log.warning("mock gateway: notice to %s failed: %s", url, error)
    return False


def _tell(trade: dict[str, Any], trouble: str) -> bool:
    """Tell the shop of a payment with this trouble; return whether it heard all that it should hear."""
    said, url, secret, store = paid(trade), trade["notify_url"], current_app.config["SECRET_KEY"], _store()
    if trouble == "lose":
        return True
    if trouble in ("delay", "reorder"):
        store.hold(trouble, url, said)
        return True
    if trouble == "forge":
        deliver(url, *signed_message(said, "somebody else's secret"))
        return True
    if trouble == "shorten":
        said["amount"] -= 1
    notices = [said] if trouble != "repeat" else [said, said, {**said, "event_id": _event(said["event_id"])}]
    heard = [deliver(url, *signed_message(each, secret)) for each in notices]
    # What was to be overtaken has been: it follows now.
    for held_url, held in store.release("reorder"):
        deliver(held_url, *signed_message(held, secret))
    return all(heard)


def _queried(payment_no: str) -> dict[str, Any]:
    state, amount = _store().trade(payment_no)
    if state == "paid":
        return {**paid({"app_id": APP_ID, "payment_no": payment_no, "amount": amount}), "state": state}
    return {"payment_no": payment_no, "state": state}


def _refunded(asked: dict[str, Any]) -> dict[str, Any]:
    state, reason = _store().refund(asked["refund_no"], asked["payment_no"], asked["amount"], asked["notify_url"])
    return {"refund_no": asked["refund_no"], "state": state, "reason": reason}


def _page(trade: dict[str, Any], signed: str, *, is_undelivered: bool = False, is_over: bool = False) -> str:
    return render_template(
        "mock/cashier.html", trade=trade, signed=signed, is_undelivered=is_undelivered, is_over=is_over
    )


def _event(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _store() -> MockStore:
    return MockStore(current_app.instance_path)


def _read(signed: str) -> dict[str, Any]:
    try:
        return merchant_signer(current_app.config["SECRET_KEY"]).loads(signed)
    except BadData:
        abort(400)

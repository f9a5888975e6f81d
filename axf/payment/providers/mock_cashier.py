"""The mock gateway itself: a little cashier page, and notices over real HTTP.

It stands for somebody else's server: it shares no table and no login with the shop, and
trusts only what the shop signed.
"""

import hashlib
import json
import logging
import time
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

from flask import Blueprint, abort, current_app, redirect, render_template, request
from itsdangerous import BadData
from werkzeug.wrappers import Response

from axf.extensions import csrf
from axf.payment.providers.mock import (
    CASHIER_PATH,
    SIGNATURE_HEADER,
    TIME_HEADER,
    merchant_signer,
    notice_signature,
)
from axf.web import public

log = logging.getLogger(__name__)
bp = Blueprint("mock_gateway", __name__)

# Seconds before each try to deliver a notice; the payer waits for them.
TRIES = (0, 0.5, 2)
TIMEOUT_SECONDS = 5


@bp.get(CASHIER_PATH)
@public
def cashier() -> str:
    """Show what is to be paid, and the buttons to pay or to go back."""
    trade = _read(request.args.get("request", ""))
    return render_template("mock/cashier.html", trade=trade, signed=request.args["request"], is_undelivered=False)


@bp.post(CASHIER_PATH)
@csrf.exempt
def pay() -> Response | tuple[str, int]:
    """Take the play money, tell the shop, and send the payer back."""
    signed = request.form.get("request", "")
    trade = _read(signed)
    if deliver(trade["notify_url"], *signed_notice(trade, current_app.config["SECRET_KEY"])):
        return redirect(trade["return_url"], 303)
    return render_template("mock/cashier.html", trade=trade, signed=signed, is_undelivered=True), 502


def signed_notice(trade: dict[str, Any], secret: str) -> tuple[bytes, dict[str, str]]:
    """Return a notice that the trade was paid: its raw bytes and headers.

    The event id follows from the payment number, so paying twice is the same event.
    """
    event = hashlib.sha256(trade["payment_no"].encode()).hexdigest()[:32]
    said = {
        "app_id": trade["app_id"],
        "event_id": event,
        "payment_no": trade["payment_no"],
        "amount": trade["amount"],
        "status": "paid",
        "reference": f"MOCK-{event[:12]}",
    }
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
        except (URLError, OSError) as error:
            log.warning("mock gateway: notice to %s failed: %s", url, error)
    return False


def _read(signed: str) -> dict[str, Any]:
    try:
        return merchant_signer(current_app.config["SECRET_KEY"]).loads(signed)
    except BadData:
        abort(400)

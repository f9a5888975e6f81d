"""The mock gateway, seen from the shop: signed requests out, signed notices and answers in.

Both directions have a key of their own, as with a real gateway: knowing one does not let
the shop forge a payment, nor a shopper. Production refuses to start with it.
"""

import hashlib
import hmac
import json
import time
from http.client import HTTPException
from typing import Any, Literal
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen

from itsdangerous import URLSafeSerializer
from werkzeug.datastructures import Headers
from werkzeug.wrappers import Response

from axf.payment.base import (
    BadNotice,
    Found,
    GatewayDown,
    Notice,
    RefundNotice,
    RefundRefused,
    RefundRequest,
    Start,
    Way,
)

APP_ID = "axf-mock-shop"
CASHIER_PATH = "/mock-gateway/"
API_PATH = "/mock-gateway/api/"
SIGNATURE_HEADER = "X-Mock-Signature"
TIME_HEADER = "X-Mock-Timestamp"
# A notice older than this is a replay; real gateways sign each repeat anew.
TOLERANCE_SECONDS = 300
TIMEOUT_SECONDS = 5
LONGEST_TIMESTAMP = 12
LONGEST_ANSWER = 65_536
REFUND_STATES: dict[str, Literal["done", "failed"]] = {"refunded": "done", "refund-failed": "failed"}


def merchant_signer(secret: str) -> URLSafeSerializer:
    """Return what signs and reads the shop's requests to the gateway."""
    return URLSafeSerializer(secret, salt="mock-gateway-merchant", signer_kwargs={"digest_method": hashlib.sha256})


def notice_signature(secret: str, raw: bytes, timestamp: str) -> str:
    """Return the gateway's signature of a notice or an answer: HMAC-SHA256 over time and raw bytes."""
    key = hashlib.sha256(b"mock-gateway-notice:" + secret.encode()).digest()
    return hmac.new(key, timestamp.encode() + b"." + raw, hashlib.sha256).hexdigest()


class MockProvider:
    """The Provider of development, demo and tests; ``gateway_url`` is where the gateway answers, without a path."""

    name = "mock"

    def __init__(self, secret: str, gateway_url: str = "") -> None:
        self.secret = secret
        self.gateway_url = gateway_url

    def start(self, start: Start) -> Way:
        """Return the cashier's address with the signed request in it."""
        request = {
            "app_id": APP_ID,
            "payment_no": start.payment_no,
            "amount": start.amount,
            "subject": start.subject,
            "notify_url": start.notify_url,
            "return_url": _path(start.return_url),
            "leave_url": _path(start.leave_url),
            "expires_at": int(start.expires_at.timestamp()),
        }
        return Way("page", f"{CASHIER_PATH}?{urlencode({'request': merchant_signer(self.secret).dumps(request)})}")

    def read_notice(self, raw: bytes, headers: Headers) -> Notice:
        """Check age and signature on the raw bytes, then the app id, and return the notice. Raises BadNotice."""
        said = self._verified(raw, headers)
        try:
            if said["status"] != "paid":
                raise BadNotice(reason="content")
            return self._notice(said, raw.decode())
        except (ValueError, KeyError, TypeError) as error:
            raise BadNotice(reason="content") from error

    def query(self, payment_no: str) -> Found:
        """Ask the gateway over HTTP. A trade that it has not seen waits. Raises GatewayDown."""
        said = self._ask({"do": "query", "payment_no": payment_no})
        try:
            if said["payment_no"] != payment_no or said["state"] not in ("paid", "waiting", "closed"):
                raise GatewayDown(reason="content")
            notice = self._notice(said, json.dumps(said)) if said["state"] == "paid" else None
            return Found(said["state"], notice)
        except (ValueError, KeyError, TypeError) as error:
            raise GatewayDown(reason="content") from error

    def refund(self, request: RefundRequest) -> Literal["done", "open"]:
        """Ask over HTTP; a repeat with the same number is the same refund. Raises GatewayDown, RefundRefused."""
        said = self._ask(
            {
                "do": "refund",
                "refund_no": request.refund_no,
                "payment_no": request.payment_no,
                "amount": request.amount,
                "notify_url": request.notify_url,
            }
        )
        state = said.get("state")
        if state in ("refused", "failed"):
            raise RefundRefused(str(said.get("reason", state)))
        if said.get("refund_no") != request.refund_no or state not in ("done", "open"):
            raise GatewayDown(reason="content")
        return "done" if state == "done" else "open"

    def read_refund_notice(self, raw: bytes, headers: Headers) -> RefundNotice:
        """As ``read_notice``, for refunds. Raises BadNotice."""
        said = self._verified(raw, headers)
        try:
            amount, state = _whole(said["amount"]), REFUND_STATES[said["status"]]
            return RefundNotice(self.name, said["event_id"], said["refund_no"], amount, state, raw.decode())
        except (ValueError, KeyError, TypeError) as error:
            raise BadNotice(reason="content") from error

    def acknowledge(self) -> Response:
        """Return ``success``."""
        return Response("success", mimetype="text/plain")

    def _notice(self, said: dict[str, Any], raw: str) -> Notice:
        amount = _whole(said["amount"])
        return Notice(self.name, said["event_id"], said["payment_no"], amount, said["reference"], raw)

    def _verified(self, raw: bytes, headers: Headers) -> dict[str, Any]:
        """Return what was said once age, signature and app are proved. Raises BadNotice."""
        timestamp = headers.get(TIME_HEADER, "")
        is_number = timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= LONGEST_TIMESTAMP
        if not is_number or abs(time.time() - int(timestamp)) > TOLERANCE_SECONDS:
            raise BadNotice(reason="time")
        expected = notice_signature(self.secret, raw, timestamp)
        if not hmac.compare_digest(expected.encode(), headers.get(SIGNATURE_HEADER, "").encode()):
            raise BadNotice(reason="signature")
        try:
            said = json.loads(raw)
        except ValueError as error:
            raise BadNotice(reason="content") from error
        if not isinstance(said, dict) or said.get("app_id") != APP_ID:
            raise BadNotice(reason="content")
        return said

    def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        """POST a signed question and return the verified answer. Raises GatewayDown."""
        body = merchant_signer(self.secret).dumps({"app_id": APP_ID, "at": int(time.time()), **question}).encode()
        try:
            # The address is the configuration's.
            with urlopen(Request(self.gateway_url + API_PATH, body), timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 # nosec B310
                return self._verified(answer.read(LONGEST_ANSWER), Headers(answer.headers.items()))
        except (OSError, HTTPException, ValueError, BadNotice) as error:
            raise GatewayDown(reason=type(error).__name__) from error


def _path(address: str) -> str:
    """Leave the host out: the cashier is on the shop's own, under whichever name the browser calls it."""
    return urlsplit(address)._replace(scheme="", netloc="").geturl()


def _whole(value: object) -> int:
    if type(value) is not int:
        raise ValueError(value)
    return value

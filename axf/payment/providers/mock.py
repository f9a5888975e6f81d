"""The mock gateway, seen from the shop: signed requests out, signed notices in.

Both directions have a key of their own, as with a real gateway: knowing one does not let
the shop forge a payment, nor a shopper. Production refuses to start with it.
"""

import hashlib
import hmac
import json
import time
from urllib.parse import urlencode

from itsdangerous import URLSafeSerializer
from werkzeug.datastructures import Headers

from axf.payment.base import BadNotice, Notice, Start

APP_ID = "axf-mock-shop"
CASHIER_PATH = "/mock-gateway/"
SIGNATURE_HEADER = "X-Mock-Signature"
TIME_HEADER = "X-Mock-Timestamp"
# A notice older than this is a replay; real gateways sign each repeat anew.
TOLERANCE_SECONDS = 300
LONGEST_TIMESTAMP = 12


def merchant_signer(secret: str) -> URLSafeSerializer:
    """Return what signs and reads the shop's requests to the gateway."""
    return URLSafeSerializer(secret, salt="mock-gateway-merchant", signer_kwargs={"digest_method": hashlib.sha256})


def notice_signature(secret: str, raw: bytes, timestamp: str) -> str:
    """Return the gateway's signature of a notice: HMAC-SHA256 over time and raw bytes."""
    key = hashlib.sha256(b"mock-gateway-notice:" + secret.encode()).digest()
    return hmac.new(key, timestamp.encode() + b"." + raw, hashlib.sha256).hexdigest()


class MockProvider:
    """The Provider of development, demo and tests."""

    name = "mock"

    def __init__(self, secret: str) -> None:
        self.secret = secret

    def start(self, start: Start) -> str:
        """Return the cashier's address with the signed request in it."""
        request = {
            "app_id": APP_ID,
            "payment_no": start.payment_no,
            "amount": start.amount,
            "subject": start.subject,
            "notify_url": start.notify_url,
            "return_url": start.return_url,
            "leave_url": start.leave_url,
        }
        return f"{CASHIER_PATH}?{urlencode({'request': merchant_signer(self.secret).dumps(request)})}"

    def read_notice(self, raw: bytes, headers: Headers) -> Notice:
        """Check age and signature on the raw bytes, then the app id, and return the notice. Raises BadNotice."""
        timestamp = headers.get(TIME_HEADER, "")
        is_number = timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= LONGEST_TIMESTAMP
        if not is_number or abs(time.time() - int(timestamp)) > TOLERANCE_SECONDS:
            raise BadNotice(reason="time")
        expected = notice_signature(self.secret, raw, timestamp)
        if not hmac.compare_digest(expected.encode(), headers.get(SIGNATURE_HEADER, "").encode()):
            raise BadNotice(reason="signature")
        try:
            said = json.loads(raw)
            if said["app_id"] != APP_ID or said["status"] != "paid" or type(said["amount"]) is not int:
                raise BadNotice(reason="content")
            return Notice(
                self.name, said["event_id"], said["payment_no"], said["amount"], said["reference"], raw.decode()
            )
        except (ValueError, KeyError, TypeError) as error:
            raise BadNotice(reason="content") from error

    def acknowledge(self) -> str:
        """Return ``success``."""
        return "success"

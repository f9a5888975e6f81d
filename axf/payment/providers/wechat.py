"""WeChat Pay 微信支付, API v3 in public-key mode: Native (a code to scan) on desktops, H5 (a page) on phones.

Formats: https://pay.weixin.qq.com/doc/v3/merchant/4012791877 (Native), …/4012791834 (H5),
…/4012791882 (notices), …/4012791883 (refunds), …/4013053249 (signatures of notices).
"""

import json
import re
import time
from functools import cached_property
from typing import Any, Literal
from urllib.parse import quote

from wechatpayv3 import WeChatPay, WeChatPayType
from werkzeug.datastructures import Headers
from werkzeug.wrappers import Response

from axf.core.clock import SHOP_ZONE
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
from axf.payment.settings import WechatSettings

# Connect, read.
TIMEOUT_SECONDS = (5, 10)
# A notice older than this is a replay: https://pay.weixin.qq.com/doc/v3/merchant/4013053249
TOLERANCE_SECONDS = 300
CURRENCY = "CNY"
SIGNED_HEADERS = ("Signature", "Timestamp", "Nonce", "Serial", "Signature-Type")
# What WeChat answers to a refund that no repeat can help.
NEVER = (
    "PARAM_ERROR",
    "INVALID_REQUEST",
    "RESOURCE_NOT_EXISTS",
    "MCH_NOT_EXISTS",
    "USER_ACCOUNT_ABNORMAL",
)
REFUND_STATES: dict[str, Literal["done", "failed"]] = {"SUCCESS": "done", "CLOSED": "failed", "ABNORMAL": "failed"}


class WechatProvider:
    """The Provider for WeChat Pay. The SDK is set up at its first use."""

    name = "wechat"

    def __init__(self, settings: WechatSettings) -> None:
        self.settings = settings

    @cached_property
    def client(self) -> WeChatPay:
        """The SDK with our keys in public-key mode: it downloads nothing."""
        client = WeChatPay(
            wechatpay_type=WeChatPayType.NATIVE,
            mchid=self.settings.mchid,
            private_key=self.settings.private_key,
            cert_serial_no=self.settings.serial_no,
            appid=self.settings.app_id,
            apiv3_key=self.settings.api_key,
            public_key=self.settings.public_key,
            public_key_id=self.settings.public_key_id,
            timeout=TIMEOUT_SECONDS,
        )
        # The SDK knows one gateway; this attribute is what it asks.
        client._core._gate_way = self.settings.gateway_url
        return client

    def start(self, start: Start) -> Way:
        """Return a code to scan, or on a phone the page that opens WeChat. Raises GatewayDown.

        Inside WeChat itself H5 is not allowed: there is a code, too, for another phone.
        """
        is_page = start.client == "phone"
        trade: dict[str, Any] = {
            "description": start.subject,
            "out_trade_no": start.payment_no,
            "amount": {"total": start.amount, "currency": CURRENCY},
            "time_expire": start.expires_at.astimezone(SHOP_ZONE).isoformat(timespec="seconds"),
            "notify_url": start.notify_url,
            "pay_type": WeChatPayType.H5 if is_page else WeChatPayType.NATIVE,
        }
        if is_page:
            trade["scene_info"] = {"payer_client_ip": start.client_ip, "h5_info": {"type": "Wap"}}
        status, said = self._ask(self.client.pay, **trade)
        address = said.get("h5_url" if is_page else "code_url")
        if status != 200 or not isinstance(address, str):
            raise GatewayDown(reason=str(said.get("code", status)))
        if not is_page:
            return Way("code", address)
        if not address.startswith("https://"):
            raise GatewayDown(reason="content")
        return Way("page", f"{address}&redirect_url={quote(start.return_url, safe='')}")

    def read_notice(self, raw: bytes, headers: Headers) -> Notice | None:
        """Check age, key and signature, decrypt, check merchant and app; None for what is no success.

        A repeat has the same ``event_id``. Raises BadNotice.
        """
        event_id, said = self._opened(raw, headers)
        if "out_refund_no" in said or said.get("trade_state") != "SUCCESS":
            return None
        if said.get("appid") != self.settings.app_id:
            raise BadNotice(reason="app")
        try:
            return self._notice(said, event_id, raw.decode())
        except (KeyError, ValueError, TypeError) as error:
            raise BadNotice(reason="content") from error

    def query(self, payment_no: str) -> Found:
        """Ask for the trade. One that WeChat does not know yet waits. Raises GatewayDown."""
        status, said = self._ask(self.client.query, out_trade_no=quote(payment_no, safe=""))
        if status == 404 and said.get("code") in ("ORDER_NOT_EXIST", "ORDERNOTEXIST"):
            return Found("waiting")
        if status != 200:
            raise GatewayDown(reason=str(said.get("code", status)))
        ours = (self.settings.mchid, self.settings.app_id, payment_no)
        if (said.get("mchid"), said.get("appid"), said.get("out_trade_no")) != ours:
            raise GatewayDown(reason="another trade")
        state = said.get("trade_state")
        if state in ("CLOSED", "REVOKED", "PAYERROR"):
            return Found("closed")
        # REFUND: it was paid, and something of it went back since.
        if state not in ("SUCCESS", "REFUND"):
            return Found("waiting")
        try:
            return Found("paid", self._notice(said, f"query:{said['transaction_id']}", json.dumps(said)))
        except (KeyError, ValueError, TypeError) as error:
            raise GatewayDown(reason="content") from error

    def refund(self, request: RefundRequest) -> Literal["done", "open"]:
        """Give money back; a repeat with the same number is the same refund. Raises GatewayDown, RefundRefused."""
        status, said = self._ask(
            self.client.refund,
            out_refund_no=request.refund_no,
            out_trade_no=request.payment_no,
            amount={"refund": request.amount, "total": request.total, "currency": CURRENCY},
            reason=request.reason,
            notify_url=request.notify_url,
        )
        if status != 200:
            reason = str(said.get("code", status))
            if 400 <= status < 500 and reason in NEVER:
                raise RefundRefused(reason)
            raise GatewayDown(reason=reason)
        if said.get("out_refund_no") != request.refund_no:
            raise GatewayDown(reason="another refund")
        state = said.get("status")
        if REFUND_STATES.get(str(state)) == "failed":
            raise RefundRefused(str(state))
        return "done" if state == "SUCCESS" else "open"

    def read_refund_notice(self, raw: bytes, headers: Headers) -> RefundNotice | None:
        """As ``read_notice``, for refunds: done, or failed when WeChat closed it or could not pay it out."""
        event_id, said = self._opened(raw, headers)
        state = REFUND_STATES.get(str(said.get("refund_status")))
        if "out_refund_no" not in said or state is None:
            return None
        try:
            amount = _whole(said["amount"]["refund"])
            return RefundNotice(self.name, event_id, _text(said["out_refund_no"]), amount, state, raw.decode())
        except (KeyError, ValueError, TypeError) as error:
            raise BadNotice(reason="content") from error

    def acknowledge(self) -> Response:
        """Return 204: WeChat takes it as received."""
        return Response(status=204)

    def _opened(self, raw: bytes, headers: Headers) -> tuple[str, dict[str, Any]]:
        """Return the event's id and its decrypted content, proved to be WeChat's and for us. Raises BadNotice."""
        # Only these headers, under their own names: the SDK would also believe those of other frameworks.
        signed = {f"Wechatpay-{name}": headers.get(f"Wechatpay-{name}", "") for name in SIGNED_HEADERS}
        timestamp = signed["Wechatpay-Timestamp"]
        if not re.fullmatch(r"[0-9]{1,12}", timestamp) or abs(time.time() - int(timestamp)) > TOLERANCE_SECONDS:
            raise BadNotice(reason="time")
        # Another key's name would make the SDK download certificates, for anybody who asks.
        if signed["Wechatpay-Serial"] != self.settings.public_key_id:
            raise BadNotice(reason="key")
        try:
            event = self.client.callback(signed, raw)
        except Exception as error:
            raise BadNotice(reason="signature") from error
        if not event:
            raise BadNotice(reason="signature")
        said, event_id = event["resource"], event.get("id")
        if not isinstance(said, dict) or not isinstance(event_id, str) or not 0 < len(event_id) <= 64:
            raise BadNotice(reason="content")
        if said.get("mchid") != self.settings.mchid:
            raise BadNotice(reason="merchant")
        return event_id, said

    def _notice(self, said: dict[str, Any], event_id: str, raw: str) -> Notice:
        amount = said["amount"]
        if amount["currency"] != CURRENCY:
            raise ValueError(amount["currency"])
        payment_no, reference = _text(said["out_trade_no"]), _text(said["transaction_id"])
        return Notice(self.name, event_id, payment_no, _whole(amount["total"]), reference, raw)

    def _ask(self, call: Any, **arguments: Any) -> tuple[int, dict[str, Any]]:
        """Return the status and the content of an answer; one of 200 is verified. Raises GatewayDown."""
        try:
            status, text = call(**arguments)
            said = json.loads(text) if text else {}
        except Exception as error:
            raise GatewayDown(reason=type(error).__name__) from error
        if not isinstance(said, dict):
            raise GatewayDown(reason="content")
        return status, said


def _whole(value: object) -> int:
    """Return a positive number of fen. Raises ValueError for anything else."""
    if type(value) is not int or value <= 0:
        raise ValueError(value)
    return value


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError(value)
    return value

"""Alipay 支付宝: page pay on desktops, wap pay on phones, signed by RSA2.

Formats: https://opendocs.alipay.com/open/59da99d0_alipay.trade.page.pay (pages),
https://opendocs.alipay.com/open/270/105902 (notices), https://opendocs.alipay.com/open/4b7cc5db_alipay.trade.refund.
"""

import hashlib
import json
import re
from functools import cached_property
from typing import Any, Literal
from urllib.parse import parse_qsl

from alipay import AliPay
from alipay.utils import AliPayConfig
from werkzeug.datastructures import Headers
from werkzeug.wrappers import Response

from axf.core import clock
from axf.core.clock import SHOP_ZONE
from axf.core.money import fen
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
from axf.payment.settings import AlipaySettings

TIMEOUT_SECONDS = 10
PAID = ("TRADE_SUCCESS", "TRADE_FINISHED")
SUCCESS = "10000"
# What Alipay answers when asking again cannot help; everything else is tried again.
NEVER = (
    "ACQ.INVALID_PARAMETER",
    "ACQ.TRADE_NOT_EXIST",
    "ACQ.TRADE_STATUS_ERROR",
    "ACQ.TRADE_HAS_FINISHED",
    "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL",
    "ACQ.REFUND_FEE_ERROR",
    "ACQ.DISCORDANT_REPEAT_REQUEST",
    "ACQ.REASON_TRADE_REFUND_FEE_ERR",
    "ACQ.TRADE_NOT_ALLOW_REFUND",
)
_YUAN = re.compile(r"[0-9]{1,9}\.[0-9]{2}")
# How long our columns are.
LONGEST_EVENT = 64


class AlipayProvider:
    """The Provider for Alipay. The SDK is set up at its first use."""

    name = "alipay"

    def __init__(self, settings: AlipaySettings) -> None:
        self.settings = settings

    @cached_property
    def client(self) -> AliPay:
        """The SDK with our keys, RSA2 and no other algorithm, talking to the configured gateway."""
        client = AliPay(
            appid=self.settings.app_id,
            app_private_key_string=self.settings.private_key,
            alipay_public_key_string=self.settings.public_key,
            sign_type="RSA2",
            config=AliPayConfig(timeout=TIMEOUT_SECONDS),
        )
        # The SDK knows two gateways by name; this attribute is what it asks.
        client._gateway = self.settings.gateway_url
        return client

    def start(self, start: Start) -> Way:
        """Return the signed address of Alipay's cashier; nothing is asked of the network."""
        is_desktop = start.client == "desktop"
        trade = {
            "out_trade_no": start.payment_no,
            "total_amount": yuan(start.amount),
            "subject": start.subject,
            "product_code": "FAST_INSTANT_TRADE_PAY" if is_desktop else "QUICK_WAP_WAY",
            "time_expire": f"{start.expires_at.astimezone(SHOP_ZONE):%Y-%m-%d %H:%M:%S}",
        }
        if not is_desktop:
            trade["quit_url"] = start.leave_url
        method = "alipay.trade.page.pay" if is_desktop else "alipay.trade.wap.pay"
        query = self.client.client_api(
            method, trade, return_url=start.return_url, notify_url=start.notify_url, timestamp=_timestamp()
        )
        return Way("page", f"{self.settings.gateway_url}?{query}")

    def read_notice(self, raw: bytes, headers: Headers) -> Notice | None:
        """Check signature, app and seller, and return what was paid; None for a trade that waits, closed or refunded.

        A repeat has the same ``event_id``. Raises BadNotice.
        """
        said = self._verified(raw)
        # Refunds are reported to the address of the payment, too; their sums are not what was paid now.
        if said.get("trade_status") not in PAID or "gmt_refund" in said or "refund_fee" in said:
            return None
        try:
            event = said["notify_id"]
            return Notice(
                provider=self.name,
                event_id=event if len(event) <= LONGEST_EVENT else hashlib.sha256(event.encode()).hexdigest(),
                payment_no=said["out_trade_no"],
                amount=fen_of(said["total_amount"]),
                reference=said["trade_no"],
                raw=raw.decode(),
            )
        except (KeyError, ValueError) as error:
            raise BadNotice(reason="content") from error

    def query(self, payment_no: str) -> Found:
        """Ask for the trade. One that no payer has opened does not exist yet: it waits. Raises GatewayDown."""
        said = self._ask("alipay.trade.query", {"out_trade_no": payment_no})
        if said.get("sub_code") == "ACQ.TRADE_NOT_EXIST":
            return Found("waiting")
        try:
            if said["code"] != SUCCESS or said["out_trade_no"] != payment_no:
                raise GatewayDown(reason=said.get("sub_code", "another trade"))
            state = said["trade_status"]
            if state not in PAID:
                return Found("closed" if state == "TRADE_CLOSED" else "waiting")
            trade_no = said["trade_no"]
            amount = fen_of(said["total_amount"])
        except (KeyError, ValueError, TypeError) as error:
            raise GatewayDown(reason="content") from error
        return Found(
            "paid",
            Notice(self.name, f"query:{trade_no}"[:LONGEST_EVENT], payment_no, amount, trade_no, json.dumps(said)),
        )

    def refund(self, request: RefundRequest) -> Literal["done", "open"]:
        """Give money back; a repeat with the same number is the same refund. Raises GatewayDown, RefundRefused."""
        said = self._ask(
            "alipay.trade.refund",
            {
                "out_trade_no": request.payment_no,
                "out_request_no": request.refund_no,
                "refund_amount": yuan(request.amount),
                "refund_reason": request.reason,
            },
        )
        if said.get("code") != SUCCESS:
            reason = str(said.get("sub_code", said.get("code")))
            if reason in NEVER:
                raise RefundRefused(reason)
            raise GatewayDown(reason=reason)
        # N is no failure: nothing moved by this very call, perhaps because an earlier one did it.
        if said.get("fund_change") == "Y" or self._is_refunded(request):
            return "done"
        return "open"

    def read_refund_notice(self, raw: bytes, headers: Headers) -> RefundNotice | None:
        """Verify and return None: Alipay tells only the sum of all refunds so far, so a repeat asks.

        Raises BadNotice.
        """
        self._verified(raw)
        return None

    def acknowledge(self) -> Response:
        """Return ``success``, the seven letters that Alipay waits for."""
        return Response("success", mimetype="text/plain")

    def _verified(self, raw: bytes) -> dict[str, str]:
        """Return the notice's fields once its signature, application and seller are proved. Raises BadNotice."""
        try:
            pairs = parse_qsl(raw.decode(), keep_blank_values=True, strict_parsing=True, max_num_fields=100)
            said = dict(pairs)
            signature = said.pop("sign")
            is_genuine = len(pairs) == len(said) + 1 and self.client.verify(dict(said), signature)
        except Exception as error:
            raise BadNotice(reason="signature") from error
        if not is_genuine:
            raise BadNotice(reason="signature")
        if said.get("app_id") != self.settings.app_id:
            raise BadNotice(reason="app")
        if said.get("seller_id") != self.settings.seller_id:
            raise BadNotice(reason="merchant")
        return said

    def _is_refunded(self, request: RefundRequest) -> bool:
        wanted = {"out_trade_no": request.payment_no, "out_request_no": request.refund_no}
        said = self._ask("alipay.trade.fastpay.refund.query", wanted)
        return (
            said.get("code") == SUCCESS
            and said.get("out_request_no") == request.refund_no
            and said.get("refund_status") == "REFUND_SUCCESS"
            and said.get("refund_amount") == yuan(request.amount)
        )

    def _ask(self, method: str, content: dict[str, str]) -> dict[str, Any]:
        """Return Alipay's verified answer. Raises GatewayDown for silence, garbage and wrong signatures."""
        try:
            said = self.client.server_api(method, content, timestamp=_timestamp())
        except Exception as error:
            raise GatewayDown(reason=type(error).__name__) from error
        if not isinstance(said, dict):
            raise GatewayDown(reason="content")
        return said


def yuan(amount: int) -> str:
    """Return fen as Alipay writes yuan: ``123456`` -> ``1234.56``."""
    whole, rest = divmod(amount, 100)
    return f"{whole}.{rest:02d}"


def fen_of(text: str) -> int:
    """Return Alipay's yuan as fen. Raises ValueError for what is not yuan with two digits."""
    if not _YUAN.fullmatch(text):
        raise ValueError(text)
    return fen(text)


def _timestamp() -> str:
    """Return the time as Alipay reads it: in Shanghai, wherever the host is."""
    return f"{clock.now().astimezone(SHOP_ZONE):%Y-%m-%d %H:%M:%S}"

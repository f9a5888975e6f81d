"""What a payment provider is to the shop."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from werkzeug.datastructures import Headers
from werkzeug.wrappers import Response

from axf.core.errors import ShopError


class BadNotice(ShopError):
    """The notice is not from the provider, not for this shop, or not understood; nothing was stored."""

    code = "bad-notice"
    status = 400


class UnknownProvider(ShopError):
    """No provider of this name is configured."""

    code = "unknown-provider"
    status = 404


class GatewayDown(ShopError):
    """The provider did not answer, or not with something that can be understood: try again later."""

    code = "gateway-down"
    status = 503


class RefundRefused(Exception):
    """The provider will never give this back as it was asked; ``reason`` is its own word for why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


# Ways to pay that no gateway is asked for: at the door, and with store credit.
COD, BALANCE = "cod", "balance"
DIRECT = (COD, BALANCE)


@dataclass(frozen=True)
class Start:
    """What a provider needs to begin: our number, fen, words for the payer, where to report, where to return.

    ``return_url`` is for those who paid, ``leave_url`` for those who did not. ``client`` is desktop, phone or
    wechat (WeChat's own browser), ``client_ip`` the payer's address. Nobody may pay after ``expires_at``.
    """

    payment_no: str
    amount: int
    subject: str
    notify_url: str
    return_url: str
    leave_url: str
    expires_at: datetime
    client: Literal["desktop", "phone", "wechat"] = "desktop"
    client_ip: str = ""


@dataclass(frozen=True)
class Way:
    """Where the shopper pays: a page to go to, or a code to scan whose content is ``address``."""

    kind: Literal["page", "code"]
    address: str


@dataclass(frozen=True)
class Notice:
    """A provider's verified report that ``amount`` fen were paid for our number.

    ``reference`` is the provider's own number of the trade, ``event_id`` tells a repeat of the same report.
    """

    provider: str
    event_id: str
    payment_no: str
    amount: int
    reference: str
    raw: str


@dataclass(frozen=True)
class Found:
    """What a provider says of a payment when it is asked: paid (``notice`` has it), waiting, or closed for ever."""

    state: Literal["paid", "waiting", "closed"]
    notice: Notice | None = None


@dataclass(frozen=True)
class RefundRequest:
    """Give ``amount`` of the ``total`` fen of a paid trade back; a repeat with the same ``refund_no`` is the same."""

    refund_no: str
    payment_no: str
    reference: str
    amount: int
    total: int
    reason: str
    notify_url: str


@dataclass(frozen=True)
class RefundNotice:
    """A provider's verified report of what became of a refund: done, or failed for ever."""

    provider: str
    event_id: str
    refund_no: str
    amount: int
    state: Literal["done", "failed"]
    raw: str


class Provider(Protocol):
    """A gateway that takes money. Nothing here touches the database."""

    name: str

    def start(self, start: Start) -> Way:
        """Return where the shopper pays. Raises GatewayDown."""

    def read_notice(self, raw: bytes, headers: Headers) -> Notice | None:
        """Check the signature on the raw bytes and return what they say; None for news that is no payment.

        Raises BadNotice.
        """

    def query(self, payment_no: str) -> Found:
        """Ask what became of a payment. Raises GatewayDown."""

    def refund(self, request: RefundRequest) -> Literal["done", "open"]:
        """Give money back; open means that a notice or a repeat will tell. Raises GatewayDown, RefundRefused."""

    def read_refund_notice(self, raw: bytes, headers: Headers) -> RefundNotice | None:
        """As ``read_notice``, for refunds. Raises BadNotice."""

    def acknowledge(self) -> Response:
        """Return the answer that tells the provider to stop repeating the notice."""

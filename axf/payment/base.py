"""What a payment provider is to the shop."""

from dataclasses import dataclass
from typing import Protocol

from werkzeug.datastructures import Headers

from axf.core.errors import ShopError


class BadNotice(ShopError):
    """The notice is not from the provider, not for this shop, or not understood; nothing was stored."""

    code = "bad-notice"
    status = 400


class UnknownProvider(ShopError):
    """No provider of this name is configured."""

    code = "unknown-provider"
    status = 404


@dataclass(frozen=True)
class Start:
    """What a provider needs to begin: our number, fen, words for the payer, where to report, where to return.

    ``return_url`` is for those who paid, ``leave_url`` for those who did not.
    """

    payment_no: str
    amount: int
    subject: str
    notify_url: str
    return_url: str
    leave_url: str


@dataclass(frozen=True)
class Notice:
    """A provider's verified report that ``amount`` fen were paid for our number."""

    provider: str
    event_id: str
    payment_no: str
    amount: int
    reference: str
    raw: str


class Provider(Protocol):
    """A way to pay. Nothing here touches the database."""

    name: str

    def start(self, start: Start) -> str:
        """Return the address where the shopper pays."""

    def read_notice(self, raw: bytes, headers: Headers) -> Notice:
        """Check the signature on the raw bytes and return what they say. Raises BadNotice."""

    def acknowledge(self) -> str:
        """Return the body that tells the provider to stop repeating the notice."""

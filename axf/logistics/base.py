"""What the shop asks of whoever traces couriers' parcels."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from axf.core.errors import ShopError
from axf.logistics.shipments import Step

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Trace:
    """What is known of a courier's number, the oldest step first."""

    carrier: str
    tracking_no: str
    steps: tuple[Step, ...]


class TracingFailed(ShopError):
    """The tracing provider does not answer, or refuses to follow the number; ``reason`` is what it said."""

    code = "tracing-failed"
    status = 502


class BadPush(ShopError):
    """What was pushed is not signed by the tracing provider, or cannot be read."""

    code = "bad-push"
    status = 400


class Tracing(Protocol):
    """A provider that follows couriers' numbers."""

    def subscribe(self, carrier: str, tracking_no: str, phone: str) -> None:
        """Ask to be told of a number from now on; a repeat changes nothing. Raises TracingFailed."""

    def read(self, form: Mapping[str, str]) -> Trace:
        """Return what a push tells, after checking who sent it. Raises BadPush."""


class LoggingTracing:
    """Traces nothing and says so in the log: for development, and for shops without a contract."""

    def subscribe(self, carrier: str, tracking_no: str, phone: str) -> None:
        """Write one line into the log."""
        log.info("nobody traces %s %s: AXF_KUAIDI100_KEY is not set", carrier, tracking_no)

    def read(self, form: Mapping[str, str]) -> Trace:
        """Refuse: nobody may push. Raises BadPush."""
        raise BadPush

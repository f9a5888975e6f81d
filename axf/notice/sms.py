"""Text messages: what a provider must do, and the one that only writes them into the log."""

import logging
from typing import Protocol

log = logging.getLogger(__name__)


class SmsPutOff(Exception):
    """The message could not be handed over now. Try again later."""


class SmsRefused(Exception):
    """The provider will never take this message."""


class SmsProvider(Protocol):
    """Hands text messages over."""

    def send(self, phone: str, text: str, reference: str) -> None:
        """Hand one message over; ``reference`` is the same for a repeat. Raises SmsPutOff or SmsRefused."""


class LoggingSms:
    """Writes each message into the log, the number masked: for development, and for a shop without a provider."""

    def send(self, phone: str, text: str, reference: str) -> None:
        """Write the message into the log."""
        log.info("sms to %s (%s): %s", masked_phone(phone), reference, text)


def masked_phone(phone: str) -> str:
    """Return the number with its middle hidden: ``138****5678``."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 11 else "****"

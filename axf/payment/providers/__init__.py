"""The configured providers by name."""

from flask import current_app

from axf.payment.base import Provider, UnknownProvider
from axf.payment.providers.mock import MockProvider


def provider(name: str) -> Provider:
    """Return the configured provider of this name. Raises UnknownProvider."""
    if name not in current_app.config["PAYMENT_PROVIDERS"]:
        raise UnknownProvider(name=name)
    return {"mock": MockProvider}[name](current_app.config["SECRET_KEY"])


def refund_notify_url(name: str, base: str) -> str:
    """Return the address at which this provider tells what became of refunds; ``base`` is the shop's own."""
    return f"{base}/axf/pay/{name}/refund-notify/"

"""The configured providers by name."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import current_app

from axf.payment.base import Provider, UnknownProvider
from axf.payment.providers.mock import MockProvider

EXTENSION = "axf.payment.providers"


def provider(name: str) -> Provider:
    """Return the configured gateway of this name, built at its first use. Raises UnknownProvider."""
    config = current_app.config
    if name not in config["PAYMENT_PROVIDERS"] or name not in _BUILDERS:
        raise UnknownProvider(name=name)
    if name == "mock":
        return _mock(config)
    built: dict[str, Provider] = current_app.extensions.setdefault(EXTENSION, {})
    return built.setdefault(name, built.get(name) or _BUILDERS[name](config))


def refund_notify_url(name: str, base: str) -> str:
    """Return the address at which this provider tells what became of refunds; ``base`` is the shop's own."""
    return f"{base}/axf/pay/{name}/refund-notify/"


def _mock(config: Mapping[str, Any]) -> Provider:
    return MockProvider(config["SECRET_KEY"], config["BASE_URL"])


def _alipay(config: Mapping[str, Any]) -> Provider:
    # The SDKs are slow to import: a shop without them does not wait for them.
    from axf.payment.providers.alipay import AlipayProvider  # noqa: PLC0415

    return AlipayProvider(config["ALIPAY"])


def _wechat(config: Mapping[str, Any]) -> Provider:
    from axf.payment.providers.wechat import WechatProvider  # noqa: PLC0415

    return WechatProvider(config["WECHAT"])


_BUILDERS: dict[str, Callable[[Mapping[str, Any]], Provider]] = {"mock": _mock, "alipay": _alipay, "wechat": _wechat}

"""The settings of the payment providers: ``AXF_*`` from the environment, keys from files."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from axf.payment.base import BALANCE, COD

KNOWN = ("mock", "alipay", "wechat", COD, BALANCE)
# https://opendocs.alipay.com/open/203/105285 and https://pay.weixin.qq.com/doc/v3/merchant/4012081606
ALIPAY_URL = "https://openapi.alipay.com/gateway.do"
WECHAT_URL = "https://api.mch.weixin.qq.com"
# AES-256-GCM: the APIv3 key is its 32 bytes.
API_KEY_LENGTH = 32
PRIVATE, PUBLIC = "PRIVATE KEY", "PUBLIC KEY"


@dataclass(frozen=True)
class AlipaySettings:
    """Who we are at Alipay, and with which keys we talk; keys are PEM."""

    app_id: str
    seller_id: str
    private_key: str = field(repr=False)
    public_key: str
    gateway_url: str


@dataclass(frozen=True)
class WechatSettings:
    """Who we are at WeChat Pay, and with which keys we talk; keys are PEM, ``api_key`` decrypts notices."""

    app_id: str
    mchid: str
    serial_no: str
    private_key: str = field(repr=False)
    api_key: str = field(repr=False)
    public_key: str
    public_key_id: str
    gateway_url: str


def read(environ: Mapping[str, str], names: list[str]) -> tuple[dict[str, Any], list[str]]:
    """Return the settings of the listed providers as ``ALIPAY`` and ``WECHAT``, and what is wrong with them.

    Nothing is asked of a provider that is not listed. No message holds a key.
    """
    reader = _Reader(environ)
    unknown = set(names) - set(KNOWN)
    if unknown:
        reader.errors.append(f"AXF_PAYMENT_PROVIDERS: unknown {', '.join(sorted(unknown))}; known: {', '.join(KNOWN)}")
    config: dict[str, Any] = {}
    if "alipay" in names:
        config["ALIPAY"] = AlipaySettings(
            app_id=reader.text("AXF_ALIPAY_APP_ID", r"[0-9]{10,32}"),
            seller_id=reader.text("AXF_ALIPAY_SELLER_ID", r"2088[0-9]{12}"),
            private_key=reader.key("AXF_ALIPAY_PRIVATE_KEY_FILE", PRIVATE),
            public_key=reader.key("AXF_ALIPAY_PUBLIC_KEY_FILE", PUBLIC),
            gateway_url=reader.address("AXF_ALIPAY_GATEWAY_URL", ALIPAY_URL),
        )
    if "wechat" in names:
        config["WECHAT"] = WechatSettings(
            app_id=reader.text("AXF_WECHAT_APP_ID", r"wx[0-9a-zA-Z]{8,30}"),
            mchid=reader.text("AXF_WECHAT_MCHID", r"[0-9]{8,32}"),
            serial_no=reader.text("AXF_WECHAT_SERIAL_NO", r"[0-9A-Fa-f]{8,64}"),
            private_key=reader.key("AXF_WECHAT_PRIVATE_KEY_FILE", PRIVATE),
            api_key=reader.secret("AXF_WECHAT_API_KEY_FILE", API_KEY_LENGTH),
            public_key=reader.key("AXF_WECHAT_PUBLIC_KEY_FILE", PUBLIC),
            public_key_id=reader.text("AXF_WECHAT_PUBLIC_KEY_ID", r"PUB_KEY_ID_[0-9A-Za-z]{4,64}"),
            gateway_url=reader.address("AXF_WECHAT_GATEWAY_URL", WECHAT_URL),
        )
    return config, reader.errors


class _Reader:
    """Reads single settings and collects what is wrong with them."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.errors: list[str] = []

    def text(self, name: str, shape: str) -> str:
        value = self.environ.get(name, "")
        if not re.fullmatch(shape, value):
            self._wrong(name, "is missing" if not value else "does not look like one")
        return value

    def address(self, name: str, default: str) -> str:
        value = self.environ.get(name, default).rstrip("/")
        try:
            is_usable = urlsplit(value).scheme in ("http", "https") and bool(urlsplit(value).hostname)
        except ValueError:  # "http://["
            is_usable = False
        if not is_usable:
            self._wrong(name, "wants http(s)://host")
        return value

    def secret(self, name: str, length: int) -> str:
        value = self._content(name)
        if value and (len(value) != length or not value.isascii()):
            self._wrong(name, f"the file wants {length} ASCII characters")
        return value

    def key(self, name: str, kind: str) -> str:
        """Return an RSA key as PEM; the providers' tools also hand keys out as bare Base64."""
        content = self._content(name)
        if not content:
            return ""
        pem = (
            content if content.startswith("-----BEGIN") else f"-----BEGIN {kind}-----\n{content}\n-----END {kind}-----"
        )
        try:
            loaded: object = (
                load_pem_private_key(pem.encode(), None) if kind == PRIVATE else load_pem_public_key(pem.encode())
            )
        except (ValueError, TypeError):
            loaded = None
        if not isinstance(loaded, RSAPrivateKey if kind == PRIVATE else RSAPublicKey):
            self._wrong(name, f"the file holds no RSA {kind.lower()}")
        return pem

    def _content(self, name: str) -> str:
        path = self.environ.get(name, "")
        if not path:
            self._wrong(name, "is missing")
            return ""
        try:
            content = Path(path).read_text().strip()
        except (OSError, ValueError):
            self._wrong(name, f"the file {path} cannot be read")
            return ""
        if not content:
            self._wrong(name, f"the file {path} is empty")
        return content

    def _wrong(self, name: str, what: str) -> None:
        self.errors.append(f"{name}: {what}")

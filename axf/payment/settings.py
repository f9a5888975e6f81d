"""The settings of the payment providers; those of one that is not listed are neither read nor wanted."""

import re
from dataclasses import dataclass, field, fields
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from axf.core.settings import Reader, Setting, hidden, names, without_password
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


def providers(text: str) -> list[str]:
    """Take a list of ways to pay that exist."""
    listed = names(text)
    unknown = set(listed) - set(KNOWN)
    if unknown:
        raise ValueError(f"unknown {', '.join(sorted(unknown))}; known: {', '.join(KNOWN)}")
    return listed


def shaped(shape: str) -> Reader:
    """Take a text of this regular expression."""

    def read(text: str) -> str:
        if not re.fullmatch(shape, text):
            raise ValueError("does not look like one")
        return text

    return read


def gateway(text: str) -> str:
    """Take a gateway's address; it may have a path."""
    address = text.rstrip("/")
    try:
        is_usable = urlsplit(address).scheme in ("http", "https") and bool(urlsplit(address).hostname)
    except ValueError:  # "http://["
        is_usable = False
    if not is_usable:
        raise ValueError("wants http(s)://host")
    return address


def api_key(text: str) -> str:
    """Take WeChat Pay's APIv3 key."""
    if len(text) != API_KEY_LENGTH or not text.isascii():
        raise ValueError(f"wants {API_KEY_LENGTH} ASCII characters")
    return text


def rsa(kind: str) -> Reader:
    """Take an RSA key as PEM; the providers' tools also hand keys out as bare Base64."""

    def read(text: str) -> str:
        begins = text.startswith("-----BEGIN")
        pem = text if begins else f"-----BEGIN {kind}-----\n{text}\n-----END {kind}-----"
        try:
            loaded: object = (
                load_pem_private_key(pem.encode(), None) if kind == PRIVATE else load_pem_public_key(pem.encode())
            )
        except (ValueError, TypeError):
            loaded = None
        if not isinstance(loaded, RSAPrivateKey if kind == PRIVATE else RSAPublicKey):
            raise ValueError(f"holds no RSA {kind.lower()}")
        return pem

    return read


def _alipay(name: str, read: Reader, default: str = "", **more: Any) -> Setting:
    return Setting(f"AXF_ALIPAY_{name}", f"ALIPAY_{name}", read, default, provider="alipay", **more)


def _wechat(name: str, read: Reader, default: str = "", **more: Any) -> Setting:
    return Setting(f"AXF_WECHAT_{name}", f"WECHAT_{name}", read, default, provider="wechat", **more)


SETTINGS = (
    _alipay("APP_ID", shaped(r"[0-9]{10,32}")),
    _alipay("SELLER_ID", shaped(r"2088[0-9]{12}")),
    _alipay("PRIVATE_KEY", rsa(PRIVATE), show=hidden, by_file=True),
    _alipay("PUBLIC_KEY", rsa(PUBLIC), show=hidden, by_file=True),
    _alipay("GATEWAY_URL", gateway, ALIPAY_URL, show=without_password),
    _wechat("APP_ID", shaped(r"wx[0-9a-zA-Z]{8,30}")),
    _wechat("MCHID", shaped(r"[0-9]{8,32}")),
    _wechat("SERIAL_NO", shaped(r"[0-9A-Fa-f]{8,64}")),
    _wechat("PRIVATE_KEY", rsa(PRIVATE), show=hidden, by_file=True),
    _wechat("API_KEY", api_key, show=hidden, by_file=True),
    _wechat("PUBLIC_KEY", rsa(PUBLIC), show=hidden, by_file=True),
    _wechat("PUBLIC_KEY_ID", shaped(r"PUB_KEY_ID_[0-9A-Za-z]{4,64}")),
    _wechat("GATEWAY_URL", gateway, WECHAT_URL, show=without_password),
)


def of(config: dict[str, Any]) -> dict[str, Any]:
    """Take the listed providers' values out of ``config`` and return them together as ``ALIPAY`` and ``WECHAT``."""
    kinds = {"alipay": AlipaySettings, "wechat": WechatSettings}
    listed = {name: kind for name, kind in kinds.items() if name in config["PAYMENT_PROVIDERS"]}
    return {
        name.upper(): kind(**{each.name: config.pop(f"{name}_{each.name}".upper()) for each in fields(kind)})
        for name, kind in listed.items()
    }

"""What a browser says of itself and where it comes from, in words a shopper knows. Pure: text in, text out.

A User-Agent is a claim, good enough to tell my phone from my laptop; nothing is ever decided by it.
"""

from dataclasses import dataclass
from ipaddress import ip_address, ip_network

# The first that is found counts: nearly everybody also claims to be Safari, Chrome or Mozilla.
_BROWSERS = (
    ("MicroMessenger", "WeChat"),
    ("AlipayClient", "Alipay"),
    ("DingTalk", "DingTalk"),
    ("MQQBrowser", "QQ Browser"),
    ("QQ/", "QQ"),
    ("UCBrowser", "UC Browser"),
    ("HuaweiBrowser", "Huawei Browser"),
    ("MiuiBrowser", "Mi Browser"),
    ("VivoBrowser", "vivo Browser"),
    ("HeyTapBrowser", "OPPO Browser"),
    ("SamsungBrowser", "Samsung Internet"),
    ("EdgiOS", "Edge"),
    ("EdgA", "Edge"),
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("FxiOS", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("OpenHarmony", "HarmonyOS"),
    ("HarmonyOS", "HarmonyOS"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True)
class Device:
    """Browser and system; empty when they are not known."""

    browser: str
    system: str


def recognise(user_agent: str) -> Device:
    """Return which browser on which system this is."""
    return Device(_first(_BROWSERS, user_agent), _first(_SYSTEMS, user_agent))


def network_of(ip: str) -> str:
    """Return the network of an address: 203.0.113.0/24, or the first 48 bits of IPv6; empty for no address.

    It is enough to tell home from abroad, and all that is kept of an address.
    """
    try:
        address = ip_address(ip)
    except ValueError:
        return ""
    mapped = getattr(address, "ipv4_mapped", None) or address
    return str(ip_network((mapped, 24 if mapped.version == 4 else 48), strict=False))


def _first(known: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for mark, name in known if mark in user_agent), "")

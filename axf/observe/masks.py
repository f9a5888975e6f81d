"""Takes out of log lines what nobody may read there. The code writes none of it; this is for what slips through.

Facts by their name, texts by their look: passwords, tickets, tokens, keys, phone numbers, query strings.
"""

import re
from typing import Any

STARS = "***"
SECRET_NAMES = frozenset(
    (
        "password passwd pwd secret secret_key ticket token csrf_token checkout_token cookie authorization code"
        " private_key api_key key phone address detail email name username birthday note raw body form args query"
    ).split()
)
_PHONE = re.compile(r"(?<![0-9A-Za-z])((?:\+?86)?1[3-9][0-9])[0-9]{4}([0-9]{4})(?![0-9A-Za-z])")
_SECRETS = re.compile(
    # A key as PEM; what is called a secret; a signed token; 256 random bits.
    r"-----BEGIN.*?(?:-----END[A-Z ]*-----|\Z)"
    r"|(?i:(?<![a-z])(?P<name>[a-z_]*(?:password|passwd|secret|ticket|token|cookie|authorization|api_?key))"
    r"(?P<equals>[\"']?\s*[=:]\s*[\"']?)(?:bearer )?[^\s\"'&,;]+)"
    r"|(?<![\w.-])[\w-]{16,}\.[\w-]{6,}\.[\w-]{27,}"
    r"|(?<![\w-])[\w-]{43}(?![\w-])",
    re.DOTALL,
)
_QUERY = re.compile(r"(/[\w%./<>:-]*)\?[^\s\"'<>]+")


def masked(text: str) -> str:
    """Return a text of a log line without secrets; phone numbers keep their first three and last four digits."""
    text = _SECRETS.sub(lambda found: f"{found['name']}{found['equals']}{STARS}" if found["name"] else STARS, text)
    if "?" in text:
        text = _QUERY.sub(r"\1?…", text)
    return _PHONE.sub(r"\1****\2", text)


def mask(_logger: Any, _method: str, line: dict[str, Any]) -> dict[str, Any]:
    """Mask a line's facts: a structlog processor."""
    for name, value in line.items():
        if name.startswith("_"):  # structlog's own
            continue
        if name in SECRET_NAMES:
            line[name] = STARS
        elif isinstance(value, str):
            line[name] = masked(value)
        elif value is not None and not isinstance(value, int | float):
            line[name] = masked(str(value))
    return line

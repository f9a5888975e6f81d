"""A setting: its name, how its text is read, what it is when nobody gives it, and how it is shown to people."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

Environment = Mapping[str, str]
# From the text to the value. A ValueError's words go on after the setting's name: "is not one of a, b".
Reader = Callable[[str], Any]
HIDDEN = "********"
_PASSWORD = re.compile(r"(?<=://)([^/?#]*?):([^/?#]*)@")
_SECRET_OPTION = re.compile(r"((?:^|&)[^=&]*(?:pass|pwd|secret|key)[^=&]*=)[^&]*", re.IGNORECASE)


def shown_plainly(text: str) -> str:
    """Show a setting that is no secret."""
    return text


def hidden(text: str) -> str:
    """Show of a secret whether there is one, and nothing else, its length included."""
    return HIDDEN if text else ""


def without_password(url: str) -> str:
    """Show an address without its password, and without what its query may hold of one."""
    address, mark, query = _PASSWORD.sub(rf"\1:{HIDDEN}@", url).partition("?")
    return address + mark + _SECRET_OPTION.sub(rf"\1{HIDDEN}", query)


@dataclass(frozen=True)
class Setting:
    """``name`` in the environment becomes ``into`` in the application's configuration.

    ``default`` is a text, or made of environment and instance folder. A setting ``by_file`` may also come as
    ``<name>_FILE``, a file that holds it. ``provider``: it is read, and wanted, only when that is listed.
    """

    name: str
    into: str
    read: Reader = str
    default: str | Callable[[Environment, Path], str] = ""
    show: Callable[[str], str] = shown_plainly
    by_file: bool = False
    provider: str = ""


@dataclass(frozen=True)
class Found:
    """The text of a setting, and where it came from: default, environment, or the file's path."""

    setting: Setting
    text: str
    source: str

    @property
    def name(self) -> str:
        """What an operator has set, or has to."""
        is_file = self.source not in (DEFAULT, ENVIRONMENT)
        return f"{self.setting.name}_FILE" if is_file else self.setting.name

    def value(self) -> Any:
        """Return the text as a value. Raises ValueError, with the name in front."""
        try:
            return self.setting.read(self.text)
        except ValueError as wrong:
            place = f"the file {self.source} " if self.name.endswith("_FILE") else ""
            raise ValueError(f"{self.name}: {place}{wrong}") from None

    @property
    def shown(self) -> str:
        """The text as people may see it."""
        return self.setting.show(self.text)


DEFAULT, ENVIRONMENT = "default", "environment"


def look_up(setting: Setting, environ: Environment, instance: Path) -> Found:
    """Find a setting's text. Raises ValueError, with the name in front, when that cannot be.

    An empty text is not given where the default is made, and for secrets; elsewhere the reader decides.
    """
    given, path = environ.get(setting.name), environ.get(f"{setting.name}_FILE", "") if setting.by_file else ""
    if not given and (setting.by_file or callable(setting.default)):
        given = None
    if given and path:
        raise ValueError(f"{setting.name}: give it or {setting.name}_FILE, not both")
    if path:
        return Found(setting, _content(setting, path), path)
    if given is not None:
        return Found(setting, given, ENVIRONMENT)
    made = setting.default(environ, instance) if callable(setting.default) else setting.default
    return Found(setting, made, DEFAULT)


def _content(setting: Setting, path: str) -> str:
    try:
        content = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        raise ValueError(f"{setting.name}_FILE: the file {path} cannot be read") from None
    if not content:
        raise ValueError(f"{setting.name}_FILE: the file {path} is empty")
    return content


def one_of(*known: str) -> Reader:
    """Take one of these words."""

    def read(text: str) -> str:
        if text not in known:
            raise ValueError(f"{text!r} is not one of {', '.join(known)}")
        return text

    return read


def whole(least: int, most: int, into: Callable[[int], Any] = int) -> Reader:
    """Take a whole number from least to most in ASCII digits, and return ``into`` of it."""

    def read(text: str) -> Any:
        if text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) <= most:
            return into(int(text))
        raise ValueError(f"{text!r} is not a whole number from {least} to {most}")

    return read


def names(text: str) -> list[str]:
    """Take a list with commas."""
    return [name.strip() for name in text.split(",") if name.strip()]


def origin(text: str) -> str:
    """Take ``http(s)://host[:port]`` without a path."""
    address = text.rstrip("/")
    if not host_of(address):
        raise ValueError("wants http(s)://host[:port] without a path")
    return address


def host_of(address: str) -> str | None:
    """Return the host of ``http(s)://host[:port]``, None for anything else."""
    try:
        parts = urlsplit(address)
        is_bare = parts.netloc and address == f"{parts.scheme}://{parts.netloc}" and "@" not in parts.netloc
        return parts.hostname if parts.scheme in ("http", "https") and is_bare and parts.port != 0 else None
    except ValueError:  # "http://[", a port that is no number
        return None

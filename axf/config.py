"""Configuration: ``AXF_*`` from the environment, checked at start with one readable list of errors."""

import contextlib
import os
import secrets
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from tempfile import mkstemp
from typing import Any
from urllib.parse import urlsplit

from click import ClickException

from axf.aftersale.rules import Limits
from axf.core import mail
from axf.payment import settings as payment_settings

DEVELOPMENT, PRODUCTION = "development", "production"
LEAST_SECRET_LENGTH = 32
MIB = 1024 * 1024


class ConfigError(ClickException):
    """The configuration cannot be served with; the message lists every reason, one a line.

    ``flask`` prints it without a stack, uWSGI stops at it.
    """


def from_environment(environ: Mapping[str, str], instance: Path) -> dict[str, Any]:
    """Return the application's configuration.

    ``AXF_ENV`` development (default) or production · ``AXF_SECRET_KEY`` at least 32 characters
    (development makes one and keeps it in ``instance/secret_key``) · ``AXF_DATABASE_URL`` (default
    SQLite in ``instance/``) · ``AXF_REPLICA_URL`` a copy to read the catalogue from (default
    none) · ``AXF_BASE_URL`` the address shoppers use (default
    http://127.0.0.1:8000; notices of payment providers come here) · ``AXF_MEDIA_DIR`` uploads
    (default ``instance/media``) · ``AXF_BACKUP_DIR`` backups (default ``instance/backups``) ·
    ``AXF_PAYMENT_PROVIDERS`` comma list (default mock); their own settings
    are read by ``axf.payment.settings`` ·
    ``AXF_TICKET_DAYS`` life of a login, 1–90 (default 7) · ``AXF_UNPAID_MINUTES`` life of an
    unpaid order, 1–1440 (default 30) · ``AXF_PROXY_COUNT`` how many trusted proxies add
    X-Forwarded-*, 0–5 (default 0; production wants it said) · ``AXF_AFTERSALE_AUTO_YUAN`` up to how many
    yuan an after-sale refund is approved without a person, 0–10000 (default 30) ·
    ``AXF_AFTERSALE_AUTO_PER_MONTH`` how often a month for one shopper, 0–100 (default 3; 0 is never) ·
    ``AXF_SERVICE_WORKER`` 1 or 0: whether browsers keep public pages for when they are offline (default 1) ·
    ``AXF_KUAIDI100_KEY`` (or ``AXF_KUAIDI100_KEY_FILE``, a file that holds it) traces
    couriers, ``AXF_KUAIDI100_URL`` where
    (default https://poll.kuaidi100.com) · ``AXF_SMTP_URL`` where mail is handed over,
    smtp[s]://[user:password@]host[:port][?starttls=1] (default none: nothing is mailed) · ``AXF_MAIL_FROM``
    the shop's address, wanted with it.
    Raises ConfigError for values that cannot be right and for unsafe production settings.
    """
    reader = _Reader(environ)
    env = reader.choice("AXF_ENV", (DEVELOPMENT, PRODUCTION))
    base_url = environ.get("AXF_BASE_URL", "http://127.0.0.1:8000").rstrip("/")
    providers = [name.strip() for name in environ.get("AXF_PAYMENT_PROVIDERS", "mock").split(",") if name.strip()]
    config = {
        "ENV": env,
        "BASE_URL": base_url,
        "SECRET_KEY": environ.get("AXF_SECRET_KEY") or (_kept_secret(instance) if env == DEVELOPMENT else ""),
        "SQLALCHEMY_DATABASE_URI": environ.get("AXF_DATABASE_URL") or f"sqlite:///{instance / 'axf.sqlite'}",
        "REPLICA_URL": environ.get("AXF_REPLICA_URL", ""),
        # Absolute: Flask would serve a relative one from another place than pictures are saved in.
        "MEDIA_DIR": str(Path(environ.get("AXF_MEDIA_DIR") or instance / "media").absolute()),
        "BACKUP_DIR": str(Path(environ.get("AXF_BACKUP_DIR") or instance / "backups").absolute()),
        "PAYMENT_PROVIDERS": providers,
        "TICKET_LIFE": timedelta(days=reader.number("AXF_TICKET_DAYS", 7, 1, 90)),
        "UNPAID_LIFE": timedelta(minutes=reader.number("AXF_UNPAID_MINUTES", 30, 1, 1440)),
        "KUAIDI100_KEY": reader.secret("AXF_KUAIDI100_KEY"),
        "KUAIDI100_URL": environ.get("AXF_KUAIDI100_URL", "https://poll.kuaidi100.com").rstrip("/"),
        "SERVICE_WORKER": reader.number("AXF_SERVICE_WORKER", 1, 0, 1) == 1,
        "PROXY_COUNT": reader.number("AXF_PROXY_COUNT", 0, 0, 5),
        "AFTERSALE_LIMITS": Limits(
            worth=100 * reader.number("AXF_AFTERSALE_AUTO_YUAN", 30, 0, 10_000),
            per_month=reader.number("AXF_AFTERSALE_AUTO_PER_MONTH", 3, 0, 100),
        ),
        "SMTP_URL": environ.get("AXF_SMTP_URL", ""),
        "MAIL_FROM": environ.get("AXF_MAIL_FROM", ""),
        "MAX_CONTENT_LENGTH": MIB,
        "MAX_FORM_PARTS": 100,
    }
    reader.errors += _unusable(config)
    payment, payment_errors = payment_settings.read(environ, providers)
    config |= payment
    reader.errors += payment_errors
    if env == PRODUCTION:
        reader.errors += _unsafe_in_production(config, environ)
        # The shop's own name, and what the host itself asks: another Host header gets 400.
        config["TRUSTED_HOSTS"] = [_host_of(base_url), "localhost", "127.0.0.1"]
    if reader.errors:
        raise ConfigError("\n".join(reader.errors))
    return config


class _Reader:
    """Reads single values and collects what is wrong with them."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.errors: list[str] = []

    def choice(self, key: str, known: tuple[str, ...]) -> str:
        value = self.environ.get(key, known[0])
        if value not in known:
            self.errors.append(f"{key}: {value!r} is not one of {', '.join(known)}")
        return value

    def secret(self, key: str) -> str:
        """Return a secret that is given itself, or by the path of a file that holds it; else nothing."""
        given, path = self.environ.get(key, ""), self.environ.get(f"{key}_FILE", "")
        if given and path:
            self.errors.append(f"{key}: give it or {key}_FILE, not both")
        elif path:
            try:
                given = Path(path).read_text(encoding="utf-8").strip()
            except (OSError, ValueError) as error:
                self.errors.append(f"{key}_FILE: {path!r} cannot be read: {type(error).__name__}")
            else:
                if not given:
                    self.errors.append(f"{key}_FILE: {path!r} is empty")
        return given

    def number(self, key: str, default: int, least: int, most: int) -> int:
        text = self.environ.get(key, str(default))
        if text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) <= most:
            return int(text)
        self.errors.append(f"{key}: {text!r} is not a whole number from {least} to {most}")
        return default


def _unusable(config: dict[str, Any]) -> list[str]:
    errors = []
    if config["ENV"] == DEVELOPMENT and not config["SECRET_KEY"]:
        errors.append("AXF_SECRET_KEY: the file secret_key in the instance folder is empty; delete it")
    if not _host_of(config["BASE_URL"]):
        errors.append("AXF_BASE_URL: wants http(s)://host[:port] without a path")
    if not config["SQLALCHEMY_DATABASE_URI"].startswith(("sqlite:///", "mysql+pymysql://")):
        errors.append("AXF_DATABASE_URL: wants mysql+pymysql://… or sqlite:///…")
    if config["REPLICA_URL"] and not config["REPLICA_URL"].startswith(("sqlite:///", "mysql+pymysql://")):
        errors.append("AXF_REPLICA_URL: wants mysql+pymysql://… or sqlite:///…")
    if not _host_of(config["KUAIDI100_URL"]):
        errors.append("AXF_KUAIDI100_URL: wants http(s)://host[:port] without a path")
    return errors + _unusable_mail(config["SMTP_URL"], config["MAIL_FROM"])


def _unusable_mail(smtp_url: str, mail_from: str) -> list[str]:
    errors = []
    try:
        if smtp_url:
            mail.server_of(smtp_url)
    except ValueError:  # not repeated: it may hold a password
        errors.append("AXF_SMTP_URL: wants smtp[s]://[user:password@]host[:port][?starttls=1]")
    try:
        if mail_from or smtp_url:
            mail.sender_of(mail_from)
    except ValueError as wrong:
        errors.append(f"AXF_MAIL_FROM: {wrong}")
    return errors


def _host_of(base_url: str) -> str | None:
    """Return the host of ``http(s)://host[:port]``, None for anything else."""
    try:
        parts = urlsplit(base_url)
        is_bare = parts.netloc and base_url == f"{parts.scheme}://{parts.netloc}" and "@" not in parts.netloc
        return parts.hostname if parts.scheme in ("http", "https") and is_bare and parts.port != 0 else None
    except ValueError:  # "http://[", a port that is no number
        return None


def _unsafe_in_production(config: dict[str, Any], environ: Mapping[str, str]) -> list[str]:
    errors = []
    if len(config["SECRET_KEY"]) < LEAST_SECRET_LENGTH:
        errors.append(f"AXF_SECRET_KEY: production wants at least {LEAST_SECRET_LENGTH} random characters")
    if not config["BASE_URL"].startswith("https://"):
        errors.append("AXF_BASE_URL: production wants https, so that login cookies stay secret")
    if config["KUAIDI100_KEY"] and not config["KUAIDI100_URL"].startswith("https://"):
        errors.append("AXF_KUAIDI100_URL: production wants https, so that the key stays secret")
    if "mock" in config["PAYMENT_PROVIDERS"]:
        errors.append("AXF_PAYMENT_PROVIDERS: mock gives goods away; production refuses it")
    if "AXF_PROXY_COUNT" not in environ:
        errors.append("AXF_PROXY_COUNT: production wants the number of your proxies in front, 0 for none")
    if environ.get("FLASK_DEBUG", "").lower() not in ("", "0", "false", "no"):
        errors.append("FLASK_DEBUG: production refuses the debugger")
    return errors


def _kept_secret(instance: Path) -> str:
    """Return development's secret key, made once; two processes starting together agree on one."""
    instance.mkdir(parents=True, exist_ok=True)
    file = instance / "secret_key"
    if not file.exists():
        # Written whole beside it and linked: nobody ever reads half a secret.
        draft, name = mkstemp(dir=instance)
        with os.fdopen(draft, "w") as out:
            out.write(secrets.token_urlsafe(48))
        with contextlib.suppress(FileExistsError):
            os.link(name, file)
        Path(name).unlink()
    return file.read_text()

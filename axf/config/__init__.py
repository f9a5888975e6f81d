"""Configuration: ``AXF_*`` from the environment, checked at start with one readable list of errors."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from click import ClickException

from axf.aftersale.rules import Limits
from axf.config.table import DEVELOPMENT, PRODUCTION, SETTINGS
from axf.core.settings import Found, host_of, look_up
from axf.payment import settings as payment

LEAST_SECRET_LENGTH = 32
MIB = 1024 * 1024
LOOPBACK = ("localhost", "127.0.0.1")


class ConfigError(ClickException):
    """The configuration cannot be served with; the message lists every reason, one a line.

    ``flask`` prints it without a stack, uWSGI stops at it.
    """


def from_environment(environ: Mapping[str, str], instance: Path) -> dict[str, Any]:
    """Return the application's configuration: the settings of ``table``, read, and what is made of them.

    Raises ConfigError for values that cannot be right and for unsafe production settings.
    """
    config, errors = _read(environ, instance)
    wrong = {error.partition(":")[0].removesuffix("_FILE") for error in errors}
    found = _unusable(config)
    if config["ENV"] == PRODUCTION:
        found += _unsafe_in_production(config, environ)
        # The shop's own name, and what the host itself asks: another Host header gets 400.
        config["TRUSTED_HOSTS"] = [host_of(config["BASE_URL"]), "localhost", "127.0.0.1"]
    errors += [error for error in found if error.partition(":")[0] not in wrong]
    if errors:
        raise ConfigError("\n".join(errors))
    config |= payment.of(config)
    config["AFTERSALE_LIMITS"] = Limits(
        worth=100 * config["AFTERSALE_AUTO_YUAN"], per_month=config["AFTERSALE_AUTO_PER_MONTH"]
    )
    return config | {"MAX_CONTENT_LENGTH": MIB, "MAX_FORM_PARTS": 100}


def settings_of(environ: Mapping[str, str], instance: Path) -> list[Found]:
    """Return every setting that counts here, with its text and where that came from. Raises ValueError."""
    listed = payment.providers(environ.get("AXF_PAYMENT_PROVIDERS", "mock"))
    return [look_up(each, environ, instance) for each in SETTINGS if each.provider in ("", *listed)]


def _read(environ: Mapping[str, str], instance: Path) -> tuple[dict[str, Any], list[str]]:
    """Return the values, and what is wrong; its default, or nothing, takes a wrong value's place."""
    config: dict[str, Any] = {}
    errors: list[str] = []
    for setting in SETTINGS:
        if setting.provider and setting.provider not in config["PAYMENT_PROVIDERS"]:
            continue
        try:
            found = look_up(setting, environ, instance)
            if setting.provider and not found.text:
                raise ValueError(f"{setting.name}: is missing")
            config[setting.into] = found.value()
        except ValueError as wrong:
            errors.append(str(wrong))
            is_made = setting.provider or callable(setting.default)
            config[setting.into] = "" if is_made else setting.read(str(setting.default))
    return config, errors


def _unusable(config: dict[str, Any]) -> list[str]:
    """Return what does not go together."""
    errors = []
    if config["ENV"] == DEVELOPMENT and not config["SECRET_KEY"]:
        errors.append("AXF_SECRET_KEY: the file secret_key in the instance folder is empty; delete it")
    if config["SMTP_URL"] and not config["MAIL_FROM"]:
        errors.append("AXF_MAIL_FROM: wants an address like shop@example.com, because mail is sent")
    if config["MEDIA_URL"] and not (config["S3_KEY_ID"] and config["S3_SECRET"]):
        errors.append("AXF_MEDIA_URL: wants AXF_S3_KEY_ID and AXF_S3_SECRET")
    return errors


def _unsafe_in_production(config: dict[str, Any], environ: Mapping[str, str]) -> list[str]:
    errors = []
    if len(config["SECRET_KEY"]) < LEAST_SECRET_LENGTH:
        errors.append(f"AXF_SECRET_KEY: production wants at least {LEAST_SECRET_LENGTH} random characters")
    if any(len(key) < LEAST_SECRET_LENGTH for key in config["SECRET_KEY_FALLBACKS"]):
        errors.append(f"AXF_SECRET_KEY_FALLBACKS: production wants at least {LEAST_SECRET_LENGTH} characters of each")
    if not config["BASE_URL"].startswith("https://"):
        errors.append("AXF_BASE_URL: production wants https, so that login cookies stay secret")
    if config["KUAIDI100_KEY"] and not config["KUAIDI100_URL"].startswith("https://"):
        errors.append("AXF_KUAIDI100_URL: production wants https, so that the key stays secret")
    is_open = config["S3_ENDPOINT"].startswith("http://")
    if config["MEDIA_URL"] and is_open and urlsplit(config["S3_ENDPOINT"]).hostname not in LOOPBACK:
        errors.append("AXF_S3_ENDPOINT: production wants https, so that nobody reads along")
    if "mock" in config["PAYMENT_PROVIDERS"]:
        errors.append("AXF_PAYMENT_PROVIDERS: mock gives goods away; production refuses it")
    if "AXF_PROXY_COUNT" not in environ:
        errors.append("AXF_PROXY_COUNT: production wants the number of your proxies in front, 0 for none")
    if environ.get("FLASK_DEBUG", "").lower() not in ("", "0", "false", "no"):
        errors.append("FLASK_DEBUG: production refuses the debugger")
    return errors

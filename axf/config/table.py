"""Every setting of the shop, one a line: name, where it goes, how it is read, default, how it is shown.

What each means is in docs/configuration.md.
"""

import contextlib
import os
import re
import secrets
from datetime import timedelta
from pathlib import Path
from tempfile import mkstemp

from axf.core import mail
from axf.core.settings import Environment, Setting, hidden, names, one_of, origin, whole, without_password
from axf.payment import settings as payment

DEVELOPMENT, PRODUCTION = "development", "production"
_BUCKET = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9._-]+)*/?")


def database(url: str) -> str:
    """Take SQLAlchemy's address of a database that the shop knows."""
    if not url.startswith(("sqlite:///", "mysql+pymysql://")):
        raise ValueError("wants mysql+pymysql://… or sqlite:///…")
    return url


def replica(url: str) -> str:
    """Take the address of a copy of the database, or nothing."""
    return database(url) if url else url


def folder(path: str) -> str:
    """Take a folder. Absolute: Flask would serve a relative one from another place than pictures are saved in."""
    return str(Path(path).absolute())


def bucket(url: str) -> str:
    """Take the address of a bucket, or of a folder in it, or nothing."""
    if url and not _BUCKET.fullmatch(url):
        raise ValueError("wants s3://bucket or s3://bucket/prefix")
    return url.rstrip("/")


def optional_origin(url: str) -> str:
    """Take the address of a server, or nothing."""
    return origin(url) if url else url


def mail_server(url: str) -> str:
    """Take the address of a mail server, or nothing."""
    try:
        if url:
            mail.server_of(url)
    except ValueError:  # not repeated: it may hold a password
        raise ValueError("wants smtp[s]://[user:password@]host[:port][?starttls=1]") from None
    return url


def sender(address: str) -> str:
    """Take the shop's own mail address, or nothing."""
    if address:
        mail.sender_of(address)
    return address


def redis(url: str) -> str:
    """Take the address of a Redis, or nothing."""
    if url and not url.startswith(("redis://", "rediss://", "redis+unix://")):
        raise ValueError("wants redis://…, rediss://… or redis+unix://…")
    return url


def kept_secret(environ: Environment, instance: Path) -> str:
    """Return development's secret key, made once; two processes starting together agree on one."""
    if environ.get("AXF_ENV", DEVELOPMENT) != DEVELOPMENT:
        return ""
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


def sqlite_file(_environ: Environment, instance: Path) -> str:
    """Return the address of the database that needs no server."""
    return f"sqlite:///{instance / 'axf.sqlite'}"


def usual_log_format(environ: Environment, _instance: Path) -> str:
    """Return json for machines, and text where the shop is developed."""
    return "json" if environ.get("AXF_ENV") == PRODUCTION else "text"


SETTINGS = (
    Setting("AXF_ENV", "ENV", one_of(DEVELOPMENT, PRODUCTION), DEVELOPMENT),
    Setting("AXF_INSTANCE_DIR", "INSTANCE_DIR", folder, lambda _environ, instance: str(instance)),
    Setting("AXF_MEDIA_DIR", "MEDIA_DIR", folder, lambda _environ, instance: str(instance / "media")),
    Setting("AXF_MEDIA_URL", "MEDIA_URL", bucket),
    Setting("AXF_S3_ENDPOINT", "S3_ENDPOINT", optional_origin),
    Setting("AXF_S3_REGION", "S3_REGION", str, "us-east-1"),
    Setting("AXF_S3_KEY_ID", "S3_KEY_ID", str, "", hidden, by_file=True),
    Setting("AXF_S3_SECRET", "S3_SECRET", str, "", hidden, by_file=True),
    Setting("AXF_BACKUP_DIR", "BACKUP_DIR", folder, lambda _environ, instance: str(instance / "backups")),
    Setting("AXF_RUN_DIR", "RUN_DIR", folder, lambda _environ, instance: str(instance)),
    Setting("AXF_BASE_URL", "BASE_URL", origin, "http://127.0.0.1:8000"),
    Setting("AXF_SECRET_KEY", "SECRET_KEY", str, kept_secret, hidden, by_file=True),
    Setting("AXF_SECRET_KEY_FALLBACKS", "SECRET_KEY_FALLBACKS", names, "", hidden, by_file=True),
    Setting("AXF_DATABASE_URL", "SQLALCHEMY_DATABASE_URI", database, sqlite_file, without_password, by_file=True),
    Setting("AXF_REPLICA_URL", "REPLICA_URL", replica, "", without_password, by_file=True),
    Setting("AXF_TICKET_DAYS", "TICKET_LIFE", whole(1, 90, lambda days: timedelta(days=days)), "7"),
    Setting("AXF_TICKET_IDLE_HOURS", "TICKET_IDLE", whole(2, 2160, lambda hours: timedelta(hours=hours)), "72"),
    Setting("AXF_UNPAID_MINUTES", "UNPAID_LIFE", whole(1, 1440, lambda minutes: timedelta(minutes=minutes)), "30"),
    Setting("AXF_AFTERSALE_AUTO_YUAN", "AFTERSALE_AUTO_YUAN", whole(0, 10_000), "30"),
    Setting("AXF_AFTERSALE_AUTO_PER_MONTH", "AFTERSALE_AUTO_PER_MONTH", whole(0, 100), "3"),
    Setting("AXF_PROCESSES", "PROCESSES", whole(1, 512), "2"),
    Setting("AXF_LOG_FORMAT", "LOG_FORMAT", one_of("json", "text"), usual_log_format),
    Setting("AXF_PROXY_COUNT", "PROXY_COUNT", whole(0, 5), "0"),
    Setting("AXF_SERVICE_WORKER", "SERVICE_WORKER", whole(0, 1, bool), "1"),
    Setting("AXF_REDIS_URL", "REDIS_URL", redis, "", without_password, by_file=True),
    Setting("AXF_KUAIDI100_KEY", "KUAIDI100_KEY", str, "", hidden, by_file=True),
    Setting("AXF_KUAIDI100_URL", "KUAIDI100_URL", origin, "https://poll.kuaidi100.com"),
    Setting("AXF_SMTP_URL", "SMTP_URL", mail_server, "", without_password, by_file=True),
    Setting("AXF_MAIL_FROM", "MAIL_FROM", sender),
    Setting("AXF_PAYMENT_PROVIDERS", "PAYMENT_PROVIDERS", payment.providers, "mock"),
    *payment.SETTINGS,
)

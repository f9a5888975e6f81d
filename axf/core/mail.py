"""Plain-text mail through one SMTP server."""

import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from urllib.parse import parse_qs, unquote, urlsplit

SECONDS = 15


class MailPutOff(Exception):
    """The letter could not be handed over now: the server is away, busy, or greylists. Try again later."""


class MailRefused(Exception):
    """The server will never take this letter."""


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed over: ``smtp`` (with STARTTLS if so wished) or ``smtps``."""

    host: str
    port: int
    username: str = ""
    password: str = ""
    is_tls: bool = False
    starts_tls: bool = False


def server_of(url: str) -> MailServer:
    """Read ``smtp[s]://[user:password@]host[:port][?starttls=1]``. Raises ValueError for anything else."""
    parts = urlsplit(url)
    options = parse_qs(parts.query, strict_parsing=True) if parts.query else {}
    starts_tls = options.pop("starttls", ["0"])
    if (
        parts.scheme not in ("smtp", "smtps")
        or not parts.hostname
        or parts.path not in ("", "/")
        or parts.fragment
        or options
        or starts_tls not in (["0"], ["1"])
        or (parts.scheme == "smtps" and starts_tls == ["1"])
        or parts.port == 0
    ):
        raise ValueError("wants smtp[s]://[user:password@]host[:port][?starttls=1]")
    is_tls = parts.scheme == "smtps"
    return MailServer(
        host=parts.hostname,
        port=parts.port or (465 if is_tls else 587 if starts_tls == ["1"] else 25),
        username=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        is_tls=is_tls,
        starts_tls=starts_tls == ["1"],
    )


def sender_of(text: str) -> Address:
    """Read ``shop@example.com`` or ``The shop <shop@example.com>``. Raises ValueError for anything else."""
    name, address = parseaddr(text)
    if not text.isprintable() or not address.isascii() or address.count("@") != 1:
        raise ValueError("wants an address like shop@example.com or 'The shop <shop@example.com>'")
    try:
        return Address(display_name=name, addr_spec=address)
    except (MessageError, IndexError, ValueError):
        raise ValueError("wants an address like shop@example.com or 'The shop <shop@example.com>'") from None


def letter(sender: Address, to: str, subject: str, text: str, *, message_id: str, at: datetime) -> EmailMessage:
    """Return a plain-text letter. Raises ValueError when a line break would begin another header."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = Address(addr_spec=to)
    message["Subject"] = subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{message_id}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    return message


def send(server: MailServer, message: EmailMessage, seconds: float = SECONDS) -> None:
    """Hand a letter over; each step takes at most ``seconds``.

    Raises MailPutOff when another try may help, a login that the server does not know included: then the shop's
    configuration is wrong and not the letter. Raises MailRefused for a lasting no to sender, reader or letter.
    """
    try:
        with _connected(server, seconds) as connection:
            connection.send_message(message)
    except smtplib.SMTPRecipientsRefused as refusal:
        code, text = next(iter(refusal.recipients.values()))
        raise _refusal(code, text) from refusal
    except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as refusal:
        raise _refusal(refusal.smtp_code, refusal.smtp_error) from refusal
    except (smtplib.SMTPException, OSError) as trouble:
        raise MailPutOff(f"{type(trouble).__name__}: {trouble}") from trouble


def _connected(server: MailServer, seconds: float) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if server.is_tls:
        connection: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=seconds, context=context)
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=seconds)
    try:
        if server.starts_tls:
            connection.starttls(context=context)
        if server.username:
            connection.login(server.username, server.password)
    except BaseException:
        connection.close()
        raise
    return connection


def _refusal(code: int, text: bytes | str) -> MailPutOff | MailRefused:
    words = text.decode(errors="replace") if isinstance(text, bytes) else text
    kind = MailRefused if 500 <= code < 600 else MailPutOff
    return kind(f"{code} {words}")

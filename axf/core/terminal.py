"""What the commands share: words become values, refusals one sentence, tables are shown whole."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from axf.core.clock import SHOP_ZONE
from axf.core.errors import NotFound
from axf.core.money import fen


class WrongWord(click.ClickException):
    """The command line is wrong: its message says in one sentence which word and why."""

    exit_code = 2


def checked(convert: Callable[[str], Any]) -> Callable[..., Any]:
    """Return a callback for an option or argument, also a multiple one, that converts its text.

    A text that ``convert`` refuses with a ValueError ends the command with status 2 and one sentence.
    """

    def callback(_context: click.Context, parameter: click.Parameter, text: Any) -> Any:
        if isinstance(text, tuple):
            return tuple(callback(_context, parameter, each) for each in text)
        try:
            return None if text is None else convert(text)
        except ValueError as wrong:
            name = parameter.opts[0] if isinstance(parameter, click.Option) else parameter.human_readable_name
            raise WrongWord(f"{name}: {text!r} {wrong}") from None

    return callback


def to_fen(text: str) -> int:
    """Return yuan as fen. Raises ValueError."""
    if not re.fullmatch(r"[0-9]{1,7}(\.[0-9]{1,2})?", text):
        raise ValueError("is not a sum in yuan like 5.90")
    return fen(text)


def to_free_from(text: str) -> int | str:
    """Return yuan as fen, or ``never``. Raises ValueError."""
    return text if text == "never" else to_fen(text)


def to_day(text: str) -> date:
    """Return YYYY-MM-DD as a day. Raises ValueError."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a calendar day has no zone
    except ValueError:
        raise ValueError("is not a day like 2026-11-22") from None


def to_instant(text: str) -> datetime:
    """Return YYYY-MM-DD HH:MM in Shanghai as an aware UTC instant. Raises ValueError."""
    try:
        written = datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=SHOP_ZONE)
        return written.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("is not a time like '2026-11-22 08:00'") from None


def instant_text(instant: datetime) -> str:
    """Return an instant as a table shows it: YYYY-MM-DD HH:MM in Shanghai."""
    return f"{instant.astimezone(SHOP_ZONE):%Y-%m-%d %H:%M}"


@contextmanager
def told(sentence: str) -> Iterator[None]:
    """End the command with this sentence and status 1 where the block does not find something."""
    try:
        yield
    except NotFound:
        raise click.ClickException(sentence) from None


def print_table(table: Table) -> None:
    """Print a table in its full width, however narrow the terminal: what is cut is useless."""
    console = Console()
    console.width = max(console.width, console.measure(table, options=console.options.update(max_width=1000)).maximum)
    console.print(table)

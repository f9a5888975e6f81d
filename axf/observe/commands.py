"""Each command leaves a line in the log: which one, by whom, how it ended; not its arguments, which may name people."""

import getpass
import logging
import os
import sys
from collections.abc import Callable
from logging.handlers import SysLogHandler
from pathlib import Path
from typing import Any

import click
from flask import Flask
from flask.cli import ScriptInfo
from sqlalchemy.exc import InterfaceError, OperationalError, ProgrammingError

from axf.core import journal, trace
from axf.core.errors import Busy
from axf.core.trace import Work
from axf.errors import is_away

SYSLOG = "/dev/log"
_WATCHED = "axf_is_watched"
# Access denied, a database that is not there: the settings are wrong, not the code.
_WRONG_ADDRESS = {1044, 1045, 1049, 1698}
_NO_TABLE = 1146


def watch(app: Flask) -> None:
    """Watch every command of the shop. At a terminal the lines go to syslog: a person reads the answer, not the log."""
    for command in app.cli.commands.values():
        if not getattr(command, _WATCHED, False):
            setattr(command, _WATCHED, True)
            command.invoke = _watched(command, command.invoke)  # type: ignore[method-assign, assignment]


def _watched(command: click.Command, invoke: Callable[[click.Context], Any]) -> Callable[[click.Context], Any]:
    def run(context: click.Context) -> Any:
        # Groups are shared by all applications of a process: a test's own would see its lines among the answers.
        if context.ensure_object(ScriptInfo).load_app().testing:
            return invoke(context)
        _keep_off_terminals()
        with trace.doing(Work(trace.new_id(), f"flask {name_of(command, context)}")) as work:
            outcome: str | int | None = "broke"
            try:
                value = invoke(context)
                outcome = 0
                return value
            except click.exceptions.Exit as end:
                outcome = end.exit_code
                raise
            except click.ClickException as refusal:
                outcome = refusal.exit_code
                raise
            except SystemExit as end:
                outcome = end.code
                raise
            except (OperationalError, InterfaceError, ProgrammingError, Busy) as error:
                if (sentence := _sentence_of(error)) is None:
                    raise
                outcome = 1
                raise click.ClickException(sentence) from error
            finally:
                facts = {"outcome": outcome, "by": _who(), "ms": round(work.seconds * 1000), "queries": work.queries}
                journal.note("command", **facts)

    return run


def _sentence_of(error: OperationalError | InterfaceError | ProgrammingError | Busy) -> str | None:
    """Return what to tell an operator whose database is away, refuses or is too busy; None for a bug."""
    if isinstance(error, Busy):
        return "The database stayed busy through five tries: nothing was changed by the last one, try again"
    reason = error.orig.args if error.orig else ()
    if reason and (reason[0] == _NO_TABLE or "no such table" in str(reason[0])):
        return (
            f"The database has not this version's tables: run flask db upgrade, or mend AXF_DATABASE_URL ({reason[-1]})"
        )
    if isinstance(error, ProgrammingError):
        return None
    if not is_away(error) and (not reason or reason[0] not in _WRONG_ADDRESS):
        return None
    return f"The database does not answer as it should: {reason[-1] if reason else error}"


def name_of(command: click.Command, context: click.Context) -> str:
    """Return the command's whole name: its groups' names and its own, no argument."""
    names = [context.info_name or ""]
    for word in [*context._protected_args, *context.args]:
        below = command.get_command(context, word) if isinstance(command, click.Group) else None
        if below is None:
            break
        names.append(word)
        command = below
    return " ".join(names)


def _who() -> str:
    try:
        return os.environ.get("SUDO_USER") or getpass.getuser()
    except (KeyError, OSError):  # a user without a name, as in some containers
        return str(os.getuid())


def _keep_off_terminals() -> None:
    if not sys.stderr.isatty() or not Path(SYSLOG).exists():
        return
    logger = logging.getLogger("axf.journal")
    if not logger.handlers:
        handler = SysLogHandler(SYSLOG)
        handler.ident = "axf: "
        handler.setFormatter(logging.getLogger().handlers[0].formatter)
        logger.addHandler(handler)
        logger.propagate = False

"""Commands that are loaded when one is asked for: what they need would cost every start of the shop time and memory."""

from importlib import import_module
from typing import Any

import click
from flask.cli import AppGroup


class LateGroup(AppGroup):
    """A group whose commands are in the module ``commands``; they add themselves to it."""

    def __init__(self, name: str, commands: str, **kwargs: Any) -> None:
        super().__init__(name, **kwargs)
        self._commands = commands

    def list_commands(self, ctx: click.Context) -> list[str]:
        import_module(self._commands)
        return super().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        import_module(self._commands)
        return super().get_command(ctx, cmd_name)

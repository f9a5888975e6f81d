"""``flask seed``: a blueprint without routes, whose commands are loaded when one is asked for."""

import click
from flask import Blueprint
from flask.cli import AppGroup


class SeedGroup(AppGroup):
    """Loads its commands late: the SQL parser behind them would cost every start of the shop a second."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        self._load()
        return super().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        self._load()
        return super().get_command(ctx, cmd_name)

    def _load(self) -> None:
        import axf.seed.commands  # noqa: F401, PLC0415


group = SeedGroup("seed", help="Bring goods and shoppers in.")
bp = Blueprint("seed", __name__, cli_group=None)
bp.cli.add_command(group)

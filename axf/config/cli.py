"""``flask config``: what the shop is configured with."""

import os
from pathlib import Path

from flask import Blueprint, current_app
from flask.cli import AppGroup
from rich import box
from rich.markup import escape
from rich.table import Table

from axf.config import settings_of
from axf.core.terminal import print_table

group = AppGroup("config", help="Look at what the shop is configured with.")
bp = Blueprint("config", __name__, cli_group=None)
bp.cli.add_command(group)


@group.command()
def show() -> None:
    """Show every setting with its value and where it came from; secrets are masked.

    Example: flask config show
    """
    table = Table("Setting", "Value", "From", box=box.SIMPLE)
    for found in settings_of(os.environ, Path(current_app.instance_path)):
        table.add_row(found.setting.name, escape(found.shown), escape(found.source))
    print_table(table)

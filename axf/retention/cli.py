"""``flask retention``: a blueprint without routes."""

import click
from flask import Blueprint
from flask.cli import AppGroup

from axf.core import clock
from axf.retention import service
from axf.retention.rules import NAMES, RULES

group = AppGroup("retention", help="Delete what nobody needs any more.")
bp = Blueprint("retention", __name__, cli_group=None)
bp.cli.add_command(group)


@group.command()
@click.option("--only", multiple=True, metavar="NAME", type=click.Choice(NAMES), help="Only this one; repeat it.")
def run(only: tuple[str, ...]) -> None:
    """Delete what is over, a thousand rows at a time. Safe to run anywhere, any time, by several hosts.

    Example: flask retention run
    """
    now = clock.now()
    for rule in RULES:
        if not only or rule.name in only:
            done = "emptied" if rule.blanked else "deleted"
            click.echo(f"{rule.name}: {service.run(rule, now)} {done}")

"""``flask doctor``: how the shop is set up, and what to do about it."""

import sys

import click
from flask import Blueprint
from flask.cli import with_appcontext
from rich import box
from rich.markup import escape
from rich.table import Table

from axf.core.terminal import print_table
from axf.observe import doctor as examination
from axf.observe.finding import FAIL, OK, WARN

COLOURS = {OK: "green", WARN: "yellow", FAIL: "bold red"}


def add_to(bp: Blueprint) -> None:
    """Register the command of this module."""
    bp.cli.add_command(doctor)


@click.command()
@with_appcontext
def doctor() -> None:
    """Look at how the shop is set up, and say what to do. Changes nothing.

    Exit status: 0 nothing is wrong, 1 something is; a warning is not.

    Example: flask doctor
    """
    findings = examination.examine()
    table = Table("What", "State", "Found", box=box.SIMPLE)
    for each in findings:
        state = f"[{COLOURS[each.state]}]{each.state}[/]"
        table.add_row(escape(each.name), state, escape(each.found))
    print_table(table)
    for each in findings:
        if each.advice:
            click.echo(f"{each.name}: {each.advice}")
    count = {state: sum(each.state == state for each in findings) for state in COLOURS}
    click.echo(f"{count[OK]} are right, {count[WARN]} to think about, {count[FAIL]} wrong.")
    if count[FAIL]:
        sys.exit(1)

"""``flask check``: a blueprint without routes, whose command asks the database whether all is as it must be."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask import Blueprint, current_app
from flask.cli import AppGroup
from rich import box
from rich.markup import escape
from rich.table import Column, Table
from sqlalchemy import Engine, inspect
from sqlalchemy.exc import DBAPIError

from axf.check.invariants import INVARIANTS, NAMES, Finding, check, engine_of
from axf.core.terminal import print_table
from axf.extensions import db
from axf.observe.scraped import write_invariants

group = AppGroup("check", help="Look whether all rows are as they must be.")
bp = Blueprint("check", __name__, cli_group=None)
bp.cli.add_command(group)


class NothingChecked(click.ClickException):
    """The command could not look; its message says why in one sentence."""

    exit_code = 2


@group.command()
@click.option("--only", multiple=True, metavar="NAME", type=click.Choice(NAMES), help="Only this one; repeat it.")
@click.option(
    "--most",
    type=click.IntRange(1, 10_000),
    default=20,
    show_default=True,
    help="How many broken rows to show of each.",
)
def invariants(only: tuple[str, ...], most: int) -> None:
    """Check that stock, orders, money, coupons, points, growth and carts agree with each other.

    Reads only, and may run while the shop sells. What a check of all
    finds is shown by /metrics of this host too. Exit status: 0 all holds, 1 something is broken, 2 it could not look.

    Example: flask check invariants --only stock --only payable
    """
    began = time.monotonic()
    with _engine() as engine:
        findings = [check(engine, each, most) for each in INVARIANTS if not only or each.name in only]
    if not only:
        found = {finding.invariant.name: finding.broken for finding in findings}
        write_invariants(Path(current_app.config["INSTANCE_DIR"]), found)
    broken = [finding for finding in findings if finding.broken]
    print_table(_overview(findings))
    for finding in broken:
        click.echo(f"{finding.invariant.name}: {finding.invariant.sentence}")
        print_table(_rows(finding))
        if finding.broken > len(finding.rows):
            click.echo(f"  … and {finding.broken - len(finding.rows)} more\n")
    verdict = f"{len(broken)} of {len(findings)} are broken" if broken else f"All {len(findings)} hold"
    click.echo(f"{verdict}. That took {time.monotonic() - began:.2f} s.")
    if broken:
        sys.exit(1)


@contextmanager
def _engine() -> Iterator[Engine]:
    """Yield an engine for the shop's migrated database; what may go wrong becomes one sentence."""
    engine = engine_of(db.engine)
    try:
        if set(db.metadata.tables) - set(inspect(engine).get_table_names()):
            raise NothingChecked("The database is not migrated: run flask db upgrade first.")
        yield engine
    except DBAPIError as error:
        reason = error.orig.args[-1] if error.orig and error.orig.args else error
        raise NothingChecked(f"The database does not answer as it should: {reason}") from error
    finally:
        engine.dispose()


def _overview(findings: list[Finding]) -> Table:
    table = Table("Invariant", Column("Broken", justify="right"), Column("Seconds", justify="right"), box=box.SIMPLE)
    table.add_column("What must hold")
    for finding in findings:
        state = f"[bold red]{finding.broken}[/]" if finding.broken else "ok"
        table.add_row(finding.invariant.name, state, f"{finding.seconds:.3f}", finding.invariant.sentence)
    return table


def _rows(finding: Finding) -> Table:
    table = Table(*finding.columns, box=box.SIMPLE)
    for row in finding.rows:
        table.add_row(*("—" if cell is None else escape(str(cell)) for cell in row))
    return table

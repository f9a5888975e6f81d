"""What became of every row that was read, and how it is printed."""

import sys
from dataclasses import asdict, dataclass, field, fields, replace

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

MOST_REASONS_SHOWN = 20


@dataclass
class TableReport:
    """The rows of one table: every row that was read is in exactly one of the other counts."""

    read: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    merged: int = 0
    skipped: int = 0
    refused: int = 0

    def count(self, is_new: bool) -> None:
        """Count a row that was added now, or was there already."""
        self.read += 1
        self.added += is_new
        self.unchanged += not is_new


@dataclass
class Report:
    """The counts of each table, why rows were refused or skipped, and what else a person should know.

    ``removed`` counts rows of the database that are gone.
    """

    tables: dict[str, TableReport] = field(default_factory=dict)
    refusals: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    removed: int = 0

    def of(self, table: str) -> TableReport:
        """Return the counts of a table, made when it is first asked for."""
        return self.tables.setdefault(table, TableReport())

    def refuse(self, table: str, where: str, reason: str) -> None:
        """Count a row as refused and keep why."""
        self.of(table).refused += 1
        self.refusals.append(f"{table}, {where}: {reason}")

    def skip(self, table: str, rows: int, reason: str) -> None:
        """Count rows as skipped and note why; no rows, no note."""
        if rows:
            self.of(table).skipped += rows
            self.notes.append(f"{table}: {rows} skipped, {reason}")

    def without_empty_tables(self) -> "Report":
        """Return this report without the tables of which no row was read."""
        return replace(self, tables={name: counts for name, counts in self.tables.items() if counts.read})

    @property
    def total(self) -> TableReport:
        """The counts of all tables together."""
        return TableReport(*(sum(getattr(part, name) for part in self.tables.values()) for name in COUNTS))

    @property
    def is_unchanged(self) -> bool:
        """Whether the database is as it was before."""
        return not self.total.added and not self.total.changed and not self.removed


COUNTS = [count.name for count in fields(TableReport)]


def print_report(report: Report, title: str) -> None:
    """Print the report to stdout: a table on a terminal, plain lines ("goods: read 3, added 2, …") elsewhere."""
    if sys.stdout.isatty():
        Console().print(_as_table(report, title))
    else:
        click.echo(title)
        for name, counts in report.tables.items():
            click.echo(f"{name}: " + ", ".join(f"{count} {number}" for count, number in asdict(counts).items()))
    for note in report.notes:
        click.echo(note)
    for refusal in report.refusals[:MOST_REASONS_SHOWN]:
        click.echo(f"refused: {refusal}")
    if len(report.refusals) > MOST_REASONS_SHOWN:
        click.echo(f"refused: {len(report.refusals) - MOST_REASONS_SHOWN} more rows")
    if report.is_unchanged:
        click.echo("Nothing changed." if report.total.refused else "Nothing changed: everything was already there.")


def _as_table(report: Report, title: str) -> Table:
    table = Table(title=title, box=SIMPLE_HEAD, show_edge=False, padding=0)
    table.add_column("table", no_wrap=True)
    for name in COUNTS:
        table.add_column(name, justify="right")
    for name, counts in [*report.tables.items(), ("in all", report.total)]:
        table.add_row(name, *(str(number) for number in asdict(counts).values()))
    return table

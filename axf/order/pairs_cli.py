"""``flask order pairs``: count what is bought together."""

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from axf.order.pairs import count_pairs


@click.command()
def pairs() -> None:
    """Count what was bought together in the last 180 days, for the goods pages. Safe to run anywhere, any time.

    Example: flask order pairs
    """
    columns = TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed} goods"), TimeElapsedColumn()
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("bought together", total=None)
        kept = count_pairs(lambda count: progress.advance(task, count))
    click.echo(f"{kept} pairs of goods that are bought together.")

"""The commands of ``flask search``: make and check the index, look at what shoppers ask for."""

import sys

import click
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from axf.core.terminal import WrongWord, print_table, told
from axf.search import checking, hot, making
from axf.search.cli import group
from axf.search.engine import Bitmaps, SearchNotReady
from axf.search.forms import shown


@group.command()
@click.option("--restart", is_flag=True, help="Begin anew where an earlier run was stopped.")
def index(restart: bool) -> None:
    """Make the search index anew. The shop goes on with the old one until the new one is whole.

    It can be stopped at any time; the next run goes on where this one was.

    Example: flask search index
    """
    with _progress() as progress:
        task = progress.add_task("Indexing", total=making.goods_on_sale())
        count = making.make(lambda more: progress.advance(task, more), starts_over=restart)
    click.echo(f"The index is live; {count} goods went in now.")
    if forgotten := hot.forget():
        click.echo(f"{forgotten} counts of days long ago are deleted.")


@group.command()
@click.option(
    "--most", type=click.IntRange(1, 10_000), default=20, show_default=True, help="How many differences to show."
)
def check(most: int) -> None:
    """Compare the index with the goods. Exits with 1 when they differ.

    Example: flask search check
    """
    with _progress() as progress:
        task = progress.add_task("Checking", total=making.goods_on_sale())
        try:
            flaws = checking.flaws(most, lambda more: progress.advance(task, more))
        except checking.NoIndex:
            raise click.ClickException("there is no index yet; make it by: flask search index") from None
    if not flaws:
        click.echo("The index agrees with the goods.")
        return
    for flaw in flaws:
        where = "" if flaw.goods_id is None else f" goods {flaw.goods_id}"
        click.echo(f"{flaw.what}: {flaw.term}{where}")
    click.echo("The index differs from the goods; make it anew by: flask search index", err=True)
    sys.exit(1)


@group.command("hot")
@click.option("--put", metavar="WORD", help="Show this word, whatever its count.")
@click.option("--at", type=click.IntRange(1, 100), help="At which place --put shows it.", show_default="1")
@click.option("--hide", metavar="WORD", help="Never show this word.")
@click.option("--release", metavar="WORD", help="Leave this word to its count again.")
def hot_words(put: str | None, at: int | None, hide: str | None, release: str | None) -> None:
    """List the hot words of the search page, or change what is said of one.

    Example: flask search hot --put 草莓 --at 1
    """
    if sum(word is not None for word in (put, hide, release)) > 1:
        raise WrongWord("give only one of --put, --hide, --release")
    if at is not None and put is None:
        raise WrongWord("--at belongs to --put")
    if put is not None:
        hot.put(_word(put), at or 1)
    elif hide is not None:
        hot.hide(_word(hide))
    elif release is not None:
        with told(f"nothing was said of {release}"):
            hot.release(_word(release))
    _print_hot_words()


@group.command()
@click.option("--days", type=click.IntRange(1, hot.KEPT_DAYS), default=14, show_default=True, help="Of how many days.")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="How many at most.")
@click.option("--without-hits", is_flag=True, help="Only what finds nothing now.")
def asked(days: int, limit: int, without_hits: bool) -> None:
    """List what shoppers asked for most.

    Example: flask search asked --without-hits
    """
    try:
        rows = hot.without_hits(Bitmaps(), days, limit) if without_hits else hot.most_asked(days, limit)
    except SearchNotReady:
        raise click.ClickException("there is no index yet; make it by: flask search index") from None
    table = Table("Asked for", "Times", box=box.SIMPLE)
    for text, times in rows:
        table.add_row(escape(text), str(times))
    print_table(table)


def _word(text: str) -> str:
    word = shown(text).casefold()
    if not word:
        raise WrongWord("a hot word needs at least one visible character")
    return word


def _print_hot_words() -> None:
    table = Table("Place", "Hot word", "Why", box=box.SIMPLE)
    edited = {row.text: row for row in hot.edited()}
    for place, word in enumerate(hot.hot_words(), start=1):
        table.add_row(
            str(place), escape(word), f"put at {edited[word].position}" if word in edited else "often asked for"
        )
    for row in edited.values():
        if row.is_hidden:
            table.add_row("", escape(row.text), "hidden")
    print_table(table)


def _progress() -> Progress:
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    console = Console(stderr=True)
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)

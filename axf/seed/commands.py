"""The commands of ``flask seed``: a demo shop, our catalogue files, a classic dump, shoppers for load tests.

Exit status: 0 done or nothing to do, 1 done but some rows were refused, 2 nothing was done.
"""

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask import current_app
from rich import box
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from sqlalchemy import inspect
from sqlalchemy.exc import DBAPIError

from axf.config import PRODUCTION
from axf.core.errors import Busy
from axf.core.terminal import print_table
from axf.extensions import db
from axf.search import making
from axf.seed.catalog import load_catalog
from axf.seed.classic import import_classic
from axf.seed.cli import group
from axf.seed.demo import has_goods, seed_demo
from axf.seed.demo_shoppers import PASSWORD, SHOPPERS, with_other_passwords
from axf.seed.load_shoppers import add_shoppers
from axf.seed.report import Report, print_report
from axf.seed.sqlfile import SeedFileError, decode, in_file
from axf.seed.stress import FEWEST_TYPES, add_goods, add_types
from axf.seed.stress_orders import TooFewGoods, add_orders, rows_of

MOST_SHOPPERS = 100_000
MOST_GOODS = 10_000_000
MOST_TYPES = 100_000
MOST_ORDERS = 10_000_000


class NothingDone(click.ClickException):
    """The command could not do anything; its message says why in one sentence."""

    exit_code = 2


@group.command()
@click.option("--again", is_flag=True, help="Set the catalogue, its stock and its sales back to the demo's.")
def demo(again: bool) -> None:
    """Fill an empty shop: the demo catalogue, and shoppers in every situation.

    A shop that has goods stays as it is. Not for production.

    Example: flask seed demo
    """
    if current_app.config["ENV"] == PRODUCTION:
        raise NothingDone("This is a production shop: the demo's password is public, so there is no demo here.")
    with _explained():
        is_filled = has_goods()
        if is_filled and not again:
            click.echo("The shop has goods already, nothing changed. To set the demo back: flask seed demo --again")
            return
        texts = _texts(_sql_files(Path(current_app.root_path).parent / "sql"))
        if is_filled:
            _confirm("Set catalogue, stock and sales of the demo goods back?")
        with _progress("demo catalogue") as on_rows:
            report = seed_demo(texts, on_rows=on_rows)
        _renew_search()
        others = with_other_passwords()
    print_report(report, "Demo shop")
    _tell_logins(others)
    _exit(report)


@group.command()
@click.argument("path", type=click.Path(path_type=Path))
def catalog(path: Path) -> None:
    """Load our own catalogue: a .sql file, or a folder of them in the order of their names.

    Goods that exist keep their stock and sales. All files go in together or not at all.

    Example: flask seed catalog sql/
    """
    with _explained():
        texts = _texts(_sql_files(path) if path.is_dir() else [path])
        with _progress("catalogue") as on_rows:
            report = load_catalog(texts, on_rows=on_rows)
        _renew_search()
    print_report(report, "Catalogue")
    _exit(report)


@group.command()
@click.argument("dump", type=click.Path(path_type=Path))
def classic(dump: Path) -> None:
    """Import a dump of the classic AXF shop (MySQL, any of its known dialects).

    A repeat changes nothing. What is odd in the dump is mended and reported.

    Example: flask seed classic axf.sql
    """
    with _explained():
        (text,) = _texts([dump]).values()
        with _progress("classic dump") as on_rows, in_file(dump.name):
            report = import_classic(text, on_rows=on_rows)
        _renew_search()
    print_report(report, "Classic dump")
    _exit(report)


@group.command()
@click.argument("count", metavar="N", type=click.IntRange(1, MOST_SHOPPERS))
@click.option("--password", help=f"Their password (a must in production). [default: {PASSWORD}]")
def users(count: int, password: str | None) -> None:
    """Make the shoppers shopper0001, shopper0002, … up to N for load tests.

    Those that exist are left alone.

    Example: flask seed users 1000 --password "a long pass phrase"
    """
    if password is None and current_app.config["ENV"] == PRODUCTION:
        raise NothingDone("This is a production shop and the default password is public: give one with --password.")
    password = PASSWORD if password is None else password
    if not 8 <= len(password) <= 128:
        raise NothingDone("The password must have 8 to 128 characters, or nobody can log in with it.")
    with _explained(), _progress("shoppers", total=count) as on_rows:
        report = add_shoppers(count, password, on_rows)
    print_report(report, "Shoppers")


@group.command()
@click.option("--goods", type=click.IntRange(1, MOST_GOODS), default=1_000_000, show_default=True)
@click.option("--types", type=click.IntRange(1, MOST_TYPES), default=FEWEST_TYPES, show_default=True)
@click.option("--orders", type=click.IntRange(0, MOST_ORDERS), default=0, show_default=True)
@click.option("--yes", is_flag=True, help="Do not ask whether this shop is for measuring.")
def stress(goods: int, types: int, orders: int, yes: bool) -> None:
    """Fill a shop for measuring: food types, goods and orders up to so many.

    Goods have words that meet in many ways; the shopper bench0 has up to 10,000 of the orders.
    What is there already stays; a repeat adds what is missing. Afterwards: flask search index. Not for production.

    Example: flask seed stress --goods 1000000 --types 10000 --orders 1000000
    """
    if current_app.config["ENV"] == PRODUCTION:
        raise NothingDone("This is a production shop: goods for measuring have no place here.")
    if not yes:
        _confirm(f"Add goods up to {goods:,}, food types up to {types:,}, orders up to {orders:,} to this shop?")
    rows, began = Counter[str](), time.monotonic()
    with _explained(), _progress("rows for measuring", total=rows_of(goods, types, orders)) as on_rows:

        def hear(count: int) -> None:
            rows["all"] += count
            on_rows(count)

        added = add_types(types, hear), add_goods(goods, hear), add_orders(orders, hear)
    click.echo("{:,} food types, {:,} goods and {:,} orders went in.".format(*added))
    click.echo(f"{rows['all']:,} rows, {rows['all'] / (time.monotonic() - began):,.0f} a second.")
    click.echo("Now let search know the goods: flask search index")


def _renew_search() -> None:
    """Make the search index anew: what went in is in it already, but suggestions and best sellers are not."""
    making.make()


def _tell_logins(others: list[str]) -> None:
    """Tell how to log in, as whom, and what there is to see; ``others`` have a password that is not the demo's."""
    table = Table("Log in as", "What there is to see", box=box.SIMPLE)
    for shopper in SHOPPERS:
        table.add_row(shopper.username, shopper.shows)
    print_table(table)
    for username in others:
        click.echo(f"{username} was there before and keeps the password it had.")
    click.echo(f"Log in at {current_app.config['BASE_URL']}/axf/login/ with the password {PASSWORD}")


@contextmanager
def _explained() -> Iterator[None]:
    """Turn what may go wrong with files and database into one sentence and exit status 2."""
    try:
        missing = set(db.metadata.tables) - set(inspect(db.engine).get_table_names())
        if missing:
            raise NothingDone("The database is not migrated: run flask db upgrade first.")
        yield
    except SeedFileError as error:
        raise NothingDone(f"{error}. Nothing was changed.") from error
    except TooFewGoods as error:
        raise NothingDone(f"There are no orders without goods: {error}.") from error
    except Busy as error:
        raise NothingDone("The database is busy, nothing was changed: try again in a moment.") from error
    except DBAPIError as error:
        reason = error.orig.args[-1] if error.orig and error.orig.args else error
        raise NothingDone(f"The database does not answer as it should: {reason}") from error


def _sql_files(folder: Path) -> list[Path]:
    files = sorted(folder.glob("*.sql")) if folder.is_dir() else []
    if not files:
        raise NothingDone(f"There are no .sql files in {folder}.")
    return files


def _texts(files: list[Path]) -> dict[str, str]:
    """Return the files' texts by their names."""
    texts = {}
    for file in files:
        try:
            with in_file(file.name):
                texts[file.name] = decode(file.read_bytes())
        except OSError as error:
            raise NothingDone(f"{file} cannot be read: {error.strerror}.") from error
    return texts


def _confirm(question: str) -> None:
    try:
        agrees = click.confirm(question)
    except click.Abort:  # there is nobody to ask
        click.echo()
        agrees = False
    if not agrees:
        raise NothingDone("That was no yes: nothing was changed.")


@contextmanager
def _progress(what: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """Show a bar on stderr, when that is a terminal, and yield what moves it on by so many rows."""
    columns = TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed} rows"), TimeElapsedColumn()
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(what, total=total)
        yield lambda rows: progress.advance(task, rows)


def _exit(report: Report) -> None:
    if report.total.refused:
        sys.exit(1)

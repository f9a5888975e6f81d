"""``flask worker``: tell shoppers what waits in the outbox, and look after what could not be told."""

import signal
import threading

import click
from flask.cli import AppGroup
from rich import box
from rich.markup import escape
from rich.table import Table

from axf.core import clock
from axf.core.terminal import instant_text, print_table, told
from axf.notice import letters, worker
from axf.notice import sweep as notice_sweep
from axf.notice.outbox import State

group = AppGroup("worker", help="Tell shoppers what waits in the outbox.")
PAUSE_SECONDS = 2


@group.command()
@click.option("--once", is_flag=True, help="End when nothing is due, instead of waiting for more.")
@click.option("--limit", type=click.IntRange(min=1), help="End after so many notices.")
def run(once: bool, limit: int | None) -> None:
    """Tell what is due: inbox, mail, text messages. Safe to run anywhere, any time, by several hosts.

    SIGTERM and Ctrl-C end it after the notice at hand.

    Example: flask worker run --once
    """
    stopped = threading.Event()
    before = {each: signal.signal(each, lambda *_: stopped.set()) for each in (signal.SIGTERM, signal.SIGINT)}
    count = 0
    try:
        while True:
            count += worker.run(limit and limit - count, stopped.is_set)
            if once or count == limit or stopped.wait(PAUSE_SECONDS):
                break
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
    click.echo(f"{count} notices taken up.")


@group.command("list")
@click.option("--dead", is_flag=True, help="Those that could not be told, instead of those that wait.")
def list_them(dead: bool) -> None:
    """List what waits to be told, or what could not be told and why; up to 200.

    Example: flask worker list --dead
    """
    table = Table("Id", "Kind", "Channel", "Shopper", "Written", "Tries", "Next try", "Problem", box=box.SIMPLE)
    rows = letters.listed(State.DEAD if dead else State.WAITING)
    for row in rows:
        next_try = "" if dead else instant_text(row.next_try_at)
        cells = (str(row.id), row.kind, row.channel, str(row.user_id), instant_text(row.created_at), str(row.tries))
        table.add_row(*cells, next_try, escape(row.problem))
    if rows:
        print_table(table)
    else:
        click.echo("No notice is dead." if dead else "No notice waits.")


@group.command()
@click.argument("row_id", metavar="[ID]", type=int, required=False)
@click.option("--all-dead", is_flag=True, help="All that could not be told.")
def retry(row_id: int | None, all_dead: bool) -> None:
    """Let what could not be told be told again: one notice by its id, or all.

    Example: flask worker retry 17
    """
    if (row_id is None) != all_dead:
        raise click.UsageError("name one notice by its id, or say --all-dead")
    if row_id is None:
        click.echo(f"{letters.retry_all(clock.now())} notices will be tried again.")
        return
    with told(f"no dead notice has the id {row_id}"):
        letters.retry(row_id, clock.now())
    click.echo(f"Notice {row_id} will be tried again.")


@group.command()
def sweep() -> None:
    """Write the notices that nobody causes: coupons that end within two days, goods that are there again.

    Safe to run anywhere, any time, by several hosts.

    Example: flask worker sweep
    """
    now = clock.now()
    coupons, alerts = notice_sweep.remind_of_coupons(now), notice_sweep.answer_alerts(now)
    click.echo(f"{coupons} coupons are about to end, {alerts} shoppers waited for goods that are there again.")

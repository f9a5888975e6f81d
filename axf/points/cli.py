"""``flask points``: look at a shopper's points, correct them, end what is over."""

import click
from flask.cli import AppGroup
from rich import box
from rich.markup import escape
from rich.table import Table

from axf.core import clock
from axf.core.terminal import instant_text, print_table, told
from axf.points import adjustment, expiry, ledger, queries
from axf.points.adjustment import BadAdjustment
from axf.points.ledger import PointsShort
from axf.user import accounts

group = AppGroup("points", help="Look at shoppers' points, correct them, end what is over.")


@group.command()
@click.option("--user", "username", required=True, help="The shopper's username.")
def show(username: str) -> None:
    """Show a shopper's points: how many, what ends next, and the latest entries.

    Example: flask points show --user anna
    """
    user_id = _user_id(username)
    now = clock.now()
    balance, usable = ledger.balance_of(user_id), ledger.usable_of(user_id, now)
    click.echo(f"Shopper {username} has {balance} points.")
    if usable < balance:
        click.echo(f"  {balance - usable} of them are over; the next sweep takes them.")
    for ending in expiry.expiring(user_id, now)[:3]:
        click.echo(f"  {ending.points} end with {ending.last_day}.")
    table = Table("When", "Points", "Reason", "Reference", "Ends", box=box.SIMPLE)
    for move in queries.history_of(user_id).moves:
        table.add_row(
            instant_text(move.created_at),
            f"{move.amount:+d}",
            move.reason,
            escape(move.reference),
            instant_text(move.expires_at) if move.expires_at else "",
        )
    print_table(table)


@group.command()
@click.option("--user", "username", required=True, help="The shopper's username.")
@click.option("--amount", type=int, required=True, help="How many points: 50 gives, -50 takes.")
@click.option("--reason", "text", required=True, help="Why, at most 23 characters; the shopper reads it.")
@click.option("--reference", required=True, help="Names this correction, a ticket's number say; counts once.")
def adjust(username: str, amount: int, text: str, reference: str) -> None:
    """Give a shopper points, or take some. A repeat with the same reference changes nothing.

    Example: flask points adjust --user anna --amount 50 --reason "Late delivery" --reference T-1024
    """
    user_id = _user_id(username)
    try:
        is_new = adjustment.adjust(user_id, amount, reference=reference, text=text)
    except BadAdjustment as wrong:
        raise click.ClickException(wrong.details["problem"]) from None
    except PointsShort as short:
        raise click.ClickException(f"{username} has only {short.details['left']} points") from None
    if is_new:
        click.echo(f"{username} has {ledger.balance_of(user_id)} points now.")
    else:
        click.echo(f"Reference {reference} was used for {username} already; nothing changed.")


@group.command()
def expire() -> None:
    """End points that are over, of all shoppers. Safe to run anywhere, any time, by several hosts.

    Example: flask points expire
    """
    click.echo(f"Points of {expiry.sweep(clock.now())} shoppers ended.")


def _user_id(username: str) -> int:
    with told(f"there is no shopper {username}"):
        return accounts.id_of(username)

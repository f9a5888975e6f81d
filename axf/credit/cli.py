"""``flask credit``: look at a shopper's store credit, and correct it."""

import click
from flask.cli import AppGroup
from rich import box
from rich.markup import escape
from rich.table import Table

from axf.core.money import yuan_text
from axf.core.terminal import checked, instant_text, print_table, to_fen, told
from axf.credit import adjustment, ledger, queries
from axf.credit.adjustment import BadCredit
from axf.credit.ledger import BalanceShort
from axf.user import accounts

group = AppGroup("credit", help="Look at shoppers' store credit, and correct it.")


@group.command()
@click.option("--user", "username", required=True, help="The shopper's username.")
def show(username: str) -> None:
    """Show a shopper's store credit and its latest moves.

    Example: flask credit show --user anna
    """
    user_id = _user_id(username)
    click.echo(f"Shopper {username} has ¥{yuan_text(ledger.balance_of(user_id))} of store credit.")
    table = Table("When", "Amount", "Reason", "Reference", box=box.SIMPLE)
    for move in queries.history_of(user_id)[0]:
        sum_text = f"{'+' if move.amount > 0 else '-'}¥{yuan_text(abs(move.amount))}"
        table.add_row(instant_text(move.created_at), sum_text, move.reason, escape(move.reference))
    print_table(table)


@group.command()
@click.option("--user", "username", required=True, help="The shopper's username.")
@click.option("--give", type=str, callback=checked(to_fen), help="Yuan to give: 12.50.")
@click.option("--take", type=str, callback=checked(to_fen), help="Yuan to take.")
@click.option("--reference", required=True, help="Names this correction, a ticket's number say; counts once.")
def adjust(username: str, give: int | None, take: int | None, reference: str) -> None:
    """Give a shopper store credit, or take some. A repeat with the same reference changes nothing.

    Example: flask credit adjust --user anna --give 12.50 --reference T-1024
    """
    if (give is None) == (take is None):
        raise click.UsageError("say either --give or --take")
    user_id = _user_id(username)
    try:
        is_new = adjustment.adjust(user_id, give if give is not None else -(take or 0), reference=reference)
    except BadCredit as wrong:
        raise click.ClickException(wrong.details["problem"]) from None
    except BalanceShort as short:
        raise click.ClickException(f"{username} has only ¥{yuan_text(short.details['left'])}") from None
    if is_new:
        click.echo(f"{username} has ¥{yuan_text(ledger.balance_of(user_id))} now.")
    else:
        click.echo(f"Reference {reference} was used for {username} already; nothing changed.")


def _user_id(username: str) -> int:
    with told(f"there is no shopper {username}"):
        return accounts.id_of(username)

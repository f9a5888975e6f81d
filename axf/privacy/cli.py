"""``flask user export|delete``: what a shopper asks for by letter or telephone."""

from pathlib import Path

import click

from axf.core.terminal import told
from axf.privacy import deletion, export
from axf.storage.store import uploads
from axf.user import accounts
from axf.user.cli import group


@group.command("export")
@click.argument("username")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export_data(username: str, file: Path) -> None:
    """Write all that the shop knows of a shopper into a new zip FILE that only its owner can read.

    Example: flask user export anna anna.zip
    """
    with told("Nobody has this name."):
        user_id = accounts.id_of(username)
    try:
        file.touch(mode=0o600, exist_ok=False)
        with file.open("wb") as into:
            export.write(user_id, uploads(), into)
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror}") from error
    click.echo(f"{file} holds all about {username}.")


@group.command("delete")
@click.argument("username")
@click.option("--yes", is_flag=True, help="Do not ask.")
def delete_data(username: str, yes: bool) -> None:
    """Delete a shopper's account for good: the person is forgotten, orders stay without a name.

    Example: flask user delete anna
    """
    with told("Nobody has this name."):
        user_id = accounts.id_of(username)
    if not yes:
        click.confirm(f"Delete the account of {username} for good?", abort=True)
    try:
        deletion.delete_account(user_id, uploads())
    except deletion.AccountOpen as refusal:
        left = refusal.details["standing"]
        raise click.ClickException(
            f"Not yet: {left.orders} open orders, {left.requests} requests, {left.refunds} refunds under way,"
            f" {left.credit} fen of store credit. Settle them first (flask order, aftersale, payment, credit)."
        ) from None
    click.echo(f"The account of {username} is deleted.")

"""``flask vip``: the levels, and a shopper's growth."""

from typing import Any

import click
from flask.cli import AppGroup
from rich import box
from rich.markup import escape
from rich.table import Column, Table

from axf.core.money import yuan_text
from axf.core.paging import LARGEST_INT
from axf.core.terminal import checked, instant_text, print_table, to_free_from, told
from axf.core.text import plain
from axf.user import accounts
from axf.vip import corrections, ledger, levels, queries
from axf.vip.levels import BadLevel

MOST_ADJUSTED = 1_000_000

group = AppGroup("vip", help="Set the levels, look at growth and correct it.")
levels_group = AppGroup("levels", help="The levels and what each brings.")
group.add_command(levels_group)


def to_reference(text: str) -> str:
    """Return what an adjustment is for, as it is stored. Raises ValueError."""
    if not plain(text) or len(plain(text)) > 40:
        raise ValueError("is not a text of 1 to 40 letters")
    return plain(text)


@levels_group.command("list")
def list_levels() -> None:
    """List the levels, the lowest first.

    Example: flask vip levels list
    """
    table = Table("Level", "Name", "English", "Growth", "Pays", "Points", "Free delivery from", "Birthday coupon")
    table.box = box.SIMPLE
    for level in ledger.levels():
        table.add_row(
            level.label,
            escape(level.name),
            escape(level.name_en),
            f"{level.growth:,}",
            f"{level.rate} %",
            f"{level.points_rate} %",
            "as the area" if level.free_delivery_from is None else f"¥{yuan_text(level.free_delivery_from)}",
            str(level.birthday_coupon_id or "none"),
        )
    print_table(table)


@levels_group.command()
def install() -> None:
    """Make those of the levels V0 to V5 that are missing. Safe to run again.

    Example: flask vip levels install
    """
    try:
        click.echo(f"{levels.install()} levels made.")
    except BadLevel as wrong:
        raise click.ClickException(wrong.details["problem"]) from None


@levels_group.command()
@click.argument("level", type=click.IntRange(0, levels.HIGHEST_LEVEL))
@click.option("--name", help="The Chinese name; a new level needs one.")
@click.option("--name-en", help="The English name; a new level needs one.")
@click.option("--growth", type=click.IntRange(0), help="From how much growth on; a new level needs it.")
@click.option("--rate", type=click.IntRange(1, 100), help="Per cent of a price that is paid; 100 for a new level.")
@click.option("--points-rate", type=click.IntRange(100), help="Per cent of the ordinary points; 100 for a new level.")
@click.option(
    "--free-delivery-from", callback=checked(to_free_from), help="From how many yuan delivery is free, or never."
)
@click.option("--birthday-coupon", type=click.IntRange(0, LARGEST_INT), help="The coupon's number, or 0 for none.")
def save(level: int, birthday_coupon: int | None, **given: Any) -> None:
    """Make a level, or change it; what is not given stays.

    Example: flask vip levels save 3 --growth 1200 --free-delivery-from 35
    """
    terms = {key: value for key, value in given.items() if value is not None}
    if terms.get("free_delivery_from") == "never":
        terms["free_delivery_from"] = None
    if birthday_coupon is not None:
        terms["birthday_coupon_id"] = birthday_coupon or None
    try:
        is_new = levels.save_level(level, **terms)
    except BadLevel as wrong:
        raise click.ClickException(wrong.details["problem"]) from None
    click.echo(f"Level V{level} is {'made' if is_new else 'saved'}.")


@group.command()
@click.option("--user", "username", required=True, help="The shopper's name.")
def show(username: str) -> None:
    """Show a shopper's level and growth, and the newest entries that explain it.

    Example: flask vip show --user anna
    """
    user_id = _found(username)
    _tell_standing(username, user_id)
    table = Table("Time", Column("Growth", justify="right"), "Reason", "Reference", box=box.SIMPLE)
    for entry in queries.history_of(user_id, None).entries:
        table.add_row(instant_text(entry.created_at), f"{entry.amount:+,}", entry.reason, escape(entry.reference))
    if table.rows:
        print_table(table)


@group.command()
@click.option("--user", "username", required=True, help="The shopper's name.")
@click.option(
    "--amount",
    type=click.IntRange(-MOST_ADJUSTED, MOST_ADJUSTED),
    required=True,
    help="How much growth to give, or below zero to take.",
)
@click.option("--reference", callback=checked(to_reference), required=True, help="What for; it counts once.")
def adjust(username: str, amount: int, reference: str) -> None:
    """Give a shopper growth or take it away; the shopper sees what for.

    Example: flask vip adjust --user anna --amount -50 --reference "ticket 4711"
    """
    user_id = _found(username)
    changed = corrections.adjust(user_id, amount, reference)
    if changed:
        click.echo(f"{changed:+,} growth for {username}.")
    else:
        click.echo("Nothing changed: this reference has counted already, or there is nothing to take.")
    _tell_standing(username, user_id)


def _found(username: str) -> int:
    with told(f"there is no user {username}"):
        return accounts.id_of(username)


def _tell_standing(username: str, user_id: int) -> None:
    level = ledger.level_of(user_id)
    click.echo(f"{username}: {level.label} {level.name} with {ledger.growth_of(user_id):,} growth")

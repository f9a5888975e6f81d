"""``flask goods``: what replaces a goods."""

import click
from flask.cli import AppGroup

from axf.core.terminal import WrongWord, told
from axf.market import promotions, replacements
from axf.market.replacements import BadReplacement

group = AppGroup("goods", help="Say what is sold instead of a goods.")


@group.command()
@click.argument("old")
@click.argument("new", required=False)
@click.option("--none", "is_none", is_flag=True, help="Nothing is sold instead of it any more.")
def replace(old: str, new: str | None, is_none: bool) -> None:
    """Sell NEW instead of OLD once OLD is off sale; each is an id or a code.

    Who orders an earlier order again then gets NEW, and is told so.

    Example: flask goods replace AXF-000475 AXF-000476
    """
    if (new is None) != is_none:
        raise WrongWord("give either what is sold instead, or --none")
    goods_id = find(old)
    successor_id = None if new is None else find(new)
    try:
        with told("one of them, or what replaces it, does not exist any more"):
            replacements.replace(goods_id, successor_id)
    except BadReplacement as refusal:
        raise click.ClickException(
            f"goods {goods_id} cannot be replaced by {successor_id}: {refusal.details['problem']}"
        ) from None
    click.echo(f"Goods {goods_id} is replaced by {'nothing' if successor_id is None else f'goods {successor_id}'}.")


def find(goods: str) -> int:
    """Return the id of the goods with this id or else this code; exit 1 tells that there is none."""
    with told(f"there is no goods {goods}"):
        return promotions.find_goods(goods)

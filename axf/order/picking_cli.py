"""``flask order short`` and ``flask order substitute``: what the picker did not find, and what comes instead."""

import re

import click

from axf.core.errors import NotFound
from axf.core.money import yuan_text
from axf.market.stock import OutOfStock
from axf.order import picking
from axf.order.picking import NotWished, ReplacedAlready, Swap
from axf.order.shares import NotSoMany
from axf.order.state import WrongState


def add_to(group: click.Group) -> None:
    """Add the commands of this module."""
    group.add_command(short)
    group.add_command(substitute)


@click.command()
@click.argument("no")
@click.argument("found", nargs=-1, required=True, metavar="GOODS=FOUND…")
def short(no: str, found: tuple[str, ...]) -> None:
    """Say how many pieces of goods were found; the rest is refunded. A repeat changes nothing.

    Example: flask order short 202611220123456789 475=2 512=0
    """
    counts = dict(_pair(each, "GOODS=FOUND, like 475=2") for each in found)
    part = _told(no, lambda: picking.short(no, counts))
    points = f" and {part.points} points" if part.points else ""
    click.echo(f"{part.quantity} pieces of order {no} fall away: ¥{yuan_text(part.amount)}{points} go back.")


@click.command()
@click.argument("no")
@click.argument("swap", metavar="GOODS=INSTEAD")
@click.option("--pieces", type=click.IntRange(1, 999), default=1, show_default=True, help="How many are replaced.")
@click.option("--quantity", type=click.IntRange(1, 999), help="How many come instead; as many, if you do not say.")
@click.option("--agreed", is_flag=True, help="The shopper was asked, whatever their wish says.")
def substitute(no: str, swap: str, pieces: int, quantity: int | None, agreed: bool) -> None:
    """Bring other goods instead of pieces that were not found; it never costs more than they did.

    Example: flask order substitute 202611220123456789 475=512 --pieces 2
    """
    goods_id, instead = _pair(swap, "GOODS=INSTEAD, like 475=512")
    wanted = Swap(goods_id, pieces, instead, quantity or pieces)
    charged = _told(no, lambda: picking.substitute(no, wanted, is_agreed=agreed))
    swapped = f"{wanted.quantity} of {instead} instead of {pieces} of {goods_id}"
    click.echo(f"Order {no}: {swapped}, for ¥{yuan_text(charged)}.")


def _pair(text: str, form: str) -> tuple[int, int]:
    match = re.fullmatch(r"([0-9]{1,9})=([0-9]{1,9})", text, re.ASCII)
    if not match:
        raise click.UsageError(f"{text!r} is not {form}")
    return int(match[1]), int(match[2])


def _told(no: str, use_case):
    """Run the use case; say in one sentence why it cannot be."""
    try:
        return use_case()
    except NotFound as unknown:
        goods = unknown.details.get("goods_id") or unknown.details.get("goods")
        what = f"{unknown.details['what']} {goods}" if goods else f"order {no}"
        raise click.ClickException(f"there is no {what}") from None
    except WrongState as refusal:
        state = refusal.details["state"]
        raise click.ClickException(f"order {no} is {state}: only while it is picked (flask order pick)") from None
    except NotSoMany as refusal:
        goods_id, left = refusal.details["goods_id"], refusal.details["left"]
        raise click.ClickException(f"only {left} pieces of goods {goods_id} are left in order {no}") from None
    except NotWished as refusal:
        raise click.ClickException(
            f"the shopper's wish is {refusal.details['wish']}: call them, then say --agreed"
        ) from None
    except ReplacedAlready as refusal:
        goods_id, instead = refusal.details["goods_id"], refusal.details["substitute_id"]
        raise click.ClickException(f"goods {instead} come instead of some of goods {goods_id} already") from None
    except OutOfStock:
        raise click.ClickException("there are not so many of the substitute in stock") from None

"""``flask promotion``: what is promoted, for whom it lasts how long."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import click
from flask.cli import AppGroup
from rich import box
from rich.markup import escape
from rich.table import Column, Table

from axf.core import clock
from axf.core.money import yuan_text
from axf.core.paging import LARGEST_INT
from axf.core.terminal import WrongWord, checked, instant_text, print_table, to_fen, to_instant, told
from axf.market import promotions
from axf.market.goods_cli import find as find_goods
from axf.market.models import FullOff
from axf.market.promotions import BadPromotion, GoodsPromotion

group = AppGroup("promotion", help="Promote goods: special prices, second at half price, full off.")
from_option = click.option(
    "--from", "starts_at", callback=checked(to_instant), help="From when, YYYY-MM-DD HH:MM in Shanghai; now."
)


def to_fen_or_none(text: str) -> int | str:
    """Return yuan as fen, or ``none``. Raises ValueError."""
    return text if text == "none" else to_fen(text)


@group.command("list")
@click.option("--all", "shows_all", is_flag=True, help="Also those that are over.")
def list_promotions(shows_all: bool) -> None:
    """List the promotions that run or are still to come.

    Example: flask promotion list
    """
    now = clock.now()
    table = Table(
        "Kind", "No", Column("Name", max_width=40), "Terms", Column("Goods", max_width=23), "From", "Until", "State",
        box=box.SIMPLE,
    )  # fmt: skip
    rows = [row for each in promotions.list_goods() for row in _rows_of_goods(each, now)]
    rows += [_row_of_full_off(each, now) for each in promotions.list_full_offs()]
    for row in rows:
        if shows_all or row[-1] != "over":
            table.add_row(*row)
    print_table(table)


@group.command()
@click.argument("goods")
@click.argument("amount", metavar="PRICE", callback=checked(to_fen_or_none))
@from_option
@click.option("--until", "ends_at", callback=checked(to_instant), help="Until when, YYYY-MM-DD HH:MM in Shanghai.")
def price(goods: str, amount: int | str, starts_at: datetime | None, ends_at: datetime | None) -> None:
    """Sell GOODS, an id or a code, for PRICE yuan a piece for a time; none ends it.

    Example: flask promotion price AXF-000475 26.90 --until "2026-11-30 00:00"
    """
    goods_id = find_goods(goods)
    if isinstance(amount, str):
        promotions.end_promo_price(goods_id)
        click.echo(f"Goods {goods_id} has no promotion price any more.")
        return
    if ends_at is None:
        raise WrongWord("a promotion price needs --until")
    starts_at = starts_at or clock.now()
    with _explained():
        promotions.set_promo_price(goods_id, amount, starts_at, ends_at)
    click.echo(
        f"Goods {goods_id} costs ¥{yuan_text(amount)} from {instant_text(starts_at)} until {instant_text(ends_at)}."
    )


@group.command()
@click.argument("goods")
@click.argument("state", type=click.Choice(["on", "off"]))
def second_half(goods: str, state: str) -> None:
    """Sell every second piece of GOODS, an id or a code, at half price, or stop it.

    Example: flask promotion second-half AXF-000475 on
    """
    goods_id = find_goods(goods)
    promotions.set_second_half(goods_id, state == "on")
    click.echo(f"Second at half price is {state} for goods {goods_id}.")


@group.command()
@click.argument("name")
@click.option("--name-en", required=True, help="The English name.")
@click.option("--minimum", required=True, callback=checked(to_fen), help="From how many yuan of its goods on.")
@click.option("--off", required=True, callback=checked(to_fen), help="How many yuan it takes off, once.")
@click.option("--goods", "goods", multiple=True, help="An id or a code; repeat it. Every goods if not given.")
@from_option
@click.option(
    "--until", "ends_at", required=True, callback=checked(to_instant), help="Until when, YYYY-MM-DD HH:MM in Shanghai."
)
def full_off(goods: tuple[str, ...], starts_at: datetime | None, **given: Any) -> None:
    """Take a sum off where the goods of a set reach a minimum.

    Example: flask promotion full-off 周末满减 --name-en "Weekend deal" --minimum 60 --off 5 --until "2026-11-30 00:00"
    """
    goods_ids = {find_goods(each) for each in goods}
    with _explained():
        made = promotions.create_full_off(goods_ids=goods_ids, starts_at=starts_at or clock.now(), **given)
    click.echo(f"Full off {made} is made: ¥{yuan_text(given['off'])} off from ¥{yuan_text(given['minimum'])}.")


@group.command()
@click.argument("number", metavar="NO", type=click.IntRange(1, LARGEST_INT))
def stop(number: int) -> None:
    """End a full off now, also one that has not begun.

    Example: flask promotion stop 3
    """
    with told(f"there is no full off {number}"):
        promotions.stop_full_off(number)
    click.echo(f"Full off {number} is stopped.")


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except BadPromotion as wrong:
        raise click.ClickException(wrong.details["problem"]) from None


def _rows_of_goods(goods: GoodsPromotion, now: datetime) -> Iterator[tuple[str, ...]]:
    number, name = str(goods.id), escape(goods.name)
    if goods.promo_price is not None and goods.promo_starts_at and goods.promo_ends_at:
        terms = f"¥{yuan_text(goods.promo_price)} instead of ¥{yuan_text(goods.price)}"
        state = _state(goods.promo_starts_at, goods.promo_ends_at, now)
        times = instant_text(goods.promo_starts_at), instant_text(goods.promo_ends_at)
        yield "price", number, name, terms, number, *times, "idle" if goods.promo_price >= goods.price else state
    if goods.is_second_half:
        yield "second-half", number, name, "second at half price", number, "", "", "runs"


def _row_of_full_off(each: FullOff, now: datetime) -> tuple[str, ...]:
    terms = f"¥{yuan_text(each.off)} off from ¥{yuan_text(each.minimum)}"
    goods = " ".join(map(str, sorted(each.goods_ids))) or "all"
    times = instant_text(each.starts_at), instant_text(each.ends_at)
    return "full-off", str(each.id), escape(each.name), terms, goods, *times, _state(each.starts_at, each.ends_at, now)


def _state(starts_at: datetime, ends_at: datetime, now: datetime) -> str:
    if ends_at <= max(now, starts_at):
        return "over"
    return "runs" if starts_at <= now else "to come"

"""``flask coupon``: what coupons there are, who gets them, and codes for them."""

import csv
import re
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

import click
from flask.cli import AppGroup
from rich import box
from rich.markup import escape
from rich.table import Column, Table
from sqlalchemy import func, select

from axf.core import clock
from axf.core.errors import NotFound
from axf.core.money import yuan_text
from axf.core.paging import LARGEST_INT
from axf.core.terminal import WrongWord, checked, instant_text, print_table, to_fen, to_instant, told
from axf.coupon import claims, terms
from axf.coupon.ledger import CouponEnded
from axf.coupon.models import Coupon
from axf.coupon.terms import BadCoupon
from axf.extensions import db
from axf.user import accounts
from axf.user.models import User
from axf.vip.models import VipAccount, VipLevel

ID = click.IntRange(1, LARGEST_INT)
# What makes a spreadsheet take a cell for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")

group = AppGroup("coupon", help="Make coupons, give them out, stop them.")


def to_hours(text: str) -> tuple[int, int]:
    """Return two hours of the day like 8-10. Raises ValueError."""
    found = re.fullmatch(r"([0-9]{1,2})-([0-9]{1,2})", text)
    if not found:
        raise ValueError("are not hours of the day like 8-10")
    return int(found[1]), int(found[2])


@group.command()
@click.argument("name")
@click.option("--name-en", required=True, help="The English name.")
@click.option("--issue", required=True, type=click.Choice(terms.ISSUES), help="How shoppers come by it.")
@click.option("--off", callback=checked(to_fen), help="So many yuan off.")
@click.option("--percent", type=int, help="So many per cent are paid: 88 is 12% off.")
@click.option("--price", callback=checked(to_fen), help="One piece costs so many yuan; needs --goods.")
@click.option("--free-delivery", is_flag=True, help="Delivery is free.")
@click.option("--minimum", callback=checked(to_fen), help="From how many yuan of goods on.")
@click.option("--cap", callback=checked(to_fen), help="At most so many yuan off, for --percent.")
@click.option("--goods", "goods_ids", type=ID, multiple=True, help="Only for this goods; repeat it for more.")
@click.option("--food-type", "food_type_ids", type=ID, multiple=True, help="Only for this food type; repeat it.")
@click.option("--first-order", "is_first_order", is_flag=True, help="Only for a shopper's first order.")
@click.option("--total", type=int, help="How many there are.")
@click.option("--per-person", type=int, help="How many one shopper gets at most; 1 if not given.")
@click.option("--days", "valid_days", type=int, help="It is good for so many days from its claim.")
@click.option("--from", "valid_from", callback=checked(to_instant), help="Or from when, 'YYYY-MM-DD HH:MM'; now.")
@click.option("--until", "valid_until", callback=checked(to_instant), help="And until when, 'YYYY-MM-DD HH:MM'.")
@click.option("--hours", callback=checked(to_hours), help="Only between these hours of the day, 8-10.")
def create(name: str, hours: tuple[int, int] | None, **given: Any) -> None:
    """Make a coupon; one of --off, --percent, --price and --free-delivery says what it does.

    Example: flask coupon create 满59减8 --name-en "¥8 off ¥59" --off 8 --minimum 59 --issue claim --days 7
    """
    kind, value = _effect(**{key: given.pop(key) for key in ("off", "percent", "price", "free_delivery")})
    chosen = {key: each for key, each in given.items() if each is not None}
    if hours:
        chosen |= {"hour_from": hours[0], "hour_until": hours[1]}
    with _explained():
        coupon_id = terms.create(name=name, kind=kind, value=value, **chosen)
    click.echo(f"Coupon {coupon_id} {name} is made.")


@group.command("list")
def list_coupons() -> None:
    """List all coupons, the newest first, with how many were issued and are used.

    Example: flask coupon list
    """
    table = Table(
        "Coupon", "Name", "English", Column("Terms", max_width=40), "By", "Issued", "Used", "Valid", "State",
        box=box.SIMPLE,
    )  # fmt: skip
    now = clock.now()
    for view in terms.list_coupons():
        coupon = view.coupon
        table.add_row(
            str(coupon.id),
            escape(coupon.name),
            escape(coupon.name_en),
            _terms_text(coupon),
            coupon.issue,
            f"{coupon.issued}/{coupon.total}" if coupon.total else str(coupon.issued),
            str(view.used),
            _valid_text(coupon),
            _state(coupon, now),
        )
    print_table(table)


@group.command()
@click.argument("coupon_id", metavar="COUPON", type=ID)
@click.option("--user", "usernames", multiple=True, help="To this shopper; repeat it for more.")
@click.option("--level", type=click.IntRange(0, 99), help="To every shopper of this VIP level or above.")
@click.option("--round", "round_number", type=click.IntRange(1, 9999), default=1, help="2 gives one more, and so on.")
def grant(coupon_id: int, usernames: tuple[str, ...], level: int | None, round_number: int) -> None:
    """Give shoppers a coupon, one each. Safe to repeat: who has it from this round gets no other.

    Example: flask coupon grant 3 --level 3
    """
    if bool(usernames) == (level is not None):
        raise WrongWord("say either --user or --level")
    user_ids = _named(usernames) if level is None else _of_level(level)
    with told(f"there is no coupon {coupon_id}"):
        try:
            sums = claims.grant(coupon_id, user_ids, round_number)
        except CouponEnded:
            raise click.ClickException(f"coupon {coupon_id} is stopped or over") from None
    click.echo(f"{sums.given} given, {sums.had} had it already, {sums.out} came too late: all are issued.")


@group.command()
@click.argument("coupon_id", metavar="COUPON", type=ID)
@click.option("--count", type=click.IntRange(1, terms.MOST_CODES), help="Make so many codes first.")
@click.option("--code", "own", help="Make this code of your own words first.")
@click.option("--uses", type=ID, help="How many shoppers a new code is for; 1 with --count, any number with --code.")
@click.option("--out", type=click.Path(path_type=Path), help="A new file instead of the terminal.")
def codes(coupon_id: int, count: int | None, own: str | None, uses: int | None, out: Path | None) -> None:
    """Write codes as CSV: those that are made now, or all that the coupon has.

    Example: flask coupon codes 3 --count 500 --out codes.csv
    """
    if count is not None and own is not None:
        raise WrongWord("say either --count or --code")
    if uses is not None and count is None and own is None:
        raise WrongWord("--uses is for new codes: say --count or --code, too")
    with told(f"there is no coupon {coupon_id}"), _opened(out) as file, _explained():
        coupon = terms.get(coupon_id)
        made: Collection[str] | None = None
        if count is not None:
            made = set(terms.make_codes(coupon_id, count, uses or 1))
        elif own is not None:
            made = {terms.make_own_code(coupon_id, own, uses)}
        written = _write_codes(file, coupon, made)
    if out:
        click.echo(f"{written} codes written to {out}.")


@group.command()
@click.argument("coupon_id", metavar="COUPON", type=ID)
def stop(coupon_id: int) -> None:
    """Give out no more of a coupon; those that are held stay good.

    Example: flask coupon stop 3
    """
    with told(f"there is no coupon {coupon_id}"):
        terms.stop(coupon_id)
    click.echo(f"Coupon {coupon_id} is stopped.")


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except BadCoupon as wrong:
        raise WrongWord(wrong.details["problem"]) from None


def _effect(off: int | None, percent: int | None, price: int | None, free_delivery: bool) -> tuple[str, int]:
    """Return kind and value."""
    given = {"amount": off, "percent": percent, "fixed": price, "delivery": 0 if free_delivery else None}
    chosen = [(kind, value) for kind, value in given.items() if value is not None]
    if len(chosen) != 1:
        raise WrongWord("say one of --off, --percent, --price and --free-delivery")
    return chosen[0]


def _named(usernames: tuple[str, ...]) -> list[int]:
    ids = []
    for username in usernames:
        try:
            ids.append(accounts.id_of(username))
        except NotFound:
            raise WrongWord(f"there is no shopper {username}") from None
    return ids


def _of_level(level: int) -> Iterator[int]:
    """Yield the ids of all shoppers of a level or above, read in batches."""
    growth = db.session.scalar(select(VipLevel.growth).where(VipLevel.level == level))
    if growth is None:
        raise WrongWord(f"there is no level {level}")
    return _with_growth(growth)


def _with_growth(growth: int) -> Iterator[int]:
    has_growth = func.coalesce(VipAccount.growth, 0) >= growth
    query = select(User.id).outerjoin(VipAccount, VipAccount.user_id == User.id).where(has_growth).order_by(User.id)
    last = 0
    while found := db.session.scalars(query.where(User.id > last).limit(claims.BATCH)).all():
        yield from found
        last = found[-1]


@contextmanager
def _opened(out: Path | None) -> Iterator[TextIO]:
    """Open the file before any code is made: one that is there may hold codes, and is left alone.

    It begins with the mark by which spreadsheets know UTF-8.
    """
    if out is None:
        yield sys.stdout
        return
    try:
        file = out.open("x", encoding="utf-8-sig", newline="")
    except OSError as error:
        raise WrongWord(f"{out} cannot be made: {error.strerror}") from None
    try:
        with file:
            yield file
    except BaseException:
        if not out.stat().st_size:
            out.unlink()
        raise


def _write_codes(file: TextIO, coupon: Coupon, made: Collection[str] | None) -> int:
    """Write these codes of a coupon, or all, and return how many."""
    rows = [row for row in terms.codes_of(coupon.id) if made is None or row.code in made]
    writer = csv.writer(file)
    writer.writerow(["code", "coupon", "name", "uses_left", "made"])
    name = _cell(coupon.name)
    for row in rows:
        uses = "" if row.uses_left is None else row.uses_left
        writer.writerow([terms.code_text(row.code), coupon.id, name, uses, instant_text(row.created_at)])
    return len(rows)


def _cell(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _terms_text(coupon: Coupon) -> str:
    value = f"¥{yuan_text(coupon.value)}"
    effect = {
        "amount": f"{value} off",
        "percent": f"{coupon.value}% is paid",
        "fixed": f"one for {value}",
        "delivery": "free delivery",
    }[coupon.kind]
    parts = [
        effect,
        f"from ¥{yuan_text(coupon.minimum)}" if coupon.minimum else "",
        f"at most ¥{yuan_text(coupon.cap)} off" if coupon.cap else "",
        f"goods {' '.join(map(str, sorted(coupon.goods_ids)))}" if coupon.goods_ids else "",
        f"food types {' '.join(map(str, sorted(coupon.food_type_ids)))}" if coupon.food_type_ids else "",
        "first order" if coupon.is_first_order else "",
        f"{coupon.hour_from}–{coupon.hour_until} o'clock" if coupon.hour_from is not None else "",
        f"{coupon.per_person} each" if coupon.per_person > 1 else "",
    ]
    return ", ".join(filter(None, parts))


def _valid_text(coupon: Coupon) -> str:
    if coupon.valid_from is None or coupon.valid_until is None:
        return f"{coupon.valid_days} days"
    return f"{instant_text(coupon.valid_from)} – {instant_text(coupon.valid_until)}"


def _state(coupon: Coupon, now: datetime) -> str:
    if coupon.is_stopped:
        return "stopped"
    if coupon.valid_until is not None and coupon.valid_until <= now:
        return "over"
    return "out" if coupon.total is not None and coupon.issued >= coupon.total else "running"

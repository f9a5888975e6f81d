"""``flask aftersale``: look at what shoppers ask back, and decide."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

import click
from flask.cli import AppGroup
from rich import box
from rich.markup import escape
from rich.table import Column, Table

from axf.aftersale import hours as type_hours
from axf.aftersale import queries, service
from axf.aftersale.hours import LONGEST_HOURS
from axf.aftersale.state import RequestMoved, State
from axf.core.money import yuan_text
from axf.core.paging import LARGEST_INT
from axf.core.terminal import checked, instant_text, print_table, told
from axf.core.text import plain
from axf.market.stock import OutOfStock

group = AppGroup("aftersale", help="Look at what shoppers ask back, and decide.")
LONGEST_REASON = 200


def to_reason(text: str) -> str:
    """Return a reason for people to read. Raises ValueError."""
    reason = plain(text)
    if not 0 < len(reason) <= LONGEST_REASON:
        raise ValueError(f"is not a text of 1 to {LONGEST_REASON} characters")
    return reason


@group.command("list")
@click.option("--state", type=click.Choice([str(state) for state in State]), help="Those in this state; else the open.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="How many at most.")
def list_requests(state: str | None, limit: int) -> None:
    """List requests, those that wait longest first.

    Example: flask aftersale list --state asked
    """
    table = Table(Column("No", no_wrap=True), "User", "Kind", "State", "Reason", "Money", "Points", box=box.SIMPLE)
    table.add_column("Photos")
    table.add_column("Asked")
    for request, photos in queries.latest(State(state) if state else None, limit):
        table.add_row(
            request.no,
            str(request.user_id),
            request.kind,
            request.state,
            request.reason,
            f"¥{yuan_text(request.amount)}",
            str(request.points),
            str(photos),
            instant_text(request.created_at),
        )
    print_table(table)


@group.command()
@click.argument("no")
def show(no: str) -> None:
    """Show one request: its lines, words, photos and what happened to it.

    Example: flask aftersale show 202611220123456789-1
    """
    with _there(no):
        view = queries.any_request(no)
    asked = view.request
    click.echo(f"Request {no} of user {asked.user_id} about order {view.order.no}: {asked.kind}, {asked.state}")
    for share in view.shares:
        click.echo(
            f"  {share.quantity:>3} × {share.line.name} {share.line.pack}  ¥{yuan_text(share.amount)}"
            f" and {share.points} points"
        )
    click.echo(f"  together ¥{yuan_text(asked.amount)} and {asked.points} points")
    click.echo(f"  {asked.reason}: {asked.text or '(no words)'}")
    for name in view.photos:
        click.echo(f"  photo {name}")
    for event in view.events:
        click.echo(
            f"  {instant_text(event.created_at)} {event.event} -> {event.to_state} by {event.actor} {event.reason}"
        )


@group.command()
@click.argument("no")
@click.option("--reason", default="", help="A word to the shopper, who sees it.")
def approve(no: str, reason: str) -> None:
    """Approve a request: a refund goes back at once, a replacement is taken from the stock.

    Example: flask aftersale approve 202611220123456789-1
    """
    with _moved(no, "only one that was asked can be approved"):
        service.approve(no, plain(reason))
    request = queries.any_request(no).request
    click.echo(f"Request {no} is {request.state}.{_money(request.state, request.amount, request.points)}")


@group.command()
@click.argument("no")
@click.option("--reason", required=True, callback=checked(to_reason), help="Why; the shopper sees it.")
def reject(no: str, reason: str) -> None:
    """Reject a request, or a return that never came.

    Example: flask aftersale reject 202611220123456789-1 --reason "The photo shows other goods"
    """
    with _moved(no, "it cannot be rejected any more"):
        service.reject(no, reason)
    click.echo(f"Request {no} is rejected.")


@group.command("hours")
@click.argument("type_id", type=click.IntRange(1, LARGEST_INT), required=False)
@click.argument("hours", type=click.IntRange(0, LONGEST_HOURS), required=False)
def set_hours(type_id: int | None, hours: int | None) -> None:
    """Say how many hours after receipt shoppers may ask about goods of a food type and its children; alone, list them.

    Example: flask aftersale hours 104749 24
    """
    if type_id is None:
        table = Table("Type", "Name", Column("Hours", justify="right"), box=box.SIMPLE)
        for each in type_hours.list_hours():
            table.add_row(
                str(each.id), escape(each.name if each.parent_id is None else f"  {each.name}"), str(each.hours)
            )
        print_table(table)
        return
    if hours is None:
        raise click.UsageError("say how many HOURS")
    with told(f"there is no food type {type_id}"):
        count = type_hours.set_hours(type_id, hours)
    click.echo(f"Goods of {count} food types can be asked about for {hours} hours after receipt.")


@group.command()
@click.argument("no")
def received(no: str) -> None:
    """Note that the goods of an approved return are back; their money goes back.

    Example: flask aftersale received 202611220123456789-1
    """
    with _moved(no, "only the goods of an approved return can come back"):
        service.receive(no)
    request = queries.any_request(no).request
    click.echo(f"Request {no} is done.{_money(request.state, request.amount, request.points)}")


@group.command()
@click.argument("no")
def replaced(no: str) -> None:
    """Note that an approved replacement has left the shop.

    Example: flask aftersale replaced 202611220123456789-1
    """
    with _moved(no, "only an approved replacement can leave"):
        service.replace(no)
    click.echo(f"Request {no} is done: the replacement has left.")


def _money(state: str, amount: int, points: int) -> str:
    return f" ¥{yuan_text(amount)} and {points} points go back." if state == State.DONE else ""


@contextmanager
def _moved(no: str, rule: str) -> Iterator[None]:
    """Say in one sentence why a request cannot move."""
    with _there(no):
        try:
            yield
        except RequestMoved as refusal:
            kind, state = refusal.details["kind"], refusal.details["state"]
            raise click.ClickException(f"request {no} ({kind}) is {state}: {rule}") from None
        except OutOfStock:
            raise click.ClickException(
                "there are not so many left in stock, or it is off sale: reject the request, or wait"
            ) from None


def _there(no: str) -> AbstractContextManager[None]:
    return told(f"there is no request {no}")

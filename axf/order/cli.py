"""``flask order``: look at orders, cancel one, expire the unpaid ones."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

import click
from flask.cli import AppGroup
from rich import box
from rich.console import Console
from rich.table import Column, Table

from axf.core.money import yuan_text
from axf.core.terminal import instant_text, told
from axf.order import dispatch_cli, fulfilment, pairs_cli, papers_cli, picking_cli, queries
from axf.order.state import State, WrongState
from axf.payment.models import Payment, PaymentNotice

group = AppGroup("order", help="Look at orders, move them on, expire unpaid ones.")
dispatch_cli.add_to(group)
picking_cli.add_to(group)
group.add_command(papers_cli.papers)
group.add_command(pairs_cli.pairs)


@group.command("list")
@click.option("--state", type=click.Choice([str(state) for state in State]), help="Only orders in this state.")
@click.option("--stray-money", is_flag=True, help="Only orders that money came in for and that could not take it.")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="How many at most.")
def list_orders(state: str | None, stray_money: bool, limit: int) -> None:
    """List the newest orders.

    Example: flask order list --state unpaid --limit 50
    """
    # A number that is cut is useless: the times wrap first.
    table = Table(Column("No", no_wrap=True), "User", "State", "Payable", "Placed", "Pay until", box=box.SIMPLE)
    for order in queries.latest_orders(State(state) if state else None, limit, has_stray_money=stray_money):
        table.add_row(
            order.no,
            str(order.user_id),
            order.state,
            f"¥{yuan_text(order.payable)}",
            instant_text(order.created_at),
            instant_text(order.expires_at) if order.state == State.UNPAID else "",
        )
    Console().print(table)


@group.command()
@click.argument("no")
def show(no: str) -> None:
    """Show one order: its lines, sums, events, payments, and what was told of them.

    Example: flask order show 202611220123456789
    """
    view, payments, notices = _found(no)
    order = view.order
    click.echo(f"Order {order.no} of user {order.user_id}: {order.state}, placed {instant_text(order.created_at)}")
    for line in view.lines:
        wish = f"  if it runs out: {line.wish}" if line.wish else ""
        click.echo(f"  {line.quantity:>3} × {line.name} {line.pack}  ¥{yuan_text(line.amount)}{wish}")
    click.echo(f"  goods ¥{yuan_text(order.goods_total)}")
    for rule, amount in view.sums.items():
        click.echo(f"  {rule} ¥{yuan_text(amount)}")
    click.echo(f"  payable ¥{yuan_text(order.payable)}")
    _echo_delivery(view)
    for event in view.events:
        click.echo(
            f"  {instant_text(event.created_at)} {event.event} -> {event.to_state} by {event.actor} {event.reason}"
        )
    for payment in payments:
        click.echo(f"  payment {payment.no} ({payment.provider}) ¥{yuan_text(payment.amount)}: {payment.state}")
    for notice in notices:
        click.echo(
            f"  {instant_text(notice.received_at)} notice {notice.event_id} of {notice.payment_no}: {notice.outcome}"
        )


@group.command()
@click.argument("no")
@click.option("--reason", default="cancelled by the shop", show_default=True, help="Why; the shopper sees it.")
def cancel(no: str, reason: str) -> None:
    """Cancel an order that has not left the shop; its stock and money return.

    Example: flask order cancel 202611220123456789 --reason "customer called"
    """
    with _moved(no, "only those that have not left the shop can be cancelled"):
        fulfilment.cancel_by_shop(no, reason)
    click.echo(f"Order {no} is cancelled.")


@group.command()
@click.argument("no")
def receive(no: str) -> None:
    """Note that a sent order has arrived; it brings its shopper points and growth.

    Example: flask order receive 202611220123456789
    """
    with _moved(no, "only sent ones can arrive"):
        fulfilment.receive_by_shop(no)
    click.echo(f"Order {no} has arrived.")


@group.command()
@click.option("--limit", type=click.IntRange(1, 100_000), default=1000, show_default=True, help="How many at most.")
def expire(limit: int) -> None:
    """Cancel unpaid orders whose time is over. Safe to run anywhere, any time, by several hosts.

    Example: flask order expire
    """
    click.echo(f"{fulfilment.expire(limit)} orders expired.")


def _echo_delivery(view: queries.OrderView) -> None:
    """Print where and when the order goes, and what its shopper wishes."""
    to = view.delivery
    if to is None:
        return
    click.echo(f"  to {to.name} {to.phone}, {to.region} {to.detail}")
    if to.slot_starts_at and to.slot_ends_at:
        click.echo(f"  between {instant_text(to.slot_starts_at)} and {instant_text(to.slot_ends_at)}")
    click.echo(f"  if something runs out: {to.wish}")
    for name, text in (("note", to.note), ("invoice for", to.invoice_title)):
        if text:
            click.echo(f"  {name}: {text}")


@contextmanager
def _moved(no: str, rule: str) -> Iterator[None]:
    """Say in one sentence why an order cannot move."""
    with _there(no):
        try:
            yield
        except WrongState as refusal:
            raise click.ClickException(f"order {no} is {refusal.details['state']}: {rule}") from None


def _found(no: str) -> tuple[queries.OrderView, list[Payment], list[PaymentNotice]]:
    with _there(no):
        return queries.any_order(no)


def _there(no: str) -> AbstractContextManager[None]:
    return told(f"there is no order {no}")

"""``flask payment``: look at payments, ask providers, give money back."""

import click
from flask.cli import AppGroup
from rich import box
from rich.table import Column, Table

from axf.core.errors import NotFound
from axf.core.money import yuan_text
from axf.core.terminal import instant_text, print_table, told
from axf.order import reconciliation, refunds
from axf.order.refunds import NothingToReturn
from axf.payment.models import APPLIED, CLOSED, PENDING, PROMISED, UNMATCHED

STATES = (PENDING, PROMISED, APPLIED, UNMATCHED, CLOSED)

group = AppGroup("payment", help="Look at payments, ask providers what became of them, give money back.")


@group.command("list")
@click.option("--state", type=click.Choice(STATES), help="Only payments in this state.")
@click.option("--unmatched", is_flag=True, help="What a person must look at, and what can be done about it.")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="How many at most.")
def list_payments(state: str | None, unmatched: bool, limit: int) -> None:
    """List the newest payments, or with --unmatched the money that nothing could take.

    Example: flask payment list --unmatched
    """
    if unmatched:
        _echo_strays(limit)
        return
    table = Table(Column("No", no_wrap=True), "Provider", "State", "Amount", "Back", "Made", box=box.SIMPLE)
    for payment, _order_no in reconciliation.latest(state, limit):
        table.add_row(
            payment.no,
            payment.provider,
            payment.state,
            f"¥{yuan_text(payment.amount)}",
            f"¥{yuan_text(payment.refunded)}" if payment.refunded else "",
            instant_text(payment.created_at),
        )
    print_table(table)


@group.command()
@click.argument("no")
def show(no: str) -> None:
    """Show one payment: what was told of it, and what goes back.

    Example: flask payment show 202611220123456789P0a1b2c3d
    """
    with told(f"there is no payment {no}"):
        payment, order_no, notices, found = reconciliation.of_payment(no)
    click.echo(f"Payment {no} of order {order_no} by {payment.provider}: {payment.state}")
    click.echo(f"  ¥{yuan_text(payment.amount)}, made {instant_text(payment.created_at)}")
    if payment.paid_at:
        click.echo(f"  paid {instant_text(payment.paid_at)} {payment.provider_reference or ''}".rstrip())
    if payment.waived:
        click.echo(f"  ¥{yuan_text(payment.waived)} of it are not collected")
    for notice in notices:
        click.echo(f"  {instant_text(notice.received_at)} notice {notice.event_id}: {notice.outcome}")
    for refund in found:
        end = f"done {instant_text(refund.done_at)}" if refund.done_at else refund.state
        problem = f" ({refund.problem})" if refund.problem else ""
        click.echo(f"  refund {refund.no} ¥{yuan_text(refund.amount)} for {refund.reason}: {end}{problem}")


@group.command()
@click.option("--limit", type=click.IntRange(1, 100_000), default=500, show_default=True, help="How many at most.")
def reconcile(limit: int) -> None:
    """Ask providers about everything that is open, and send the refunds that are due. Safe anywhere, any time.

    Example: flask payment reconcile
    """
    found = reconciliation.reconcile(limit)
    click.echo(
        f"Attempts: {found.paid} paid, {found.closed} closed, {found.waiting} waiting, {found.unanswered} unanswered."
    )
    sent = found.refunds
    click.echo(f"Refunds: {sent.done} done, {sent.open} on their way, {sent.failed} refused.")
    if sent.failed or found.unanswered:
        click.echo("Look at flask payment list --unmatched and at the log.")


@group.command()
@click.argument("no")
def refund(no: str) -> None:
    """Send unmatched money back (NO is a payment's), or try a failed refund again (NO is a refund's).

    Example: flask payment refund 202611220123456789P0a1b2c3d
    """
    try:
        if "R" in no:
            refunds.retry(no)
            refunds.send_due()
        else:
            refunds.return_unmatched(no)
    except NotFound as unknown:
        raise click.ClickException(f"there is no {unknown.details['what']} {no}") from None
    except NothingToReturn:
        raise click.ClickException(
            f"payment {no} is not unmatched money that is still here: cancel its order to give that back"
        ) from None
    click.echo(f"{no} is sent; flask payment list --unmatched shows when it did not work.")


def _echo_strays(limit: int) -> None:
    strays = reconciliation.strays()
    if not strays:
        click.echo("Nothing is unmatched.")
    for stray in strays[:limit]:
        order = f" of order {stray.order_no}" if stray.order_no else ""
        click.echo(f"{stray.what} {stray.number}{order}: ¥{yuan_text(stray.amount)}, {instant_text(stray.since)}")
        click.echo(f"  why: {stray.problem}")
        click.echo(f"  what to do: {stray.advice}")
    if len(strays) > limit:
        click.echo(f"… and {len(strays) - limit} more")

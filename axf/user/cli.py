"""``flask user``: what is to be done about shoppers' logins and birthdays."""

from datetime import date

import click
from flask.cli import AppGroup

from axf.core import clock
from axf.core.errors import NotFound
from axf.core.terminal import checked, to_day
from axf.retention import service as retention
from axf.retention.rules import RULES
from axf.user import accounts, tickets, two_step
from axf.user import birthdays as user_birthdays

group = AppGroup("user", help="Tidy up shoppers' logins, think of their birthdays.")


@group.command()
def sweep() -> None:
    """Delete logins and throttles that are over, a thousand rows at a time. Safe anywhere, any time, on several hosts.

    Example: flask user sweep
    """
    now = clock.now()
    gone = {rule.name: retention.run(rule, now) for rule in RULES if rule.name in ("tickets", "throttles")}
    click.echo(f"{gone['tickets']} logins and {gone['throttles']} throttles that were over are gone.")


@group.command("logout-all")
@click.option("--user", "username", help="Only the logins of this shopper.")
@click.option("--everybody", is_flag=True, help="The logins of all shoppers, after a theft, say.")
def logout_all(username: str | None, everybody: bool) -> None:
    """End logins on all devices: of one shopper, or of everybody. Nobody loses a cart or an order.

    Example: flask user logout-all --user anna
    """
    if (username is None) is not everybody:
        raise click.UsageError("Name the shopper by --user, or say --everybody.")
    user_id = None if username is None else id_of(username)
    click.echo(f"{tickets.revoke_all(user_id)} logins are ended.")


@group.command("two-step-off")
@click.argument("username")
def two_step_off(username: str) -> None:
    """Switch a shopper's two-step login off, who has lost phone and recovery codes; all devices are logged out.

    Example: flask user two-step-off anna
    """
    was_on = two_step.disable(id_of(username))
    click.echo("Two-step login is off; all devices are logged out." if was_on else "It was off already.")


@group.command()
@click.option("--day", callback=checked(to_day), help="Those of this day in Shanghai, YYYY-MM-DD; today if not given.")
def birthdays(day: date | None) -> None:
    """Give those whose birthday it is the coupon of their level. Safe to run anywhere, any time, by several hosts.

    Example: flask user birthdays
    """
    sums = user_birthdays.congratulate(day)
    click.echo(f"{sums.given} birthday coupons given, {sums.had} had theirs, {sums.out} came too late: all are issued.")


def id_of(username: str) -> int:
    """Return whose name this is, or end the command with one sentence."""
    try:
        return accounts.id_of(username)
    except NotFound:
        raise click.ClickException(f"nobody is called {username!r}") from None

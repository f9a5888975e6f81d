"""``flask user``: what is to be done about shoppers' logins and birthdays."""

from datetime import date

import click
from flask.cli import AppGroup

from axf.core.terminal import checked, to_day
from axf.user import birthdays as user_birthdays
from axf.user import throttle, tickets

group = AppGroup("user", help="Tidy up shoppers' logins, think of their birthdays.")


@group.command()
def sweep() -> None:
    """Delete logins and throttles that are over. Safe to run anywhere, any time, by several hosts.

    Example: flask user sweep
    """
    click.echo(f"{tickets.sweep()} logins and {throttle.sweep()} throttles that were over are gone.")


@group.command()
@click.option("--day", callback=checked(to_day), help="Those of this day in Shanghai, YYYY-MM-DD; today if not given.")
def birthdays(day: date | None) -> None:
    """Give those whose birthday it is the coupon of their level. Safe to run anywhere, any time, by several hosts.

    Example: flask user birthdays
    """
    sums = user_birthdays.congratulate(day)
    click.echo(f"{sums.given} birthday coupons given, {sums.had} had theirs, {sums.out} came too late: all are issued.")

"""``flask user``: what is to be done about shoppers' logins."""

import click
from flask.cli import AppGroup

from axf.user import throttle, tickets

group = AppGroup("user", help="Tidy up shoppers' logins.")


@group.command()
def sweep() -> None:
    """Delete logins and throttles that are over. Safe to run anywhere, any time, by several hosts.

    Example: flask user sweep
    """
    click.echo(f"{tickets.sweep()} logins and {throttle.sweep()} throttles that were over are gone.")

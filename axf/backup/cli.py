"""``flask backup``: a blueprint without routes."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from alembic.script import ScriptDirectory
from flask import Blueprint, current_app
from flask.cli import AppGroup
from flask_migrate import upgrade
from sqlalchemy import URL, Engine, make_url
from sqlalchemy.exc import ArgumentError

from axf.backup import service
from axf.backup.manifest import BackupError
from axf.check.invariants import INVARIANTS, check, engine_of
from axf.core.terminal import checked
from axf.extensions import db
from axf.storage.store import StoreAway, uploads, why_away

group = AppGroup("backup", help="Make, prove and bring back backups.")
bp = Blueprint("backup", __name__, cli_group=None)
bp.cli.add_command(group)
FOLDER = click.Path(file_okay=False, path_type=Path)


def to_server(text: str) -> URL:
    """Return the address of a MariaDB. Raises ValueError."""
    wrong = ValueError("is not an address like mysql+pymysql://user:password@host")
    try:
        server = make_url(text)
    except ArgumentError:
        raise wrong from None
    if server.drivername != "mysql+pymysql":
        raise wrong
    return server


@group.command()
@click.option("--to", "into", type=FOLDER, help="Where; AXF_BACKUP_DIR if not given.")
@click.option("--keep", type=click.IntRange(1, 10_000), default=14, show_default=True, help="How many to keep.")
@click.option("--position", is_flag=True, help="Note the place in MariaDB's binary log, to go on from there.")
def create(into: Path | None, keep: int, position: bool) -> None:
    """Write the database, then the uploads, into a folder of their own. The shop goes on meanwhile.

    Example: flask backup create --keep 14
    """
    began = time.monotonic()
    with _told():
        folder = into or Path(current_app.config["BACKUP_DIR"])
        target = service.create(db.engine, uploads(), folder, keep, click.echo, has_position=position)
    click.echo(f"{target} is whole. That took {time.monotonic() - began:.1f} s.")


@group.command()
@click.argument("folder", type=FOLDER)
@click.option(
    "--server", callback=checked(to_server), help="Another MariaDB to try it on, mysql+pymysql://user:password@host."
)
def verify(folder: Path, server: URL | None) -> None:
    """Check the sums of a backup, restore it into a database of its own and run the invariants there.

    Example: flask backup verify /var/lib/axf/backups/axf-20261123T022300000000Z
    """
    with _told():
        found = service.proved(folder, _revisions(), click.echo)
        if found.revision != _revisions()[0]:
            raise BackupError(f"Its sums are right, but it is of schema {found.revision}: prove it with that release")
        click.echo("A database of its own is filled …")
        with service.scratch(folder, found, db.engine, server) as engine:
            _hold(engine)
    click.echo(f"The backup of {found.created_at} can be restored.")


@group.command()
@click.argument("folder", type=FOLDER)
def restore(folder: Path) -> None:
    """Bring a backup back into the empty database of the configuration, then run the invariants.

    Example: flask backup restore /var/lib/axf/backups/axf-20261123T022300000000Z
    """
    with _told():
        found = service.restore(folder, db.engine, uploads(), _revisions(), click.echo)
        if found.revision != _revisions()[0]:
            click.echo("The tables are brought to this release …")
            upgrade()
        engine = engine_of(db.engine)
        try:
            _hold(engine)
        finally:
            engine.dispose()
    click.echo(f"The shop is as it was at {found.created_at}. Run flask search index before it opens.")


@contextmanager
def _told() -> Iterator[None]:
    """End the command with the one sentence of what is wrong, and status 1."""
    try:
        yield
    except BackupError as wrong:
        raise click.ClickException(str(wrong)) from wrong
    except StoreAway as away:
        raise click.ClickException(why_away(away)) from away


def _hold(engine: Engine) -> None:
    """Run the invariants. Raises BackupError, naming those that are broken."""
    click.echo(f"{len(INVARIANTS)} invariants are checked …")
    broken = [each.name for each in INVARIANTS if check(engine, each, 1).broken]
    if broken:
        raise BackupError(f"The backup is there, but these invariants do not hold: {', '.join(broken)}")


def _revisions() -> list[str]:
    """Return the schema revisions of this release, the newest first."""
    migrations = current_app.extensions["migrate"].directory
    return [each.revision for each in ScriptDirectory(migrations).walk_revisions()]

"""``flask media``: a blueprint without routes."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask import Blueprint, current_app
from flask.cli import AppGroup

from axf.media import service
from axf.storage.local import Folder
from axf.storage.store import StoreAway, uploads, why_away

group = AppGroup("media", help="Move and sweep uploaded pictures.")
bp = Blueprint("media", __name__, cli_group=None)
bp.cli.add_command(group)
# Longer than uWSGI's harakiri: what was uploaded before has its row by then, or never.
PAUSE_SECONDS = 60


@group.command()
@click.argument("target", type=click.Choice(["store", "folder"]))
def copy(target: str) -> None:
    """Copy all uploads from AXF_MEDIA_DIR to the store of AXF_MEDIA_URL, or back, and compare each.

    Nothing is removed; a repeat copies what is missing. Example: flask media copy store
    """
    if not current_app.config["MEDIA_URL"]:
        raise click.ClickException("Set AXF_MEDIA_URL and its keys first: they name the store")
    folder, store = Folder(Path(current_app.config["MEDIA_DIR"])), uploads()
    with _told():
        done = service.copy(folder, store) if target == "store" else service.copy(store, folder)
    click.echo(f"{done.written} pictures are copied, {done.there} were there; all are the same in both.")


@group.command()
@click.option("--pause", type=click.IntRange(0, 3600), default=PAUSE_SECONDS, show_default=True, metavar="SECONDS")
@click.option("--all", "even_all", is_flag=True, help="Also when no row names any picture.")
def sweep(pause: int, even_all: bool) -> None:
    """Remove pictures that no avatar, review or request names, as a store that was away leaves them.

    It waits before it looks at the rows, so that no upload is under way any more. Example: flask media sweep
    """
    with _told():
        store = uploads()
        found = service.found_in(store)
        time.sleep(pause)
        click.echo(f"{service.sweep(store, found, even_all=even_all)} of {len(found)} pictures are removed.")


@contextmanager
def _told() -> Iterator[None]:
    """End the command with the one sentence of what is wrong, and status 1."""
    try:
        yield
    except StoreAway as away:
        raise click.ClickException(why_away(away)) from away
    except service.NothingNamed as odd:
        raise click.ClickException(
            f"No row names a picture, but there are {odd}: is AXF_DATABASE_URL right? Nothing was removed; --all would"
        ) from None
    except service.Differs as difference:
        raise click.ClickException(f"{difference} is not the same in both: look at it, nothing was replaced") from None
    except OSError as error:
        raise click.ClickException(f"{error.filename}: {error.strerror}") from error

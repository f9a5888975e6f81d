"""Looks at how the shop is set up on this host, and says what to do. It changes nothing."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy.exc import DBAPIError

from axf.config.table import PRODUCTION
from axf.core import metrics
from axf.observe import doctor_database
from axf.observe.finding import FAIL, OK, WARN, Finding, judged
from axf.observe.readiness import (
    LEAST_FREE,
    Patience,
    TookTooLong,
    free_bytes,
    quick_engine,
    revision_in,
    revisions,
    schema_words,
)
from axf.storage import store

PATIENCE_SECONDS = 5.0
ENOUGH_ROOM = 1024**3
LEAST_LETTERS = 12
FOLDERS = ("INSTANCE_DIR", "MEDIA_DIR", "RUN_DIR")

_database = Patience()


def examine() -> list[Finding]:
    """Return everything that was looked at. A database that is away is one finding, and takes five seconds at most."""
    config = current_app.config
    return [*of_settings(config), *of_folders(config), *of_uploads(config), *_of_database(config)]


def of_settings(config: Any) -> Iterator[Finding]:
    """Judge what needs neither disk nor database."""
    is_production = config["ENV"] == PRODUCTION
    yield judged(
        "AXF_ENV",
        config["ENV"],
        is_right=is_production,
        advice="Shoppers want production, which refuses what is unsafe.",
    )
    is_strong = len(set(config["SECRET_KEY"])) >= LEAST_LETTERS
    yield judged(
        "secret key",
        "random" if is_strong else "few different letters",
        is_right=is_strong,
        otherwise=FAIL if is_production else WARN,
        advice="Make one: python -c 'import secrets; print(secrets.token_urlsafe(48))'.",
    )
    old = len(config["SECRET_KEY_FALLBACKS"])
    yield judged("old secrets", old, is_right=not old, advice="Empty AXF_SECRET_KEY_FALLBACKS a day after the change.")
    is_https = config["BASE_URL"].startswith("https://")
    yield judged(
        "cookies",
        "Secure" if is_https else "sent in the clear",
        is_right=is_https,
        otherwise=FAIL if is_production else WARN,
        advice="Give AXF_BASE_URL with https.",
    )
    yield judged(
        "proxies in front",
        config["PROXY_COUNT"],
        is_right=config["PROXY_COUNT"] > 0 or not is_production,
        advice="Behind nginx it is 1; with 0 there all shoppers share one address and its throttles.",
    )
    yield judged(
        "log", config["LOG_FORMAT"], is_right=config["LOG_FORMAT"] == "json" or not is_production,
        advice="Machines read AXF_LOG_FORMAT=json.",
    )  # fmt: skip
    ways = config["PAYMENT_PROVIDERS"]
    yield judged(
        "ways to pay", ", ".join(ways) or "none", is_right=bool(ways), advice="List some in AXF_PAYMENT_PROVIDERS."
    )
    yield judged(
        "mail",
        "configured" if config["SMTP_URL"] else "none",
        is_right=bool(config["SMTP_URL"]),
        advice="Without AXF_SMTP_URL nothing is mailed; the inbox still tells shoppers.",
    )
    folder = os.environ.get(metrics.FOLDER, "")
    yield judged(
        "metrics folder",
        folder or "none",
        is_right=metrics.IS_SHARED,
        advice=f"Each process counts for itself. uWSGI makes the folder of {metrics.FOLDER} when it starts.",
    )


def of_folders(config: Any) -> Iterator[Finding]:
    """Judge whether the folders can be written, and how much room there is."""
    for key in FOLDERS:
        place = Path(config[key])
        above = next(each for each in (place, *place.parents) if each.exists())
        yield judged(
            f"AXF_{key}",
            place,
            is_right=above.is_dir() and os.access(above, os.W_OK | os.X_OK),
            otherwise=FAIL,
            advice="The shop's user must be able to write here.",
        )
    free = min(free_bytes(config[key]) for key in FOLDERS)
    yield judged(
        "room on disk",
        f"{free // 1024**2} MiB",
        is_right=free >= ENOUGH_ROOM,
        otherwise=WARN if free >= LEAST_FREE else FAIL,
        advice="Make room: with less than 256 MiB /readyz says no.",
    )


def of_uploads(config: Any) -> Iterator[Finding]:
    """Ask the S3-compatible store, where uploads are kept in one. It takes eight seconds at most."""
    if config["MEDIA_URL"]:
        try:
            next(store.of(config).paths("avatar/00"), None)
            is_there = True
        except store.StoreAway:
            is_there = False
        yield judged(
            "AXF_MEDIA_URL",
            config["MEDIA_URL"] if is_there else f"{config['MEDIA_URL']} does not answer or refuses",
            is_right=is_there,
            otherwise=FAIL,
            advice="Without it no picture is taken: look at AXF_S3_ENDPOINT, the keys and the bucket.",
        )
        is_moved = next(Path(config["MEDIA_DIR"]).rglob("*.webp"), None) is None
        yield judged(
            "pictures in AXF_MEDIA_DIR",
            "none" if is_moved else "some",
            is_right=is_moved,
            advice="nginx shows them first, deleted ones too: flask media copy store, then empty the folder.",
        )


def _of_database(config: Any) -> list[Finding]:
    engine = quick_engine(config["SQLALCHEMY_DATABASE_URI"])
    # The thread has no application: what needs one is asked for here.
    processes, directory = config["PROCESSES"], current_app.extensions["migrate"].directory

    def look() -> list[Finding]:
        tables = _tables(revision_in(engine), directory)
        with engine.connect() as connection:
            return [tables, *doctor_database.examine(connection, processes)]

    try:
        return _database.within(PATIENCE_SECONDS, look)
    except TookTooLong:
        reason = f"no answer within {PATIENCE_SECONDS:.0f} s"
    except DBAPIError as error:
        reason = str(error.orig.args[-1] if error.orig and error.orig.args else error)
    return [Finding("database", FAIL, reason, "Start it or mend AXF_DATABASE_URL: nothing of it could be looked at.")]


def _tables(revision: str | None, directory: str) -> Finding:
    head, known = revisions(directory)
    is_right = schema_words(revision, head, known) == OK
    advice = f"Run flask db upgrade: this code wants {head}."
    return judged("tables", revision or "none", is_right=is_right, otherwise=FAIL, advice=advice)

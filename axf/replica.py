"""A read replica for the anonymous catalogue: home, market, goods and search may be read from it, nothing else.

What these pages show is the same for everybody and may be seconds old anyway. Whatever is private, is about money,
stock that is sold or logins, and every transaction that writes, stays with the primary.
"""

import logging
import time
from typing import Any

from flask import Flask, current_app, g, has_request_context, request
from flask_sqlalchemy.session import Session
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from axf.core import db as core_db

log = logging.getLogger(__name__)

BLUEPRINTS = ("home", "market", "search")
# How long a replica that did not answer is left alone.
LEFT_ALONE_SECONDS = 10
_KEY = "axf_replica"


class Replica:
    """The replica's engine, and until when it is left alone."""

    def __init__(self, url: str) -> None:
        self.engine = create_engine(url, **core_db.engine_options(url))
        core_db.prepare_engine(self.engine)
        self.left_alone_until = 0.0

    def answers(self) -> bool:
        """Tell whether the replica can be read; one that cannot is not asked again for ten seconds."""
        if time.monotonic() < self.left_alone_until:
            return False
        try:
            self.engine.connect().close()
        except (DBAPIError, PoolTimeout) as error:
            log.warning("the replica is away, the primary is read: %s", getattr(error, "orig", error))
            self.left_alone_until = time.monotonic() + LEFT_ALONE_SECONDS
            return False
        return True


class RoutedSession(Session):
    """Reads the replica where a public catalogue page asks, the primary everywhere else."""

    def get_bind(
        self, mapper: Any = None, clause: Any = None, bind: Engine | Connection | None = None, **kwargs: Any
    ) -> Engine | Connection:
        if bind is None and not core_db.is_writing(self) and _may_read_replica():
            return current_app.extensions[_KEY].engine
        return super().get_bind(mapper, clause, bind, **kwargs)


def init_app(app: Flask) -> None:
    """Make the replica known where ``AXF_REPLICA_URL`` names one."""
    if app.config["REPLICA_URL"]:
        app.extensions[_KEY] = Replica(app.config["REPLICA_URL"])


def _may_read_replica() -> bool:
    """Tell it for the current request, asking the replica once."""
    if not has_request_context() or _KEY not in current_app.extensions:
        return False
    if not hasattr(g, "reads_replica"):
        g.reads_replica = _is_catalogue() and current_app.extensions[_KEY].answers()
    return g.reads_replica


def _is_catalogue() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    is_public = getattr(view, "is_public", False) and request.blueprint in BLUEPRINTS
    return is_public and request.method in ("GET", "HEAD") and request.endpoint != "home.readyz"

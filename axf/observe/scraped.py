"""Values that are looked up when somebody asks for the metrics. Each question to the database is bounded by a limit."""

import json
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import current_app
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import Connection, Select, func, literal, select
from sqlalchemy.exc import DBAPIError

from axf.core import clock
from axf.notice.models import Outbox
from axf.notice.outbox import State as OutboxState
from axf.observe.readiness import DRAINING, Patience, TookTooLong, free_bytes, quick_engine
from axf.order.models import Order
from axf.order.state import State
from axf.payment.models import FAILED, UNMATCHED, Payment, Refund

# More rows than this are not counted: that many is wrong enough.
MOST = 100_000
PATIENCE_SECONDS = 2.0
# An order is cancelled by the minute when its time to pay is over.
GRACE = timedelta(minutes=5)
OPEN_STATES = (State.UNPAID, State.PAID, State.PICKING, State.SHIPPED)
INVARIANTS_FILE = "invariants.json"

_database = Patience()


def registry() -> CollectorRegistry:
    """Return a registry that looks everything up when it is collected."""
    fresh = CollectorRegistry()
    fresh.register(Lookup(current_app.config["SQLALCHEMY_DATABASE_URI"], current_app.config))
    return fresh


class Lookup(Collector):
    """Looks up what the database, the disk and the last check of the invariants say."""

    def __init__(self, url: str, config: Any) -> None:
        self._url, self._config = url, config

    def describe(self) -> list[GaugeMetricFamily]:
        """Name nothing beforehand: a registry would collect everything for it."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the values; those of a database that does not answer in time are left out."""
        engine = quick_engine(self._url)

        def look() -> list[GaugeMetricFamily]:
            with engine.connect() as connection:
                return list(of_database(connection, clock.now()))

        try:
            found = _database.within(PATIENCE_SECONDS, look)
        except (DBAPIError, TookTooLong):
            found = None
        yield gauge("axf_database_up", "Whether the database answers.", int(found is not None))
        yield from found or ()
        yield from of_host(self._config)
        yield from of_invariants(Path(self._config["INSTANCE_DIR"]))


def of_database(connection: Connection, now: datetime) -> Iterator[GaugeMetricFamily]:
    """Yield what the tables say. A few queries, each along an index."""
    orders = GaugeMetricFamily("axf_orders", "Orders that something is still to happen to.", labels=["state"])
    for state in OPEN_STATES:
        orders.add_metric([state], count(connection, select(literal(1)).where(Order.state == state)))
    yield orders
    overdue = select(literal(1)).where(Order.state == State.UNPAID, Order.expires_at < now - GRACE)
    yield gauge("axf_orders_overdue", "Unpaid orders that should have been cancelled.", count(connection, overdue))
    rows = GaugeMetricFamily("axf_outbox_rows", "Notices that wait to be told, or could not be.", labels=["state"])
    for waiting in (OutboxState.WAITING, OutboxState.DEAD):
        rows.add_metric([waiting], count(connection, select(literal(1)).where(Outbox.state == waiting)))
    yield rows
    oldest = connection.scalar(select(func.min(Outbox.next_try_at)).where(Outbox.state == OutboxState.WAITING))
    late = max(0.0, (now - oldest).total_seconds()) if oldest else 0.0
    yield gauge("axf_outbox_late_seconds", "For how long the oldest notice could have been told.", late)
    breaks = GaugeMetricFamily("axf_reconcile_breaks", "Money that a person must look at.", labels=["kind"])
    unmatched = select(literal(1)).where(Payment.state == UNMATCHED, Payment.amount > 0, Payment.refunded == 0)
    breaks.add_metric(["unmatched"], count(connection, unmatched))
    breaks.add_metric(["failed_refund"], count(connection, select(literal(1)).where(Refund.state == FAILED)))
    yield breaks


def of_host(config: Any) -> Iterator[GaugeMetricFamily]:
    """Yield what is to be said of this host."""
    free = GaugeMetricFamily("axf_disk_free_bytes", "Room that is left.", labels=["folder"])
    for name in ("instance", "media"):
        free.add_metric([name], free_bytes(config[f"{name.upper()}_DIR"]))
    yield free
    is_draining = (Path(config["RUN_DIR"]) / DRAINING).exists()
    yield gauge("axf_draining", "Whether this host is being taken away.", int(is_draining))


def of_invariants(folder: Path) -> Iterator[GaugeMetricFamily]:
    """Yield what ``flask check invariants`` found when it last ran on this host; nothing when it never did."""
    try:
        written = json.loads((folder / INVARIANTS_FILE).read_text())
    except (OSError, ValueError):
        return
    broken = GaugeMetricFamily("axf_invariant_broken_rows", "Rows that break an invariant.", labels=["invariant"])
    for name, rows in written["broken"].items():
        broken.add_metric([name], rows)
    yield broken
    yield gauge("axf_invariants_checked_timestamp_seconds", "When they were last checked.", written["at"])


def write_invariants(folder: Path, broken: dict[str, int]) -> None:
    """Keep what a check found for the metrics; it replaces what an earlier one did."""
    place = folder / INVARIANTS_FILE
    aside = place.with_suffix(".part")
    aside.write_text(json.dumps({"at": int(time.time()), "broken": broken}))
    aside.replace(place)


def gauge(name: str, words: str, value: float) -> GaugeMetricFamily:
    """Return a single value."""
    return GaugeMetricFamily(name, words, value=value)


def count(connection: Connection, rows: Select) -> int:
    """Return how many rows there are, at most ``MOST``."""
    return connection.scalar(select(func.count()).select_from(rows.limit(MOST).subquery())) or 0

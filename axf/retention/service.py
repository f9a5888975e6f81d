"""Delete what is over, a batch at a time: no statement holds many rows, and any number of hosts may do it at once."""

import time
from datetime import datetime

from sqlalchemy import ColumnElement, Delete, Integer, Update, delete, literal_column, select, update

from axf.core.db import retried, rows_changed, transaction
from axf.extensions import db
from axf.retention.rules import Rule

BATCH = 1_000
# Between batches, so that replicas and shoppers come in between.
PAUSE_SECONDS = 0.02


def run(rule: Rule, now: datetime) -> int:
    """Delete (or blank) all that a rule says is over and return how many rows. Commits, a batch at a time."""
    count = 0
    while (batch := _run_some(rule, now)) == BATCH:
        count += batch
        time.sleep(PAUSE_SECONDS)
    return count + batch


@retried
def _run_some(rule: Rule, now: datetime) -> int:
    with transaction(db.session):
        return rows_changed(db.session, _bounded(rule, rule.condition(now)))


def _bounded(rule: Rule, is_over: ColumnElement[bool]) -> Delete | Update:
    """Return the statement for at most BATCH rows: MariaDB bounds it itself, SQLite by row numbers."""
    statement = update(rule.table).values({rule.blanked: ""}) if rule.blanked else delete(rule.table)
    if db.engine.dialect.name == "sqlite":
        rowid = literal_column("rowid", Integer)
        return statement.where(rowid.in_(select(rowid).select_from(rule.table).where(is_over).limit(BATCH)))
    return statement.where(is_over).with_dialect_options(mysql_limit=BATCH)

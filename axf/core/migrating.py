"""Changes of tables under a running shop: docs/migrations.md says which, in which order, and why."""

import time
from typing import Any

from alembic import op
from sqlalchemy import Column
from sqlalchemy.exc import OperationalError
from sqlalchemy.schema import CreateColumn

# How long a change may wait for the transactions before it: everybody who comes after it waits behind it.
LOCK_WAIT_SECONDS = 2
MOST_TRIES = 30
_LOCK_WAIT_OVER = 1205


def add_column(table: str, column: Column[Any]) -> None:
    """Add a column at once, whatever the table's size: nullable, or with a default of the server.

    MariaDB refuses when it would have to copy the table (ALGORITHM=INSTANT).
    """
    if _is_sqlite():
        op.add_column(table, column)
        return
    written = CreateColumn(column).compile(dialect=op.get_bind().dialect)
    alter(f"ALTER TABLE `{table}` ADD COLUMN {written}, ALGORITHM=INSTANT")


def add_index(table: str, *columns: str) -> None:
    """Add an index, named as the models name theirs, while others write (ALGORITHM=INPLACE, LOCK=NONE)."""
    name = f"ix_{table}_{'_'.join(columns)}"
    if _is_sqlite():
        op.create_index(name, table, list(columns))
        return
    alter(f"ALTER TABLE `{table}` ADD INDEX `{name}` ({', '.join(columns)}), ALGORITHM=INPLACE, LOCK=NONE")


def drop_index(table: str, *columns: str) -> None:
    """Drop an index that ``add_index`` made, while others write."""
    name = f"ix_{table}_{'_'.join(columns)}"
    if _is_sqlite():
        op.drop_index(name, table)
        return
    alter(f"ALTER TABLE `{table}` DROP INDEX `{name}`, ALGORITHM=INPLACE, LOCK=NONE")


def alter(statement: str) -> None:
    """Run a statement of MariaDB; when somebody holds the table for long, step back, let others pass, try again."""
    op.execute(f"SET SESSION lock_wait_timeout={LOCK_WAIT_SECONDS}")  # nosemgrep: sql-built-from-text
    for attempt in range(1, MOST_TRIES + 1):
        try:
            op.execute(statement)
            return
        except OperationalError as error:
            if attempt == MOST_TRIES or not error.orig or error.orig.args[0] != _LOCK_WAIT_OVER:
                raise
            time.sleep(min(attempt, 5))


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"

"""Keyset paging: an opaque cursor carries the sort values of the last row that was shown."""

import base64
import binascii
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, or_

from axf.core.errors import NotFound

# The largest number both databases keep in an INTEGER column.
LARGEST_INT = 2**31 - 1


def encode_cursor(values: Sequence[int]) -> str:
    """Return the cursor for a row with these sort values."""
    text = json.dumps([int(value) for value in values], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(text: str, length: int) -> tuple[int, ...]:
    """Return the ``length`` sort values in a cursor. Raises NotFound when it is not one of ours."""
    try:
        values = json.loads(base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4)))
    except (ValueError, binascii.Error, RecursionError) as error:
        raise NotFound(what="cursor") from error
    if not isinstance(values, list) or len(values) != length or not all(map(_is_small_int, values)):
        raise NotFound(what="cursor")
    return tuple(values)


def after(columns: Sequence[SQLColumnExpression[Any]], values: Sequence[Any], *, down: bool) -> ColumnElement[bool]:
    """Return the condition "comes after ``values``" for rows sorted by ``columns``, all in one direction.

    The values are integers, or bind parameters for them.

    Written out as (a < x) OR (a = x AND b < y) …: MariaDB does not use an index for the
    shorter row comparison (a, b) < (x, y).
    """
    steps = []
    for i, column in enumerate(columns):
        beyond = column < values[i] if down else column > values[i]
        steps.append(and_(*(columns[j] == values[j] for j in range(i)), beyond))
    return or_(*steps)


def instant_cursor(instant: datetime, row_id: int) -> str:
    """Return the cursor for a row in a list by time, newest first: seconds, microseconds and the id."""
    return encode_cursor([int(instant.timestamp()), instant.microsecond, row_id])


def older_than(
    instant: SQLColumnExpression[datetime], row_id: SQLColumnExpression[int], cursor: str
) -> ColumnElement[bool]:
    """Return the condition for rows after those that end with ``instant_cursor``. Raises NotFound."""
    seconds, microseconds, last_id = decode_cursor(cursor, 3)
    if seconds < 0 or not 0 <= microseconds < 1_000_000:
        raise NotFound(what="cursor")
    last = datetime.fromtimestamp(seconds, tz=UTC).replace(microsecond=microseconds)
    return (instant < last) | ((instant == last) & (row_id < last_id))


def _is_small_int(value: Any) -> bool:
    return type(value) is int and -LARGEST_INT <= value <= LARGEST_INT

"""Rows of a seed file against the tables' columns, and rows on their way into the tables."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import Boolean, Column, Integer, String, insert, select, update

from axf.core.db import AnySession, Base, UTCDateTime, WordSet, table_of
from axf.core.paging import LARGEST_INT
from axf.seed.report import TableReport

Values = dict[str, Any]

_PICTURE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def fitted(model: type[Base], values: Mapping[str, Any]) -> Values:
    """Return the values as their columns take them: 0/1 as bool, text of an instant as aware UTC.

    Raises ValueError, in words for the person who wrote the row, when one does not fit.
    """
    columns = table_of(model).columns
    return {name: _fit(columns[name], value) for name, value in values.items()}


def save(
    session: AnySession,
    model: type[Base],
    rows: Iterable[Values],
    counts: TableReport,
    *,
    known: Mapping[Any, Mapping[str, Any]],
    key: Sequence[str],
) -> list[Values]:
    """Insert the rows whose ``key`` is not ``known``, update the known ones that differ, count both.

    ``known`` is what ``rows_by`` returned for the key; only columns that a row brings are compared.
    Bulk statements. Returns the rows that were new. The caller commits.
    """
    key_of, identity = itemgetter(*key), [column.name for column in table_of(model).primary_key]
    new, changed = [], []
    for row in rows:
        before = known.get(key_of(row))
        if before is None:
            new.append(row)
        elif any(before[name] != value for name, value in row.items()):
            changed.append({**row, **{name: before[name] for name in identity}})
        else:
            counts.unchanged += 1
    counts.added += len(new)
    counts.changed += len(changed)
    if new:
        session.execute(insert(table_of(model)), new)
    if changed:
        session.execute(update(model), sorted(changed, key=itemgetter(*identity)))
    return new


def rows_by(
    session: AnySession, model: type[Base], key: Sequence[str], *, locks: bool = False
) -> dict[Any, Mapping[str, Any]]:
    """Return the table's rows by one of their columns, or by a tuple of several; ``locks`` them in id order."""
    query = select(table_of(model)).order_by(*table_of(model).primary_key)
    rows = session.execute(query.with_for_update() if locks else query).mappings().all()
    key_of = itemgetter(*key)
    return {key_of(row): dict(row) for row in rows}


def _fit(column: Column[Any], value: Any) -> Any:
    if value is None:
        if not column.nullable:
            raise ValueError(f"{column.name} may not be NULL")
        return None
    if isinstance(column.type, Boolean):
        if value not in (0, 1) or isinstance(value, str):
            raise ValueError(f"{column.name} is neither 0 nor 1")
        return bool(value)
    if isinstance(column.type, Integer):
        # MariaDB takes a key of 0 for "choose one".
        least = 1 if column.primary_key else 0
        if type(value) is not int or not least <= value <= LARGEST_INT:
            raise ValueError(f"{column.name} is not a whole number from {least} to {LARGEST_INT}")
        return value
    if not isinstance(value, str):
        raise ValueError(f"{column.name} is not text in quotes")
    if isinstance(column.type, UTCDateTime):
        return _instant(column.name, value)
    if isinstance(column.type, WordSet):
        return _words(column.name, column.type.words, value)
    if isinstance(column.type, String) and column.type.length and len(value) > column.type.length:
        raise ValueError(f"{column.name} is longer than {column.type.length} characters")
    if column.name == "picture" and not _PICTURE.fullmatch(value):
        raise ValueError("picture is not a plain name like red-apple")
    return value


def _words(name: str, known: tuple[str, ...], text: str) -> frozenset[str]:
    words = frozenset(filter(None, text.split(",")))
    if not words <= set(known):
        raise ValueError(f"{name} is not a list, with commas, of {', '.join(known)}")
    return words


def _instant(name: str, text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{name} is not a time like 2026-11-06 00:05:00") from error
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)

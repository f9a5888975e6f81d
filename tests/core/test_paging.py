"""Keyset paging."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Integer, create_engine, insert, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from axf.core.db import UTCDateTime
from axf.core.errors import NotFound
from axf.core.paging import LARGEST_INT, after, decode_cursor, encode_cursor, instant_cursor, older_than

numbers = st.integers(-LARGEST_INT, LARGEST_INT)


class Base(DeclarativeBase):
    type_annotation_map = {int: Integer}


class Row(Base):
    __tablename__ = "row"

    id: Mapped[int] = mapped_column(primary_key=True)
    a: Mapped[int]
    b: Mapped[int]


@given(st.lists(numbers, min_size=1, max_size=4))
def test_a_cursor_brings_back_what_was_put_in(values):
    cursor = encode_cursor(values)
    assert decode_cursor(cursor, len(values)) == tuple(values)
    assert cursor.isascii()
    assert not set(cursor) & set("=+/&?# ")


def test_a_flag_is_a_number_to_a_cursor():
    assert decode_cursor(encode_cursor([True, 5]), 2) == (1, 5)


@given(st.text(max_size=60), st.integers(1, 3))
def test_any_text_is_a_cursor_or_not_found(text, length):
    try:
        values = decode_cursor(text, length)
    except NotFound:
        return
    assert len(values) == length
    assert all(type(value) is int for value in values)


@pytest.mark.parametrize(
    "said",
    [
        [],
        [1],
        [1, 2, 3],
        ["1", 2],
        [1.0, 2],
        [True, 2],
        [None, 2],
        [LARGEST_INT + 1, 2],
        [10**400, 2],
        {"a": 1},
        12,
        "12",
    ],
)
def test_a_cursor_with_other_contents_is_not_found(said):
    with pytest.raises(NotFound):
        decode_cursor(base64.urlsafe_b64encode(json.dumps(said).encode()).decode(), 2)


@pytest.mark.parametrize("said", [b"[" * 100_000, b"NaN", b"[1, NaN]", b"\xff", b"[9" + b"9" * 5000 + b", 2]"])
def test_a_cursor_that_would_hurt_the_parser_is_not_found(said):
    with pytest.raises(NotFound):
        decode_cursor(base64.urlsafe_b64encode(said).decode(), 2)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=12), st.integers(1, 4), st.booleans())
def test_pages_joined_are_the_whole_list(rows, size, down):
    engine = create_engine("sqlite://")
    columns = (Row.a, Row.b, Row.id)
    with engine.connect() as connection:
        Base.metadata.create_all(connection)
        for number, (a, b) in enumerate(rows, 1):
            connection.execute(insert(Row).values(id=number, a=a, b=b))
        ordered = select(*columns).order_by(*(column.desc() if down else column for column in columns))
        whole = [tuple(row) for row in connection.execute(ordered)]
        joined, cursor = [], None
        for _ in range(len(rows) + 1):
            page = ordered if cursor is None else ordered.where(after(columns, decode_cursor(cursor, 3), down=down))
            found = [tuple(row) for row in connection.execute(page.limit(size))]
            if not found:
                break
            joined += found
            cursor = encode_cursor(found[-1])
    engine.dispose()
    assert joined == whole


class Event(Base):
    __tablename__ = "event"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)


def test_pages_by_time_joined_are_the_whole_list():
    engine = create_engine("sqlite://")
    first = datetime(2026, 3, 1, 12, tzinfo=UTC)
    instants = [first, first, first + timedelta(microseconds=1), first - timedelta(seconds=1), first]
    with engine.connect() as connection:
        Base.metadata.create_all(connection)
        connection.execute(insert(Event), [{"id": number, "at": at} for number, at in enumerate(instants, 1)])
        newest_first = select(Event.at, Event.id).order_by(Event.at.desc(), Event.id.desc())
        joined, cursor = [], None
        while True:
            page = newest_first if cursor is None else newest_first.where(older_than(Event.at, Event.id, cursor))
            row = connection.execute(page.limit(1)).first()
            if row is None:
                break
            joined.append(row.id)
            cursor = instant_cursor(*row)
    engine.dispose()
    assert joined == [3, 5, 2, 1, 4]


@pytest.mark.parametrize("values", [[-1, 0, 1], [1, -1, 1], [1, 1_000_000, 1], [1, 1]])
def test_a_cursor_of_no_instant_is_not_found(values):
    with pytest.raises(NotFound):
        older_than(Event.at, Event.id, encode_cursor(values))

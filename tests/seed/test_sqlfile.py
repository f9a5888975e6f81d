"""Dumps are read strictly: three dialects, and every way a file can be broken."""

from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from axf.seed.sqlfile import Insert, SeedFileError, decode, read_inserts
from tests.seed.conftest import BY_HAND, EXTENDED, ROWS, dump, small


def test_values_keep_their_kinds():
    text = "INSERT INTO `t` (`a`, b, key, position, e, f, g) VALUES (1, -2.50, \"x'y\", 'z''\\'\\n', NULL, TRUE, 1e3);"
    values = (1, Decimal("-2.50"), "x'y", "z''\n", None, True, Decimal("1E+3"))
    assert list(read_inserts(text)) == [Insert("t", ("a", "b", "key", "position", "e", "f", "g"), (values,), 1, (1,))]


def test_columns_come_from_create_table():
    text = "CREATE TABLE `t` (`id` int, `n` varchar(9) DEFAULT 'a;b', PRIMARY KEY (`id`) USING BTREE, KEY k (n));\n"
    (insert,) = read_inserts(text + "INSERT INTO t VALUES (1, 'x'),\n(2, 'y');")
    assert insert == Insert("t", ("id", "n"), ((1, "x"), (2, "y")), 2, (2, 3))


def test_columns_are_unknown_without_either():
    (insert,) = read_inserts("insert into d.t values (1);")
    assert insert == Insert("t", None, ((1,),), 1, (1,))


def test_the_rest_of_a_dump_is_skipped_by_name():
    text = """-- INSERT INTO t VALUES (1);
    # a note with a ' in it
    /*!40101 SET NAMES utf8 */;
    SET FOREIGN_KEY_CHECKS = 0; SET @old = 'INSERTED; it''s'; USE shop;
    DROP TABLE IF EXISTS `t`; LOCK TABLES `t` WRITE; UNLOCK TABLES; BEGIN; COMMIT; START TRANSACTION; COMMIT;;
    /* INSERT INTO t VALUES (1); */ -- the end"""
    assert list(read_inserts(text)) == []


@pytest.mark.parametrize(("name", "statements", "rows"), [(EXTENDED, 7, 871), (ROWS, 897, 897), (BY_HAND, 7, 54)])
def test_the_three_dialects(name, statements, rows):
    inserts = list(read_inserts(dump(name)))
    assert (len(inserts), sum(len(insert.rows) for insert in inserts)) == (statements, rows)
    assert all(insert.columns and len(insert.rows[0]) == len(insert.columns) for insert in inserts)


def test_both_whole_dumps_say_the_same():
    """The dialects differ in quotes, doubles and decimals, in doubled rows and in two numbers made unique."""
    extended, by_row = (
        {
            row[0]: [str(Decimal(value)) if place in (8, 9) else str(value) for place, value in enumerate(row)]
            for insert in read_inserts(dump(name))
            if insert.table == "axf_goods"
            for row in insert.rows
        }
        for name in (EXTENDED, ROWS)
    )
    prices = {number: [Decimal(price) for price in row[8:10]] for number, row in extended.items()}
    assert prices == {number: [Decimal(price) for price in row[8:10]] for number, row in by_row.items()}
    differing = [
        number for number, row in extended.items() if row[:8] + row[10:] != by_row[number][:8] + by_row[number][10:]
    ]
    assert differing == [554, 555]


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("\n\nUPDATE t SET a = 1;", 3, "unexpected 'UPDATE'"),
        ("\nDELETE FROM t;", 2, "unexpected 'DELETE'"),
        ("SELECT 1;", 1, "unexpected 'SELECT'"),
        ("REPLACE INTO t VALUES (1);", 1, "unexpected 'REPLACE'"),
        ("ALTER TABLE t ADD COLUMN a int;", 1, "unexpected 'ALTER'"),
        ("CREATE VIEW v AS SELECT 1;", 1, "only a CREATE TABLE"),
        ("CREATE TABLE t AS SELECT 1;", 1, "only a CREATE TABLE"),
        ("CREATE TABLE t (id int) SELECT 1;", 1, "only a CREATE TABLE"),
        ("CREATE TABLE t (id int;", 1, "cannot be read"),
        ("CREATE TABLE t (PRIMARY KEY (id));", 1, "a CREATE TABLE without columns"),
        ("CREATE TABLE t " + "(" * 5000 + ";", 1, "cannot be read"),
        ("INSERT INTO t VALUES (1),\n(NOW());", 2, "unexpected 'NOW'"),
        ("INSERT INTO t VALUES (1),\n(2 + 3);", 2, "unexpected '+'"),
        ("INSERT INTO t VALUES (1),\n(name);", 2, "unexpected 'name'"),
        ("INSERT INTO t VALUES ((SELECT 1));", 1, "unexpected '('"),
        ("INSERT INTO t VALUES (@a);", 1, "unexpected '@'"),
        ("INSERT INTO t VALUES (0x41);", 1, "unexpected"),
        ("INSERT INTO t VALUES (_binary 'a');", 1, "unexpected '_binary'"),
        ("INSERT INTO t VALUES ('a' 'b');", 1, "unexpected 'b'"),
        ("INSERT INTO t VALUES (1e999);", 1, "unexpected '1e999'"),
        ("INSERT INTO t VALUES (" + "9" * 5000 + ");", 1, "unexpected '9"),
        ("INSERT INTO t VALUES (1,,2);", 1, "unexpected ','"),
        ("INSERT INTO t VALUES (1,);", 1, "unexpected ')'"),
        ("INSERT INTO t VALUES ();", 1, "unexpected ')'"),
        ("INSERT INTO t VALUES (1)(2);", 1, "unexpected '('"),
        ("INSERT INTO t VALUES (1),;", 1, "breaks off"),
        ("INSERT INTO t VALUES (1;", 1, "breaks off"),
        ("INSERT INTO t VALUES;", 1, "breaks off"),
        ("INSERT INTO t SET a = 1;", 1, "unexpected 'SET'"),
        ("INSERT INTO t SELECT 1;", 1, "unexpected 'SELECT'"),
        ("INSERT IGNORE INTO t VALUES (1);", 1, "unexpected 'IGNORE'"),
        ("INSERT INTO t VALUES (1)\nON DUPLICATE KEY UPDATE a = 1;", 2, "unexpected 'ON'"),
        ("INSERT INTO t (a, a) VALUES (1, 2);", 1, "the column a comes twice"),
        ("INSERT INTO t (a, b) VALUES\n(1, 2),\n(3);", 3, "a row of 1 values for 2 columns"),
        ("CREATE TABLE t (a int, b int);\nINSERT INTO t VALUES (1, 2, 3);", 2, "a row of 3 values for 2 columns"),
        ("INSERT INTO t VALUES (1);\nINSERT INTO t VALUES (2)", 2, "no ';' at its end"),
        ("SET NAMES utf8", 1, "no ';' at its end"),
        ("SET NAMES utf8\nINSERT INTO t VALUES (1);", 2, "INSERT inside a SET statement"),
        ("LOCK TABLES t WRITE\n;\nINSERT INTO t VALUES (1);", 1, "UNLOCK TABLES"),
        ("\nBEGIN;\nINSERT INTO t VALUES (1);", 2, "COMMIT"),
        ("INSERT INTO t VALUES ('a);\nINSERT INTO t VALUES (2, 'b');\n", 1, "never closed"),
        ("INSERT INTO t VALUES (1, 'a);\nINSERT INTO t VALUES (2, 'yes');\n", 1, "unexpected 'yes'"),
        ("SET NAMES utf8;\n\nINSERT INTO t VALUES ('a", 3, "never closed"),
        ("INSERT INTO t VALUES\n('a\\", 2, "never closed"),
        ("SET NAMES utf8;\nINSERT INTO t VALUES\n('", 3, "never closed"),
        ("SET NAMES utf8;\n`", 2, "never closed"),
        ("SET NAMES utf8;\n/*", 2, "never closed"),
        ("/* a\n/* b", 2, "never closed"),
        ("INSERT INTO `t VALUES (1);", 1, "never closed"),
        ("SET NAMES utf8;\n/* INSERT INTO t VALUES (1);", 2, "never closed"),
        ("x'zz';", 1, "cannot be read"),
        ("SET NAMES utf8;\nINSERT INTO t VALUES ('a\0b');", 2, "NUL byte"),
        ("<html>", 1, "no ';'"),
        ("<html>;", 1, "unexpected '<'"),
    ],
)
def test_broken_files_say_line_and_reason(text, line, reason):
    with pytest.raises(SeedFileError) as caught:
        list(read_inserts(text))
    assert caught.value.line == line
    assert reason in caught.value.reason


@pytest.mark.parametrize(
    ("data", "line"), [(b"SET NAMES utf8;\n\xe4\xf6", 2), ("-- 你好\n".encode("gbk"), 1), ("SET".encode("utf-16"), 1)]
)
def test_not_utf8(data, line):
    with pytest.raises(SeedFileError) as caught:
        decode(data)
    assert (caught.value.line, caught.value.reason) == (line, "not UTF-8 text")


def test_a_byte_order_mark_is_no_text():
    assert decode(b"\xef\xbb\xbfSET NAMES utf8;") == "SET NAMES utf8;"


def test_the_error_names_the_file_when_it_is_known():
    assert str(SeedFileError(3, "odd")) == "line 3: odd"
    assert str(SeedFileError(3, "odd", "a.sql")) == "a.sql, line 3: odd"


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=4),
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30),
)


def quoted(value, quote):
    if isinstance(value, str):
        return quote + value.replace("\\", "\\\\").replace(quote, quote * 2) + quote
    return "NULL" if value is None else str(value)


@settings(deadline=None)
@given(st.lists(st.lists(VALUES, min_size=3, max_size=3), min_size=1, max_size=5), st.sampled_from("'\""))
def test_what_was_written_is_read(rows, quote):
    written = ", ".join("(" + ", ".join(quoted(value, quote) for value in row) + ")" for row in rows)
    (insert,) = read_inserts(f"INSERT INTO t (a, b, c) VALUES {written};")
    assert insert.rows == tuple(map(tuple, rows))


SQL = st.lists(
    st.sampled_from(
        ["INSERT INTO t VALUES ", "CREATE TABLE t (a int)", "(", ")", ",", ";", "'", '"', "`", "1", "NULL", "--", "/*",
         "*/", "#", "\n", "\\", "SET ", "x", "BEGIN", "0x", "b'", "@", ".", "é", "\0"]
    ),
    max_size=25,
)  # fmt: skip


@settings(deadline=None)
@given(SQL.map("".join) | st.text(max_size=60))
@example("/*")
@example("'';")
def test_any_text_is_read_or_refused(text):
    try:
        for insert in read_inserts(text):
            assert insert.rows
    except SeedFileError as error:
        assert 1 <= error.line <= text.count("\n") + 1


@pytest.mark.parametrize("name", ["extended", "rows", "by_hand"])
@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_a_cut_file_is_refused_or_ends_between_groups_of_statements(name, data):
    text = small(name)
    whole = list(read_inserts(text))
    cut = text[: data.draw(st.integers(0, len(text) - 1))]
    try:
        found = list(read_inserts(cut))
    except SeedFileError:
        return
    assert found == whole[: len(found)]
    # A table that is there at all is there with all of its rows.
    assert {insert.table for insert in found}.isdisjoint(insert.table for insert in whole[len(found) :])

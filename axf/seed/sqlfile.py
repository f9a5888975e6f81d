"""Read the INSERTs of a database dump as values; nothing in the file is ever executed.

The quoting, escapes and comments of MySQL are sqlglot's business. What is between them is read
more strictly than sqlglot's parser would: it forgives ``(1,,2)`` and ``(1)(2)``, and a dump that
needs forgiving is a broken one.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import NoReturn

from sqlglot import exp
from sqlglot.dialects.mysql import MySQL
from sqlglot.errors import TokenError
from sqlglot.tokens import Token, TokenType

Literal = int | Decimal | str | bool | None

_SKIPPED = {"SET", "DROP", "LOCK", "UNLOCK", "BEGIN", "START", "COMMIT", "USE"}
# A statement that is skipped may not swallow the next one because its ';' is missing.
_SWALLOWED = re.compile(r"\b(INSERT|REPLACE|UPDATE|DELETE|SELECT|CREATE|VALUES)\b", re.IGNORECASE)
# What opens a group of statements, and what must come before the file ends.
_OPENED_BY = {"LOCK": "UNLOCK TABLES", "BEGIN": "COMMIT", "START": "COMMIT"}
_CLOSED_BY = {"UNLOCK": "UNLOCK TABLES", "COMMIT": "COMMIT"}
_NUMBER = re.compile(r"\d{1,40}(\.\d{0,40})?(e[+-]?\d{1,2})?", re.IGNORECASE)
_SPACE_AND_COMMENTS = re.compile(r"(\s|\ufeff|--[^\n]*|#[^\n]*|/\*.*?\*/)*", re.DOTALL)
_NEVER_CLOSED = "a quote or comment that begins here is never closed"
_WORDS: dict[TokenType, Literal] = {TokenType.NULL: None, TokenType.TRUE: True, TokenType.FALSE: False}


class SeedFileError(Exception):
    """The file cannot be read as a dump; ``line`` counts from 1, ``file`` is its name when known."""

    def __init__(self, line: int, reason: str, file: str | None = None) -> None:
        super().__init__(line, reason)
        self.line, self.reason, self.file = line, reason, file

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.reason}" if self.file else f"line {self.line}: {self.reason}"


@contextmanager
def in_file(name: str) -> Iterator[None]:
    """Give every SeedFileError that leaves the block the name of its file."""
    try:
        yield
    except SeedFileError as error:
        raise SeedFileError(error.line, error.reason, name) from error


@dataclass(frozen=True)
class Insert:
    """An INSERT: the rows' values, the columns they belong to, and the line of each row.

    ``columns`` come from the statement or else from the table's CREATE TABLE; None when neither says.
    """

    table: str
    columns: tuple[str, ...] | None
    rows: tuple[tuple[Literal, ...], ...]
    line: int
    row_lines: tuple[int, ...]


def decode(data: bytes) -> str:
    """Return the file's text. Raises SeedFileError, with the line of the first wrong byte, when it is not UTF-8."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SeedFileError(data.count(b"\n", 0, error.start) + 1, "not UTF-8 text") from error


def read_inserts(text: str) -> Iterator[Insert]:
    """Yield the INSERTs of a MySQL dump in order; numbers are int or Decimal, never float.

    SET, DROP, LOCK, UNLOCK, BEGIN, COMMIT, USE and comments (also ``/*!…*/``) are skipped, CREATE TABLE
    is read for the order of its columns.
    Raises SeedFileError for anything else, for a row with the wrong number of values, and for a file that
    was cut: in a statement, in a comment, or between LOCK TABLES or BEGIN and its end. It may raise after
    some INSERTs were yielded: read all of them before you use one.
    """
    if "\0" in text:
        raise SeedFileError(text.count("\n", 0, text.index("\0")) + 1, "a NUL byte: not a text dump")
    lines = _Lines(text)
    tokens, torn = _tokenize(text, lines)
    columns: dict[str, tuple[str, ...]] = {}
    still_open: dict[str, int] = {}
    for statement in _statements(tokens, lines, torn):
        line, verb = lines.of(statement[0]), "".join(statement[0].text.split()[:1]).upper()
        if verb == "INSERT":
            yield _InsertReader(statement, lines, columns).read()
        elif verb == "CREATE":
            columns.update(_created_columns(statement, text, line))
        elif verb in _SKIPPED:
            _check_skipped(statement, text, lines)
            if verb in _OPENED_BY:
                still_open[_OPENED_BY[verb]] = line
            still_open.pop(_CLOSED_BY.get(verb, ""), None)
        else:
            raise SeedFileError(line, f"unexpected {_shown(statement[0])}: only INSERT and CREATE TABLE are read")
    for wanted, line in still_open.items():
        raise SeedFileError(line, f"the {wanted} that belongs to this never comes: the file was cut")


class _Lines:
    """Tells the line of an offset."""

    def __init__(self, text: str) -> None:
        self.ends = [match.start() for match in re.finditer("\n", text)]

    def at(self, offset: int) -> int:
        return bisect_right(self.ends, offset - 1) + 1

    def of(self, token: Token) -> int:
        return self.at(token.start)


def _tokenize(text: str, lines: _Lines) -> tuple[list[Token], SeedFileError | None]:
    """Return the tokens, and why they end before the text does.

    The tokens before a quote that is never closed are returned too: mostly the quote that is
    really missing stands further up, where they stop making sense.
    """
    try:
        # sqlglot can tell where a quote began unless the text ends right behind it.
        tokens = MySQL().tokenize(text + "\n")
    except TokenError as error:
        found = re.search(r"(Missing .|invalid characters) from \d+:(\d+)", str(error.__cause__))
        # Without an offset it was a comment, which no other comment can follow.
        start = int(found[2]) if found else max(text.rfind("/*"), 0)
        reason = "what begins here cannot be read" if found and found[1] == "invalid characters" else _NEVER_CLOSED
        torn = SeedFileError(lines.at(start), reason)
        try:
            return MySQL().tokenize(text[:start]), torn
        except TokenError:
            return [], torn
    rest = _SPACE_AND_COMMENTS.match(text, tokens[-1].end + 1 if tokens else 0)
    if rest and rest.end() < len(text):
        return tokens, SeedFileError(lines.at(rest.end()), _NEVER_CLOSED)
    return tokens, None


def _statements(tokens: list[Token], lines: _Lines, torn: SeedFileError | None) -> Iterator[list[Token]]:
    """Yield the tokens of each statement without its semicolon. Raises SeedFileError when the last one has none."""
    statement: list[Token] = []
    for token in tokens:
        if token.token_type is not TokenType.SEMICOLON:
            statement.append(token)
        elif statement:
            yield statement
            statement = []
    if torn:
        raise _earlier(statement, lines, torn)
    if statement:
        raise SeedFileError(lines.of(statement[0]), "this statement has no ';' at its end: the file was cut")


def _earlier(statement: list[Token], lines: _Lines, torn: SeedFileError) -> SeedFileError:
    """Return what is wrong in the INSERT before the torn quote, or the torn quote in the line of its row."""
    if not statement or statement[0].token_type is not TokenType.INSERT:
        return torn
    reader = _InsertReader(statement, lines, {})
    try:
        reader.read()
    except SeedFileError as error:
        if reader.place < len(statement):
            return error
    return SeedFileError(reader.row_line or torn.line, torn.reason)


def _check_skipped(statement: list[Token], text: str, lines: _Lines) -> None:
    start = statement[0].end + 1
    swallowed = _SWALLOWED.search(text, start, statement[-1].end + 1)
    if swallowed:
        reason = f"{swallowed[0]} inside a {statement[0].text} statement: is a ';' missing?"
        raise SeedFileError(lines.at(swallowed.start()), reason)


def _created_columns(statement: list[Token], text: str, line: int) -> dict[str, tuple[str, ...]]:
    try:
        (created,) = MySQL().parser().parse(statement, text)
    except Exception as error:  # a parser that is fed broken text may fail in any way
        raise SeedFileError(line, "this CREATE TABLE cannot be read") from error
    schema = created.this if isinstance(created, exp.Create) and created.kind == "TABLE" else None
    if created is None or not isinstance(schema, exp.Schema) or created.expression:
        raise SeedFileError(line, "only a CREATE TABLE with its columns is read")
    names = tuple(part.name.lower() for part in schema.expressions if isinstance(part, exp.ColumnDef))
    if not names:
        raise SeedFileError(line, "a CREATE TABLE without columns")
    return {schema.this.name.lower(): names}


class _InsertReader:
    """Reads ``INSERT INTO table [(columns)] VALUES (values), …`` from its tokens, and nothing more."""

    def __init__(self, statement: list[Token], lines: _Lines, known: dict[str, tuple[str, ...]]) -> None:
        self.tokens, self.lines, self.known = statement, lines, known
        self.place = 0
        self.row_line: int | None = None

    def read(self) -> Insert:
        line = self.lines.of(self.tokens[0])
        self.take(TokenType.INSERT)
        self.take(TokenType.INTO)
        table = self.name()
        while self.found(TokenType.DOT):
            table = self.name()
        columns = self.columns() if self.peek() is TokenType.L_PAREN else self.known.get(table)
        self.take(TokenType.VALUES)
        rows: list[tuple[Literal, ...]] = []
        row_lines: list[int] = []
        while not rows or self.found(TokenType.COMMA):
            self.row_line = self.lines.of(self.tokens[min(self.place, len(self.tokens) - 1)])
            row_lines.append(self.row_line)
            rows.append(self.row(columns))
            self.row_line = None
        if self.place < len(self.tokens):
            self.fail()
        return Insert(table, columns, tuple(rows), line, tuple(row_lines))

    def columns(self) -> tuple[str, ...]:
        names: list[str] = []
        self.take(TokenType.L_PAREN)
        while not names or self.found(TokenType.COMMA):
            names.append(self.name())
            if names.count(names[-1]) > 1:
                self.fail(f"the column {names[-1]} comes twice")
        self.take(TokenType.R_PAREN)
        return tuple(names)

    def row(self, columns: tuple[str, ...] | None) -> tuple[Literal, ...]:
        values: list[Literal] = []
        self.take(TokenType.L_PAREN)
        while not values or self.found(TokenType.COMMA):
            values.append(self.value())
        self.take(TokenType.R_PAREN)
        if columns and len(values) != len(columns):
            self.fail(f"a row of {len(values)} values for {len(columns)} columns")
        return tuple(values)

    def value(self) -> Literal:
        negative = self.found(TokenType.DASH)
        kind, text = self.peek(), self.tokens[self.place].text if self.place < len(self.tokens) else ""
        if kind is TokenType.NUMBER and _NUMBER.fullmatch(text):
            self.place += 1
            number = int(text) if text.isdigit() else Decimal(text)
            return -number if negative else number
        if negative or (kind is not TokenType.STRING and kind not in _WORDS):
            self.fail()
        self.place += 1
        return text if kind is TokenType.STRING else _WORDS[kind]

    def name(self) -> str:
        token = self.tokens[self.place] if self.place < len(self.tokens) else None
        if token is None or (token.token_type is not TokenType.IDENTIFIER and not _is_word(token)):
            self.fail()
        self.place += 1
        return token.text.lower()

    def peek(self) -> TokenType | None:
        return self.tokens[self.place].token_type if self.place < len(self.tokens) else None

    def found(self, kind: TokenType) -> bool:
        if self.peek() is not kind:
            return False
        self.place += 1
        return True

    def take(self, kind: TokenType) -> None:
        if not self.found(kind):
            self.fail()

    def fail(self, reason: str | None = None) -> NoReturn:
        token = self.tokens[min(self.place, len(self.tokens) - 1)]
        if reason is None:
            reason = f"unexpected {_shown(token)}" if self.place < len(self.tokens) else "the statement breaks off"
        raise SeedFileError(self.row_line or self.lines.of(token), reason)


def _is_word(token: Token) -> bool:
    return token.token_type not in (TokenType.STRING, TokenType.NUMBER) and token.text.isidentifier()


def _shown(token: Token) -> str:
    text = token.text if len(token.text) <= 30 else token.text[:29] + "…"
    return repr(text)

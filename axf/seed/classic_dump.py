"""Read a dump of the classic AXF shop: which tables are taken, which are left, which do not belong there."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from axf.core.money import fen
from axf.core.paging import LARGEST_INT
from axf.seed.sqlfile import SeedFileError, read_inserts

HOME = ("axf_wheel", "axf_nav", "axf_mustbuy", "axf_shop", "axf_mainshow")
TYPES, GOODS = "axf_foodtypes", "axf_goods"
_PICTURE_COLUMNS = {"img", "name", "trackid"}
_NEEDED = {
    TYPES: {"typeid", "typename", "childtypenames", "typesort"},
    GOODS: {
        "productid", "productlongname", "isxf", "pmdesc", "specifics", "price", "marketprice", "categoryid",
        "childcid", "childcidname", "storenums", "productnum",
    },
    **dict.fromkeys(HOME, _PICTURE_COLUMNS),
}  # fmt: skip
_PEOPLE = "shoppers, carts and orders of another shop are not taken over"
LEFT_OUT = {
    "axf_brand": "axf_mainshow says the same",
    "axf_brand_product": "the goods of a banner are chosen from what is imported",
    **dict.fromkeys(("axf_users", "axf_user", "axf_users_ticket", "axf_cart", "axf_order", "axf_order_goods"), _PEOPLE),
}
_FRAMEWORKS = ("django_", "auth_", "alembic_")


@dataclass(frozen=True)
class DumpRow:
    """A row with its values by column name, and the line it stands in."""

    values: dict[str, Any]
    line: int

    @property
    def where(self) -> str:
        return f"line {self.line}"

    def text(self, column: str) -> str:
        """Return a column as text without spaces around it; NULL is empty."""
        value = self.values[column]
        return "" if value is None else str(value).strip()

    def number(self, column: str) -> int:
        """Return a column as a whole number, quoted or not. Raises ValueError when it is none from 0 up."""
        text = self.text(column)
        if not (text.isascii() and text.isdigit() and len(text) <= 10 and int(text) <= LARGEST_INT):
            raise ValueError(f"{column} {text!r} is not a whole number from 0 to {LARGEST_INT}")
        return int(text)

    def flag(self, column: str) -> bool:
        """Return a column that is 1 for yes, as a number or as text."""
        return self.text(column) in ("1", "True")

    def amount(self, column: str) -> int:
        """Return yuan (a double, a decimal or text in the dump) as fen. Raises ValueError."""
        try:
            yuan = Decimal(self.text(column))
            amount = fen(yuan) if yuan.is_finite() else -1
        except InvalidOperation:
            amount = -1
        if not 0 <= amount <= LARGEST_INT:
            raise ValueError(f"{column} {self.text(column)!r} is not a price")
        return amount


@dataclass
class Dump:
    """The rows of the classic tables, and how many rows of which others are left out."""

    rows: dict[str, list[DumpRow]] = field(default_factory=lambda: {name: [] for name in _NEEDED})
    left_out: dict[str, int] = field(default_factory=dict)


def read_dump(text: str) -> Dump:
    """Return the rows of a classic dump; it may hold all tables or only some.

    Raises SeedFileError for a file that is broken, cut, holds tables of another shop or no row of
    the classic one, and for a classic table that lacks a column.
    """
    dump = Dump()
    for insert in list(read_inserts(text)):
        if insert.table in LEFT_OUT or insert.table.startswith(_FRAMEWORKS):
            dump.left_out[insert.table] = dump.left_out.get(insert.table, 0) + len(insert.rows)
            continue
        if insert.table not in _NEEDED:
            raise SeedFileError(insert.line, f"{insert.table} is no table of the classic shop")
        columns = insert.columns
        if columns is None:
            raise SeedFileError(insert.line, f"{insert.table} has neither column names nor a CREATE TABLE")
        lacking = _NEEDED[insert.table] - set(columns)
        if lacking:
            raise SeedFileError(insert.line, f"{insert.table} lacks {', '.join(sorted(lacking))}")
        dump.rows[insert.table] += [
            DumpRow(dict(zip(columns, values, strict=True)), line)
            for values, line in zip(insert.rows, insert.row_lines, strict=True)
        ]
    if not any(dump.rows.values()):
        raise SeedFileError(1, "there is no row of the classic shop in this file")
    return dump


def distinct(rows: Iterable[DumpRow], *columns: str) -> list[DumpRow]:
    """Return the rows that are the first with their values in these columns, in order."""
    first: dict[tuple[str, ...], DumpRow] = {}
    for row in rows:
        first.setdefault(tuple(row.text(column) for column in columns), row)
    return list(first.values())

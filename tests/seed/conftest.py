"""Dumps to read, and a picture of the whole database to compare with."""

import gzip
from pathlib import Path

from sqlalchemy import select

from axf.extensions import db

DATA = Path(__file__).parent / "data"
EXTENDED, ROWS, BY_HAND = "axf-extended-insert", "axf-row-per-insert", "axf-home-by-hand"


def dump(name: str) -> str:
    """Return one of the three whole dumps."""
    return gzip.decompress((DATA / "classic" / f"{name}.sql.gz").read_bytes()).decode()


def small(name: str) -> str:
    """Return a cut-down dump: extended, rows or by_hand."""
    return (DATA / f"{name}.sql").read_text(encoding="utf-8")


def snapshot() -> dict[str, list[tuple]]:
    """Return every row of every table."""
    db.session.rollback()
    tables = db.metadata.tables.values()
    return {
        table.name: [tuple(row) for row in db.session.execute(select(table).order_by(*table.primary_key))]
        for table in tables
    }


def stock_adds_up() -> bool:
    """Tell whether the movements of every goods add up to its stock."""
    rows = snapshot()
    moved: dict[int, int] = {}
    for _, goods_id, delta, *_rest in rows["stock_movement"]:
        moved[goods_id] = moved.get(goods_id, 0) + delta
    columns = [column.name for column in db.metadata.tables["goods"].columns]
    goods = [dict(zip(columns, row, strict=True)) for row in rows["goods"]]
    return all(moved.get(row["id"], 0) == row["stock"] for row in goods)

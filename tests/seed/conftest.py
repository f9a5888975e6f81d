"""Dumps to read, rows to plan with, and a picture of the whole database to compare with."""

import gzip
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import select

from axf.extensions import db
from axf.market.models import FoodType, Goods
from axf.seed.classic_dump import Dump, DumpRow, read_dump
from axf.seed.classic_goods import FoodTypes

DATA = Path(__file__).parent / "data"
EXTENDED, ROWS, BY_HAND = "axf-extended-insert", "axf-row-per-insert", "axf-home-by-hand"
SHIPPED = Path(__file__).parents[2] / "sql"
SIZES = 240, 480
STATIC = Path(__file__).parents[2] / "axf" / "static"
# A corner of the classic food types: id to parent.
FOOD_TYPES = FoodTypes(
    {
        104749: None, 104747: None, 103532: None, 103536: None, 103541: None, 103549: None, 104958: None,
        103533: 103532, 103534: 103532, 103537: 103536, 103543: 103541, 103550: 103549, 104748: 104747,
    }
)  # fmt: skip


@cache
def dump(name: str) -> str:
    """Return one of the three whole dumps."""
    return gzip.decompress((DATA / "classic" / f"{name}.sql.gz").read_bytes()).decode()


@cache
def parsed(name: str) -> Dump:
    """Return the rows of one of the three whole dumps."""
    return read_dump(dump(name))


def small(name: str) -> str:
    """Return a cut-down dump: extended, rows or by_hand."""
    return (DATA / f"{name}.sql").read_text(encoding="utf-8")


def shipped() -> dict[str, str]:
    """Return the catalogue that comes with the shop."""
    return {file.name: file.read_text(encoding="utf-8") for file in sorted(SHIPPED.glob("*.sql"))}


def type_row(typeid: object, childtypenames: str = "全部分类:0", line: int = 1, **values: object) -> DumpRow:
    """Return a row of axf_foodtypes."""
    row = {"typeid": typeid, "typename": f"T{typeid}", "childtypenames": childtypenames, "typesort": 1, **values}
    return DumpRow(row, line)


def goods_row(line: int = 1, **values: object) -> DumpRow:
    """Return a row of axf_goods: Chinese fruit, but for the values."""
    row = {
        "productid": "118826", "productlongname": "海南千禧果", "isxf": 0, "pmdesc": 0, "specifics": "400g/盒",
        "price": "9.90", "marketprice": "13.80", "categoryid": 103532, "childcid": 103533, "childcidname": "国产水果",
        "storenums": 50, "productnum": 7,
    }  # fmt: skip
    return DumpRow(row | values, line)


def home_row(name: str, track_id: str = "21870", line: int = 1, img: str = "a.jpg") -> DumpRow:
    """Return a row of a home table."""
    return DumpRow({"img": img, "name": name, "trackid": track_id}, line)


def read_every_page(client: FlaskClient) -> dict[str, str]:
    """Return the HTML of the home page and of the market page of every food type and child; all answer 200."""
    types = db.session.execute(select(FoodType.id, FoodType.parent_id)).all()
    paths = [f"/axf/market/{parent or type_id}/{type_id if parent else 0}/0/" for type_id, parent in types]
    pages = {path: client.get(path) for path in ["/axf/home/", *paths]}
    assert {page.status_code for page in pages.values()} == {200}
    return {path: page.get_data(as_text=True) for path, page in pages.items()}


def shows_goods(page: str) -> bool:
    """Tell whether a page leads to any goods."""
    return re.search(r'href="/axf/goods/\d+/"', page) is not None


def missing_pictures(pages: Mapping[str, str]) -> list[str]:
    """Return the pictures that pages or goods of the database name and that are no files."""
    wanted = {f"img/goods/{slug}-{size}.webp" for slug in db.session.scalars(select(Goods.picture)) for size in SIZES}
    for page in pages.values():
        wanted |= set(re.findall(r"/static/(img/\S+?\.webp)", page))
    return [picture for picture in wanted if not (STATIC / picture).exists()]


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

"""Load our own portable catalogue files: INSERTs that name their columns, prices in fen."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import delete, select

from axf.core import clock
from axf.core.db import Base, retried, rows_changed, table_of, transaction
from axf.extensions import db
from axf.home.models import MainShow, MainShowGoods, MustBuy, Nav, Shop, Wheel
from axf.market import stock
from axf.market.models import STORAGES, FoodType, Goods, GoodsPicture
from axf.market.pack import parse_pack
from axf.search.index import changing_catalogue
from axf.seed.report import Report
from axf.seed.rows import Values, fitted, rows_by, save
from axf.seed.sqlfile import Insert, SeedFileError, in_file, read_inserts

# In the order in which they need each other.
MODELS: dict[str, type[Base]] = {
    model.__tablename__: model
    for model in (FoodType, Goods, GoodsPicture, Wheel, Nav, MustBuy, Shop, MainShow, MainShowGoods)
}
# Columns that files cannot name: read from the pack, counted, or set by the shop's people and kept through a repeat.
DERIVED = {"pack_amount", "pack_unit", "review_count", "review_stars"}
KEPT = {"after_sale_hours", "is_second_half", "promo_price", "promo_starts_at", "promo_ends_at", "replaced_by_id"}
# Where the pages look for a row's picture: a place in axf/static/img, in the narrower of its two widths.
PICTURES = {
    **dict.fromkeys((Goods.__tablename__, GoodsPicture.__tablename__), "goods/{}-240.webp"),
    **dict.fromkeys((Wheel.__tablename__, MainShow.__tablename__), "home/{}-640.webp"),
    **dict.fromkeys((MustBuy.__tablename__, Shop.__tablename__), "home/{}-320.webp"),
    Nav.__tablename__: "home/{}-96.webp",
}
SORTS = {"0", "1", "2", "3"}
_MARKET = re.compile(r"/axf/market/(\d{1,9})/(\d{1,9})/(\d)/")
_GOODS = re.compile(r"/axf/goods/(\d{1,9})/")
_OTHER_PAGES = re.compile(r"/axf/(home|cart|coupons|mine|orders)/(\?[^\s#]*)?")


@dataclass(frozen=True)
class FileRow:
    """A row as it stands in a file."""

    values: Values
    where: str


@dataclass
class Known:
    """What rows may refer to: food types by id with their parent, goods by the id that files use."""

    parents: dict[int, int | None] = field(default_factory=dict)
    goods_ids: dict[int, int] = field(default_factory=dict)


def load_catalog(
    texts: Mapping[str, str],
    *,
    resets_stock: bool = False,
    on_rows: Callable[[int], object] = lambda rows: None,
) -> Report:
    """Bring the catalogue to what the files (their texts by name) say, in one transaction of its own.

    Prices are fen, times UTC. Rows that exist (by id, goods by code) are updated, except that goods keep
    their stock and sales, so that a repeat never undoes what was sold; new goods get their stock with an
    'initial' movement. With ``resets_stock`` the stock of existing goods goes back to the file's by a
    'reset' movement, their sales too. A row that cannot be (a price of 0, a target that leads nowhere, a
    picture that is missing) is refused in the report and the others go in; rows that the files leave out
    stay, but a main show presents only the goods, and a goods has only the further pictures, that the files name
    for it, if they name any. ``on_rows`` hears how many rows were dealt with.
    Raises SeedFileError, with nothing changed, for a file that is no such catalogue.
    """
    rows: dict[str, list[FileRow]] = {name: [] for name in MODELS}
    for name, text in texts.items():
        with in_file(name):
            _read(text, name, rows)
    if not any(rows.values()):
        raise SeedFileError(1, "there is no row of the catalogue here", ", ".join(texts))
    return _load(rows, resets_stock, on_rows)


def leads_somewhere(target: str, known: Known) -> bool:
    """Tell whether an address is a market page, a goods page or another page that exists."""
    market, goods = _MARKET.fullmatch(target), _GOODS.fullmatch(target)
    if market:
        type_id, child_id, sort = int(market[1]), int(market[2]), market[3]
        is_type = known.parents.get(type_id, 0) is None
        is_child = child_id == 0 or known.parents.get(child_id) == type_id
        return is_type and is_child and sort in SORTS
    if goods:
        return int(goods[1]) in known.goods_ids
    return _OTHER_PAGES.fullmatch(target) is not None


def _read(text: str, name: str, rows: dict[str, list[FileRow]]) -> None:
    for insert in list(read_inserts(text)):
        columns, left_out = _checked_columns(insert)
        for values, line in zip(insert.rows, insert.row_lines, strict=True):
            row = dict.fromkeys(left_out) | dict(zip(columns, values, strict=True))
            rows[insert.table].append(FileRow(row, f"{name}, line {line}"))


def _checked_columns(insert: Insert) -> tuple[tuple[str, ...], set[str]]:
    """Return the columns that the INSERT names and the nullable ones that it leaves out."""
    if insert.table not in MODELS:
        raise SeedFileError(insert.line, f"the table {insert.table} is not one of {', '.join(MODELS)}")
    if insert.columns is None:
        raise SeedFileError(insert.line, "this INSERT does not name its columns")
    columns = [column for column in table_of(MODELS[insert.table]).columns if column.name not in DERIVED | KEPT]
    unknown = set(insert.columns) - {column.name for column in columns}
    missing = {column.name for column in columns if not column.nullable} - set(insert.columns)
    for what, names in (("unknown", unknown), ("missing", missing)):
        if names:
            raise SeedFileError(insert.line, f"{what} columns of {insert.table}: {', '.join(sorted(names))}")
    return insert.columns, {column.name for column in columns} - set(insert.columns)


@retried
def _load(rows: Mapping[str, list[FileRow]], resets_stock: bool, on_rows: Callable[[int], object]) -> Report:
    report = Report()
    known = Known()
    codes = [str(row.values.get("code")) for row in rows[Goods.__tablename__]]
    types = [row.values.get("id") for row in rows[FoodType.__tablename__]]
    with transaction(db.session), changing_catalogue(db.session, codes, types):
        for table, of_table in rows.items():
            fresh = _fitting(table, of_table, report)
            if table == FoodType.__tablename__:
                _save_types(fresh, known, report)
            elif table == Goods.__tablename__:
                _save_goods(fresh, known, report, resets_stock)
            elif table == GoodsPicture.__tablename__:
                _save_pictures(fresh, known, report)
            else:
                _save_home(table, fresh, known, report)
            on_rows(len(of_table))
    return report.without_empty_tables()


def _fitting(table: str, rows: list[FileRow], report: Report) -> list[FileRow]:
    """Return the rows whose values fit their columns, whose key is new and whose picture exists; refuse the others."""
    report.of(table).read += len(rows)
    keys = [column.name for column in table_of(MODELS[table]).primary_key]
    seen: dict[Any, set[Any]] = {"key": set(), "code": set()}
    fit = []
    for row in rows:
        try:
            values = fitted(MODELS[table], row.values)
            for kind, value in (("key", tuple(values[key] for key in keys)), ("code", values.get("code"))):
                if value is not None and value in seen[kind]:
                    raise ValueError(f"comes twice: {row.values[keys[0]]}")
                seen[kind].add(value)
            _check_picture(table, values)
        except ValueError as error:
            report.refuse(table, row.where, str(error))
        else:
            fit.append(FileRow(values, row.where))
    return fit


def _check_picture(table: str, values: Values) -> None:
    if table in PICTURES:
        place = PICTURES[table].format(values["picture"])
        if not Path(current_app.static_folder or "", "img", place).exists():
            raise ValueError(f"there is no picture img/{place}")


def _save_types(rows: list[FileRow], known: Known, report: Report) -> None:
    table = FoodType.__tablename__
    before = rows_by(db.session, FoodType, ["id"])
    known.parents = {type_id: row["parent_id"] for type_id, row in before.items()}
    accepted = []
    # Parents first: their children need them, in the table and in the check.
    for row in sorted(rows, key=lambda row: row.values["parent_id"] is not None):
        type_id, parent_id = row.values["id"], row.values["parent_id"]
        if parent_id is not None and known.parents.get(parent_id, 0) is not None:
            report.refuse(table, row.where, f"parent_id {parent_id} is no food type at the top")
        elif row.values["listing"] not in ("goods", "hot", "new"):
            report.refuse(table, row.where, "listing is not one of goods, hot, new")
        else:
            known.parents[type_id] = parent_id
            accepted.append(row.values)
    save(db.session, FoodType, accepted, report.of(table), known=before, key=["id"])


def _save_goods(rows: list[FileRow], known: Known, report: Report, resets_stock: bool) -> None:
    before = rows_by(db.session, Goods, ["code"], locks=resets_stock)
    known.goods_ids = {row["id"]: row["id"] for row in before.values()}
    accepted, resets = [], {}
    for row in rows:
        values, reason = row.values, _goods_flaw(row.values, known)
        if reason:
            report.refuse(Goods.__tablename__, row.where, reason)
            continue
        pack = parse_pack(values["pack"])
        values = {**values, "pack_amount": pack and pack.amount, "pack_unit": pack and pack.unit}
        present = before.get(values["code"])
        if present and resets_stock:
            resets[present["id"]] = values["stock"] - present["stock"]
        elif present:
            del values["stock"], values["sales"]
        accepted.append(values)
    file_ids = {values["code"]: values.pop("id") for values in accepted}
    new = _save_under_ids(accepted, file_ids, before, report)
    ids = dict(db.session.execute(select(Goods.code, Goods.id)).all())
    known.goods_ids.update({file_id: ids[code] for code, file_id in file_ids.items()})
    initial = {ids[values["code"]]: values["stock"] for values in new}
    for reason, deltas in (("initial", initial), ("reset", resets)):
        stock.record(db.session, deltas, reason=reason, reference="seed", at=clock.now())


def _save_under_ids(
    accepted: list[Values], file_ids: Mapping[str, int], before: Mapping[str, Mapping[str, Any]], report: Report
) -> list[Values]:
    """Save the goods: new ones under the file's id where it is free, else under the next one that is."""
    taken = {row["id"] for row in before.values()}
    next_id = max([0, *taken, *file_ids.values()]) + 1
    rows = []
    for values in accepted:
        if values["code"] not in before:
            wanted = file_ids[values["code"]]
            rows.append({"id": next_id if wanted in taken else wanted, **values})
            next_id += wanted in taken
        else:
            rows.append(values)
    return save(db.session, Goods, rows, report.of(Goods.__tablename__), known=before, key=["code"])


def _goods_flaw(values: Values, known: Known) -> str | None:
    type_id, child_id = values["food_type_id"], values["child_type_id"]
    if values["price"] == 0:
        return "price is 0"
    if values["storage"] not in (None, *STORAGES):
        return f"storage is not one of {', '.join(STORAGES)}"
    if values["shelf_life_days"] == 0:
        return "shelf_life_days is 0"
    if known.parents.get(type_id, 0) is not None:
        return f"food_type_id {type_id} is no food type at the top"
    if child_id is not None and known.parents.get(child_id) != type_id:
        return f"child_type_id {child_id} is no child of {type_id}"
    return None


def _save_pictures(rows: list[FileRow], known: Known, report: Report) -> None:
    table, key = GoodsPicture.__tablename__, ["goods_id", "position"]
    accepted = []
    for row in rows:
        goods_id = known.goods_ids.get(row.values["goods_id"])
        if goods_id is None:
            report.refuse(table, row.where, "there is no such goods")
        else:
            accepted.append({**row.values, "goods_id": goods_id})
    save(db.session, GoodsPicture, accepted, report.of(table), known=rows_by(db.session, GoodsPicture, key), key=key)
    _take_out_others(GoodsPicture, accepted, "goods_id", "position", report)


def _save_home(table: str, rows: list[FileRow], known: Known, report: Report) -> None:
    model = MODELS[table]
    shows = set(rows_by(db.session, MainShow, ["id"])) if model is MainShowGoods else set()
    accepted = []
    for row in rows:
        values, reason = dict(row.values), None
        if model is MainShowGoods:
            values["goods_id"] = known.goods_ids.get(values["goods_id"])
            if values["goods_id"] is None or values["mainshow_id"] not in shows:
                reason = "there is no such goods or no such mainshow"
        elif not leads_somewhere(values["target"], known):
            reason = f"target {values['target']} leads nowhere"
        else:
            goods = _GOODS.fullmatch(values["target"])
            values["target"] = f"/axf/goods/{known.goods_ids[int(goods[1])]}/" if goods else values["target"]
        if reason:
            report.refuse(table, row.where, reason)
        else:
            accepted.append(values)
    key = [column.name for column in table_of(model).primary_key]
    save(db.session, model, accepted, report.of(table), known=rows_by(db.session, model, key), key=key)
    if model is MainShowGoods:
        _take_out_others(MainShowGoods, accepted, "mainshow_id", "goods_id", report)


def _take_out_others(model: type[Base], rows: list[Values], owner: str, part: str, report: Report) -> None:
    """Take the parts that the files do not name out of the owners for which they name some."""
    columns = table_of(model).columns
    named: dict[int, set[int]] = {}
    for values in rows:
        named.setdefault(values[owner], set()).add(values[part])
    removed = 0
    for owner_id, parts in named.items():
        others = delete(model).where(columns[owner] == owner_id, columns[part].not_in(parts))
        removed += rows_changed(db.session, others)
    report.removed += removed
    if removed:
        report.notes.append(f"{model.__tablename__}: {removed} taken out, the files name others in their place")

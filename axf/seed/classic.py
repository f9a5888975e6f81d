"""Import a dump of the classic AXF shop; what is wrong in it is mended on the way, and said."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import insert, select

from axf.core import clock
from axf.core.db import retried, table_of, transaction
from axf.extensions import db
from axf.home.models import MainShow, MainShowGoods
from axf.market import stock
from axf.market.models import FoodType, Goods
from axf.search.index import changing_catalogue
from axf.seed.classic_dump import GOODS, HOME, LEFT_OUT, TYPES, Dump, DumpRow, read_dump
from axf.seed.classic_goods import CHILDREN, FoodTypes, plan_goods, plan_types
from axf.seed.classic_home import MODELS, plan_home, type_of
from axf.seed.report import Report
from axf.seed.rows import Values, rows_by, save

# What an import sets once; later the shop's own people and its sales decide.
FACTS = {"origin", "origin_en", "storage", "shelf_life_days", "allergens"}
SET_ONCE = {"stock", "sales", "on_sale", "picture", "name_en", "description", "description_en", "listed_at", *FACTS}
GOODS_PER_MAINSHOW = 3
COMPANION = "goods of axf_mainshow"


def import_classic(text: str, *, on_rows: Callable[[int], object] = lambda rows: None) -> Report:
    """Bring a classic dump's food types, goods and home page into the shop, in one transaction of its own.

    Goods are found again by their code, ``C-`` and the classic product number: a repeat changes nothing, and
    an edited dump changes names, types, packs, prices and tags, never stock or sales. Food types that exist
    stay as they are, and a home table that has rows is left alone. New goods get their stock with an 'initial'
    movement. Rows that cannot be are refused in the report and the others go in; ``on_rows`` hears how many
    rows were dealt with. Raises SeedFileError, with nothing changed, for a file that is broken, cut or foreign.
    """
    return _import(read_dump(text), on_rows)


@retried
def _import(dump: Dump, on_rows: Callable[[int], object]) -> Report:
    report = Report()
    with transaction(db.session):
        types = _save_types(dump, report)
        on_rows(len(dump.rows[TYPES]))
        _save_goods(dump.rows[GOODS], types, report)
        on_rows(len(dump.rows[GOODS]))
        for table in HOME:
            _save_home(table, dump.rows[table], types, report)
            on_rows(len(dump.rows[table]))
    for table, count in dump.left_out.items():
        report.of(table).read += count
        report.skip(table, count, LEFT_OUT.get(table, "a table of the web framework"))
    return report.without_empty_tables()


def _save_types(dump: Dump, report: Report) -> FoodTypes:
    before = rows_by(db.session, FoodType, ["id"])
    new = []
    for values in plan_types(dump.rows[TYPES], dump.rows[GOODS], report):
        counts = report.of(CHILDREN if values["parent_id"] else TYPES)
        if values["id"] in before:
            counts.unchanged += 1
        else:
            counts.added += 1
            new.append(values)
    if new:
        db.session.execute(insert(table_of(FoodType)), new)
    known = {type_id: row["parent_id"] for type_id, row in before.items()}
    return FoodTypes(known | {values["id"]: values["parent_id"] for values in new})


def _save_goods(rows: list[DumpRow], types: FoodTypes, report: Report) -> None:
    now = clock.now()
    before = rows_by(db.session, Goods, ["code"])
    planned = [
        {name: value for name, value in values.items() if values["code"] not in before or name not in SET_ONCE}
        for values in plan_goods(rows, types, now, report)
    ]
    with changing_catalogue(db.session, [values["code"] for values in planned], ()):
        new = save(db.session, Goods, planned, report.of(GOODS), known=before, key=["code"])
    ids = dict(db.session.execute(select(Goods.code, Goods.id)).all())
    initial = {ids[values["code"]]: values["stock"] for values in new}
    stock.record(db.session, initial, reason="initial", reference="classic", at=now)


def _save_home(table: str, rows: list[DumpRow], types: FoodTypes, report: Report) -> None:
    report.of(table).read += len(rows)
    model: Any = MODELS[table]
    if db.session.scalar(select(model.id).limit(1)) is not None:
        report.skip(table, len(rows), "this part of the home page has rows already")
        return
    planned = plan_home(table, rows, types, report)
    if model is MainShow:
        _save_mainshows(planned, report)
    elif planned:
        db.session.execute(insert(table_of(model)), [values for _, values in planned])
        report.of(table).added += len(planned)


def _save_mainshows(planned: list[tuple[str, Values]], report: Report) -> None:
    """Save the main shows, each with the three goods of its food type that sell best."""
    for where, values in planned:
        best = (
            select(Goods.id)
            .where(Goods.food_type_id == type_of(values["target"]), Goods.on_sale)
            .order_by(Goods.sales.desc(), Goods.id)
            .limit(GOODS_PER_MAINSHOW)
        )
        goods_ids = db.session.scalars(best).all()
        if len(goods_ids) < GOODS_PER_MAINSHOW:
            reason = f"{values['name']}: fewer than {GOODS_PER_MAINSHOW} goods of its food type are on sale"
            report.refuse("axf_mainshow", where, reason)
            continue
        mainshow = MainShow(**values)
        db.session.add(mainshow)
        db.session.flush()
        report.of("axf_mainshow").added += 1
        presented = [
            {"mainshow_id": mainshow.id, "goods_id": goods_id, "position": position}
            for position, goods_id in enumerate(goods_ids, start=1)
        ]
        db.session.execute(insert(table_of(MainShowGoods)), presented)

"""Our own catalogue files: what they may say, what a repeat does, and the one that is shipped."""

from collections.abc import Mapping

import pytest
from sqlalchemy import select, update

from axf.extensions import db
from axf.home.models import MainShowGoods, Wheel
from axf.market import stock
from axf.market.models import FoodType, Goods, StockMovement
from axf.seed.catalog import load_catalog
from axf.seed.report import Report, TableReport
from axf.seed.sqlfile import SeedFileError
from tests.seed.conftest import missing_pictures, read_every_page, shipped, shows_goods, snapshot, stock_adds_up

TYPE = {"id": 103532, "parent_id": None, "name": "优选水果", "name_en": "Fruit", "position": 1, "listing": "goods"}
CHILD = {**TYPE, "id": 103534, "parent_id": 103532}
GOODS = {
    "id": 401, "code": "AXF-401", "name": "草莓", "name_en": "Strawberries", "food_type_id": 103532,
    "child_type_id": 103534, "pack": "500g", "pack_en": "500 g", "price": 2990, "market_price": 3990, "stock": 10,
    "sales": 210, "is_featured": 1, "is_bogo": 0, "on_sale": 1, "picture": "generic-fruit", "description": "甜",
    "description_en": "Sweet", "listed_at": "2026-11-06 00:05:00",
}  # fmt: skip
WHEEL = {
    "id": 1, "name": "鲜果", "name_en": "Fruit", "picture": "wheel-fruit", "target": "/axf/market/103532/0/0/",
    "position": 1, "starts_at": "2026-01-01 00:00:00", "ends_at": None,
}  # fmt: skip
MAINSHOW = {**WHEEL, "picture": "mainshow-fruit"}
SHOWN = {"mainshow_id": 1, "goods_id": 401, "position": 1}


def inserts(table: str, *rows: Mapping) -> str:
    """Return an INSERT for each row."""
    return "".join(
        f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join(map(literal, row.values()))});\n" for row in rows
    )


def literal(value: object) -> str:
    return "NULL" if value is None else repr(value)


TYPES = inserts("food_type", TYPE, CHILD)
SHOP = TYPES + inserts("goods", GOODS) + inserts("wheel", WHEEL)


def load(text: str, **options) -> Report:
    return load_catalog({"a.sql": text}, **options)


def refused(report: Report) -> list[str]:
    """Return the refusals from the line on."""
    return [refusal.partition("a.sql, ")[2] for refusal in report.refusals]


def the_goods(code: str = "AXF-401") -> Goods:
    return db.session.scalars(select(Goods).where(Goods.code == code)).one()


def test_the_shipped_catalogue_has_264_goods_in_11_types(app):
    report = load_catalog(shipped())
    assert report == Report(
        {
            "food_type": TableReport(read=50, added=50),
            "goods": TableReport(read=264, added=264),
            "goods_picture": TableReport(read=16, added=16),
            "wheel": TableReport(read=7, added=7),
            "nav": TableReport(read=4, added=4),
            "mustbuy": TableReport(read=4, added=4),
            "shop": TableReport(read=11, added=11),
            "mainshow": TableReport(read=6, added=6),
            "mainshow_goods": TableReport(read=18, added=18),
        }
    )
    assert db.session.query(FoodType).filter(FoodType.parent_id.is_(None)).count() == 11
    assert stock_adds_up()
    before = snapshot()
    assert load_catalog(shipped()).is_unchanged
    assert load_catalog(shipped(), resets_stock=True).is_unchanged
    assert snapshot() == before


def test_every_page_of_the_shipped_catalogue_shows_goods_with_pictures(app, client):
    load_catalog(shipped())
    texts = read_every_page(client)
    assert [path for path, text in texts.items() if not shows_goods(text)] == []
    assert missing_pictures(texts) == []


def test_a_row_goes_in_as_it_is_with_its_pack_read(app):
    load(SHOP)
    goods = the_goods()
    assert {name: getattr(goods, name) for name in GOODS if name != "listed_at"} == {
        name: value for name, value in GOODS.items() if name != "listed_at"
    }
    assert goods.listed_at.isoformat() == "2026-11-06T00:05:00+00:00"
    assert (goods.pack_amount, goods.pack_unit) == (500_000, "g")
    movements = db.session.execute(select(StockMovement.delta, StockMovement.reason, StockMovement.reference)).all()
    assert movements == [(10, "initial", "seed")]


def test_a_time_with_a_zone_is_put_into_utc(app):
    load(TYPES + inserts("goods", {**GOODS, "listed_at": "2026-11-06T08:05:00+08:00"}))
    assert the_goods().listed_at.isoformat() == "2026-11-06T00:05:00+00:00"


def test_nullable_columns_may_be_left_out(app):
    load(SHOP.replace(", ends_at)", ")").replace(", NULL);\n", ");\n", -1))
    assert db.session.scalars(select(Wheel.ends_at)).all() == [None]


def sell(quantity: int) -> None:
    goods_id = the_goods().id
    now = the_goods().listed_at
    stock.take(db.session, {goods_id: quantity}, reason="order", reference="1", at=now)
    stock.count_sales(db.session, {goods_id: quantity})
    db.session.commit()


def test_a_repeat_keeps_stock_and_sales_and_updates_the_rest(app):
    load(SHOP)
    sell(3)
    report = load(SHOP.replace("2990", "1990").replace("Strawberries", "Red strawberries"))
    assert report.of("goods") == TableReport(read=1, changed=1)
    goods = the_goods()
    assert (goods.price, goods.name_en, goods.stock, goods.sales) == (1990, "Red strawberries", 7, 213)
    assert stock_adds_up()


def test_a_repeat_keeps_what_the_shop_promotes(app):
    load(SHOP)
    until = the_goods().listed_at
    kept = {"is_second_half": True, "promo_price": 990, "promo_starts_at": until, "promo_ends_at": until}
    db.session.execute(update(Goods).values(**kept, replaced_by_id=7))
    db.session.commit()
    assert load(SHOP, resets_stock=True).is_unchanged
    assert {name: getattr(the_goods(), name) for name in kept} == kept
    assert the_goods().replaced_by_id == 7


def test_what_the_shop_promotes_stands_in_no_file(app):
    with pytest.raises(SeedFileError, match="unknown columns of goods: promo_price"):
        load(TYPES + inserts("goods", {**GOODS, "promo_price": 990}))


def test_a_reset_sets_stock_and_sales_back_by_a_movement(app):
    load(SHOP)
    sell(3)
    assert load(SHOP, resets_stock=True).of("goods") == TableReport(read=1, changed=1)
    assert (the_goods().stock, the_goods().sales) == (10, 210)
    deltas = db.session.execute(select(StockMovement.delta, StockMovement.reason).order_by(StockMovement.id)).all()
    assert deltas == [(10, "initial"), (-3, "order"), (3, "reset")]


def test_rows_that_the_files_leave_out_stay(app):
    load(SHOP)
    load(TYPES + inserts("goods", {**GOODS, "id": 402, "code": "AXF-402"}))
    assert db.session.scalars(select(Goods.code).order_by(Goods.code)).all() == ["AXF-401", "AXF-402"]
    assert db.session.query(Wheel).count() == 1


def test_goods_are_found_by_code_whatever_their_id(app):
    """Where the file's id is taken by another goods, the next free one is used, and targets follow."""
    load(SHOP.replace("AXF-401", "OTHER"))
    goods = inserts("goods", GOODS, {**GOODS, "id": 402, "code": "AXF-402"})
    home = inserts("wheel", {**WHEEL, "target": "/axf/goods/401/"}) + inserts("mainshow", MAINSHOW)
    text = TYPES + goods + home + inserts("mainshow_goods", SHOWN)
    load(text)
    ids = dict(db.session.execute(select(Goods.code, Goods.id)).all())
    assert ids == {"OTHER": 401, "AXF-402": 402, "AXF-401": 403}
    assert db.session.scalars(select(Wheel.target)).all() == ["/axf/goods/403/"]
    assert db.session.scalars(select(MainShowGoods.goods_id)).all() == [403]
    before = snapshot()
    assert load(text).is_unchanged
    assert snapshot() == before


def test_files_may_name_each_others_rows_in_any_order(app):
    home, goods = inserts("wheel", {**WHEEL, "target": "/axf/goods/401/"}), inserts("goods", GOODS)
    types = inserts("food_type", CHILD, TYPE)
    assert load_catalog({"1.sql": home, "2.sql": goods, "3.sql": types}).total == TableReport(read=4, added=4)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"price": 0}, "price is 0"),
        ({"price": 29.9}, "price is not a whole number from 0 to 2147483647"),
        ({"price": "2990"}, "price is not a whole number from 0 to 2147483647"),
        ({"price": 2147483648}, "price is not a whole number from 0 to 2147483647"),
        ({"stock": -1}, "stock is not a whole number from 0 to 2147483647"),
        ({"id": 0}, "id is not a whole number from 1 to 2147483647"),
        ({"name": None}, "name may not be NULL"),
        ({"name": 7}, "name is not text in quotes"),
        ({"name": "长" * 201}, "name is longer than 200 characters"),
        ({"on_sale": 2}, "on_sale is neither 0 nor 1"),
        ({"on_sale": "1"}, "on_sale is neither 0 nor 1"),
        ({"listed_at": "today"}, "listed_at is not a time like 2026-11-06 00:05:00"),
        ({"picture": "../secret"}, "picture is not a plain name like red-apple"),
        ({"picture": "no-such-thing"}, "there is no picture img/goods/no-such-thing-240.webp"),
        ({"food_type_id": 7}, "food_type_id 7 is no food type at the top"),
        ({"food_type_id": 103534}, "food_type_id 103534 is no food type at the top"),
        ({"child_type_id": 103532}, "child_type_id 103532 is no child of 103532"),
        ({"id": 402}, "comes twice: 402"),
        ({"code": "AXF-402"}, "comes twice: 401"),
    ],
)
def test_a_goods_that_cannot_be_is_refused_and_the_others_go_in(app, values, reason):
    report = load(TYPES + inserts("goods", {**GOODS, "id": 402, "code": "AXF-402"}, {**GOODS, **values}))
    assert report.of("goods") == TableReport(read=2, added=1, refused=1)
    assert refused(report) == [f"line 4: {reason}"]
    assert db.session.scalars(select(Goods.code)).all() == ["AXF-402"]


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"parent_id": 7}, "parent_id 7 is no food type at the top"),
        ({"parent_id": 103534}, "parent_id 103534 is no food type at the top"),
        ({"parent_id": 1}, "parent_id 1 is no food type at the top"),
        ({"listing": "all"}, "listing is not one of goods, hot, new"),
        ({"id": 103532}, "comes twice: 103532"),
    ],
)
def test_a_food_type_that_cannot_be_is_refused(app, values, reason):
    report = load(TYPES + inserts("food_type", {**TYPE, "id": 1, **values}))
    assert (report.of("food_type"), refused(report)) == (TableReport(read=3, added=2, refused=1), [f"line 3: {reason}"])


@pytest.mark.parametrize(
    "target",
    [
        "/axf/market/103532/0/0/", "/axf/market/103532/103534/3/", "/axf/goods/401/",
        "/axf/home/", "/axf/cart/", "/axf/mine/", "/axf/orders/?status=unpaid",
    ],
)  # fmt: skip
def test_targets_that_lead_somewhere(app, member, target):
    report = load(TYPES + inserts("goods", GOODS) + inserts("wheel", {**WHEEL, "target": target}))
    assert report.refusals == []
    assert member.get(db.session.scalars(select(Wheel.target)).one()).status_code == 200


@pytest.mark.parametrize(
    "target",
    [
        "/axf/market/7/0/0/", "/axf/market/103534/0/0/", "/axf/market/103532/7/0/", "/axf/market/103532/0/4/",
        "/axf/market/103532/0/0", "/axf/goods/7/", "/axf/nowhere/", "/axf/search/?q=x", "/axf/home/#a b",
        "https://shop.example/axf/home/", "//shop.example/axf/home/", "javascript:alert(1)", "",
    ],
)  # fmt: skip
def test_targets_that_lead_nowhere_are_refused(app, target):
    report = load(SHOP.replace(WHEEL["target"], target))
    assert refused(report) == [f"line 4: target {target} leads nowhere"]
    assert db.session.query(Wheel).count() == 0


@pytest.mark.parametrize("values", [{"goods_id": 7}, {"mainshow_id": 7}])
def test_main_shows_and_their_goods_must_exist(app, values):
    text = SHOP + inserts("mainshow", MAINSHOW) + inserts("mainshow_goods", {**SHOWN, **values})
    assert refused(load(text)) == ["line 6: there is no such goods or no such mainshow"]


def test_a_main_show_presents_the_goods_that_the_files_name_now(app):
    goods = inserts("goods", *({**GOODS, "id": number, "code": f"AXF-{number}"} for number in (401, 402, 403)))
    shows = inserts("mainshow", MAINSHOW, {**MAINSHOW, "id": 2})
    text = TYPES + goods + shows
    load(text + inserts("mainshow_goods", SHOWN, {**SHOWN, "goods_id": 402}, {**SHOWN, "mainshow_id": 2}))
    report = load(text + inserts("mainshow_goods", {**SHOWN, "goods_id": 403}))
    assert report.of("mainshow_goods") == TableReport(read=1, added=1)
    assert report.notes == ["mainshow_goods: 2 taken out, the files name others in their place"]
    shown = db.session.execute(select(MainShowGoods.mainshow_id, MainShowGoods.goods_id)).all()
    assert sorted(shown) == [(1, 403), (2, 401)]


def test_a_main_show_that_only_loses_goods_is_a_change(app):
    text = TYPES + inserts("goods", GOODS, {**GOODS, "id": 402, "code": "AXF-402"}) + inserts("mainshow", MAINSHOW)
    load(text + inserts("mainshow_goods", SHOWN, {**SHOWN, "goods_id": 402}))
    assert not load(text + inserts("mainshow_goods", SHOWN)).is_unchanged
    assert load(text + inserts("mainshow_goods", SHOWN)).is_unchanged
    assert load(text).is_unchanged
    assert db.session.scalars(select(MainShowGoods.goods_id)).all() == [401]


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (SHOP + "INSERT INTO goods (id) VALUES (1", 5, "the file was cut"),
        (
            SHOP + "INSERT INTO users (id) VALUES (1);",
            5,
            "the table users is not one of food_type, goods, goods_picture",
        ),
        (SHOP + "INSERT INTO goods VALUES (1);", 5, "this INSERT does not name its columns"),
        (SHOP + inserts("goods", {**GOODS, "pack_amount": 5}), 5, "unknown columns of goods: pack_amount"),
        (SHOP + "INSERT INTO wheel (id, name) VALUES (1, 'x');", 5, "missing columns of wheel: name_en, picture"),
        (SHOP + "DELETE FROM goods;", 5, "unexpected 'DELETE'"),
        ("-- nothing", 1, "there is no row of the catalogue here"),
        ("CREATE TABLE t (id int);", 1, "there is no row of the catalogue here"),
    ],
)
def test_a_file_that_is_no_catalogue_changes_nothing(app, fruit, text, line, reason):
    before = snapshot()
    with pytest.raises(SeedFileError) as caught:
        load(text)
    assert (caught.value.file, caught.value.line) == ("a.sql", line)
    assert reason in caught.value.reason
    assert snapshot() == before


def test_one_broken_file_of_several_stops_all(app):
    before = snapshot()
    with pytest.raises(SeedFileError, match=r"^2\.sql, line 1: this statement has no ';'"):
        load_catalog({"1.sql": SHOP, "2.sql": "SET NAMES utf8"})
    assert snapshot() == before


def test_progress_hears_of_every_row(app):
    heard = []
    load(SHOP, on_rows=heard.append)
    assert sum(heard) == 4


def test_facts_are_read_and_what_is_none_is_refused(app):
    fresh = {
        "storage": "chilled",
        "shelf_life_days": 3,
        "allergens": "milk,egg",
        "origin": "上海",
        "origin_en": "Shanghai",
    }
    assert load(TYPES + inserts("goods", {**GOODS, **fresh})).refusals == []
    goods = the_goods()
    assert (goods.storage, goods.shelf_life_days, goods.allergens, goods.origin_en) == (
        "chilled", 3, frozenset({"milk", "egg"}), "Shanghai",
    )  # fmt: skip
    before = snapshot()
    for flaw, reason in {
        ("storage", "warm"): "storage is not one of ambient, cool, fridge, chilled, frozen",
        ("shelf_life_days", 0): "shelf_life_days is 0",
        ("allergens", "milk,moon"): "allergens is not a list, with commas, of gluten, crustaceans, fish, egg, peanut, "
        "soy, milk, nuts, sesame",
    }.items():
        (refusal,) = load(TYPES + inserts("goods", {**GOODS, **fresh, flaw[0]: flaw[1]})).refusals
        assert refusal.endswith(reason)
    assert snapshot() == before


def test_further_pictures_follow_the_file(app):
    picture = {"goods_id": 401, "position": 1, "picture": "generic-milk", "alt": "奶", "alt_en": "Milk"}
    load(SHOP + inserts("goods_picture", picture, {**picture, "position": 2}))
    report = load(SHOP + inserts("goods_picture", {**picture, "position": 2}, {**picture, "goods_id": 9}))
    assert [row[1:3] for row in snapshot()["goods_picture"]] == [(2, "generic-milk")]
    assert report.notes == ["goods_picture: 1 taken out, the files name others in their place"]
    assert [refusal.partition(": ")[2] for refusal in report.refusals] == ["there is no such goods"]

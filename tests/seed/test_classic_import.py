"""A classic dump comes into the shop whole, once, and nothing of the shop is lost."""

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from axf.extensions import db
from axf.home.models import MainShowGoods, Wheel
from axf.market.models import FoodType, Goods, StockMovement
from axf.seed.classic import import_classic
from axf.seed.report import Report, TableReport
from axf.seed.sqlfile import SeedFileError
from tests.seed.conftest import (
    BY_HAND,
    EXTENDED,
    ROWS,
    dump,
    missing_pictures,
    read_every_page,
    shows_goods,
    small,
    snapshot,
    stock_adds_up,
)

DEAR = "axf_goods: {} rows cost more than their market price; the shop strikes none there"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
HAS_ROWS = "{}: {} skipped, this part of the home page has rows already"


def count(model):
    return db.session.query(model).count()


@pytest.mark.parametrize(("name", "doubled"), [(EXTENDED, 1), (ROWS, 2)])
def test_a_whole_dump_becomes_827_goods_and_a_home_page(app, name, doubled):
    report = import_classic(dump(name))
    assert report == Report(
        {
            "axf_foodtypes": TableReport(read=11 * doubled, added=11, merged=11 * (doubled - 1)),
            "axf_foodtypes children": TableReport(read=36, added=36),
            "axf_goods": TableReport(read=830, added=827, merged=3),
            "axf_wheel": TableReport(read=5 * doubled, added=5, merged=5 * (doubled - 1)),
            "axf_nav": TableReport(read=4, added=4),
            "axf_mustbuy": TableReport(read=4 * doubled, added=4, merged=4 * (doubled - 1)),
            "axf_shop": TableReport(read=11, added=11),
            "axf_mainshow": TableReport(read=6 * doubled, added=6, merged=6 * (doubled - 1)),
        },
        notes=[DEAR.format(217)],
    )
    assert (count(Goods), count(FoodType), count(MainShowGoods)) == (827, 47, 18)
    assert stock_adds_up()


def test_a_repeat_in_any_dialect_changes_nothing(app):
    import_classic(dump(EXTENDED))
    before = snapshot()
    for name in (EXTENDED, ROWS):
        report = import_classic(dump(name))
        assert report.is_unchanged
        assert report.of("axf_goods") == TableReport(read=830, unchanged=827, merged=3)
    assert snapshot() == before


def test_every_page_of_a_whole_dump_shows_goods_with_pictures(app, client):
    import_classic(dump(ROWS))
    texts = read_every_page(client)
    assert len(texts) == 48
    assert [path for path, text in texts.items() if not shows_goods(text)] == []
    assert missing_pictures(texts) == []
    targets = set(re.findall(r'class="(?:banner|nav-item)[^"]*" href="([^"]+)"', texts["/axf/home/"]))
    assert len(targets) > 5
    # The check-in wants a login first.
    assert {client.get(target).status_code for target in targets - {"/axf/check-in/"}} == {200}


def test_the_goods_page_shows_what_the_dump_says(app, client):
    import_classic(small("extended"))
    client.set_cookie("lang", "en")
    ids = dict(db.session.execute(select(Goods.code, Goods.id)).all())
    tomatoes, mochi = (
        re.sub(r"<[^>]+>", "", client.get(f"/axf/goods/{ids[code]}/").get_data(as_text=True))
        for code in ("C-118826", "C-5590")
    )
    assert all(words in tomatoes for words in ("爱鲜蜂·海南千禧果400-450g/盒", "400–450 g box", "¥9.90", "¥13.80"))
    # It costs 0.70, and 0.50 "on the market": that is no market price to strike through.
    assert all(words in mochi for words in ("中街糯米糍1个", "¥0.70"))
    assert "0.50" not in mochi


def test_both_dialects_of_a_small_dump_make_the_same_shop(app):
    report = import_classic(small("extended"))
    assert report.of("axf_goods") == TableReport(read=16, added=14, merged=2)
    before = snapshot()
    assert import_classic(small("rows")).is_unchanged
    assert snapshot() == before


def without(number):
    """Return the small dump without the goods that has this product number."""
    return "\n".join(
        line for line in small("rows").splitlines() if f"'{number}'" not in line or "axf_goods" not in line
    )


def test_the_main_shows_have_three_best_sellers_of_their_own_type(app):
    """All classic main shows repeat the same three goods, whatever their name."""
    report = import_classic(without(2405))
    shown = db.session.execute(
        select(MainShowGoods.position, Goods.code)
        .join(Goods, Goods.id == MainShowGoods.goods_id)
        .order_by(MainShowGoods.mainshow_id, MainShowGoods.position)
    )
    assert shown.all() == [(1, "C-118826"), (2, "C-119082"), (3, "C-116950")]
    assert report.of("axf_mainshow") == TableReport(read=4, added=1, merged=2, refused=1)
    reason = "零食大趴: fewer than 3 goods of its food type are on sale"
    assert report.refusals == [f"axf_mainshow, line 90: {reason}"]


def test_stock_and_sales_of_the_shop_are_kept_and_prices_follow_the_dump(app):
    import_classic(small("extended"))
    changed = {"stock": 3, "sales": 99, "on_sale": False, "picture": "generic-other", "name_en": "Tomatoes"}
    db.session.execute(
        update(Goods).where(Goods.code == "C-118826").values(**changed, price=1, name="x", is_bogo=True, pack="x")
    )
    db.session.commit()
    report = import_classic(small("extended"))
    assert report.of("axf_goods") == TableReport(read=16, changed=1, unchanged=13, merged=2)
    goods = db.session.scalars(select(Goods).where(Goods.code == "C-118826")).one()
    assert {name: getattr(goods, name) for name in changed} == changed
    assert (goods.price, goods.name, goods.is_bogo) == (990, "爱鲜蜂·海南千禧果400-450g/盒", False)
    assert (goods.pack, goods.pack_amount) == ("400-450g/盒", 400_000)


def test_new_goods_get_their_stock_by_a_movement(app):
    import_classic(small("extended"))
    movements = db.session.execute(select(StockMovement.reason, StockMovement.reference)).all()
    assert set(movements) == {("initial", "classic")}
    assert (len(movements), stock_adds_up()) == (14, True)


def test_a_later_dump_brings_only_what_is_new(app):
    import_classic(without(118826))
    assert import_classic(small("rows")).of("axf_goods") == TableReport(read=16, added=1, unchanged=13, merged=2)
    assert stock_adds_up()


def test_food_types_and_home_pages_of_the_shop_stay_as_they_are(app, fruit):
    db.session.add(
        Wheel(name="Ours", name_en="Ours", picture="wheel-fruit", target="/axf/home/", position=1, starts_at=LONG_AGO)
    )
    db.session.commit()
    before = snapshot()
    report = import_classic(small("extended"))
    assert report.of("axf_foodtypes") == TableReport(read=8, added=5, unchanged=3)
    assert report.of("axf_wheel") == TableReport(read=2, skipped=2)
    assert HAS_ROWS.format("axf_wheel", 2) in report.notes
    after = snapshot()
    assert after["wheel"] == before["wheel"]
    assert set(before["food_type"]) < set(after["food_type"])
    assert set(before["goods"]) < set(after["goods"])


def test_the_home_page_alone_is_refused_until_there_are_food_types(app):
    before = snapshot()
    report = import_classic(dump(BY_HAND))
    assert (report.total.read, report.total.added, report.total.refused) == (54, 0, 30)
    assert "axf_wheel, line 3: the food type 103536 does not exist yet: import goods first" in report.refusals
    assert snapshot() == before


def test_the_home_page_alone_goes_into_a_shop_with_goods(app, client):
    only_goods = re.sub(r"INSERT INTO `axf_(wheel|nav|mustbuy|shop|mainshow)` VALUES[^;]*;", "", dump(EXTENDED))
    import_classic(only_goods)
    report = import_classic(dump(BY_HAND))
    assert report == Report(
        {
            "axf_wheel": TableReport(read=5, added=5),
            "axf_nav": TableReport(read=4, added=4),
            "axf_mustbuy": TableReport(read=4, added=4),
            "axf_shop": TableReport(read=11, added=11),
            "axf_mainshow": TableReport(read=6, added=6),
            "axf_brand": TableReport(read=6, skipped=6),
            "axf_brand_product": TableReport(read=18, skipped=18),
        },
        notes=[
            "axf_brand: 6 skipped, axf_mainshow says the same",
            "axf_brand_product: 18 skipped, the goods of a banner are chosen from what is imported",
        ],
    )
    assert client.get("/axf/home/").status_code == 200


def test_people_of_another_shop_and_tables_of_the_framework_are_left_out(app):
    text = """
        INSERT INTO axf_users (username, password) VALUES ('a', 'b');
        INSERT INTO django_migrations (app) VALUES ('axf'), ('auth');
        INSERT INTO axf_foodtypes (typeid, typename, childtypenames, typesort) VALUES (7, '乙', '', 1);
    """
    assert import_classic(text) == Report(
        {
            "axf_foodtypes": TableReport(read=1, added=1),
            "axf_users": TableReport(read=1, skipped=1),
            "django_migrations": TableReport(read=2, skipped=2),
        },
        notes=[
            "axf_users: 1 skipped, shoppers, carts and orders of another shop are not taken over",
            "django_migrations: 2 skipped, a table of the web framework",
        ],
    )
    assert count(FoodType) == 1


WHOLE = small("rows")
GOODS_BEGIN = WHOLE[: WHOLE.index("INSERT INTO `axf_goods`")].count("\n")
GOODS_LINE = next(n for n, line in enumerate(WHOLE.splitlines(), 1) if "'118826'" in line and "axf_goods" in line)


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (WHOLE[: WHOLE.index("118826', 'http")], GOODS_LINE, "never closed"),
        (WHOLE[: WHOLE.index("'118826', 'http")], GOODS_LINE, "the file was cut"),
        (WHOLE[: WHOLE.index("INSERT INTO `axf_goods` VALUES (531")], GOODS_BEGIN, "COMMIT"),
        (WHOLE.replace("'400-450g/盒', 9.9,", "'400-450g/盒', 9.9 9.9,"), GOODS_LINE, "unexpected '9.9'"),
        (WHOLE.replace("'400-450g/盒', 9.9,", "'400-450g/盒',"), GOODS_LINE, "a row of 15 values for 16 columns"),
        (WHOLE + "UPDATE axf_goods SET price = 0;", WHOLE.count("\n") + 1, "unexpected 'UPDATE'"),
        (WHOLE + "INSERT INTO wp_posts (id) VALUES (1);", WHOLE.count("\n") + 1, "wp_posts is no table of the classic"),
        ("SET NAMES utf8;", 1, "there is no row of the classic shop in this file"),
        ("", 1, "there is no row of the classic shop in this file"),
        ("INSERT INTO axf_users (id) VALUES (1);", 1, "there is no row of the classic shop in this file"),
        ("INSERT INTO axf_wheel VALUES (1, 'a.jpg', 'x', '1');", 1, "neither column names nor a CREATE TABLE"),
        ("\nINSERT INTO axf_wheel (id, img) VALUES (1, 'a.jpg');", 2, "axf_wheel lacks name, trackid"),
    ],
)
def test_a_broken_cut_or_foreign_file_changes_nothing(app, fruit, text, line, reason):
    before = snapshot()
    with pytest.raises(SeedFileError) as caught:
        import_classic(text)
    assert reason in caught.value.reason
    assert caught.value.line == line
    assert snapshot() == before


def test_rows_that_cannot_be_are_refused_and_the_others_go_in(app):
    text = small("rows").replace("'400-450g/盒', 9.9,", "'400-450g/盒', 0,")
    report = import_classic(text)
    assert report.of("axf_goods") == TableReport(read=16, added=13, merged=2, refused=1)
    assert report.refusals[0] == f"axf_goods, line {GOODS_LINE}: price is 0"


def test_progress_hears_of_every_row(app):
    heard = []
    report = import_classic(small("rows"), on_rows=heard.append)
    assert sum(heard) == sum(counts.read for name, counts in report.tables.items() if "children" not in name)

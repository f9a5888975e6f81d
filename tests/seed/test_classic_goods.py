"""What the goods of a classic dump become: ``plan_goods``."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from axf.seed.classic_dump import GOODS, TYPES
from axf.seed.classic_english import pack_in_english
from axf.seed.classic_goods import LISTED_AT, FoodTypes, plan_goods, plan_types
from axf.seed.classic_pictures import ANY_GOODS, goods_picture
from axf.seed.report import Report, TableReport
from tests.seed.conftest import EXTENDED, FOOD_TYPES, ROWS, SIZES, STATIC, goods_row, parsed

NOW = datetime(2026, 11, 22, tzinfo=UTC)
HOT, NEW = 104749, 104747


def planned(*rows):
    report = Report()
    return plan_goods(list(rows), FOOD_TYPES, NOW, report), report


def test_a_row_becomes_a_goods():
    goods, report = planned(goods_row(isxf=1, pmdesc="1", productnum=100002467, specifics="400-450g/盒"))
    assert goods == [
        {
            "code": "C-118826",
            "name": "海南千禧果",
            "name_en": "海南千禧果",
            "food_type_id": 103532,
            "child_type_id": 103533,
            "pack": "400-450g/盒",
            "pack_en": "400–450 g box",
            "pack_amount": 400_000,
            "pack_unit": "g",
            "price": 990,
            "market_price": 1380,
            "stock": 50,
            "sales": 2467,
            "is_featured": True,
            "is_bogo": True,
            "on_sale": True,
            "picture": "generic-fruit",
            "description": "",
            "description_en": "",
            "listed_at": LISTED_AT,
            "origin": None,
            "origin_en": None,
            "storage": None,
            "shelf_life_days": None,
            "allergens": None,
        }
    ]
    assert report == Report({GOODS: TableReport(read=1)})


@pytest.mark.parametrize(
    ("number", "is_featured", "sales"),
    [
        (100000915, 1, 915),  # the boost, so that 精选 came first, and 915 sold
        (100000000, 1, 0),
        (99999999, 1, 99999999),
        (915, 1, 915),
        (100000915, 0, 100000915),  # never boosted
        (915, 0, 915),
    ],
)
def test_the_boost_of_featured_goods_is_no_sale(number, is_featured, sales):
    ((goods,), _report) = planned(goods_row(productnum=number, isxf=is_featured))
    assert (goods["sales"], goods["is_featured"]) == (sales, bool(is_featured))


@pytest.mark.parametrize(
    ("yuan", "fen"),
    [
        (Decimal("0.7"), 70),  # as a double: 70.00000000000001 fen / 100
        (Decimal("15.30"), 1530),
        (Decimal("25.8"), 2580),
        ("7.99", 799),
        (16, 1600),
        ("1.1e1", 1100),
        ("0.005", 1),
        ("21474836.47", 2147483647),
    ],
)
def test_prices_are_exact_fen(yuan, fen):
    ((goods,), _report) = planned(goods_row(price=yuan, marketprice=yuan))
    assert (goods["price"], goods["market_price"]) == (fen, fen)


def test_prices_above_the_market_price_are_kept_and_told():
    goods, report = planned(
        goods_row(price="2.5", marketprice="2"),
        goods_row(productid="2", price="2", marketprice="2"),
        goods_row(productid="3", price="2", marketprice="2.5"),
    )
    assert [(each["price"], each["market_price"]) for each in goods] == [(250, 200), (200, 200), (200, 250)]
    assert report.notes == ["axf_goods: 1 rows cost more than their market price; the shop strikes none there"]


@pytest.mark.parametrize(
    ("pack", "amount", "unit", "english"),
    [
        ("500ml", 500_000, "ml", "500 ml"),
        ("1.5-2.5kg/粒", 1_500_000, "g", "1.5–2.5 kg each"),
        ("250ml*24听", 6_000_000, "ml", "250 ml × 24 cans"),
        ("800g以上/个", 800_000, "g", "800 g or more each"),
        ("1个", 1000, "piece", "each"),
        ("30其他", None, None, "30其他"),
        ("", None, None, ""),
    ],
)
def test_packs_are_read_and_put_into_english(pack, amount, unit, english):
    ((goods,), _report) = planned(goods_row(specifics=pack))
    assert [goods[name] for name in ("pack", "pack_amount", "pack_unit", "pack_en")] == [pack, amount, unit, english]


@pytest.mark.parametrize(
    ("pack", "english"),
    [
        ("450-500g 2粒/盒", "450–500 g box (2 pieces)"),
        ("200抽*3包", "200 sheets × 3 packs"),
        ("4*150g", "4 × 150 g"),
        ("125ml*9盒", "125 ml × 9 cartons"),
        ("2盒", "2 boxes"),
        ("1盒", "1 box"),
        ("6枚/盒", "box of 6"),
        ("5其", "5其"),
        ("若干", "若干"),
    ],
)
def test_more_packs_in_english(pack, english):
    assert pack_in_english(pack) == english


def test_a_hot_list_copy_under_the_same_number_is_merged_into_the_goods():
    goods, report = planned(
        goods_row(productid="119570", categoryid=HOT, childcid=103543, storenums=1),
        goods_row(productid="119570", categoryid=103541, childcid=103543, storenums=2),
    )
    assert [(each["code"], each["food_type_id"], each["stock"]) for each in goods] == [("C-119570", 103541, 2)]
    assert report.of(GOODS) == TableReport(read=2, merged=1)


def test_a_hot_list_copy_whose_number_was_made_unique_is_known_by_its_name():
    """The goods gets the shorter number, so that all dumps mean the same goods by it."""
    copy = goods_row(productid="109108", categoryid=HOT, childcid=103537, productlongname="优酪乳250g")
    own = goods_row(productid="109108111", categoryid=103536, childcid=103537, productlongname="优酪乳250g")
    for rows in ((copy, own), (own, copy)):
        goods, report = planned(*rows)
        assert [(each["code"], each["food_type_id"]) for each in goods] == [("C-109108", 103536)]
        assert report.of(GOODS) == TableReport(read=2, merged=1)


def test_goods_that_are_only_on_a_computed_list_move_to_the_type_of_their_child_or_name():
    goods, _report = planned(
        goods_row(productid="1", categoryid=HOT, childcid=103543),
        goods_row(productid="2", categoryid=NEW, childcid=104748, productlongname="十天风味酸乳"),
        goods_row(productid="3", categoryid=NEW, childcid=104748, productlongname="泰国椰青800g以上/个"),
        goods_row(productid="4", categoryid=NEW, childcid=104748, productlongname="天然饮用水"),
    )
    homes = [(each["food_type_id"], each["child_type_id"]) for each in goods]
    assert homes == [(103541, 103543), (103536, 103537), (103532, 103534), (103549, 103550)]


def test_new_arrivals_are_listed_now_so_that_the_computed_list_shows_them():
    new = goods_row(categoryid=NEW, childcid=104748, productlongname="东方蜜瓜")
    goods, _report = planned(new, goods_row(productid="2"))
    assert [each["listed_at"] for each in goods] == [NOW, LISTED_AT]


def test_a_doubled_row_is_merged():
    goods, report = planned(goods_row(), goods_row())
    assert (len(goods), report.of(GOODS)) == (1, TableReport(read=2, merged=1))


def test_another_goods_under_a_number_that_is_taken_is_refused():
    goods, report = planned(goods_row(line=5), goods_row(line=6, productlongname="东方蜜瓜"))
    assert [each["name"] for each in goods] == ["海南千禧果"]
    assert report.of(GOODS) == TableReport(read=2, refused=1)
    assert report.refusals == ["axf_goods, line 6: productid 118826 belongs to 海南千禧果 already"]


def test_a_goods_without_a_child_stands_in_its_type_alone():
    ((goods,), _report) = planned(goods_row(childcid=0))
    assert (goods["food_type_id"], goods["child_type_id"]) == (103532, None)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"productid": "1-2"}, "productid '1-2' is no product number"),
        ({"productid": "商品"}, "productid '商品' is no product number"),
        ({"productid": "1" * 19}, f"productid '{'1' * 19}' is no product number"),
        ({"productid": None}, "productid '' is no product number"),
        ({"productlongname": ""}, "productlongname is empty or longer than 200 characters"),
        ({"productlongname": "长" * 201}, "productlongname is empty or longer than 200 characters"),
        ({"specifics": "长" * 61}, "specifics is longer than 60 characters"),
        ({"price": "0"}, "price is 0"),
        ({"price": "0.004"}, "price is 0"),
        ({"price": "-1"}, "price '-1' is not a price"),
        ({"price": "gratis"}, "price 'gratis' is not a price"),
        ({"price": "nan"}, "price 'nan' is not a price"),
        ({"price": "Infinity"}, "price 'Infinity' is not a price"),
        ({"price": "21474836.48"}, "price '21474836.48' is not a price"),
        ({"price": "1e99"}, "price '1e99' is not a price"),
        ({"marketprice": None}, "marketprice '' is not a price"),
        ({"storenums": -1}, "storenums '-1' is not a whole number from 0 to 2147483647"),
        ({"storenums": "2147483648"}, "storenums '2147483648' is not a whole number from 0 to 2147483647"),
        ({"productnum": "１"}, "productnum '１' is not a whole number from 0 to 2147483647"),
        ({"categoryid": 999}, "the food type 999 does not exist"),
        ({"categoryid": 103533}, "the food type 103533 does not exist"),
        ({"childcid": 103550}, "the food type 103550 is no child of 103532"),
        (
            {"categoryid": NEW, "childcid": 0, "productlongname": "谜"},
            "谜: no food type fits this row of a computed list",
        ),
    ],
)
def test_a_row_that_cannot_be_is_refused_with_line_and_reason(values, reason):
    goods, report = planned(goods_row(line=9, **values), goods_row(productid="2"))
    assert report.refusals == [f"axf_goods, line 9: {reason}"]
    assert [each["code"] for each in goods] == ["C-2"]
    assert report.of(GOODS) == TableReport(read=2, refused=1)


@pytest.mark.parametrize(
    ("name", "child_id", "picture"),
    [
        ("飘香鸭脖微辣168g", 103582, "generic-duck"),
        ("农夫山泉饮用天然水4L", 103550, "generic-water"),
        ("水果黄瓜", 103533, "generic-vegetable"),
        ("谜", 103533, "generic-fruit"),
        ("谜", None, "generic-fruit"),
    ],
)
def test_pictures_are_chosen_by_name_child_and_type(name, child_id, picture):
    assert goods_picture(name, 103581 if child_id == 103582 else 103532, child_id) == picture


def test_goods_of_an_unknown_type_have_a_picture_too():
    assert goods_picture("谜", 1, 2) == ANY_GOODS
    assert (STATIC / f"img/goods/{ANY_GOODS}-240.webp").exists()


# Two different goods each have these names.
TWO_PRICES = {"农夫山泉饮用天然水4L", "爱鲜蜂·黄油桃260-330g/盒"}


def planned_dump(name):
    """Return the goods of a whole dump, and the report on them."""
    rows, report = parsed(name).rows, Report()
    types = plan_types(rows[TYPES], rows[GOODS], Report())
    food_types = FoodTypes({each["id"]: each["parent_id"] for each in types})
    return plan_goods(rows[GOODS], food_types, NOW, report), report


@pytest.mark.parametrize("name", [EXTENDED, ROWS])
def test_the_830_rows_of_a_whole_dump_become_827_goods(name):
    goods, report = planned_dump(name)
    assert report == Report(
        {GOODS: TableReport(read=830, merged=3)},
        notes=["axf_goods: 217 rows cost more than their market price; the shop strikes none there"],
    )
    assert (len(goods), len({each["code"] for each in goods})) == (827, 827)
    assert sum(each["price"] > each["market_price"] for each in goods) == 217
    assert (sum(each["is_featured"] for each in goods), max(each["sales"] for each in goods)) == (69, 4225)
    assert {each["food_type_id"] for each in goods}.isdisjoint({HOT, NEW})
    assert [each["pack"] for each in goods if each["pack_amount"] is None] == ["30其他"]


@pytest.mark.parametrize("name", [EXTENDED, ROWS])
def test_every_price_of_a_whole_dump_is_exact(name):
    goods, _report = planned_dump(name)
    rows = {row.text("productlongname"): row for row in parsed(name).rows[GOODS]}
    prices = {
        each["name"]: (Decimal(each["price"]) / 100, Decimal(each["market_price"]) / 100)
        for each in goods
        if each["name"] not in TWO_PRICES
    }
    assert len(prices) == 823
    assert prices == {each: tuple(Decimal(rows[each].text(of)) for of in ("price", "marketprice")) for each in prices}


def test_both_whole_dumps_become_the_same_goods():
    one, other = planned_dump(EXTENDED)[0], planned_dump(ROWS)[0]
    assert sorted(one, key=lambda each: each["code"]) == sorted(other, key=lambda each: each["code"])


def test_every_goods_of_a_whole_dump_has_a_picture_that_exists():
    pictures = {STATIC / f"img/goods/{each['picture']}-{size}.webp" for each in planned_dump(ROWS)[0] for size in SIZES}
    assert len(pictures) > 80
    assert [picture.name for picture in pictures if not picture.exists()] == []

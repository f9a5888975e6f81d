"""What the food types of a classic dump become: ``plan_types``."""

import pytest

from axf.seed.classic_dump import GOODS, TYPES
from axf.seed.classic_goods import CHILDREN, plan_types
from axf.seed.report import Report, TableReport
from tests.seed.conftest import EXTENDED, ROWS, goods_row, parsed, type_row

FRUIT = type_row("103532", "全部分类:0#进口水果:103534#国产水果:103533", typename="优选水果", typesort=3)


def planned(type_rows, goods_rows=()):
    """Return (id, parent, name, position) of each, and the report."""
    report = Report()
    types = plan_types(list(type_rows), list(goods_rows), report)
    return [(each["id"], each["parent_id"], each["name"], each["position"]) for each in types], report


def test_a_type_brings_its_children_but_not_the_0_that_stands_for_all():
    types, report = planned([FRUIT])
    assert types == [
        (103532, None, "优选水果", 3),
        (103534, 103532, "进口水果", 1),
        (103533, 103532, "国产水果", 2),
    ]
    assert report == Report({TYPES: TableReport(read=1), CHILDREN: TableReport(read=2)})


def test_types_are_named_in_english_where_it_is_known():
    types = plan_types([FRUIT, type_row("7", "全部分类:0#甲:8", typename="乙")], [], Report())
    assert [each["name_en"] for each in types] == ["Choice Fruit", "乙", "Imported Fruit", "Chinese Fruit", "甲"]


def test_the_hot_list_and_the_new_arrivals_become_computed_lists():
    types = plan_types([type_row("104749"), type_row("104747"), type_row("103541")], [], Report())
    assert [each["listing"] for each in types] == ["hot", "new", "goods"]


def test_doubled_rows_are_merged():
    types, report = planned([FRUIT, type_row("104749"), FRUIT, type_row("104749")])
    assert len(types) == 4
    assert report.of(TYPES) == TableReport(read=4, merged=2)


def test_a_child_that_only_goods_name_comes_after_the_others():
    """103582 of 卤味熟食 and 104959 of 冰激凌 are in no childtypenames."""
    rows = [goods_row(childcid=103599, childcidname="散称水果"), goods_row(childcid=103533, childcidname="国产水果")]
    types, report = planned([FRUIT], rows)
    assert types[-2:] == [(103533, 103532, "国产水果", 2), (103599, 103532, "散称水果", 3)]
    assert report.of(CHILDREN) == TableReport(read=3)


def test_a_row_of_a_computed_list_does_not_take_another_types_child():
    """A copy on 热销榜 carries the child of the goods' own type, and stands before it in the dump."""
    hot = goods_row(categoryid=104749, childcid=103543, childcidname="膨化食品")
    own = goods_row(categoryid=103541, childcid=103543, childcidname="膨化食品")
    types, _report = planned([type_row("104749"), type_row("103541")], [hot, own])
    assert types[-1] == (103543, 103541, "膨化食品", 1)


@pytest.mark.parametrize(
    "values",
    [
        {"childcid": 0},
        {"childcidname": ""},
        {"childcid": "x"},
        {"categoryid": 999},
        {"categoryid": ""},
        {"childcid": 104749, "childcidname": "热销榜"},
    ],
)
def test_goods_that_name_no_child_add_none(values):
    row = goods_row(**{"childcid": 103599, "childcidname": "散称水果", **values})
    types, _report = planned([FRUIT, type_row("104749")], [row])
    assert [each[0] for each in types] == [103532, 104749, 103534, 103533]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (type_row("x"), "typeid 'x' is not a whole number from 0 to 2147483647"),
        (type_row(0), "typeid is 0"),
        (type_row(None), "typeid '' is not a whole number from 0 to 2147483647"),
        (type_row("1", typesort=-1), "typesort '-1' is not a whole number from 0 to 2147483647"),
        (type_row("1", typename="  "), "typename is empty or longer than 40 characters"),
        (type_row("1", typename="长" * 41), "typename is empty or longer than 40 characters"),
        (type_row("1", "全部分类:0#进口水果"), "childtypenames: '进口水果' is not of the form name:id"),
        (type_row("1", "进口水果:12:x"), "childtypenames: '进口水果:12:x' is not of the form name:id"),
        (type_row("1", ":12"), "childtypenames: ':12' is not of the form name:id"),
    ],
)
def test_a_type_that_cannot_be_is_refused_and_the_others_go_in(row, reason):
    types, report = planned([type_row("103541"), row])
    assert types == [(103541, None, "T103541", 1)]
    assert report.of(TYPES) == TableReport(read=2, refused=1)
    assert report.refusals == [f"axf_foodtypes, line 1: {reason}"]


@pytest.mark.parametrize(("name", "rows", "merged"), [(EXTENDED, 11, 0), (ROWS, 22, 11)])
def test_the_whole_dumps_have_11_types_with_36_children(name, rows, merged):
    dump = parsed(name)
    types, report = planned(dump.rows[TYPES], dump.rows[GOODS])
    assert (len(types), len({each[0] for each in types})) == (47, 47)
    assert report == Report({TYPES: TableReport(read=rows, merged=merged), CHILDREN: TableReport(read=36)})
    named_by_goods_only = {(103582, 103581), (104748, 104747), (104959, 104958)}
    assert named_by_goods_only < {each[:2] for each in types}

"""What the home page of a classic dump becomes: ``plan_home``."""

import pytest

from axf.seed.classic_dump import HOME
from axf.seed.classic_goods import LISTED_AT, FoodTypes
from axf.seed.classic_home import ANYWHERE, MODELS, THEMES, plan_home
from axf.seed.report import Report, TableReport
from tests.seed.conftest import BY_HAND, EXTENDED, FOOD_TYPES, ROWS, STATIC, home_row, parsed

# The two widths in which the home page shows a picture of each table.
WIDTHS = {
    "axf_wheel": (640, 1280),
    "axf_nav": (96, 192),
    "axf_mustbuy": (320, 640),
    "axf_shop": (320, 640),
    "axf_mainshow": (640, 1280),
}
ALL_TOPS = FoodTypes(FOOD_TYPES.parents | {theme.type_id: None for theme in (*THEMES, ANYWHERE)})


def planned(table, *rows, types=FOOD_TYPES):
    report = Report()
    return [values for _where, values in plan_home(table, list(rows), types, report)], report


def test_a_row_becomes_a_banner_that_leads_to_a_market_page():
    values, report = planned("axf_wheel", home_row("酸奶女王"))
    assert values == [
        {
            "name": "酸奶女王",
            "name_en": "Yoghurt Queen",
            "picture": "wheel-yogurt",
            "target": "/axf/market/103536/103537/0/",
            "position": 1,
            "starts_at": LISTED_AT,
            "ends_at": None,
        }
    ]
    assert report == Report({"axf_wheel": TableReport()})


@pytest.mark.parametrize(
    ("name", "track_id", "target"),
    [
        ("热销榜", "104749", "/axf/market/104749/0/0/"),  # a track id that is a food type leads there
        ("谜", "103541", "/axf/market/103541/0/0/"),
        ("谜", "104958", "/axf/market/104958/0/0/"),
        ("优选圣女果", "21869", "/axf/market/103532/0/0/"),  # a campaign that is over: a word of the name leads on
        ("谜", "21869", "/axf/market/104749/0/0/"),  # no word known: to the best sellers
        ("谜", "103534", "/axf/market/104749/0/0/"),  # a child is no page of its own
        ("谜", "", "/axf/market/104749/0/0/"),
        ("谜", "１", "/axf/market/104749/0/0/"),
    ],
)
def test_targets(name, track_id, target):
    values, _report = planned("axf_shop", home_row(name, track_id))
    assert [each["target"] for each in values] == [target]


@pytest.mark.parametrize(
    ("table", "target"), [("axf_nav", "/axf/check-in/"), ("axf_mainshow", "/axf/market/104749/0/0/")]
)
def test_the_check_in_shortcut_leads_to_the_check_in(table, target):
    values, _report = planned(table, home_row("每日签到", "21753"))
    assert [each["target"] for each in values] == [target]


def test_a_child_that_does_not_exist_is_left_out_of_the_target():
    """整箱购, by the case, leads to child 104503 of the drinks, which this shop has not."""
    values, _report = planned("axf_shop", home_row("整箱购", "20581"))
    assert [each["target"] for each in values] == ["/axf/market/103549/0/0/"]


@pytest.mark.parametrize(
    ("table", "name", "picture"),
    [
        ("axf_nav", "每日必抢", "nav-daily"),
        ("axf_nav", "鲜蜂力荐", "nav-picks"),
        ("axf_nav", "谜", "nav-picks"),
        ("axf_shop", "鲜蜂力荐", "shop-picks"),
        ("axf_shop", "牛奶面包", "shop-dairy-bread"),
        ("axf_mustbuy", "鲜果女王", "mustbuy-fruit"),
        ("axf_mainshow", "优选水果", "mainshow-fruit"),
    ],
)
def test_pictures(table, name, picture):
    values, _report = planned(table, home_row(name))
    assert [each["picture"] for each in values] == [picture]


@pytest.mark.parametrize("table", HOME)
def test_every_theme_has_a_picture_for_every_table(table):
    rows = [home_row(word, img=str(place)) for place, theme in enumerate(THEMES) for word in theme.words.split()]
    rows += [home_row("谜"), home_row("谜的", track_id="103541")]
    values, _report = planned(table, *rows, types=ALL_TOPS)
    assert len(values) == len(rows)
    assert missing_pictures(table, values) == []


def missing_pictures(table, values):
    files = [STATIC / f"img/home/{each['picture']}-{width}.webp" for each in values for width in WIDTHS[table]]
    return [file.name for file in files if not file.exists()]


def test_doubled_rows_are_merged_and_positions_have_no_gaps():
    rows = [home_row("酸奶女王"), home_row("优选圣女果"), home_row("酸奶女王"), home_row("酸奶女王", track_id="1")]
    values, report = planned("axf_wheel", *rows)
    assert [(each["name"], each["position"]) for each in values] == [
        ("酸奶女王", 1),
        ("优选圣女果", 2),
        ("酸奶女王", 3),
    ]
    assert report.of("axf_wheel") == TableReport(merged=1)


def test_main_shows_are_the_same_when_their_names_are():
    rows = [home_row("优选水果", img="a.jpg"), home_row("优选水果", img="b.jpg"), home_row("牛奶面包", img="a.jpg")]
    values, report = planned("axf_mainshow", *rows)
    assert [each["name"] for each in values] == ["优选水果", "牛奶面包"]
    assert report.of("axf_mainshow") == TableReport(merged=1)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (home_row("", line=4), "name is empty or longer than 60 characters"),
        (home_row("长" * 61, line=4), "name is empty or longer than 60 characters"),
        (home_row("麻辣女王", line=4), "the food type 103581 does not exist yet: import goods first"),
    ],
)
def test_a_row_that_cannot_be_is_refused(row, reason):
    values, report = planned("axf_mustbuy", row, home_row("酸奶女王"))
    assert [(each["name"], each["position"]) for each in values] == [("酸奶女王", 1)]
    assert report == Report({"axf_mustbuy": TableReport(refused=1)}, refusals=[f"axf_mustbuy, line 4: {reason}"])


@pytest.mark.parametrize("dump", [EXTENDED, ROWS, BY_HAND])
@pytest.mark.parametrize(
    ("table", "rows"),
    [("axf_wheel", 5), ("axf_nav", 4), ("axf_mustbuy", 4), ("axf_shop", 11), ("axf_mainshow", 6)],
)
def test_the_whole_dumps_have_the_same_home_page_in_english_too(dump, table, rows):
    values, report = planned(table, *parsed(dump).rows[table], types=ALL_TOPS)
    assert len(values) == rows
    assert [each["name"] for each in values if each["name_en"] == each["name"]] == []
    assert missing_pictures(table, values) == []
    assert report.refusals == []


def test_every_classic_home_table_has_its_model():
    assert tuple(MODELS) == HOME

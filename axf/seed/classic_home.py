"""What the home page of a classic dump becomes: targets that lead somewhere, pictures of our own."""

from dataclasses import dataclass

from axf.core.db import Base
from axf.home.models import MainShow, MustBuy, Nav, Shop, Wheel
from axf.seed.classic_dump import DumpRow, distinct
from axf.seed.classic_english import HOME_NAMES
from axf.seed.classic_goods import HOT_LIST, LISTED_AT, NEW_LIST, FoodTypes
from axf.seed.report import Report
from axf.seed.rows import Values

MODELS: dict[str, type[Base]] = {
    "axf_wheel": Wheel,
    "axf_nav": Nav,
    "axf_mustbuy": MustBuy,
    "axf_shop": Shop,
    "axf_mainshow": MainShow,
}
LONGEST_NAME = 60


@dataclass(frozen=True)
class Theme:
    """A market page with the words that lead there and the pictures that go with it."""

    words: str
    type_id: int
    child_id: int
    wheel: str
    mustbuy: str
    shop: str
    mainshow: str = "mainshow-snacks"


# The campaigns behind most classic track ids are long over; a word of the name says where to go instead.
THEMES = (
    Theme("酸奶 酸乳", 103536, 103537, "wheel-yogurt", "mustbuy-yogurt", "shop-dairy-bread", "mainshow-dairy-bread"),
    Theme("麻辣 卤 鸭", 103581, 0, "wheel-duck", "mustbuy-spicy", "shop-duck", "mainshow-deli"),
    Theme(
        "牛奶 面包 窝夫 蛋糕", 103536, 0, "mainshow-dairy-bread", "mustbuy-yogurt", "shop-dairy-bread",
        "mainshow-dairy-bread",
    ),
    Theme("整箱", 103549, 104503, "mainshow-drinks", "mustbuy-fruit", "shop-case", "mainshow-drinks"),
    Theme("饮料 酒水", 103549, 0, "mainshow-drinks", "mustbuy-fruit", "shop-drinks", "mainshow-drinks"),
    Theme("零食 食品", 103541, 0, "mainshow-snacks", "mustbuy-spicy", "shop-snacks", "mainshow-snacks"),
    Theme("方便 速食", 103557, 0, "mainshow-instant", "mustbuy-hotpot", "shop-express", "mainshow-instant"),
    Theme("新品", NEW_LIST, 0, "wheel-spring-fair", "mustbuy-fruit", "shop-new"),
    Theme("热销", HOT_LIST, 0, "wheel-spring-fair", "mustbuy-fruit", "shop-hot"),
    Theme("果 鲜货", 103532, 0, "wheel-fruit", "mustbuy-fruit", "shop-fruit", "mainshow-fruit"),
)  # fmt: skip
ANYWHERE = Theme("", HOT_LIST, 0, "wheel-spring-fair", "mustbuy-hotpot", "shop-more")
# What no market page says.
PICTURES_BY_NAME = {
    "每日必抢": "nav-daily",
    "每日签到": "nav-newcomer",
    "鲜货直供": "nav-fresh",
    "闪送超市": "shop-express",
    "鲜蜂力荐": "shop-picks",
}
NAV_PICTURE = "nav-picks"
# Shortcuts that lead to a page of their own.
NAV_TARGETS = {"每日签到": "/axf/check-in/"}


def plan_home(table: str, rows: list[DumpRow], types: FoodTypes, report: Report) -> list[tuple[str, Values]]:
    """Return the rows of a home table (where each stands, its values), each once and in order.

    Those whose market page does not exist yet are refused. Rows are the same when name, picture and track id
    are; main shows when their names are, because all classic ones repeat one picture and one set of goods.
    """
    first_rows = distinct(rows, "name") if table == "axf_mainshow" else distinct(rows, "name", "img", "trackid")
    report.of(table).merged += len(rows) - len(first_rows)
    planned: list[tuple[str, Values]] = []
    for row in first_rows:
        name = row.text("name")
        theme = _theme(name, row.text("trackid"), types)
        child_id = theme.child_id if types.is_child(theme.child_id, theme.type_id) else 0
        if not 0 < len(name) <= LONGEST_NAME:
            report.refuse(table, row.where, f"name is empty or longer than {LONGEST_NAME} characters")
        elif not types.is_top(theme.type_id):
            report.refuse(table, row.where, f"the food type {theme.type_id} does not exist yet: import goods first")
        else:
            market = f"/axf/market/{theme.type_id}/{child_id}/0/"
            values = {
                "name": name,
                "name_en": HOME_NAMES.get(name, name),
                "picture": _picture(table, name, theme),
                "target": NAV_TARGETS.get(name, market) if table == "axf_nav" else market,
                "position": len(planned) + 1,
                "starts_at": LISTED_AT,
                "ends_at": None,
            }
            planned.append((row.where, values))
    return planned


def type_of(target: str) -> int:
    """Return the food type of a market page's address."""
    return int(target.split("/")[3])


def _theme(name: str, track_id: str, types: FoodTypes) -> Theme:
    if track_id.isascii() and track_id.isdigit() and types.is_top(int(track_id)):
        for theme in THEMES:
            if theme.type_id == int(track_id) and not theme.child_id:
                return theme
        return Theme("", int(track_id), 0, ANYWHERE.wheel, ANYWHERE.mustbuy, ANYWHERE.shop)
    for theme in THEMES:
        if any(word in name for word in theme.words.split()):
            return theme
    return ANYWHERE


def _picture(table: str, name: str, theme: Theme) -> str:
    if table == "axf_nav":
        picture = PICTURES_BY_NAME.get(name, NAV_PICTURE)
        return picture if picture.startswith("nav-") else NAV_PICTURE
    if table == "axf_shop":
        return PICTURES_BY_NAME.get(name, theme.shop)
    return {"axf_wheel": theme.wheel, "axf_mustbuy": theme.mustbuy, "axf_mainshow": theme.mainshow}[table]

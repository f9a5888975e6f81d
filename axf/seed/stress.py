"""A shop of any size for measuring: goods with words that meet in many ways, always the same for the same number."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import count as counting
from itertools import islice
from typing import Any, cast

from sqlalchemy import CursorResult, func, insert, literal, select

from axf.core import clock
from axf.core.db import UTCDateTime, retried, table_of, transaction
from axf.extensions import db
from axf.market.models import FoodType, Goods, StockMovement
from axf.market.pack import parse_pack

# Far above the ids of a real shop, so that the two never meet.
FIRST_TYPE, FIRST_GOODS = 900_000_001, 900_000_001
# Further food types repeat the first ones; the ids of each repeat begin so much later.
REPEAT = 1_000
# So many goods go in with one transaction.
BATCH = 10_000
# One name for each food type, and what is sold there: Chinese and English.
_TYPES = {
    "压测水果 Bench Fruit": "草莓 Strawberry, 西瓜 Watermelon, 苹果 Apples, 香蕉 Bananas, 葡萄 Grapes, 蓝莓 Blueberry",
    "压测乳品 Bench Dairy": "牛奶 Milk, 酸奶 Yoghurt, 奶酪 Cheese, 黄油 Butter, 豆浆 Soya Milk",
    "压测饮料 Bench Drinks": "绿茶 Green Tea, 可乐 Cola, 矿泉水 Spring Water, 咖啡 Coffee, 橙汁 Orange Juice",
    "压测零食 Bench Snacks": "饼干 Biscuits, 薯片 Crisps, 巧克力 Chocolate, 坚果 Nuts, 果冻 Jelly, 海苔 Seaweed",
    "压测粮油 Bench Staples": "大米 Rice, 面条 Noodles, 花生油 Peanut Oil, 酱油 Soy Sauce, 陈醋 Vinegar, 红糖 Sugar",
    "压测日用 Bench Household": "牙膏 Toothpaste, 纸巾 Tissues, 洗衣液 Laundry Liquid, 电池 Batteries, 雨伞 Umbrella",
}
_STYLES = (
    "有机 Organic, 精选 Selected, 家庭装 Family, 原味 Plain, 蜂蜜 Honey, 桂花 Osmanthus, 高山 Mountain,"
    " 手工 Handmade, 低糖 Low-Sugar, 经典 Classic, 儿童 Children's,"
    " 早餐 Breakfast, 冷藏 Chilled, 老式 Old-Style, 双层 Double, 迷你 Mini"
)
_PLACES = (
    "云南 Yunnan, 山东 Shandong, 四川 Sichuan, 新疆 Xinjiang, 广西 Guangxi, 福建 Fujian, 陕西 Shaanxi,"
    " 海南 Hainan, 浙江 Zhejiang, 江苏 Jiangsu, 安徽 Anhui,"
    " 湖北 Hubei, 贵州 Guizhou, 宁夏 Ningxia, 内蒙古 Mongolia, 黑龙江 Heilongjiang"
)
# Two of these make a brand: 晨露, 溪山 …
_FIRST, _SECOND = "晨溪青云禾麦星岚松柏竹梅兰泉石月", "露山谷田园坊记家堂铺里湾岭原香川"
_PACKS = (
    "250g/袋",
    "500g/盒",
    "1kg/袋",
    "2.5kg/箱",
    "250ml",
    "1L",
    "100ml*6瓶",
    "6枚/盒",
    "12粒/盒",
    "30g*8袋",
    "5kg/袋",
)
_PICTURE = "generic-fruit"


def add_types(count: int, on_rows: Callable[[int], object] = lambda rows: None) -> int:
    """Add the food types that are missing up to ``count``, with their children, and return how many. Commits.

    There are ``FEWEST_TYPES`` of them at least: goods need them. ``on_rows`` hears how many rows went in.
    """
    added = _add_types(max(count, FEWEST_TYPES))
    on_rows(added)
    return added


def add_goods(count: int, on_rows: Callable[[int], object] = lambda rows: None) -> int:
    """Add the goods that are missing up to ``count`` and return how many. Commits.

    ``on_rows`` hears how many rows each batch was. Half of the goods are of the first food types, the others are
    spread over all that ``add_types`` made. Search does not know them yet: ``flask search index`` comes after it.
    """
    add_types(FEWEST_TYPES)
    repeats = _whole_repeats()
    there = db.session.scalar(select(func.max(Goods.id)).where(Goods.id >= FIRST_GOODS))
    first = 0 if there is None else there - FIRST_GOODS + 1
    for start in range(first, count, BATCH):
        on_rows(_add_batch(start, min(start + BATCH, count), repeats))
    return max(0, count - first)


@retried
def _add_types(count: int) -> int:
    """Add the first ``count`` food types, parents before children, and return how many were missing."""
    table = table_of(FoodType)
    with transaction(db.session):
        known = set(db.session.scalars(select(table.c.id).where(table.c.id >= FIRST_TYPE)))
        rows = [row for row in islice(_type_rows(), count) if row["id"] not in known]
        for is_child in (False, True):
            level = [row for row in rows if (row["parent_id"] is not None) == is_child]
            if level:
                db.session.execute(insert(table), level)
    return len(rows)


def _type_rows() -> Iterator[dict[str, Any]]:
    """Yield food types without end, each parent before its children; those of a repeat bear its number."""
    for repeat in counting():
        number = f" {repeat}" if repeat else ""
        for i, (name, products) in enumerate(_TYPES.items()):
            parent_id = FIRST_TYPE + REPEAT * repeat + 100 * i
            ((zh, en),) = _both(name)
            position = 900 + len(_TYPES) * repeat + i
            named = {"name": zh + number, "name_en": en + number}
            yield {"id": parent_id, "parent_id": None, **named, "position": position}
            for j, (zh, en) in enumerate(_both(products)):
                named = {"name": zh + number, "name_en": en + number}
                yield {"id": parent_id + 1 + j, "parent_id": parent_id, **named, "position": j}


def _whole_repeats() -> int:
    """Return how often all the first food types are there, the first ones included."""
    there = db.session.scalar(select(func.count()).select_from(FoodType).where(FoodType.id >= FIRST_TYPE)) or 0
    return there // FEWEST_TYPES


@retried
def _add_batch(start: int, end: int, repeats: int) -> int:
    """Add goods number ``start`` to before ``end``, each with the movement of its stock; return how many rows."""
    now = clock.now()
    first, last = FIRST_GOODS + start, FIRST_GOODS + end - 1
    table, moved = table_of(Goods), table_of(StockMovement)
    with transaction(db.session):
        db.session.execute(insert(table), [_goods_row(number, now, repeats) for number in range(start, end)])
        initial = select(table.c.id, table.c.stock, literal("initial"), literal("stress"), literal(now, UTCDateTime()))
        columns = ["goods_id", "delta", "reason", "reference", "created_at"]
        is_new = table.c.id.between(first, last) & (table.c.stock > 0)
        movements = db.session.execute(insert(moved).from_select(columns, initial.where(is_new)))
    return end - start + cast(CursorResult, movements).rowcount


def _goods_row(number: int, now: datetime, repeats: int) -> dict[str, Any]:
    """Return one goods: its number, scattered by a large prime, chooses its words and its figures."""
    dice = number * 2_654_435_761 % 2**32
    dice, place = divmod(dice, len(_PLACES_OF))
    dice, style = divmod(dice, len(_STYLES_OF))
    dice, brand = divmod(dice, len(_FIRST) * len(_SECOND))
    dice, kind = divmod(dice, len(_PRODUCTS))
    dice, size = divmod(dice, len(_PACKS))
    type_id, child_id, product_zh, product_en = _PRODUCTS[kind]
    shift = REPEAT * (number // 2 % repeats) if number % 2 else 0
    (place_zh, place_en), (style_zh, style_en) = _PLACES_OF[place], _STYLES_OF[style]
    pack, amount, unit = _SIZES[size]
    price = 200 + dice % 9_800
    return {
        "id": FIRST_GOODS + number,
        "code": f"S-{number}",
        "name": f"{_FIRST[brand % len(_FIRST)]}{_SECOND[brand // len(_FIRST)]}{place_zh}{style_zh}{product_zh}",
        "name_en": f"{place_en} {style_en} {product_en}",
        "food_type_id": type_id + shift,
        "child_type_id": child_id + shift,
        "pack": pack,
        "pack_en": pack,
        "pack_amount": amount,
        "pack_unit": unit,
        "price": price,
        "market_price": price + dice % 500,
        "stock": 0 if dice % 50 == 0 else 20 + dice % 200,
        "sales": 2_000_000 // (1 + dice % 100_000),
        "is_featured": dice % 20 == 0,
        "is_bogo": dice % 40 == 0,
        "on_sale": True,
        "picture": _PICTURE,
        "description": "",
        "description_en": "",
        "listed_at": now - timedelta(minutes=dice % 500_000),
    }


def _both(words: str) -> list[tuple[str, str]]:
    """Return the Chinese and the English of each word."""
    return [(zh, en) for zh, _, en in (word.partition(" ") for word in words.split(", "))]


def _products() -> Iterator[tuple[int, int, str, str]]:
    for i, products in enumerate(_TYPES.values()):
        for j, (zh, en) in enumerate(_both(products)):
            yield FIRST_TYPE + 100 * i, FIRST_TYPE + 100 * i + 1 + j, zh, en


def _sizes() -> Iterator[tuple[str, int, str]]:
    for written in _PACKS:
        pack = parse_pack(written)
        if pack is None:
            raise ValueError(f"{written} is no pack")
        yield written, pack.amount, pack.unit


_PLACES_OF, _STYLES_OF = _both(_PLACES), _both(_STYLES)
_PRODUCTS, _SIZES = list(_products()), list(_sizes())
FEWEST_TYPES = len(_TYPES) + len(_PRODUCTS)

"""English for what a classic dump says only in Chinese."""

import re

TYPE_NAMES = {
    104749: "Best Sellers",
    104747: "New Arrivals",
    103532: "Choice Fruit",
    103581: "Braised & Deli",
    103536: "Milk & Bread",
    103549: "Drinks",
    103541: "Snacks",
    103557: "Instant & Frozen",
    103569: "Staples & Seasoning",
    103575: "Household",
    104958: "Ice Cream",
    104748: "New Arrivals",
    103534: "Imported Fruit",
    103533: "Chinese Fruit",
    103582: "Braised Meats",
    103537: "Yoghurt & Lactic Drinks",
    103538: "Milk & Soya Milk",
    103540: "Bread & Cakes",
    103550: "Water",
    103554: "Tea & Coffee",
    103553: "Sports & Energy Drinks",
    103555: "Beer, Wine & Spirits",
    103551: "Juice",
    103552: "Fizzy Drinks",
    104503: "By the Case",
    104489: "Plant-Based Drinks",
    103556: "Imported Drinks",
    103547: "Imported Snacks",
    103544: "Biscuits & Pastries",
    103543: "Crisps & Puffs",
    103542: "Nuts & Seeds",
    103546: "Jerky & Dried Fruit",
    103545: "Sweets & Chocolate",
    103558: "Instant Noodles",
    103559: "Sausages & Braised Eggs",
    103562: "Frozen Dumplings & Buns",
    103560: "Pickles & Relishes",
    103561: "Tinned Food",
    103563: "Instant Drinks & Cereal",
    103570: "Grains, Rice, Flour & Oil",
    103571: "Seasonings",
    103572: "Sauces & Pastes",
    103576: "Personal Care",
    103578: "Paper Goods",
    103580: "Daily Needs",
    103577: "Home Cleaning",
    104959: "Ice Cream",
}
HOME_NAMES = {
    "酸奶女王": "Yoghurt Queen",
    "优选圣女果": "Choice Cherry Tomatoes",
    "伊利酸奶大放价": "Yili Yoghurt, Prices Down",
    "鲜货直供－窝夫小子": "Fresh Direct: Waffle Boy",
    "鲜货直供－狼博森食品": "Fresh Direct: Langbosen Foods",
    "鲜货直供－果析": "Fresh Direct: Guoxi",
    "每日必抢": "Today's Deals",
    "每日签到": "Daily Check-in",
    "鲜货直供": "Fresh Direct",
    "鲜蜂力荐": "Bee Picks",
    "鲜果女王": "Fruit Queen",
    "麻辣女王": "Queen of Spice",
    "闪送超市": "Express Supermarket",
    "热销榜": "Best Sellers",
    "新品尝鲜": "New Arrivals",
    "优选水果": "Choice Fruit",
    "卤味熟食": "Braised & Deli",
    "牛奶面包": "Milk & Bread",
    "饮料酒水": "Drinks",
    "方便速食": "Instant & Frozen",
    "更多": "More",
    "卤味-鸭货不能停": "Braised Duck: Can't Stop",
    "零食轰趴": "Snack Party",
    "零食大趴": "Snack Party",
    "整箱购": "By the Case",
}
_CONTAINERS = {
    "袋": "bag", "盒": "box", "瓶": "bottle", "桶": "tub", "罐": "can", "听": "can", "包": "pack", "杯": "cup",
    "箱": "case", "提": "pack", "条": "piece", "支": "piece", "卷": "roll", "片": "piece", "抽": "sheet",
    "枚": "piece", "粒": "piece", "个": "piece",
}  # fmt: skip
_EACH = {"个", "粒", "支", "枚"}
_SINGLE = re.compile(r"1(?P<what>[个粒支枚条片])")
_PACK = re.compile(
    r"(?:(?P<times>\d+)\*)?(?P<low>[\d.]+)(?:-(?P<high>[\d.]+))?(?P<unit>kg|g|ml|L|\D)(?P<least>以上)?"
    r"(?:\*(?P<count>\d+)(?P<of>\D)?)? ?(?:(?P<inside>\d+)[粒个枚])?(?:/(?P<held>\D)(?:g/\D)?)?"
)


def pack_in_english(pack: str) -> str:
    """Return a pack size in English ("250ml*24听" -> "250 ml × 24 cans"), or as it is when it is not understood."""
    if _SINGLE.fullmatch(pack):
        return "each"
    found = _PACK.fullmatch(pack)
    if found is None:
        return pack
    size, unit = "–".join(filter(None, (found["low"], found["high"]))), found["unit"]
    if unit in ("kg", "g", "ml", "L"):
        text = f"{size} {unit}"
    elif unit in _CONTAINERS and found["held"]:
        return f"{_CONTAINERS.get(found['held'], 'pack').replace('piece', 'pack')} of {size}"
    elif unit in _CONTAINERS:
        text = _counted(size, unit)
    else:
        return pack
    text += " or more" if found["least"] else ""
    if found["times"]:
        text = f"{found['times']} × {text}"
    if found["count"]:
        text += f" × {_counted(found['count'], found['of'], unit) if found['of'] else found['count']}"
    if found["held"]:
        text += " each" if found["held"] in _EACH else f" {_CONTAINERS.get(found['held'], '')}".rstrip()
    return f"{text} ({found['inside']} pieces)" if found["inside"] else text


def _counted(count: str, what: str, unit: str = "") -> str:
    word = "carton" if what == "盒" and unit in ("ml", "L") else _CONTAINERS.get(what, "piece")
    plural = f"{word}es" if word.endswith("x") else f"{word}s"
    return f"{count} {word if count == '1' else plural}"

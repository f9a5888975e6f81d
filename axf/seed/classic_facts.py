"""What a classic goods' food type and name tell of it for certain.

The dump itself has no facts: what is unclear stays unknown.
"""

from axf.seed.rows import Values

FRUIT = 103532
# By child type or type: what is only ever sold so. Fruit, deli, yoghurt and bread come in more ways than one.
_STORAGES = {
    103550: "ambient",  # 饮用水
    103552: "ambient",  # 碳酸饮料
    103553: "ambient",  # 功能饮料
    103555: "ambient",  # 酒类
    103558: "ambient",  # 方便面
    103561: "ambient",  # 罐头食品
    103562: "frozen",  # 速冻面点
    103563: "ambient",  # 冲调饮品
    103570: "cool",  # 杂粮米面油
    103571: "ambient",  # 厨房调味
    104958: "frozen",  # 冰激凌
}
# A country in the name of a fruit is where it grew.
_COUNTRIES = {
    "越南": "Vietnam",
    "泰国": "Thailand",
    "菲律宾": "The Philippines",
    "新西兰": "New Zealand",
    "智利": "Chile",
    "墨西哥": "Mexico",
    "秘鲁": "Peru",
    "南非": "South Africa",
    "美国": "United States",
    "澳大利亚": "Australia",
    "埃及": "Egypt",
    "以色列": "Israel",
    "厄瓜多尔": "Ecuador",
}


def facts_of(name: str, type_id: int, child_id: int | None) -> Values:
    """Return the columns of the facts; shelf life and allergens are never told by a name."""
    country = next((country for country in _COUNTRIES if country in name), None) if type_id == FRUIT else None
    return {
        "origin": country,
        "origin_en": country and _COUNTRIES[country],
        "storage": _STORAGES.get(child_id or type_id) or _STORAGES.get(type_id),
        "shelf_life_days": None,
        "allergens": None,
    }

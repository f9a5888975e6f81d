"""What the goods and food types of a classic dump become. Rows in, values out; no database."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from axf.market.models import LISTS_HOT, LISTS_NEW, LISTS_OWN
from axf.market.pack import parse_pack
from axf.seed import classic_facts
from axf.seed.classic_dump import GOODS, TYPES, DumpRow, distinct
from axf.seed.classic_english import TYPE_NAMES, pack_in_english
from axf.seed.classic_pictures import goods_picture
from axf.seed.report import Report
from axf.seed.rows import Values

HOT_LIST, NEW_LIST = 104749, 104747
LISTINGS = {HOT_LIST: LISTS_HOT, NEW_LIST: LISTS_NEW}
CHILDREN = "axf_foodtypes children"
# The sales counter of a 精选 goods had this added to it, so that it sorted first.
FEATURED_BOOST = 100_000_000
# When the classic catalogue was on sale: the campaign pictures in it are of February and March 2017.
LISTED_AT = datetime(2017, 3, 1, tzinfo=UTC)
# 新品尝鲜 is a computed list here: where its own rows live instead, by a word of their name.
NEW_HOMES = (
    ("酸乳", 103536, 103537),
    ("泰国", 103532, 103534),
    ("越南", 103532, 103534),
    ("瓜", 103532, 103533),
    ("柠檬", 103532, 103533),
    ("桃", 103532, 103533),
    ("椰", 103532, 103533),
    ("水", 103549, 103550),
)


@dataclass(frozen=True)
class FoodTypes:
    """The food types there are: parent by id."""

    parents: dict[int, int | None]

    def is_top(self, type_id: int) -> bool:
        return self.parents.get(type_id, 0) is None

    def is_child(self, child_id: int, type_id: int) -> bool:
        return self.parents.get(child_id) == type_id


def plan_types(type_rows: list[DumpRow], goods_rows: list[DumpRow], report: Report) -> list[Values]:
    """Return the food types and children that a dump names, parents first, each once.

    Children that only goods name (as childcid and childcidname) come after those of the type itself; rows of
    a computed list name the children of other types, so they are asked last.
    """
    first_rows = distinct(type_rows, "typeid")
    report.of(TYPES).read += len(type_rows)
    report.of(TYPES).merged += len(type_rows) - len(first_rows)
    types: dict[int, Values] = {}
    named: list[tuple[int, int, str]] = []
    for row in first_rows:
        try:
            values, below = _type_values(row), _children_named(row)
        except ValueError as error:
            report.refuse(TYPES, row.where, str(error))
            continue
        types[values["id"]] = values
        named += [(values["id"], child_id, name) for child_id, name in below]
    from_goods = [child for row in distinct(goods_rows, "categoryid", "childcid") if (child := _child_of_goods(row))]
    named += sorted((child for child in from_goods if child[0] in types), key=lambda child: child[0] in LISTINGS)
    children = _placed(child for child in named if child[1] not in types)
    report.of(CHILDREN).read += len(children)
    return [*types.values(), *children.values()]


def plan_goods(rows: list[DumpRow], types: FoodTypes, now: datetime, report: Report) -> list[Values]:
    """Return the goods of a dump in its order, each once.

    Rows of 热销榜 and 新品尝鲜 may be copies of goods that stand in their own type too: they are merged into it.
    So is a row that is there twice; another goods under a number that is taken is refused, as are rows that
    cannot be. The report also hears of market prices below the price.
    """
    counts = report.of(GOODS)
    counts.read += len(rows)
    accepted: list[tuple[DumpRow, Values]] = []
    for row in rows:
        try:
            accepted.append((row, _goods_values(row, types, now)))
        except ValueError as error:
            report.refuse(GOODS, row.where, str(error))
    goods: dict[str, Values] = {}
    for row, values in _without_copies(accepted):
        first = goods.setdefault(values["code"], values)
        if first["name"] != values["name"]:
            report.refuse(GOODS, row.where, f"productid {row.text('productid')} belongs to {first['name']} already")
    counts.merged += counts.read - counts.refused - len(goods)
    dear = sum(values["price"] > values["market_price"] for _, values in accepted)
    if dear:
        report.notes.append(f"{GOODS}: {dear} rows cost more than their market price; the shop strikes none there")
    return list(goods.values())


def _type_values(row: DumpRow) -> Values:
    type_id, name = row.number("typeid"), _name(row, "typename", 40)
    if type_id == 0:
        raise ValueError("typeid is 0")
    return {
        "id": type_id,
        "parent_id": None,
        "name": name,
        "name_en": TYPE_NAMES.get(type_id, name),
        "position": row.number("typesort"),
        "listing": LISTINGS.get(type_id, LISTS_OWN),
    }


def _children_named(row: DumpRow) -> Iterable[tuple[int, str]]:
    """Return the children in "全部分类:0#进口水果:103534"; the 0, which stands for all, is none."""
    found = []
    for part in filter(None, row.text("childtypenames").split("#")):
        name, _, child_id = part.rpartition(":")
        if not (name and child_id.isascii() and child_id.isdigit() and len(child_id) < 10):
            raise ValueError(f"childtypenames: {part!r} is not of the form name:id")
        if int(child_id):
            found.append((int(child_id), name))
    return found


def _child_of_goods(row: DumpRow) -> tuple[int, int, str] | None:
    """Return type id, child id and child name of a goods row; if they are wrong, that is said with the goods."""
    try:
        type_id, child_id, name = row.number("categoryid"), row.number("childcid"), row.text("childcidname")
    except ValueError:
        return None
    return (type_id, child_id, name) if child_id and name else None


def _placed(named: Iterable[tuple[int, int, str]]) -> dict[int, Values]:
    """Return the children (of type id, child id, name) by id, each once, counted from 1 within their type."""
    children: dict[int, Values] = {}
    siblings: Counter[int] = Counter()
    for type_id, child_id, name in named:
        if child_id not in children:
            siblings[type_id] += 1
            children[child_id] = {
                "id": child_id,
                "parent_id": type_id,
                "name": name[:40],
                "name_en": TYPE_NAMES.get(child_id, name[:40]),
                "position": siblings[type_id],
                "listing": LISTS_OWN,
            }
    return children


def _without_copies(accepted: list[tuple[DumpRow, Values]]) -> list[tuple[DumpRow, Values]]:
    """Leave out the rows of computed lists whose goods also stands in its own type.

    It is known by its product number or, on 热销榜 in dumps where somebody made the numbers unique, only by
    its name.
    """
    own = [values for row, values in accepted if row.number("categoryid") not in LISTINGS]
    codes, by_name = {values["code"] for values in own}, {values["name"]: values for values in own}
    left = []
    for row, values in accepted:
        type_id = row.number("categoryid")
        twin = by_name.get(values["name"]) if type_id == HOT_LIST and values["code"] not in codes else None
        if twin:
            # Who made a number unique made it longer: the shorter one is the goods' own, in every dump.
            twin["code"] = min(twin["code"], values["code"], key=len)
        elif type_id not in LISTINGS or values["code"] not in codes:
            left.append((row, values))
    return left


def _goods_values(row: DumpRow, types: FoodTypes, now: datetime) -> Values:
    name, pack_text = _name(row, "productlongname", 200), row.text("specifics")
    type_id, child_id = _home(row, name, types)
    price, featured, pack = row.amount("price"), row.flag("isxf"), parse_pack(pack_text)
    sales, number = row.number("productnum"), row.text("productid")
    if not (number.isascii() and number.isalnum() and len(number) <= 18):
        raise ValueError(f"productid {number!r} is no product number")
    if price == 0:
        raise ValueError("price is 0")
    if len(pack_text) > 60:
        raise ValueError("specifics is longer than 60 characters")
    return {
        "code": f"C-{number}",
        "name": name,
        "name_en": name,
        "food_type_id": type_id,
        "child_type_id": child_id,
        "pack": pack_text,
        "pack_en": pack_in_english(pack_text)[:60],
        "pack_amount": pack.amount if pack else None,
        "pack_unit": pack.unit if pack else None,
        "price": price,
        "market_price": row.amount("marketprice"),
        "stock": row.number("storenums"),
        "sales": sales - FEATURED_BOOST if featured and sales >= FEATURED_BOOST else sales,
        "is_featured": featured,
        "is_bogo": row.flag("pmdesc"),
        "on_sale": True,
        "picture": goods_picture(name, type_id, child_id),
        "description": "",
        "description_en": "",
        "listed_at": now if row.number("categoryid") == NEW_LIST else LISTED_AT,
        **classic_facts.facts_of(name, type_id, child_id),
    }


def _home(row: DumpRow, name: str, types: FoodTypes) -> tuple[int, int | None]:
    """Return food type and child of a goods; a row of a computed list goes to the type of its child or its name."""
    type_id, child_id = row.number("categoryid"), row.number("childcid")
    if not types.is_top(type_id):
        raise ValueError(f"the food type {type_id} does not exist")
    if type_id not in LISTINGS:
        if child_id and not types.is_child(child_id, type_id):
            raise ValueError(f"the food type {child_id} is no child of {type_id}")
        return type_id, child_id or None
    owner = types.parents.get(child_id)
    if owner is not None and owner not in LISTINGS:
        return owner, child_id
    for word, home, home_child in NEW_HOMES:
        if word in name and types.is_child(home_child, home):
            return home, home_child
    raise ValueError(f"{name}: no food type fits this row of a computed list")


def _name(row: DumpRow, column: str, longest: int) -> str:
    name = row.text(column)
    if not 0 < len(name) <= longest:
        raise ValueError(f"{column} is empty or longer than {longest} characters")
    return name

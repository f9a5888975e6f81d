"""Provinces, cities and districts of China: from a file, pure. ``data/README.md`` tells where it comes from."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
LONGEST_TEXT = 500
LONGEST_NAME = 20
SEPARATORS = frozenset(" \t\n,.;/-|_")


@dataclass(frozen=True)
class Region:
    """A province, city or district: six digits and its Chinese name."""

    code: str
    name: str


@dataclass(frozen=True)
class Found:
    """A region in a text, from ``begin`` to ``end``; a level that is not told is empty."""

    province: str
    city: str
    district: str
    begin: int
    end: int


@dataclass(frozen=True)
class Tree:
    """Every region with its parent and children, and the names by which texts call them."""

    names: dict[str, str]
    parents: dict[str, tuple[str, str]]
    provinces: list[Region]
    children: dict[str, list[Region]]
    by_name: dict[str, list["Way"]]


@dataclass(frozen=True)
class Way:
    """A way of naming a region: its codes, and whether the name was said in full."""

    codes: tuple[str, str, str]
    is_full: bool


def provinces() -> list[Region]:
    """Return the provinces, municipalities and autonomous regions."""
    return _tree().provinces


def cities(province: str) -> list[Region]:
    """Return the cities of a province; a municipality has one. An unknown code has none."""
    return _tree().children.get(f"p{province}", [])


def districts(city: str) -> list[Region]:
    """Return the districts of a city. An unknown code has none."""
    return _tree().children.get(f"c{city}", [])


def is_district(code: str) -> bool:
    """Tell whether this is the code of a district."""
    return code in _tree().parents


def parents_of(district: str) -> tuple[str, str]:
    """Return the codes of a district's province and city; two empty texts for an unknown one."""
    return _tree().parents.get(district, ("", ""))


def name_of(district: str) -> str:
    """Return 浙江省 杭州市 西湖区, or 上海市 黄浦区: no name twice. An unknown code stands for itself."""
    province, city = parents_of(district)
    names = _tree().names
    told = [names[f"p{province}"], names[f"c{city}"], names[f"d{district}"]] if province else [district]
    return " ".join(dict.fromkeys(told))


def find(text: str) -> Found | None:
    """Return the region that a text names, or None: the one told most exactly, the first of those.

    Levels may be left out where what remains is clear (上海市黄浦区, 昆山市, 海淀区), and ends of names too
    (江苏 苏州). A short name alone is none: 上海路 is a street in many cities. Texts beyond 500 characters are
    read to there.
    """
    text = text[:LONGEST_TEXT]
    found = [each for begin in range(len(text)) if (each := _found_at(text, begin)) is not None]
    return max(found, key=lambda each: (bool(each.district), bool(each.city), -each.begin), default=None)


def _found_at(text: str, begin: int) -> Found | None:
    """Return the longest region that begins here. The ways that names lead are few, so all are tried."""
    best: tuple[tuple[int, int], Found] | None = None
    for (province, city, district), end, is_sure in _walk(text, begin, ("", "", ""), 0):
        score = (sum(map(bool, (province, city, district))), end)
        if is_sure and (best is None or score > best[0]):
            best = (score, Found(province, city, district, begin, end))
    return best[1] if best else None


def _walk(
    text: str, at: int, above: tuple[str, str, str], level: int
) -> Iterator[tuple[tuple[str, str, str], int, bool]]:
    """Yield the codes told from here on under ``above``, where they end, and whether they may stand so."""
    ways = [
        (way, end)
        for end in range(at + 2, min(len(text), at + LONGEST_NAME) + 1)
        for way in _tree().by_name.get(text[at:end], [])
        if _depth(way) > level and _is_under(way.codes, above)
    ]
    for way, end in ways:
        depth = _depth(way)
        is_alone = sum(_depth(other) == depth and other_end == end for other, other_end in ways) == 1
        is_closed = end == len(text) or text[end] in SEPARATORS
        if depth == 3 and (not is_alone or not (way.is_full or (is_closed and level))):
            continue
        yield way.codes, end, is_alone and (way.is_full or bool(level))
        if depth < 3:
            yield from _walk(text, _after_separators(text, end), way.codes, depth)


def _depth(way: Way) -> int:
    return 3 if way.codes[2] else 2 if way.codes[1] else 1


def _is_under(codes: tuple[str, str, str], above: tuple[str, str, str]) -> bool:
    return all(not wanted or code == wanted for code, wanted in zip(codes, above, strict=True))


def _after_separators(text: str, at: int) -> int:
    while at < len(text) and text[at] in SEPARATORS:
        at += 1
    return at


@lru_cache(maxsize=1)
def _tree() -> Tree:
    tree = Tree({}, {}, [], {}, {})
    for province, (name, below) in _load("regions").items():
        tree.provinces.append(_add(tree, "p", (province, "", ""), name))
        for city, (city_name, districts_) in below.items():
            tree.children.setdefault(f"p{province}", []).append(_add(tree, "c", (province, city, ""), city_name))
            for district, district_name in districts_.items():
                region = _add(tree, "d", (province, city, district), district_name)
                tree.children.setdefault(f"c{city}", []).append(region)
                tree.parents[district] = (province, city)
    return tree


def _add(tree: Tree, kind: str, codes: tuple[str, str, str], name: str) -> Region:
    code = [each for each in codes if each][-1]
    tree.names[f"{kind}{code}"] = name
    tree.by_name.setdefault(name, []).append(Way(codes, is_full=True))
    short = _short(name, {"p": "province", "c": "city", "d": "district"}[kind])
    if short != name:
        tree.by_name.setdefault(short, []).append(Way(codes, is_full=False))
    return Region(code, name)


def _short(name: str, kind: str) -> str:
    """Return the name without 省, 市, 区 and the like, where two characters or more are left."""
    for end in words()["ends"][kind]:
        if name.endswith(end) and len(name) >= len(end) + 2:
            return name.removesuffix(end)
    return name


@lru_cache(maxsize=1)
def words() -> dict[str, Any]:
    """Return the words that help to take a pasted address apart."""
    return _load("pasted")


def _load(name: str) -> dict[str, Any]:
    return json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))

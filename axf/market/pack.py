"""Pack sizes as shops write them, and the price of a unit. Pure."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Literal

PackUnit = Literal["g", "ml", "piece"]
PricedPer = Literal["500g", "L", "piece"]

# What an INTEGER column holds.
_LARGEST_AMOUNT = 2**31 - 1
# What a written unit is in g, ml or pieces. 斤 is the market's half kilogram, 两 a tenth of it.
_MEASURES: dict[str, tuple[PackUnit, int]] = {
    **dict.fromkeys(("g", "克"), ("g", 1)),
    **dict.fromkeys(("kg", "千克", "公斤"), ("g", 1000)),
    "斤": ("g", 500),
    "两": ("g", 50),
    **dict.fromkeys(("ml", "毫升"), ("ml", 1)),
    **dict.fromkeys(("l", "升"), ("ml", 1000)),
}
_COUNTERS = "个支片包抽枚粒条卷袋盒桶瓶罐听只双块根张件杯份颗板提套箱组串把节碗头朵"
_NUMBER = r"\d{1,9}(?:\.\d{1,9})?"
_UNIT = "|".join(sorted(_MEASURES, key=len, reverse=True)) + f"|[{_COUNTERS}]"
_PACK = re.compile(
    rf"约?(?:(?P<times>\d{{1,6}})\*)?(?P<low>{_NUMBER})(?P<low_unit>{_UNIT})?(?:[-~](?P<high>{_NUMBER}))?(?P<unit>{_UNIT})"
    rf"(?P<more>(?:\*\d{{1,6}}[{_COUNTERS}]?)*)"
    rf"(?:以上|左右|装)?(?:\d{{1,6}}[{_COUNTERS}])?(?:/.*)?"
)
_PER: dict[str, tuple[PricedPer, int]] = {"g": ("500g", 500), "ml": ("L", 1000), "piece": ("piece", 1)}


@dataclass(frozen=True)
class Pack:
    """How much is in a pack: ``amount`` in thousandths of ``unit``."""

    amount: int
    unit: PackUnit


@dataclass(frozen=True)
class UnitPrice:
    """What a unit costs: ``amount`` fen for each 500 g, litre or piece."""

    amount: int
    per: PricedPer


def parse_pack(text: str) -> Pack | None:
    """Return what a pack holds, or None when the text does not say so.

    Of a range ("1.5-2.5kg") the smaller end counts, so that a unit price is never understated;
    for the same reason "at most" (以下) is no pack size. "250ml*24听" and "4*150g" are
    multiplied out; what follows a slash ("/盒") and a count beside a weight ("500g 2粒") say how
    it is packed, not how much there is.
    """
    written = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).casefold().replace("×", "*").replace("–", "-")
    found = _PACK.fullmatch(written)
    if found is None:
        return None
    unit, scale = _measure(found["unit"])
    low_unit, low_scale = _measure(found["low_unit"]) if found["low_unit"] else (unit, scale)
    if low_unit != unit or (found["low_unit"] and not found["high"]):
        return None
    least = Decimal(found["low"]) * low_scale
    if found["high"]:
        least = min(least, Decimal(found["high"]) * scale)
    for times in (found["times"] or "1", *re.findall(r"\*(\d+)", found["more"])):
        least *= int(times)
    amount = int((least * 1000).to_integral_value(ROUND_DOWN)) if least <= _LARGEST_AMOUNT else 0
    return Pack(amount, unit) if 0 < amount <= _LARGEST_AMOUNT else None


def unit_price(price: int, pack_amount: int | None, pack_unit: str | None) -> UnitPrice | None:
    """Return what 500 g, a litre or a piece costs, half a fen rounded up.

    ``price`` is fen for the whole pack, ``pack_amount`` thousandths of ``pack_unit``. None when
    the pack is unknown, or is a single piece, whose unit price is its price.
    """
    if not pack_amount or pack_unit not in _PER:
        return None
    per, size = _PER[pack_unit]
    if pack_unit == "piece" and pack_amount <= 1000:
        return None
    return UnitPrice((2 * price * size * 1000 + pack_amount) // (2 * pack_amount), per)


def _measure(written: str) -> tuple[PackUnit, int]:
    return _MEASURES.get(written, ("piece", 1))

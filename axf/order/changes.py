"""What has changed between the price that a shopper saw and the price now. Pure: no Flask, no database, no clock."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from axf.pricing import Quote

_SHOWN = re.compile(r"(?a:[\d:,]{0,4000};[a-z\-:\d,]{0,1000})")
_LINE = re.compile(r"(?a:(\d{1,10}):(\d{1,3}):(\d{1,10}))")
_RULE = re.compile(r"(?a:([a-z-]{1,20}):(-?\d{1,10}))")


class PricedLine(Protocol):
    """A line as it is priced: ``price_now`` fen is what a piece costs today."""

    @property
    def id(self) -> int: ...

    @property
    def quantity(self) -> int: ...

    @property
    def price_now(self) -> int: ...


@dataclass(frozen=True)
class Change:
    """``kind``: price, quantity, gone or new (of ``goods_id``), or rule; ``old`` and ``new`` are fen or a count."""

    kind: str
    goods_id: int = 0
    rule: str = ""
    old: int = 0
    new: int = 0


def shown_text(lines: Iterable[PricedLine], price: Quote) -> str:
    """Return what a page shows as text for a hidden field: ``475:2:1000,476:1:250;freight:600``.

    It comes back from the browser and only serves to tell what changed: nothing is priced by it.
    """
    goods = ",".join(f"{line.id}:{line.quantity}:{line.price_now}" for line in lines)
    return f"{goods};{','.join(f'{rule}:{amount}' for rule, amount in price.sums.items())}"


def changes(shown: str, lines: Iterable[PricedLine], price: Quote) -> list[Change]:
    """Return what differs now from what a page showed, lines first; nothing for a text that is no such page's."""
    if not _SHOWN.fullmatch(shown or ""):
        return []
    goods_text, rules_text = shown.split(";")
    before = {int(found[1]): (int(found[2]), int(found[3])) for found in _LINE.finditer(goods_text)}
    now = {line.id: (line.quantity, line.price_now) for line in lines}
    found: list[Change] = []
    for goods_id, (quantity, each) in now.items():
        if goods_id not in before:
            found.append(Change("new", goods_id, new=quantity))
            continue
        quantity_before, each_before = before[goods_id]
        if each != each_before:
            found.append(Change("price", goods_id, old=each_before, new=each))
        if quantity != quantity_before:
            found.append(Change("quantity", goods_id, old=quantity_before, new=quantity))
    found += [Change("gone", goods_id, old=before[goods_id][0]) for goods_id in before if goods_id not in now]
    sums_before = {match[1]: int(match[2]) for match in _RULE.finditer(rules_text)}
    for rule in dict.fromkeys([*sums_before, *price.sums]):
        old, new = sums_before.get(rule, 0), price.sums.get(rule, 0)
        if old != new:
            found.append(Change("rule", rule=rule, old=old, new=new))
    return found

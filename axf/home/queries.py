"""What the home page reads."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, literal, or_, select, union_all

from axf.core import clock
from axf.core.db import UTCDateTime, table_of
from axf.extensions import read
from axf.home.models import MainShow, MainShowGoods, MustBuy, Nav, Shop, Wheel
from axf.market.cards import COLUMNS, Card
from axf.market.models import Goods

_GOODS, _SHOWN = table_of(Goods), table_of(MainShowGoods)
_NOW = bindparam("now", type_=UTCDateTime())
_MODELS: dict[str, type[Any]] = {"wheels": Wheel, "navs": Nav, "mustbuys": MustBuy, "shops": Shop, "shows": MainShow}


def _select(place: str, model: type[Any]) -> Any:
    columns = table_of(model).c
    shown = (columns.id, columns.name, columns.name_en, columns.picture, columns.target, columns.position)
    has_not_ended = or_(columns.ends_at.is_(None), columns.ends_at > _NOW)
    return select(literal(place).label("place"), *shown).where(columns.starts_at <= _NOW, has_not_ended)


# Built once: everybody comes by here.
_ITEMS = union_all(*(_select(place, model) for place, model in _MODELS.items()))
_CARDS = (
    select(*COLUMNS, _SHOWN.c.mainshow_id)
    .select_from(_SHOWN.join(_GOODS, _SHOWN.c.goods_id == _GOODS.c.id))
    .where(_SHOWN.c.mainshow_id.in_(bindparam("shows", expanding=True)), _GOODS.c.on_sale)
    .order_by(_SHOWN.c.mainshow_id, _SHOWN.c.position)
)


@dataclass(frozen=True)
class Show:
    """A main show: its banner and its goods."""

    item: Row
    cards: tuple[Card, ...]


@dataclass(frozen=True)
class Home:
    """What the five home tables show now, each in its order; a row has the texts, picture and target of a HomeItem."""

    wheels: tuple[Row, ...]
    navs: tuple[Row, ...]
    mustbuys: tuple[Row, ...]
    shops: tuple[Row, ...]
    shows: tuple[Show, ...]


def home() -> Home:
    """Return what the home page shows. Two queries."""
    found: dict[str, list[Row]] = {place: [] for place in _MODELS}
    for row in read(_ITEMS, {"now": clock.now()}):
        found[row.place].append(row)
    placed = {place: tuple(sorted(rows, key=lambda row: (row.position, row.id))) for place, rows in found.items()}
    return Home(**{**placed, "shows": _with_cards(placed["shows"])})  # type: ignore[arg-type]


def _with_cards(items: tuple[Row, ...]) -> tuple[Show, ...]:
    cards: dict[int, list[Card]] = {item.id: [] for item in items}
    for row in read(_CARDS, {"shows": list(cards)}):
        cards[row.mainshow_id].append(Card.of(row))
    return tuple(Show(item, tuple(cards[item.id])) for item in items)

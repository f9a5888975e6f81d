"""A goods card: what every list shows of a goods. Plain values, no session behind them."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Row

from axf.core import clock
from axf.core.db import table_of
from axf.market.models import Goods
from axf.market.pack import UnitPrice, unit_price

LOW_STOCK = 5
MOST_TAGS = 2

_GOODS = table_of(Goods).c
COLUMNS = (
    _GOODS.id,
    _GOODS.name,
    _GOODS.name_en,
    _GOODS.pack,
    _GOODS.pack_en,
    _GOODS.pack_amount,
    _GOODS.pack_unit,
    _GOODS.price,
    _GOODS.market_price,
    _GOODS.stock,
    _GOODS.sales,
    _GOODS.is_featured,
    _GOODS.is_bogo,
    _GOODS.is_second_half,
    _GOODS.promo_price,
    _GOODS.promo_starts_at,
    _GOODS.promo_ends_at,
    _GOODS.on_sale,
    _GOODS.picture,
    _GOODS.review_count,
    _GOODS.review_stars,
)


@dataclass(frozen=True)
class Card:
    """The columns above; prices in fen.

    ``special_price`` is 限时特价: the promotion price while it runs and is below the price; looked at once, so that a
    page agrees.
    """

    id: int
    name: str
    name_en: str
    pack: str
    pack_en: str
    pack_amount: int | None
    pack_unit: str | None
    price: int
    market_price: int
    stock: int
    sales: int
    is_featured: bool
    is_bogo: bool
    is_second_half: bool
    promo_price: int | None
    promo_starts_at: datetime | None
    promo_ends_at: datetime | None
    on_sale: bool
    picture: str
    review_count: int
    review_stars: int
    special_price: int | None = field(init=False)

    def __post_init__(self) -> None:
        special = None if self.promo_price is None else special_price_of(self, clock.now())
        object.__setattr__(self, "special_price", special)

    @classmethod
    def of(cls, row: Row) -> "Card":
        """Return the card of a row that begins with COLUMNS."""
        return cls(*row[: len(COLUMNS)])

    @property
    def price_now(self) -> int:
        """What a piece costs now."""
        return self.price if self.special_price is None else self.special_price

    @property
    def shown_market_price(self) -> int | None:
        """The market price to strike through: only an honest one, above the price."""
        return self.market_price if self.market_price > self.price else None

    @property
    def unit_price(self) -> UnitPrice | None:
        return unit_price(self.price_now, self.pack_amount, self.pack_unit)

    @property
    def promotions(self) -> tuple[str, ...]:
        """The names of the price rules that hold for it, as axf.pricing calls them."""
        rules = {
            "promo": self.special_price is not None,
            "bogo": self.is_bogo,
            "second-half": self.is_second_half and not self.is_bogo,
        }
        return tuple(rule for rule, holds in rules.items() if holds)

    @property
    def tags(self) -> tuple[str, ...]:
        """What a card is marked with: promotions, ``featured``, ``low``; the two that matter most."""
        others = {"featured": self.is_featured, "low": self.is_low}
        return (*self.promotions, *(name for name, holds in others.items() if holds))[:MOST_TAGS]

    @property
    def rating(self) -> str:
        """The average of the reviews' stars, 4.8; empty without reviews."""
        return f"{self.review_stars / self.review_count:.1f}" if self.review_count else ""

    @property
    def is_sold_out(self) -> bool:
        return not self.on_sale or self.stock == 0

    @property
    def is_low(self) -> bool:
        return not self.is_sold_out and self.stock <= LOW_STOCK


def special_price_of(goods: Card | Row, now: datetime) -> int | None:
    """Return what a piece of a card, or of a row with its price columns, costs while a lower promotion price runs."""
    if goods.promo_price is None or goods.promo_starts_at is None or goods.promo_ends_at is None:
        return None
    is_running = goods.promo_starts_at <= now < goods.promo_ends_at
    return goods.promo_price if is_running and goods.promo_price < goods.price else None

"""A goods card: what every list shows of a goods. Plain values, no session behind them."""

from dataclasses import dataclass

from sqlalchemy import Row

from axf.market.models import Goods
from axf.market.pack import UnitPrice, unit_price

LOW_STOCK = 5

COLUMNS = (
    Goods.id,
    Goods.name,
    Goods.name_en,
    Goods.pack,
    Goods.pack_en,
    Goods.pack_amount,
    Goods.pack_unit,
    Goods.price,
    Goods.market_price,
    Goods.stock,
    Goods.sales,
    Goods.is_featured,
    Goods.is_bogo,
    Goods.on_sale,
    Goods.picture,
)


@dataclass(frozen=True)
class Card:
    """The columns above; prices in fen."""

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
    on_sale: bool
    picture: str

    @classmethod
    def of(cls, row: Row) -> "Card":
        """Return the card of a row that begins with COLUMNS."""
        return cls(*row[: len(COLUMNS)])

    @property
    def shown_market_price(self) -> int | None:
        """The market price to strike through: only an honest one, above the price."""
        return self.market_price if self.market_price > self.price else None

    @property
    def unit_price(self) -> UnitPrice | None:
        return unit_price(self.price, self.pack_amount, self.pack_unit)

    @property
    def is_sold_out(self) -> bool:
        return not self.on_sale or self.stock == 0

    @property
    def is_low(self) -> bool:
        return not self.is_sold_out and self.stock <= LOW_STOCK

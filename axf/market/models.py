"""Tables of the catalogue and its stock."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from axf.core.db import UTCDateTime, table_args
from axf.extensions import Model

# What a food type lists: its own goods, or the computed lists 热销榜 and 新品尝鲜.
LISTS_OWN, LISTS_HOT, LISTS_NEW = "goods", "hot", "new"


class FoodType(Model):
    """An entry of the left rail, or with a parent one of its children."""

    __tablename__ = "food_type"
    __table_args__ = table_args(CheckConstraint("listing IN ('goods', 'hot', 'new')", name="listing_known"))

    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("food_type.id"), index=True)
    name: Mapped[str] = mapped_column(String(40))
    name_en: Mapped[str] = mapped_column(String(60))
    position: Mapped[int]
    listing: Mapped[str] = mapped_column(String(8), default=LISTS_OWN)


class Goods(Model):
    """Something to buy. Prices are fen; ``pack_amount`` is thousandths of ``pack_unit`` (g, ml, piece)."""

    __tablename__ = "goods"
    __table_args__ = table_args(
        CheckConstraint("stock >= 0", name="stock_not_negative"),
        CheckConstraint("price > 0", name="price_positive"),
        CheckConstraint("sales >= 0", name="sales_not_negative"),
        # One index a sort of the market page, for all of a type, for a child, for the computed lists.
        Index(None, "food_type_id", "on_sale", "is_featured", "sales", "id"),
        Index(None, "food_type_id", "on_sale", "sales", "id"),
        Index(None, "food_type_id", "on_sale", "price", "id"),
        Index(None, "child_type_id", "on_sale", "is_featured", "sales", "id"),
        Index(None, "child_type_id", "on_sale", "sales", "id"),
        Index(None, "child_type_id", "on_sale", "price", "id"),
        Index(None, "on_sale", "sales", "id"),
        Index(None, "on_sale", "listed_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    food_type_id: Mapped[int] = mapped_column(ForeignKey("food_type.id"))
    child_type_id: Mapped[int | None] = mapped_column(ForeignKey("food_type.id"))
    pack: Mapped[str] = mapped_column(String(60))
    pack_en: Mapped[str] = mapped_column(String(60))
    pack_amount: Mapped[int | None]
    pack_unit: Mapped[str | None] = mapped_column(String(8))
    price: Mapped[int]
    market_price: Mapped[int]
    stock: Mapped[int]
    sales: Mapped[int]
    is_featured: Mapped[bool]
    is_bogo: Mapped[bool]
    on_sale: Mapped[bool]
    picture: Mapped[str] = mapped_column(String(80))
    description: Mapped[str] = mapped_column(String(500))
    description_en: Mapped[str] = mapped_column(String(500))
    listed_at: Mapped[datetime] = mapped_column(UTCDateTime)


class StockMovement(Model):
    """Every change of a goods' stock: its deltas add up to what is on hand."""

    __tablename__ = "stock_movement"
    __table_args__ = table_args(Index(None, "goods_id", "created_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    goods_id: Mapped[int] = mapped_column(ForeignKey("goods.id"))
    delta: Mapped[int]
    reason: Mapped[str] = mapped_column(String(16))
    reference: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

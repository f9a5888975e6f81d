"""Tables of the catalogue, its promotions and its stock."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column

from axf.core.db import IdSet, UTCDateTime, WordSet, table_args
from axf.extensions import Model

# What a food type lists: its own goods, or the computed lists 热销榜 and 新品尝鲜.
LISTS_OWN, LISTS_HOT, LISTS_NEW = "goods", "hot", "new"

# How a goods is kept; each way has its words in axf.market.facts.
STORAGES = ("ambient", "cool", "fridge", "chilled", "frozen")
# The eight groups that GB 7718 (prepackaged food labels, 4.4.3 in 2011, a must in its 2025 edition) names as causes of
# allergies, and sesame, which the Codex standard for labelling (CXS 1-1985, 4.2.1.4) has besides.
ALLERGENS = ("gluten", "crustaceans", "fish", "egg", "peanut", "soy", "milk", "nuts", "sesame")


class FoodType(Model):
    """An entry of the left rail, or with a parent one of its children.

    ``after_sale_hours`` is how long after receipt a shopper may ask for something back.
    """

    __tablename__ = "food_type"
    __table_args__ = table_args(
        CheckConstraint("listing IN ('goods', 'hot', 'new')", name="listing_known"),
        Index(None, "parent_id", "position", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("food_type.id"))
    name: Mapped[str] = mapped_column(String(40))
    name_en: Mapped[str] = mapped_column(String(60))
    position: Mapped[int]
    listing: Mapped[str] = mapped_column(String(8), default=LISTS_OWN)
    after_sale_hours: Mapped[int] = mapped_column(default=48, server_default="48")


class Goods(Model):
    """Something to buy. Prices are fen; ``pack_amount`` is thousandths of ``pack_unit`` (g, ml, piece).

    ``promo_price`` (限时特价) holds from ``promo_starts_at`` until before ``promo_ends_at``. ``replaced_by_id`` is
    the goods that is sold instead once this one is off sale. ``review_count`` and ``review_stars`` (the sum) count
    the reviews that are shown; ``flask review recount`` makes them anew. Of the facts from ``origin`` to
    ``allergens`` NULL is "unknown"; an empty set of allergens is "none of them".
    """

    __tablename__ = "goods"
    __table_args__ = table_args(
        CheckConstraint("stock >= 0", name="stock_not_negative"),
        CheckConstraint("price > 0", name="price_positive"),
        CheckConstraint("sales >= 0", name="sales_not_negative"),
        CheckConstraint("promo_price > 0", name="promo_price_positive"),
        CheckConstraint("storage IN ('ambient', 'cool', 'fridge', 'chilled', 'frozen')", name="storage_known"),
        CheckConstraint("shelf_life_days > 0", name="shelf_life_days_positive"),
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
    is_second_half: Mapped[bool] = mapped_column(default=False, server_default=false())
    promo_price: Mapped[int | None]
    promo_starts_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    promo_ends_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    on_sale: Mapped[bool]
    picture: Mapped[str] = mapped_column(String(80))
    description: Mapped[str] = mapped_column(String(500))
    description_en: Mapped[str] = mapped_column(String(500))
    listed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    # No foreign key: SQLite could add one only by rebuilding the table that everything points to.
    replaced_by_id: Mapped[int | None]
    review_count: Mapped[int] = mapped_column(default=0, server_default="0")
    review_stars: Mapped[int] = mapped_column(default=0, server_default="0")
    origin: Mapped[str | None] = mapped_column(String(60))
    origin_en: Mapped[str | None] = mapped_column(String(100))
    storage: Mapped[str | None] = mapped_column(String(12))
    shelf_life_days: Mapped[int | None]
    allergens: Mapped[frozenset[str] | None] = mapped_column(WordSet(ALLERGENS))


class GoodsPicture(Model):
    """A further picture of a goods, after ``Goods.picture``; ``alt`` says what it shows."""

    __tablename__ = "goods_picture"
    __table_args__ = table_args()

    goods_id: Mapped[int] = mapped_column(ForeignKey("goods.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    picture: Mapped[str] = mapped_column(String(80))
    alt: Mapped[str] = mapped_column(String(100))
    alt_en: Mapped[str] = mapped_column(String(160))


class FullOff(Model):
    """满减: ``off`` fen once, when the goods of the set reach ``minimum`` fen; an empty set is every goods.

    It holds from ``starts_at`` until before ``ends_at``; stopping it moves the end to now.
    """

    __tablename__ = "full_off"
    __table_args__ = table_args(
        CheckConstraint("0 < off AND off <= minimum", name="sums_possible"),
        CheckConstraint("starts_at <= ends_at", name="span_forward"),
        Index(None, "ends_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    name_en: Mapped[str] = mapped_column(String(80))
    minimum: Mapped[int]
    off: Mapped[int]
    goods_ids: Mapped[frozenset[int]] = mapped_column(IdSet)
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class BoughtWith(Model):
    """In how many orders two goods came together lately: the best others of a goods, as ``flask order pairs`` counts.

    No foreign keys: the rows of many goods are written at once, and locks on all of them would make checkouts wait.
    """

    __tablename__ = "bought_with"
    __table_args__ = table_args(CheckConstraint("goods_id <> other_id", name="another_goods"))

    goods_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    other_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    orders: Mapped[int]


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

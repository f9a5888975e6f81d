"""Tables of the home page; the five share one mixin."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from axf.core.db import UTCDateTime, table_args
from axf.extensions import Model


class HomeItem:
    """A picture with words that leads somewhere, in an order, between two instants."""

    @declared_attr.directive
    def __table_args__(cls) -> tuple:  # noqa: N805 - SQLAlchemy calls it with the class
        return table_args(CheckConstraint("substr(target, 1, 5) = '/axf/'", name="target_is_ours"))

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(100))
    picture: Mapped[str] = mapped_column(String(80))
    target: Mapped[str] = mapped_column(String(200))
    position: Mapped[int]
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Wheel(HomeItem, Model):
    """轮播: a banner of the carousel."""

    __tablename__ = "wheel"


class Nav(HomeItem, Model):
    """导航: an icon below the carousel."""

    __tablename__ = "nav"


class MustBuy(HomeItem, Model):
    """必购: a must-buy picture."""

    __tablename__ = "mustbuy"


class Shop(HomeItem, Model):
    """商店: a shop block; the page shows them in slices of 1, 2, 4 and 4."""

    __tablename__ = "shop"


class MainShow(HomeItem, Model):
    """主打: a banner with its three goods."""

    __tablename__ = "mainshow"


class MainShowGoods(Model):
    """One of the goods that a main show presents."""

    __tablename__ = "mainshow_goods"
    __table_args__ = table_args()

    mainshow_id: Mapped[int] = mapped_column(ForeignKey("mainshow.id", ondelete="CASCADE"), primary_key=True)
    goods_id: Mapped[int] = mapped_column(ForeignKey("goods.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int]

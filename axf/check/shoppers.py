"""What must hold of carts, favourites, footprints and addresses, and of every row that names another one."""

from sqlalchemy import ForeignKey, Select, String, func, literal, select, union_all

from axf.cart.models import MOST_A_LINE, CartItem
from axf.extensions import db
from axf.remembered.favourites import MOST_FAVOURITES
from axf.remembered.footprints import MOST_FOOTPRINTS
from axf.remembered.models import Favourite, Footprint
from axf.user.models import Address


def cart_quantity() -> Select:
    """A line of a cart holds 1 to 99."""
    return select(CartItem.user_id, CartItem.goods_id, CartItem.quantity).where(
        ~CartItem.quantity.between(1, MOST_A_LINE)
    )


def favourites_bounded() -> Select:
    """A shopper keeps at most 500 goods as favourites."""
    count = func.count()
    return (
        select(Favourite.user_id, count.label("favourites")).group_by(Favourite.user_id).having(count > MOST_FAVOURITES)
    )


def footprints_bounded() -> Select:
    """At most the last 100 goods that a shopper looked at are remembered."""
    count = func.count()
    return (
        select(Footprint.user_id, count.label("footprints")).group_by(Footprint.user_id).having(count > MOST_FOOTPRINTS)
    )


def default_address() -> Select:
    """A shopper has at most one default address."""
    count = func.count()
    return (
        select(Address.user_id, count.label("defaults"))
        .where(Address.is_default)
        .group_by(Address.user_id)
        .having(count > 1)
    )


def foreign_keys() -> Select:
    """Whatever a row names by a foreign key exists: its shopper, order, goods or coupon."""
    keys = sorted(
        (key for table in db.metadata.tables.values() for key in table.foreign_keys),
        key=lambda key: (key.parent.table.name, key.parent.name),
    )
    return select(union_all(*map(_orphans, keys)).subquery())


def _orphans(key: ForeignKey) -> Select:
    """Select what a column names that does not exist, and how many rows name it."""
    column, parent = key.parent, key.column.table.alias()
    named = parent.c[key.column.name]
    return (
        select(
            literal(column.table.name, String).label("table"),
            literal(column.name, String).label("column"),
            column.label("missing"),
            func.count().label("rows"),
        )
        .outerjoin(parent, named == column)
        .where(column.is_not(None), named.is_(None))
        .group_by(column)
    )

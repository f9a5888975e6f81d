"""How long after receipt shoppers may ask for something back, by food type."""

from dataclasses import dataclass

from sqlalchemy import or_, select, update

from axf.core.db import retried, rows_changed, transaction
from axf.core.errors import NotFound
from axf.extensions import db
from axf.market.models import FoodType

LONGEST_HOURS = 24 * 365


@dataclass(frozen=True)
class TypeHours:
    """A food type, the type that it is a child of, and its hours."""

    id: int
    parent_id: int | None
    name: str
    hours: int


def list_hours() -> list[TypeHours]:
    """Return the hours of all food types, each followed by its children. One query."""
    columns = (FoodType.id, FoodType.parent_id, FoodType.name, FoodType.after_sale_hours)
    found = [TypeHours(*row) for row in db.session.execute(select(*columns).order_by(FoodType.position, FoodType.id))]
    tops = [each for each in found if each.parent_id is None]
    return [each for top in tops for each in (top, *(child for child in found if child.parent_id == top.id))]


@retried
def set_hours(type_id: int, hours: int) -> int:
    """Set the hours of a food type and of all its children, and return how many types that were. Commits.

    It counts for what was received already, too. A repeat sets the same again. Raises NotFound.
    """
    with transaction(db.session):
        chosen = or_(FoodType.id == type_id, FoodType.parent_id == type_id)
        if db.session.scalar(select(FoodType.id).where(FoodType.id == type_id)) is None:
            raise NotFound(what="food type", type_id=type_id)
        return rows_changed(db.session, update(FoodType).where(chosen).values(after_sale_hours=hours))

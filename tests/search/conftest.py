"""A shop whose goods can be found."""

import pytest

from axf.search import making
from axf.search.engine import Bitmaps
from axf.search.queries import Filters, Hits, hits
from tests.conftest import add_goods, add_types

FRUITS = {
    475: ("丹东99草莓", "Dandong 99 Strawberries"),
    476: ("草莓果酱", "Strawberry Jam"),
    477: ("麒麟小西瓜", "Kylin Mini Watermelon"),
}


@pytest.fixture
def shelf(app) -> list[int]:
    """Strawberries, strawberry jam and a watermelon, in the index; their ids."""
    add_types()
    for goods_id, (name, name_en) in FRUITS.items():
        add_goods(id=goods_id, name=name, name_en=name_en, description="", description_en="")
    making.make()
    return list(FRUITS)


def found(text: str, sort: int = 0, cursor: str | None = None, **filters: object) -> Hits:
    """Return the first page of what a text finds."""
    return hits(Bitmaps().find(text), Filters(**filters), sort, cursor)


def ids(text: str, **options: object) -> list[int]:
    """Return the ids of what a text finds, in their order."""
    return [card.id for card in found(text, **options).cards]

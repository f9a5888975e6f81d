"""Food types: the rail, one with its children, all of them."""

import pytest
from sqlalchemy import insert

from axf.core.errors import NotFound
from axf.extensions import db
from axf.market import kinds
from axf.market.kinds import Node
from axf.market.models import FoodType
from tests.conftest import CHILD, FRUIT, HOT, NEW, add_types, counted


@pytest.fixture
def types(app):
    """The three of every test, and five more after them."""
    add_types()
    rows = [{"id": 10 + n, "name": f"类{n}", "name_en": f"Kind {n}", "position": 90 - n % 2} for n in range(5)]
    db.session.execute(insert(FoodType), rows)
    db.session.commit()


def ids(nodes: list[Node]) -> list[int]:
    return [node.id for node in nodes]


def test_the_rail_has_the_first_ones_and_the_one_that_is_open(types, monkeypatch):
    assert (ids(kinds.rail().nodes), kinds.rail().has_more) == ([HOT, NEW, FRUIT, 11, 13, 10, 12, 14], False)
    monkeypatch.setattr(kinds, "RAIL_SIZE", 4)
    with counted() as statements:
        rail, current = kinds.shelf_of(FRUIT)
    assert (rail, len(statements), ids(rail.nodes), rail.has_more) == (kinds.rail(), 1, [HOT, NEW, FRUIT, 11], True)
    assert ids(rail.around(current)) == [HOT, NEW, FRUIT, 11]
    rail, current = kinds.shelf_of(14)
    assert ids(rail.around(current)) == [14, HOT, NEW, FRUIT, 11]


def test_a_food_type_comes_with_its_children(types, monkeypatch):
    imported = Node(CHILD, "进口水果", "Imported fruit", "goods")
    current = kinds.shelf_of(FRUIT, CHILD)[1]
    assert (current, current.child(CHILD)) == (Node(FRUIT, "优选水果", "Fruit", "goods", (imported,)), imported)
    assert kinds.shelf_of(10)[1] == Node(10, "类0", "Kind 0", "goods")
    monkeypatch.setattr(kinds, "MOST_CHILDREN", 1)
    db.session.execute(insert(FoodType).values(id=9, parent_id=FRUIT, name="瓜", name_en="Melons", position=0))
    assert [ids(kinds.shelf_of(FRUIT, child_id)[1].children) for child_id in (0, CHILD)] == [[9], [9, CHILD]]
    for type_id, child_id in [(1, 0), (CHILD, 0), (10, CHILD), (FRUIT, 10), (FRUIT, FRUIT)]:
        with pytest.raises(NotFound):
            kinds.shelf_of(type_id, child_id)


def test_a_goods_names_its_food_type_and_child(types):
    with counted() as statements:
        fruit, child = kinds.path_of(FRUIT, CHILD)
    assert ((fruit.id, child.id), len(statements), kinds.path_of(FRUIT, None)[1]) == ((FRUIT, CHILD), 1, None)
    with pytest.raises(NotFound):
        kinds.path_of(1, CHILD)


@pytest.mark.parametrize("size", [1, 3, 8])
def test_all_of_them_a_page_at_a_time(types, monkeypatch, size):
    monkeypatch.setattr(kinds, "PAGE_SIZE", size)
    found, cursor = [], None
    while not found or cursor:
        page = kinds.page_of_kinds(cursor)
        found, cursor = [*found, *ids(page.nodes)], page.cursor
    assert found == [HOT, NEW, FRUIT, 11, 13, 10, 12, 14]
    with pytest.raises(NotFound):
        kinds.page_of_kinds("W10")


def test_the_sitemap_walks_in_batches_and_stops_where_a_file_is_full(types, monkeypatch):
    monkeypatch.setattr(kinds, "BATCH_SIZE", 4)
    with counted() as statements:
        pages = list(kinds.mapped_pages())
    five = [(10 + n, 0) for n in range(5)]
    assert (pages, len(statements)) == ([*five, (FRUIT, 0), (FRUIT, CHILD), (NEW, 0), (HOT, 0)], 3)
    monkeypatch.setattr(kinds, "MOST_MAPPED", 6)
    assert list(kinds.mapped_pages()) == [*five, (FRUIT, 0)]


@pytest.mark.sqlite
def test_the_market_leads_to_all_kinds_when_there_are_more_than_the_rail_has(types, client, monkeypatch):
    assert "/axf/kinds/" not in client.get("/axf/market/10/0/0/").get_data(as_text=True)
    monkeypatch.setattr(kinds, "RAIL_SIZE", 2)
    monkeypatch.setattr(kinds, "PAGE_SIZE", 4)
    page = client.get("/axf/market/10/0/0/?lang=en").get_data(as_text=True)
    assert ('href="/axf/kinds/' in page, page.count('class="rail-item"'), "Kind 0" in page) == (True, 3, True)
    all_kinds = client.get("/axf/kinds/?lang=en").get_data(as_text=True)
    assert (all_kinds.count('class="kind"'), 'rel="next"' in all_kinds, "noindex" in all_kinds) == (4, True, False)
    assert client.get("/axf/kinds/?after=x").status_code == 404

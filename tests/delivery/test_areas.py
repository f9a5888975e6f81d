"""Delivery areas: which district is served on what terms."""

import pytest
from sqlalchemy import insert

from axf.core.errors import NotFound
from axf.core.money import LARGEST_SUM
from axf.delivery import areas
from axf.delivery.areas import AreaTerms, BadArea, DistrictTaken
from axf.delivery.models import DeliveryDistrict
from axf.extensions import db
from tests.conftest import counted

CHAOYANG, HAIDIAN, XICHENG = "110105", "110108", "110102"
TEMPLATE = {
    "name_en": "East",
    "fee": 590,
    "free_from": 5900,
    "minimum": 2000,
    "opens_at": 480,
    "closes_at": 1320,
    "slot_minutes": 60,
    "capacity": 5,
    "cutoff_minutes": 30,
}


@pytest.fixture
def east(app) -> int:
    """The id of an area 东 that serves Chaoyang and Haidian."""
    areas.save_area(name="东", districts=[HAIDIAN, CHAOYANG], **TEMPLATE)
    return areas.area_of(CHAOYANG).id


def state() -> list[tuple]:
    """Return all areas as plain values."""
    db.session.rollback()
    return [
        (view.area.name, {key: getattr(view.area, key) for key in TEMPLATE}, view.area.is_open, view.districts)
        for view in areas.list_areas()
    ]


def test_an_open_area_tells_its_terms(east):
    terms = AreaTerms(east, "东", "East", 590, 5900, 2000)
    assert areas.area_of(CHAOYANG) == areas.area_of(HAIDIAN) == terms
    assert areas.area_of(XICHENG) is None
    assert areas.areas_of([CHAOYANG, XICHENG, HAIDIAN, CHAOYANG]) == {CHAOYANG: terms, HAIDIAN: terms}


@pytest.mark.parametrize(("codes", "queries"), [([], 0), ([CHAOYANG], 1), ([CHAOYANG, HAIDIAN, XICHENG], 1)])
def test_any_number_of_districts_is_one_query(east, codes, queries):
    with counted() as statements:
        areas.areas_of(codes)
    assert len(statements) == queries


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_is_two_queries(app, count):
    for number in range(count):
        areas.save_area(name=f"区{number}", name_en="A", districts=[(CHAOYANG, HAIDIAN, XICHENG)[number]])
    with counted() as statements:
        assert len(areas.list_areas()) == count
    assert len(statements) == 2


def test_a_new_area_takes_the_defaults(app):
    assert areas.save_area(name="北", name_en="North") is True
    assert state() == [("北", {"name_en": "North", **areas.DEFAULTS}, True, [])]


def test_saving_again_changes_only_what_is_given(east):
    assert areas.save_area(name="东", fee=0, free_from=None) is False
    assert state() == [("东", {**TEMPLATE, "fee": 0, "free_from": None}, True, [CHAOYANG, HAIDIAN])]
    assert areas.area_of(CHAOYANG).id == east


def test_saving_the_same_changes_nothing(east):
    before = state()
    assert areas.save_area(name="东", districts=[CHAOYANG, HAIDIAN, HAIDIAN], **TEMPLATE) is False
    assert state() == before


def test_districts_are_all_there_are_from_now_on(east):
    areas.save_area(name="东", districts=[XICHENG, CHAOYANG])
    assert state()[0][3] == [XICHENG, CHAOYANG]
    assert areas.area_of(HAIDIAN) is None
    areas.save_area(name="东", districts=[])
    assert state()[0][3] == []


def test_a_district_of_another_area_is_refused_and_nothing_changes(east):
    areas.save_area(name="西", name_en="West", districts=[XICHENG])
    before = state()
    for name in ("西", "新"):
        with pytest.raises(DistrictTaken) as refusal:
            areas.save_area(name=name, name_en="New", fee=1, districts=["110101", HAIDIAN])
        assert refusal.value.details == {"district": HAIDIAN, "area": "东"}
        assert state() == before


def test_a_closed_areas_districts_are_still_its_own(east):
    areas.close_area("东")
    with pytest.raises(DistrictTaken):
        areas.save_area(name="西", name_en="West", districts=[CHAOYANG])


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""},
        {"name": " 东"},
        {"name": "东" * 41},
        {"name": "新"},
        {"name_en": ""},
        {"name_en": " "},
        {"name_en": "x" * 61},
        {"fee": -1},
        {"fee": 2**31},
        {"free_from": -1},
        {"minimum": -1},
        {"opens_at": -1},
        {"closes_at": 1441},
        {"opens_at": 1320},
        {"opens_at": 1261},
        {"slot_minutes": 0},
        {"slot_minutes": 14},
        {"slot_minutes": 841},
        {"capacity": -1},
        {"capacity": 10_001},
        {"cutoff_minutes": -1},
        {"cutoff_minutes": 10_081},
        {"districts": ["11010"]},
        {"districts": ["1101050"]},
        {"districts": ["１１０１０５"]},
        {"districts": [CHAOYANG, "abc"]},
        {"districts": [CHAOYANG, "999999"]},
        {"districts": ["110100"]},
    ],
    ids=str,
)
def test_what_no_area_can_be_is_refused_and_nothing_changes(east, change):
    before = state()
    with pytest.raises(BadArea) as refusal:
        areas.save_area(**{"name": "东", **change})
    assert refusal.value.details["problem"]
    assert state() == before


def test_a_district_that_has_left_the_list_of_regions_does_not_stop_other_changes(east):
    db.session.execute(insert(DeliveryDistrict).values(code="110103", area_id=east))
    db.session.commit()
    areas.save_area(name="东", districts=["110103", CHAOYANG])
    assert state()[0][3] == ["110103", CHAOYANG]


@pytest.mark.parametrize(
    "change",
    [
        {"name": "东" * 40, "name_en": "x" * 60},
        {"fee": 0, "minimum": 0, "free_from": 0},
        {"opens_at": 0, "closes_at": 1440, "slot_minutes": 1440},
        {"opens_at": 1260},
        {"capacity": 0, "cutoff_minutes": 0},
        {"fee": LARGEST_SUM},
    ],
    ids=str,
)
def test_the_bounds_themselves_are_taken(east, change):
    areas.save_area(**{"name": "东", **change})
    saved = next(values for name, values, *_ in state() if name == change.get("name", "东"))
    assert saved.items() >= {key: value for key, value in change.items() if key != "name"}.items()


def test_a_closed_area_delivers_nowhere_until_it_is_opened(east):
    for _ in range(2):
        areas.close_area("东")
        assert areas.area_of(CHAOYANG) is None
        assert areas.areas_of([CHAOYANG, HAIDIAN]) == {}
    areas.save_area(name="东", fee=1)
    assert areas.area_of(CHAOYANG) is None
    for _ in range(2):
        areas.open_area("东")
        assert areas.area_of(CHAOYANG).id == east


@pytest.mark.parametrize("use_case", [areas.open_area, areas.close_area])
def test_an_unknown_area_is_told(east, use_case):
    before = state()
    with pytest.raises(NotFound):
        use_case("西")
    assert state() == before

"""Slots: made once, offered until their cutoff, each place taken once."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select, update

from axf.core.errors import NotFound
from axf.delivery import areas, slots
from axf.delivery.models import DeliverySlot
from axf.delivery.slots import SlotFull, SlotGone
from axf.extensions import db
from tests.conftest import counted

CHAOYANG, XICHENG = "110105", "110102"
# 2026-03-01 08:00 in Shanghai.
MORNING = datetime(2026, 3, 1, tzinfo=UTC)


def shanghai(text: str) -> datetime:
    """Return the instant of a Shanghai time."""
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


def save(name: str = "东", district: str = CHAOYANG, **template: int) -> int:
    values = {"opens_at": 540, "closes_at": 780, "slot_minutes": 120, "capacity": 2, "cutoff_minutes": 60, **template}
    areas.save_area(name=name, name_en="East", districts=[district], **values)
    return areas.area_of(district).id


@pytest.fixture
def east(app) -> int:
    """The id of an area with two slots a day, 09:00–11:00 and 11:00–13:00, each of two places."""
    return save()


@pytest.fixture
def slot_id(east) -> int:
    """The area's first slot: 2026-03-01 09:00–11:00, cutoff 08:00… made an hour before that."""
    with time_machine.travel(MORNING - timedelta(hours=1), tick=False):
        slots.fill(1)
    return slots.offered(east, MORNING - timedelta(hours=1))[0].id


def times(area_id: int, now: datetime) -> list[str]:
    return [f"{slot.day} {slot.text}" for slot in slots.offered(area_id, now)]


def row(slot_id: int) -> tuple[int, bool]:
    db.session.rollback()
    return tuple(db.session.execute(select(DeliverySlot.booked, DeliverySlot.is_closed).filter_by(id=slot_id)).one())


def book(slot_id: int, area_id: int, now: datetime) -> None:
    slots.take(db.session, slot_id, area_id, now)
    db.session.commit()


@pytest.mark.parametrize(
    ("now", "made", "offered"),
    [
        # Shanghai's day counts: at 23:59 it is still the 28th, and all of its slots are over.
        ("2026-02-28T23:59:59", 2, ["2026-03-01 09:00–11:00", "2026-03-01 11:00–13:00"]),
        ("2026-03-01T00:00:00", 4, ["2026-03-01 09:00–11:00", "2026-03-01 11:00–13:00"]),
        ("2026-03-01T07:59:59", 4, ["2026-03-01 09:00–11:00", "2026-03-01 11:00–13:00"]),
        ("2026-03-01T08:00:00", 3, ["2026-03-01 11:00–13:00"]),
        ("2026-03-01T09:59:59", 3, ["2026-03-01 11:00–13:00"]),
        ("2026-03-01T10:00:00", 2, []),
        ("2026-03-01T23:59:59", 2, []),
    ],
)
def test_slots_of_today_and_tomorrow(east, now, made, offered):
    instant = shanghai(now)
    with time_machine.travel(instant, tick=False):
        assert slots.fill(2) == made
        assert slots.fill(2) == 0
    assert [text for text in times(east, instant) if text < "2026-03-02"] == offered


def test_a_slot_is_offered_until_its_cutoff_and_not_at_it(east, slot_id):
    cutoff = shanghai("2026-03-01T08:00")
    assert [slots.offered(east, cutoff - timedelta(microseconds=1))[0].id] == [slot_id]
    assert slot_id not in [slot.id for slot in slots.offered(east, cutoff)]


@pytest.mark.parametrize(
    ("template", "texts"),
    [
        ({"opens_at": 0, "closes_at": 1440, "slot_minutes": 720}, ["00:00–12:00", "12:00–24:00"]),
        ({"opens_at": 0, "closes_at": 1440, "slot_minutes": 1440}, ["00:00–24:00"]),
        ({"opens_at": 1380, "closes_at": 1440, "slot_minutes": 30}, ["23:00–23:30", "23:30–24:00"]),
        # The rest of half an hour is too short for a slot.
        ({"opens_at": 540, "closes_at": 690, "slot_minutes": 60}, ["09:00–10:00", "10:00–11:00"]),
        ({"opens_at": 545, "closes_at": 560, "slot_minutes": 15}, ["09:05–09:20"]),
    ],
)
def test_slots_follow_the_areas_template(app, template, texts):
    area_id = save(cutoff_minutes=0, **template)
    with time_machine.travel(shanghai("2026-02-28T12:00"), tick=False):
        slots.fill(2)
    assert times(area_id, shanghai("2026-02-28T23:59:59"))[-len(texts) :] == [f"2026-03-01 {text}" for text in texts]


def test_a_slot_has_all_its_values(east):
    with time_machine.travel(shanghai("2026-02-28T12:00"), tick=False):
        slots.fill(2)
    first, second = slots.offered(east, MORNING - timedelta(hours=9))
    assert (first.starts_at, first.ends_at, first.cutoff_at) == (
        shanghai("2026-03-01T09:00"), shanghai("2026-03-01T11:00"), shanghai("2026-03-01T08:00"),
    )  # fmt: skip
    assert (first.area_id, first.capacity, first.booked, first.is_closed, first.is_full) == (east, 2, 0, False, False)
    assert (first.day, first.text, second.text) == (date(2026, 3, 1), "09:00–11:00", "11:00–13:00")


def test_fill_makes_only_what_is_missing(east):
    with time_machine.travel(MORNING - timedelta(hours=1), tick=False) as now:
        assert slots.fill() == 14
        assert slots.fill() == 0
        assert slots.fill(8) == 2
        now.shift(timedelta(days=1))
        assert slots.fill() == 0
        now.shift(timedelta(days=1))
        assert slots.fill() == 2


def test_fill_keeps_booked_and_closed_slots_as_they_are(east, slot_id):
    book(slot_id, east, MORNING - timedelta(hours=1))
    slots.close(slot_id)
    with time_machine.travel(MORNING - timedelta(hours=1), tick=False):
        assert slots.fill(1) == 0
    assert row(slot_id) == (1, True)


def test_a_changed_area_counts_where_no_slot_is_yet(east):
    with time_machine.travel(shanghai("2026-03-01T07:00"), tick=False):
        assert slots.fill(1) == 2
        # 09:30–10:30 … 12:30–13:30 overlap the slots that are there; 13:30–14:30 does not.
        save(opens_at=570, closes_at=870, slot_minutes=60, capacity=9)
        assert slots.fill(2) == 6
        assert slots.fill(2) == 0
    today = [slot for slot in slots.offered(east, shanghai("2026-03-01T07:00")) if slot.day == date(2026, 3, 1)]
    assert [(slot.text, slot.capacity) for slot in today] == [
        ("09:00–11:00", 2),
        ("11:00–13:00", 2),
        ("13:30–14:30", 9),
    ]


def test_fill_makes_slots_of_all_open_areas_and_of_no_closed_one(east):
    west = save("西", XICHENG)
    areas.close_area("东")
    with time_machine.travel(MORNING - timedelta(hours=1), tick=False) as now:
        assert slots.fill(1) == 2
        assert (times(east, MORNING), len(slots.offered(west, MORNING - timedelta(hours=1)))) == ([], 2)
        areas.open_area("东")
        assert slots.fill(1) == 2
        now.shift(timedelta(days=1))
        assert slots.fill(1) == 4


def test_fill_of_no_area_is_no_error(app):
    assert slots.fill() == 0


@pytest.mark.parametrize("days", [1, 30])
def test_fill_sends_as_many_statements_for_a_month_as_for_a_day(east, days):
    with time_machine.travel(MORNING, tick=False), counted() as statements:
        slots.fill(days)
    assert len(statements) == 3


@pytest.mark.parametrize("days", [1, 3])
def test_what_is_offered_is_one_query(east, days):
    with time_machine.travel(MORNING - timedelta(hours=1), tick=False):
        slots.fill(days)
    with counted() as statements:
        assert len(slots.offered(east, MORNING - timedelta(hours=1))) == 2 * days
        slots.soonest(east, MORNING)
    assert len(statements) == 2


def test_a_place_is_taken_until_the_slot_is_full(east, slot_id):
    now = MORNING - timedelta(microseconds=1)
    book(slot_id, east, now)
    assert not slots.offered(east, now)[0].is_full
    book(slot_id, east, now)
    assert slots.offered(east, now)[0].is_full
    with pytest.raises(SlotFull):
        slots.take(db.session, slot_id, east, now)
    assert row(slot_id) == (2, False)


@pytest.mark.parametrize("booked", [0, 2])
@pytest.mark.parametrize("why", ["cutoff", "past", "closed", "another area", "unknown"])
def test_what_cannot_be_chosen_is_gone_full_or_not(east, slot_id, why, booked):
    db.session.execute(update(DeliverySlot).values(booked=booked))
    db.session.commit()
    number, area_id, now = slot_id, east, MORNING - timedelta(hours=1)
    if why == "cutoff":
        now = MORNING
    elif why == "past":
        now = MORNING + timedelta(days=1)
    elif why == "closed":
        slots.close(slot_id)
    elif why == "another area":
        area_id = save("西", XICHENG)
    else:
        number = slot_id + 1000
    with pytest.raises(SlotGone):
        slots.take(db.session, number, area_id, now)
    assert row(slot_id) == (booked, why == "closed")


def test_taking_and_freeing_never_commit(east, slot_id):
    slots.take(db.session, slot_id, east, MORNING - timedelta(hours=1))
    assert row(slot_id) == (0, False)
    book(slot_id, east, MORNING - timedelta(hours=1))
    slots.free(db.session, slot_id)
    assert row(slot_id) == (1, False)


def test_a_freed_place_can_be_taken_again_also_in_a_closed_slot(east, slot_id):
    now = MORNING - timedelta(hours=1)
    for _ in range(2):
        book(slot_id, east, now)
    slots.close(slot_id)
    slots.free(db.session, slot_id)
    db.session.commit()
    assert row(slot_id) == (1, True)
    slots.reopen(slot_id)
    book(slot_id, east, now)
    assert row(slot_id) == (2, False)


def test_no_slot_is_freed_below_nothing(east, slot_id):
    for number in (slot_id, slot_id + 1000):
        slots.free(db.session, number)
        db.session.commit()
    assert row(slot_id) == (0, False)
    assert db.session.scalar(select(func.sum(DeliverySlot.booked))) == 0


def test_as_soon_as_possible_is_the_first_with_a_place(east, slot_id):
    now = MORNING - timedelta(hours=1)
    assert slots.soonest(east, now).id == slot_id
    second = slots.offered(east, now)[1].id
    for _ in range(2):
        book(slot_id, east, now)
    assert slots.soonest(east, now).id == second
    slots.close(second)
    assert slots.soonest(east, now) is None
    assert slots.soonest(east + 1000, now) is None


def test_a_closed_slot_is_not_offered_until_it_is_reopened(east, slot_id):
    now = MORNING - timedelta(hours=1)
    for _ in range(2):
        slots.close(slot_id)
        assert times(east, now) == ["2026-03-01 11:00–13:00"]
    for _ in range(2):
        slots.reopen(slot_id)
        assert times(east, now) == ["2026-03-01 09:00–11:00", "2026-03-01 11:00–13:00"]


@pytest.mark.parametrize("use_case", [slots.close, slots.reopen])
def test_an_unknown_slot_is_told(east, slot_id, use_case):
    with pytest.raises(NotFound):
        use_case(slot_id + 1000)
    assert row(slot_id) == (0, False)


def test_an_area_without_places_offers_full_slots(app):
    area_id = save(capacity=0)
    with time_machine.travel(MORNING - timedelta(hours=1), tick=False):
        slots.fill(1)
    found = slots.offered(area_id, MORNING - timedelta(hours=1))
    assert [slot.is_full for slot in found] == [True, True]
    with pytest.raises(SlotFull):
        slots.take(db.session, found[0].id, area_id, MORNING - timedelta(hours=1))


def test_slots_of_days_are_listed_with_those_over_and_closed(east, slot_id):
    slots.close(slot_id)
    west = save("西", XICHENG, opens_at=0, closes_at=1440, slot_minutes=720)
    with time_machine.travel(shanghai("2026-02-28T22:00"), tick=False):
        slots.fill(3)
    day = date(2026, 3, 1)
    assert [(slot.area_id, slot.text) for slot in slots.list_slots(day, day)] == [
        (west, "00:00–12:00"),
        (east, "09:00–11:00"),
        (east, "11:00–13:00"),
        (west, "12:00–24:00"),
    ]
    assert [slot.is_closed for slot in slots.list_slots(day, day, east)] == [True, False]
    assert {slot.day for slot in slots.list_slots(day, day + timedelta(1), west)} == {day, date(2026, 3, 2)}

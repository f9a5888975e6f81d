"""Races for the places of a slot, and of hosts that fill the calendar, on MariaDB."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from axf.core.db import transaction
from axf.core.errors import ShopError
from axf.delivery import areas, slots
from axf.delivery.models import DeliverySlot
from axf.delivery.slots import SlotFull
from axf.extensions import db
from tests.concurrency.race import meet, race

pytestmark = [pytest.mark.mariadb, pytest.mark.concurrency, pytest.mark.xdist_group("concurrency")]

PROCESSES, TAKES, CAPACITY, LEFT = 8, 10, 30, 10
SLOT = datetime(2099, 1, 1, 6, tzinfo=UTC)


@pytest.fixture
def area_id(app) -> int:
    areas.save_area(name="东", name_en="East", districts=["110105"])
    return areas.area_of("110105").id


@pytest.fixture
def slot_id(area_id) -> int:
    """A slot with ten places left."""
    slot = DeliverySlot(
        area_id=area_id,
        starts_at=SLOT,
        ends_at=SLOT + timedelta(hours=2),
        cutoff_at=SLOT - timedelta(hours=1),
        capacity=CAPACITY,
        booked=CAPACITY - LEFT,
        is_closed=False,
    )
    db.session.add(slot)
    db.session.commit()
    return slot.id


def take_unguarded(session, slot_id: int, _area_id: int, _now: datetime) -> None:
    """slots.take as shops commonly write it: read, decide, write back.

    The CHECK constraint stops ``booked`` above ``capacity``, but not this: two that read the
    same number write the same number, so more are told "yes" than the row counts.
    """
    booked, capacity = session.execute(select(DeliverySlot.booked, DeliverySlot.capacity).filter_by(id=slot_id)).one()
    meet()
    if booked >= capacity:
        raise SlotFull
    session.execute(update(DeliverySlot).filter_by(id=slot_id).values(booked=booked + 1))


def book(_number: int, slot_id: int, area_id: int, is_guarded: bool) -> list[str]:
    take = slots.take if is_guarded else take_unguarded
    outcomes = []
    for _ in range(TAKES):
        try:
            with transaction(db.session):
                take(db.session, slot_id, area_id, SLOT - timedelta(hours=2))
            outcomes.append("booked")
        except ShopError as refusal:
            outcomes.append(refusal.code)
    return outcomes


def booked(slot_id: int) -> int:
    db.session.rollback()
    return db.session.scalar(select(DeliverySlot.booked).filter_by(id=slot_id))


def test_eight_processes_book_exactly_the_places_that_are_left(database, area_id, slot_id, tmp_path):
    outcomes = race(database.url, tmp_path, PROCESSES, book, slot_id, area_id, True)
    assert outcomes == {"booked": LEFT, "slot-full": PROCESSES * TAKES - LEFT}
    assert booked(slot_id) == CAPACITY


def test_without_the_guard_they_overbook(database, area_id, slot_id, tmp_path):
    outcomes = race(database.url, tmp_path, PROCESSES, book, slot_id, area_id, False)
    assert outcomes["booked"] > LEFT
    assert booked(slot_id) <= CAPACITY


def take_and_free(_number: int, slot_id: int, area_id: int) -> list[str]:
    for _ in range(TAKES):
        with transaction(db.session):
            slots.take(db.session, slot_id, area_id, SLOT - timedelta(hours=2))
        with transaction(db.session):
            slots.free(db.session, slot_id)
    return []


def test_places_that_are_taken_and_freed_at_once_add_up(database, area_id, slot_id, tmp_path):
    race(database.url, tmp_path, PROCESSES, take_and_free, slot_id, area_id)
    assert booked(slot_id) == CAPACITY - LEFT


def fill(_number: int) -> list[str]:
    return ["made"] * slots.fill(30)


def test_hosts_that_fill_at_once_make_each_slot_once(database, area_id, tmp_path):
    outcomes = race(database.url, tmp_path, 6, fill)
    db.session.rollback()
    made = db.session.scalar(select(func.count()).select_from(DeliverySlot))
    assert outcomes["made"] == made
    assert 29 * 6 <= made <= 30 * 6

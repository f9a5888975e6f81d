"""Races for the last places among favourites and footprints, on MariaDB: the bounds hold."""

import pytest
from sqlalchemy import func, insert, select

from axf.core import clock
from axf.core.db import transaction
from axf.extensions import db
from axf.remembered import favourites, footprints
from axf.remembered.favourites import TooManyFavourites
from axf.remembered.models import Favourite, Footprint
from tests.concurrency.race import meet, race
from tests.conftest import add_goods, add_types

pytestmark = [pytest.mark.mariadb, pytest.mark.concurrency, pytest.mark.xdist_group("concurrency")]

PROCESSES, EACH, MOST = 6, 8, 10


def keep_unguarded(user_id: int, goods_id: int) -> None:
    """favourites.keep as shops commonly write it: count, decide, write; no lock."""
    with transaction(db.session):
        count = db.session.scalar(select(func.count()).where(Favourite.user_id == user_id))
        meet()
        if count >= MOST:
            raise TooManyFavourites(limit=MOST)
        values = {"user_id": user_id, "goods_id": goods_id, "created_at": clock.now()}
        db.session.execute(insert(Favourite).values(values))


def act(number: int, user_id: int, is_guarded: bool) -> list[str]:
    """Keep goods that nobody else keeps, and look at them."""
    favourites.MOST_FAVOURITES = footprints.MOST_FOOTPRINTS = MOST
    keep = favourites.keep if is_guarded else keep_unguarded
    outcomes = []
    for goods_id in range(number * EACH + 1, (number + 1) * EACH + 1):
        footprints.note(user_id, goods_id)
        try:
            keep(user_id, goods_id)
            outcomes.append("kept")
        except TooManyFavourites as refusal:
            outcomes.append(refusal.code)
    return outcomes


@pytest.mark.parametrize("is_guarded", [True, False])
def test_no_more_are_kept_than_fit(database, tmp_path, shopper, is_guarded):
    add_types()
    for number in range(PROCESSES * EACH):
        add_goods(id=number + 1)
    found = race(database.url, tmp_path, PROCESSES, act, shopper, is_guarded)
    db.session.rollback()
    kept, seen = (db.session.scalar(select(func.count()).select_from(each)) for each in (Favourite, Footprint))
    assert (found["kept"], found["too-many-favourites"], seen) == (kept, PROCESSES * EACH - kept, MOST)
    # The negative control: without the lock, several find the last place.
    assert kept == MOST if is_guarded else kept > MOST

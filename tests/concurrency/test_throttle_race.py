"""Throttles hold across processes, on MariaDB."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from axf.core import clock
from axf.core.db import transaction
from axf.extensions import db
from axf.user import throttle
from axf.user.models import Throttle
from tests.concurrency.race import meet, race

pytestmark = [pytest.mark.mariadb, pytest.mark.concurrency, pytest.mark.xdist_group("concurrency")]

PROCESSES, TRIES, MOST = 4, 10, 8
WINDOW = timedelta(minutes=15)


def count_unguarded(bucket: str, most: int, _window: timedelta) -> None:
    """throttle.count_try as shops commonly write it: read, decide, write back."""
    with transaction(db.session):
        mine = Throttle.bucket == throttle._key(bucket)
        tries = db.session.scalar(select(Throttle.tries).where(mine)) or 0
        meet()
        if tries >= most:
            raise throttle.TooManyTries(retry_after=1)
        db.session.execute(update(Throttle).where(mine).values(tries=tries + 1))


def count_in_memory():
    """Return a counter as a process of its own would keep it."""
    counts: dict[str, int] = {}

    def count(bucket: str, most: int, _window: timedelta) -> None:
        counts[bucket] = counts.get(bucket, 0) + 1
        if counts[bucket] > most:
            raise throttle.TooManyTries(retry_after=1)

    return count


def knock(_number: int, kind: str) -> list[str]:
    count = {"database": throttle.count_try, "unguarded": count_unguarded, "memory": count_in_memory()}[kind]
    outcomes = []
    for _ in range(TRIES):
        try:
            count("login-name:anna", MOST, WINDOW)
            outcomes.append("in")
        except throttle.TooManyTries:
            outcomes.append("refused")
    return outcomes


@pytest.fixture
def bucket(app) -> None:
    """A bucket that begins empty, so that the race is about counting it."""
    db.session.add(Throttle(bucket=throttle._key("login-name:anna"), tries=0, ends_at=clock.now() + WINDOW))
    db.session.commit()


def test_four_processes_share_one_count(database, bucket, tmp_path):
    outcomes = race(database.url, tmp_path, PROCESSES, knock, "database")
    assert outcomes == {"in": MOST, "refused": PROCESSES * TRIES - MOST}


@pytest.mark.parametrize("kind", ["unguarded", "memory"])
def test_without_the_guard_more_slip_in(database, bucket, tmp_path, kind):
    outcomes = race(database.url, tmp_path, PROCESSES, knock, kind)
    assert outcomes["in"] > MOST

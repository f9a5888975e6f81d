"""The one clock."""

from datetime import UTC, date, timedelta

import time_machine

from axf.core import clock


def test_now_is_aware_utc_and_moves_on():
    first, second = clock.now(), clock.now()
    assert first.tzinfo is UTC
    assert timedelta() <= second - first < timedelta(minutes=1)


def test_the_shops_day_begins_at_midnight_in_shanghai():
    with time_machine.travel("2026-02-28T15:59:59Z", tick=False) as time:
        assert clock.today() == date(2026, 2, 28)
        time.shift(1)
        assert clock.today() == date(2026, 3, 1)

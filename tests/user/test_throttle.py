"""Throttles in the database."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
import time_machine
from sqlalchemy import select

from axf.core import clock
from axf.extensions import db
from axf.user import throttle
from axf.user.models import Throttle

WINDOW = timedelta(minutes=15)


def is_let_through(bucket: str = "login:anna", most: int = 3) -> bool:
    try:
        throttle.count_try(bucket, most, WINDOW)
    except throttle.TooManyTries:
        return False
    return True


def test_tries_are_counted_to_the_most(app):
    assert [is_let_through() for _ in range(5)] == [True, True, True, False, False]


def test_buckets_do_not_share(app):
    assert [is_let_through("login:anna", 1), is_let_through("login:anna", 1)] == [True, False]
    assert [is_let_through("login:bert", 1), is_let_through("check:anna", 1)] == [True, True]


def test_the_refusal_says_how_long_to_wait(app):
    with time_machine.travel(clock.now(), tick=False) as time:
        throttle.count_try("login:anna", 1, WINDOW)
        time.shift(timedelta(minutes=5))
        with pytest.raises(throttle.TooManyTries) as refusal:
            throttle.count_try("login:anna", 1, WINDOW)
    assert refusal.value.details == {"retry_after": 600}
    assert refusal.value.status == 429


def test_a_window_begins_with_its_first_try_and_ends_on_time(app):
    with time_machine.travel(clock.now(), tick=False) as time:
        assert is_let_through(most=1)
        time.shift(WINDOW - timedelta(seconds=1))
        assert not is_let_through(most=1)
        time.shift(timedelta(seconds=1))
        assert [is_let_through(most=1), is_let_through(most=1)] == [True, False]
        time.shift(WINDOW)
        assert is_let_through(most=1)


def test_waiting_is_never_less_than_a_second(app):
    with time_machine.travel(clock.now(), tick=False) as time:
        assert is_let_through(most=1)
        time.shift(WINDOW - timedelta(milliseconds=1))
        with pytest.raises(throttle.TooManyTries) as refusal:
            throttle.count_try("login:anna", 1, WINDOW)
    assert refusal.value.details == {"retry_after": 1}


def test_forgetting_opens_the_bucket_again(app):
    assert [is_let_through(most=1), is_let_through(most=1)] == [True, False]
    throttle.forget("login:anna")
    throttle.forget("login:nobody")
    assert is_let_through(most=1)


def test_neither_name_nor_address_is_kept(app):
    is_let_through("login-name:anna")
    is_let_through("login-ip:192.0.2.1")
    kept = " ".join(db.session.scalars(select(Throttle.bucket)))
    assert "login-name:" in kept
    assert not any(subject in kept for subject in ("anna", "192.0.2.1"))


@pytest.mark.parametrize("subject", ["", "x" * 1000, "张三" * 50, "a:b:c", "'; --", "😀"])
def test_any_text_is_a_subject(app, subject):
    assert [is_let_through(f"login:{subject}", 1), is_let_through(f"login:{subject}", 1)] == [True, False]


def test_tries_at_the_same_moment_are_all_counted(app):
    barrier, answers = Barrier(6), []

    def try_twice():
        with app.app_context():
            barrier.wait(20)
            answers.extend(is_let_through(most=5) for _ in range(2))
            db.session.remove()

    threads = [Thread(target=try_twice) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [False] * 7 + [True] * 5
    assert db.session.scalar(select(Throttle.tries)) == 12


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("unix:", "unknown"),
        (None, "unknown"),
    ],
)
def test_a_home_has_one_address_of_ipv4_or_one_network_of_ipv6(address, counted):
    assert throttle.source(address) == counted


def test_another_address_of_the_same_network_does_not_begin_anew(app):
    browser = app.test_client()
    said = [
        browser.get("/axf/checkuser/?username=pear", environ_base={"REMOTE_ADDR": f"2001:db8::{number:x}"}).status_code
        for number in range(1, 32)
    ]
    assert said == [200] * 30 + [429]

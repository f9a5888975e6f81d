"""A flood of logins does not take all cores: few hashes at once, across processes."""

import os
import subprocess
import sys
import threading
import time

import pytest

from axf.core.errors import Busy
from axf.user import hashing
from tests.conftest import PASSWORD, counted, post

LOGIN = "/axf/login/"
HOLD = """
import sys
from pathlib import Path
from axf.user import hashing
from tests.conftest import PASSWORD, counted, post
hashing.FOLDER, hashing.PLACES = Path(sys.argv[1]), 1
with hashing.place():
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def one_place(tmp_path, monkeypatch):
    monkeypatch.setattr(hashing, "FOLDER", tmp_path / "places")
    monkeypatch.setattr(hashing, "PLACES", 1)


def test_another_process_holds_the_only_place_until_it_ends(tmp_path):
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "places")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with holder:
        assert holder.stdout.readline() == b"held\n"
        begun = time.monotonic()
        with pytest.raises(Busy), hashing.place():
            pytest.fail("two hash at once")
        assert time.monotonic() - begun < 1
        holder.kill()
    with hashing.place():
        assert (tmp_path / "places" / "0").exists()


def test_as_many_as_there_are_places_hash_at_once(monkeypatch):
    monkeypatch.setattr(hashing, "PLACES", 2)
    with hashing.place(), hashing.place(), pytest.raises(Busy), hashing.place():
        pytest.fail("three hash at once")


def test_two_of_a_process_come_in_and_the_third_is_sent_away_before_anything_is_asked(app, shopper, client):
    with hashing.door(), hashing.door():
        with pytest.raises(Busy), hashing.door():
            pytest.fail("three on the way in")
        with counted() as statements:
            answer = post(client, LOGIN, page=LOGIN, username="anna", password=PASSWORD)
    assert (answer.status_code, answer.headers["Retry-After"], statements) == (503, "1", [])
    assert post(client, LOGIN, page=LOGIN, username="anna", password=PASSWORD).status_code == 303


def test_a_hash_runs_behind_the_pages():
    nice = os.getpriority(os.PRIO_PROCESS, 0)
    assert hashing.hashed(lambda: os.getpriority(os.PRIO_PROCESS, threading.get_native_id())) == max(nice, hashing.NICE)
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == nice


def test_what_goes_wrong_in_a_hash_reaches_who_asked():
    with pytest.raises(ValueError, match="invalid literal"):
        hashing.hashed(int, "x")


def test_a_full_host_answers_a_login_with_503_and_counts_no_session(app, shopper, client):
    with hashing.place():
        answer = post(client, LOGIN, page=LOGIN, username="anna", password=PASSWORD)
    assert (answer.status_code, int(answer.headers["Retry-After"]) > 0) == (503, True)
    assert client.get_cookie("ticket") is None
    assert post(client, LOGIN, page=LOGIN, username="anna", password=PASSWORD).status_code == 303

"""A flood of logins does not take all cores: few hashes at once, across processes."""

import subprocess
import sys
import time

import pytest

from axf.core.errors import Busy
from axf.user import hashing

HOLD = """
import sys
from pathlib import Path
from axf.user import hashing
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


def test_a_full_host_answers_a_login_with_503_and_counts_no_session(app, shopper, client):
    from tests.conftest import PASSWORD, post

    with hashing.place():
        answer = post(client, "/axf/login/", page="/axf/login/", username="anna", password=PASSWORD)
    assert (answer.status_code, int(answer.headers["Retry-After"]) > 0) == (503, True)
    assert client.get_cookie("ticket") is None
    assert post(client, "/axf/login/", page="/axf/login/", username="anna", password=PASSWORD).status_code == 303

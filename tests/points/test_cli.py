"""``flask points``."""

import pytest
import time_machine

from axf.extensions import db
from axf.points import ledger
from tests.points.test_ledger import START, add_user, earn, entries, shanghai, spend

ADJUST = ("adjust", "--user", "anna", "--reason", "Late delivery", "--reference", "T-1024")


@pytest.fixture
def user_id(app) -> int:
    return add_user("anna")


@pytest.fixture
def run(app):
    """Run ``flask points …`` on 2026-11-22, or at ``now``, and return its result."""

    def invoke(*arguments: str, now=START):
        with time_machine.travel(now, tick=False):
            found = app.test_cli_runner().invoke(args=["points", *arguments], env={"COLUMNS": "100"})
        db.session.rollback()
        return found

    return invoke


def test_show_tells_the_balance_what_ends_and_the_entries(run, user_id):
    earn(user_id, 100, "202611220000000001")
    spend(user_id, 30, "202611220000000002")
    found = run("show", "--user", "ANNA")
    lines = [" ".join(line.split()) for line in found.output.splitlines() if line.strip()]
    assert found.exit_code == 0
    assert lines[:2] == ["Shopper ANNA has 70 points.", "70 end with 2027-11-22."]
    assert lines[-2:] == [
        "2026-11-22 12:00 -30 order 202611220000000002",
        "2026-11-22 12:00 +100 received 202611220000000001 2027-11-23 00:00",
    ]


def test_show_tells_what_waits_for_the_sweep(run, user_id):
    earn(user_id, 100)
    found = run("show", "--user", "anna", now=shanghai("2027-11-23"))
    assert "has 100 points.\n  100 of them are over; the next sweep takes them.\n" in found.output


def test_adjust_gives_once_and_takes(run, user_id):
    assert run(*ADJUST, "--amount", "50").output == "anna has 50 points now.\n"
    assert run(*ADJUST, "--amount", "50").output == "Reference T-1024 was used for anna already; nothing changed.\n"
    found = run("adjust", "--user", "anna", "--amount", "-50", "--reason", "[mistake]", "--reference", "T-2")
    assert (found.exit_code, found.output) == (0, "anna has 0 points now.\n")
    assert entries(user_id) == [(50, "adjusted", "T-1024 Late delivery"), (-50, "adjusted", "T-2 [mistake]")]
    assert "T-2 [mistake]" in run("show", "--user", "anna").output


@pytest.mark.parametrize(
    ("amount", "sentence"),
    [("-50", "Error: anna has only 0 points\n"), ("0", "Error: 0 points are none or more than 1,000,000\n")],
)
def test_adjust_refuses_with_one_sentence(run, user_id, amount, sentence):
    found = run(*ADJUST, "--amount", amount)
    assert (found.exit_code, found.output, entries(user_id)) == (1, sentence, [])


@pytest.mark.parametrize("command", [("show",), ("adjust", "--amount", "1", "--reason", "a", "--reference", "a")])
def test_an_unknown_shopper_is_told(run, user_id, command):
    found = run(*command, "--user", "nobody")
    assert (found.exit_code, found.output) == (1, "Error: there is no shopper nobody\n")


def test_expire_ends_what_is_over_and_a_repeat_nothing(run, user_id):
    earn(user_id, 100)
    end = shanghai("2027-11-23")
    assert run("expire").output == "Points of 0 shoppers ended.\n"
    assert run("expire", now=end).output == "Points of 1 shoppers ended.\n"
    assert run("expire", now=end).output == "Points of 0 shoppers ended.\n"
    assert ledger.balance_of(user_id) == 0

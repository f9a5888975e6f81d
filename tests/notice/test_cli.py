"""``flask worker``."""

import os
import re
import signal
import threading
from types import SimpleNamespace

import pytest
import time_machine
from sqlalchemy import update

from axf.core.db import transaction
from axf.extensions import db
from axf.notice.models import Outbox
from tests.notice.test_outbox import NOON, rows, tell_now


@pytest.fixture
def run(app):
    def invoke(*arguments: str):
        with time_machine.travel(NOON, tick=False):
            found = app.test_cli_runner().invoke(args=["worker", *arguments], env={"COLUMNS": "200"})
        db.session.rollback()
        return found.exit_code, [" ".join(line.split()) for line in found.output.splitlines() if line.strip()]

    return invoke


def test_run_tells_what_is_due(run, shopper):
    tell_now(shopper, order_no="A1", amount=1)
    assert re.match(r"\d+ paid mail ", run("list")[1][-1])
    assert run("run", "--once", "--limit", "1") == (0, ["1 notices taken up."])
    assert run("run", "--once") == (0, ["1 notices taken up."])
    assert run("list") == (0, ["No notice waits."])


def test_a_signal_ends_a_run_that_waits(run, shopper, monkeypatch):
    class Ended(threading.Event):
        def wait(self, timeout=None):
            os.kill(os.getpid(), signal.SIGTERM)  # as an operator ends it while nothing is due
            return self.is_set()

    monkeypatch.setattr("axf.notice.cli.threading", SimpleNamespace(Event=Ended))
    tell_now(shopper, order_no="A1", amount=1)
    assert run("run") == (0, ["2 notices taken up."])
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


def test_the_dead_are_listed_and_retried(run, shopper):
    assert run("list", "--dead") == (0, ["No notice is dead."])
    tell_now(shopper, order_no="A1", amount=1)
    with transaction(db.session):
        db.session.execute(update(Outbox).values(state="dead", tries=10, problem="554 [spam]"))
    first, second = (row.id for row in rows())
    assert run("list", "--dead")[1][-1] == f"{second} paid mail {shopper} 2026-11-22 12:00 10 554 [spam]"
    assert run("retry", str(first)) == (0, [f"Notice {first} will be tried again."])
    assert run("retry", str(first)) == (1, [f"Error: no dead notice has the id {first}"])
    assert run("retry", "--all-dead") == (0, ["1 notices will be tried again."])
    assert {(row.state, row.tries) for row in rows()} == {("waiting", 0)}
    assert run("retry")[0] == run("retry", "1", "--all-dead")[0] == 2


def test_sweep_tells_what_it_found(run):
    assert run("sweep") == (
        0,
        ["0 coupons are about to end, 0 shoppers waited for goods that are there again."],
    )

"""``flask user``."""

from datetime import timedelta

import time_machine
from sqlalchemy import func, insert, select

from axf.core import clock
from axf.extensions import db
from axf.retention import service as retention
from axf.user import accounts, throttle, tickets
from axf.user.models import Throttle, UserTicket
from tests.conftest import PASSWORD, counted


def test_sweep_removes_what_is_over_and_nothing_else(app, shopper):
    tickets.issue(shopper, timedelta(days=1))
    throttle.count_try("login-name:anna", 8, timedelta(days=1))
    with time_machine.travel(clock.now() + timedelta(days=2)):
        alive = tickets.issue(shopper, timedelta(days=1))
        throttle.count_try("login-name:bert", 8, timedelta(days=1))
        tickets.issue(shopper, timedelta(seconds=0))
        found = app.test_cli_runner().invoke(args=["user", "sweep"])
        again = app.test_cli_runner().invoke(args=["user", "sweep"])
        assert tickets.find(alive.secret).id == shopper
    assert (found.exit_code, found.output) == (0, "1 logins and 1 throttles that were over are gone.\n")
    assert again.output == "0 logins and 0 throttles that were over are gone.\n"
    counts = [db.session.scalar(select(func.count()).select_from(model)) for model in (UserTicket, Throttle)]
    assert counts == [1, 1]


def test_sweep_takes_a_batch_at_a_time(app, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 10)
    over = {"tries": 1, "ends_at": clock.now() - timedelta(days=1)}
    db.session.execute(insert(Throttle), [{"bucket": f"a{number}", **over} for number in range(25)])
    db.session.commit()
    with counted() as statements:
        swept = app.test_cli_runner().invoke(args=["user", "sweep"])
    assert swept.output == "0 logins and 25 throttles that were over are gone.\n"
    assert sum("DELETE FROM throttle" in each for each in statements) == 3


def test_logout_all_ends_the_logins_of_one_or_of_everybody(app, shopper):
    other = accounts.register("bert", PASSWORD)
    for user_id in (shopper, shopper, other):
        tickets.issue(user_id, timedelta(days=1))

    def logout_all(*arguments):
        found = app.test_cli_runner().invoke(args=["user", "logout-all", *arguments])
        return found.exit_code, found.output

    assert logout_all("--user", "Anna") == (0, "2 logins are ended.\n")
    assert logout_all("--user", "nobody") == (1, "Error: nobody is called 'nobody'\n")
    assert logout_all()[0] == logout_all("--everybody", "--user", "anna")[0] == 2
    assert logout_all("--everybody") == (0, "1 logins are ended.\n")

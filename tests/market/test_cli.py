"""``flask promotion``."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import update

from axf.extensions import db
from axf.market import promotions
from axf.market.models import Goods
from tests.delivery.test_slots import MORNING as NOW
from tests.market.test_promotions import state

UNTIL = ("--until", "2026-03-08 00:00")
DEAL = ("full-off", "周末满减", "--name-en", "Weekend deal", "--minimum", "60", "--off", "5", *UNTIL)


@pytest.fixture
def run(app):
    """Run ``flask promotion …`` on 2026-03-01 at 08:00 in Shanghai and return its result."""

    def invoke(*arguments: str):
        with time_machine.travel(NOW, tick=False):
            found = app.test_cli_runner().invoke(args=["promotion", *arguments])
        db.session.rollback()
        return found

    return invoke


def table(found) -> list[list[str]]:
    """Return the cells of the listed rows."""
    assert found.exit_code == 0
    return [line.split() for line in found.output.splitlines()[3:] if line.strip()]


def test_a_promotion_price_is_set_and_ended(run, fruit):
    found = run("price", "T-475", "9.90", *UNTIL)
    assert found.output == "Goods 475 costs ¥9.90 from 2026-03-01 08:00 until 2026-03-08 00:00.\n"
    found = run("price", "475", "8", "--from", "2026-03-02 00:00", *UNTIL)
    assert found.output == "Goods 475 costs ¥8.00 from 2026-03-02 00:00 until 2026-03-08 00:00.\n"
    starts_at = NOW.replace(hour=16)
    assert state()[0] == (475, 800, starts_at, starts_at + timedelta(days=6), False)
    for _ in range(2):
        assert run("price", "475", "none").output == "Goods 475 has no promotion price any more.\n"
    assert state()[0] == (475, None, None, None, False)


def test_second_at_half_price_is_switched(run, fruit):
    assert run("second-half", "475", "on").output == "Second at half price is on for goods 475.\n"
    assert state()[0][4] is True
    assert run("second-half", "T-475", "off").output == "Second at half price is off for goods 475.\n"
    assert state()[0][4] is False


def test_a_full_off_is_made_and_stopped(run, fruit):
    found = run(*DEAL, "--goods", "T-475", "--goods", "476", "--from", "2026-02-28 00:00")
    (made,) = promotions.list_full_offs()
    assert found.output == f"Full off {made.id} is made: ¥5.00 off from ¥60.00.\n"
    assert (made.name, made.name_en, made.minimum, made.off) == ("周末满减", "Weekend deal", 6000, 500)
    assert made.goods_ids == {475, 476}
    for _ in range(2):
        assert run("stop", str(made.id)).output == f"Full off {made.id} is stopped.\n"
    assert promotions.running_full_offs(NOW) == ()


def test_the_list_tells_what_runs_and_what_is_to_come_and_is_never_cut(run, fruit, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    run("price", "475", "9.90", *UNTIL)
    run("price", "476", "0.90", "--from", "2026-03-02 00:00", *UNTIL)
    run("second-half", "476", "on")
    run(*DEAL)
    run(*DEAL[:-1], "2026-03-09 00:00", "--goods", "477", "--goods", "475", "--from", "2026-03-08 00:00")
    later, first = (str(each.id) for each in promotions.list_full_offs())
    day, until, monday = ["2026-03-01", "08:00"], ["2026-03-08", "00:00"], ["2026-03-02", "00:00"]
    terms, half = ["¥5.00", "off", "from", "¥60.00"], ["second", "at", "half", "price"]
    assert table(run("list")) == [
        ["price", "475", "草莓475", "¥9.90", "instead", "of", "¥10.00", "475", *day, *until, "runs"],
        ["price", "476", "草莓476", "¥0.90", "instead", "of", "¥2.50", "476", *monday, *until, "to", "come"],
        ["second-half", "476", "草莓476", *half, "476", "runs"],
        ["full-off", later, "周末满减", *terms, "475", "477", *until, "2026-03-09", "00:00", "to", "come"],
        ["full-off", first, "周末满减", *terms, "all", *day, *until, "runs"],
    ]
    run("stop", later)
    run("stop", first)
    assert [row[0] for row in table(run("list"))] == ["price", "price", "second-half"]
    assert [row[-1] for row in table(run("list", "--all"))] == ["runs", "come", "runs", "over", "over"]


def test_a_promotion_price_that_is_no_longer_lower_is_idle(run, fruit):
    run("price", "475", "9.90", *UNTIL)
    db.session.execute(update(Goods).values(price=990))
    db.session.commit()
    assert table(run("list"))[0][-1] == "idle"


def test_a_list_of_nothing_is_no_error(run):
    assert table(run("list")) == []


@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        (("price", "475", "x", *UNTIL), 2, "PRICE: 'x' is not a sum in yuan like 5.90"),
        (("price", "475", "8", "--until", "tomorrow"), 2, "--until: 'tomorrow' is not a time like '2026-11-22 08:00'"),
        (("price", "475", "8", "--from", "1", *UNTIL), 2, "--from: '1' is not a time like '2026-11-22 08:00'"),
        (("price", "475", "8"), 2, "a promotion price needs --until"),
        (("price", "475", "10", *UNTIL), 1, "the promotion price is not below the ordinary price"),
        (("price", "475", "0", *UNTIL), 1, "a promotion price is at least ¥0.01"),
        (("price", "475", "8", "--until", "2026-02-01 00:00"), 1, "it ends before it begins"),
        (("price", "9", "8", *UNTIL), 1, "there is no goods 9"),
        (("price", "T-9", "none"), 1, "there is no goods T-9"),
        (("second-half", "草莓", "on"), 1, "there is no goods 草莓"),
        ((*DEAL, "--minimum", "x"), 2, "--minimum: 'x' is not a sum in yuan like 5.90"),
        ((*DEAL, "--off", ""), 2, "--off: '' is not a sum in yuan like 5.90"),
        (
            (*DEAL, "--until", "2026-13-01 00:00"),
            2,
            "--until: '2026-13-01 00:00' is not a time like '2026-11-22 08:00'",
        ),
        ((*DEAL, "--off", "61"), 1, "what is taken off is at least ¥0.01 and at most the minimum"),
        ((*DEAL, "--goods", "475", "--goods", "9"), 1, "there is no goods 9"),
        (("stop", "9"), 1, "there is no full off 9"),
    ],
)
def test_what_cannot_be_is_told_in_one_sentence_and_changes_nothing(run, fruit, arguments, status, sentence):
    before = state()
    found = run(*arguments)
    assert (found.exit_code, found.output) == (status, f"Error: {sentence}\n")
    assert state() == before


@pytest.mark.parametrize(
    "arguments",
    [
        ("price", "475"),
        ("second-half", "475", "maybe"),
        ("full-off", "满减"),
        ("stop", "0"),
        ("stop", "x"),
        ("stop", "99999999999999999999"),
        ("list", "--colour"),
    ],
)
def test_a_wrong_command_line_is_told_without_a_stack(run, fruit, arguments):
    before = state()
    found = run(*arguments)
    assert found.exit_code == 2
    assert "Usage:" in found.output
    assert "Traceback" not in found.output
    assert state() == before


@pytest.mark.parametrize("command", ["list", "price", "second-half", "full-off", "stop"])
def test_every_command_has_an_example(run, command):
    found = run(command, "--help")
    assert found.exit_code == 0
    assert f"Example: flask promotion {command}" in " ".join(found.output.split())

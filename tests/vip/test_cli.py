"""``flask vip``."""

from datetime import UTC, datetime

import pytest
import time_machine

from axf.extensions import db
from axf.vip import ledger, levels
from axf.vip.levels import DEFAULTS
from tests.vip.test_ledger import entries, grow

NOW = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
def run(app):
    """Run ``flask vip …`` on 2026-03-02 at 08:00 in Shanghai and return its result."""

    def invoke(*arguments: str):
        with time_machine.travel(NOW, tick=False):
            found = app.test_cli_runner().invoke(args=["vip", *arguments])
        db.session.rollback()
        return found

    return invoke


@pytest.fixture
def installed(app) -> None:
    levels.install()


def lines(output: str) -> list[str]:
    return [" ".join(line.split()) for line in output.splitlines() if line.strip() and "─" not in line]


def test_the_levels_are_made_once(run):
    assert [run("levels", "install").output, run("levels", "install").output] == [
        "6 levels made.\n",
        "0 levels made.\n",
    ]
    assert ledger.levels() == list(DEFAULTS)


def test_the_levels_are_listed(run, installed):
    found = run("levels", "list")
    assert (found.exit_code, lines(found.output)) == (
        0,
        [
            "Level Name English Growth Pays Points Free delivery from Birthday coupon",
            "V0 普通会员 Member 0 100 % 100 % as the area none",
            "V1 铜牌会员 Bronze 100 99 % 110 % as the area none",
            "V2 银牌会员 Silver 500 98 % 120 % ¥49.00 none",
            "V3 金牌会员 Gold 1,500 97 % 130 % ¥39.00 none",
            "V4 白金会员 Platinum 4,000 96 % 150 % ¥29.00 none",
            "V5 钻石会员 Diamond 10,000 95 % 200 % ¥0.00 none",
        ],
    )


def test_a_level_is_saved(run, installed):
    found = run("levels", "save", "3", "--growth", "1200", "--free-delivery-from", "35", "--birthday-coupon", "0")
    assert (found.exit_code, found.output) == (0, "Level V3 is saved.\n")
    assert (ledger.levels()[3].growth, ledger.levels()[3].free_delivery_from) == (1200, 3500)
    found = run("levels", "save", "1", "--free-delivery-from", "never", "--name", "铜", "--name-en", "Copper")
    assert (found.output, ledger.levels()[1].name_en) == ("Level V1 is saved.\n", "Copper")
    found = run(
        "levels", "save", "6", "--name", "传奇", "--name-en", "Legend", "--growth", "30000", "--rate", "94",
        "--points-rate", "250", "--free-delivery-from", "0",
    )  # fmt: skip
    assert (found.output, ledger.levels()[6].rate) == ("Level V6 is made.\n", 94)


def test_a_shopper_is_shown(run, shopper, installed):
    assert run("show", "--user", "Anna").output == "Anna: V0 普通会员 with 0 growth\n"
    with time_machine.travel(NOW, tick=False):
        grow(shopper, 1600, "202603021926765738")
    assert lines(run("show", "--user", "anna").output) == [
        "anna: V3 金牌会员 with 1,600 growth",
        "Time Growth Reason Reference",
        "2026-03-02 08:00 +1,600 order 202603021926765738",
    ]


def test_growth_is_adjusted_once_for_a_reference(run, shopper, installed):
    given = ("adjust", "--user", "anna", "--amount", "120", "--reference", "ticket 4711")
    assert run(*given).output == "+120 growth for anna.\nanna: V1 铜牌会员 with 120 growth\n"
    assert lines(run(*given).output) == [
        "Nothing changed: this reference has counted already, or there is nothing to take.",
        "anna: V1 铜牌会员 with 120 growth",
    ]
    found = run("adjust", "--user", "anna", "--amount", "-500", "--reference", " ticket\t4712 ")
    assert found.output == "-120 growth for anna.\nanna: V0 普通会员 with 0 growth\n"
    assert entries(shopper) == [(120, "adjust", "ticket 4711"), (-120, "adjust", "ticket 4712")]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("show", "--user", "bert"), "there is no user bert"),
        (("adjust", "--user", "' OR 1=1", "--amount", "1", "--reference", "x"), "there is no user ' OR 1=1"),
        (("levels", "save", "3", "--growth", "500"), "V3 above V2 needs more growth: 500 is not above 500"),
        (("levels", "save", "3", "--birthday-coupon", "7"), "there is no coupon 7"),
        (("levels", "save", "7"), "a new level needs name and name en and growth"),
    ],
)  # fmt: skip
def test_a_refusal_is_told_in_one_sentence(run, shopper, installed, arguments, sentence):
    found = run(*arguments)
    assert (found.exit_code, found.output) == (1, f"Error: {sentence}\n")
    assert (ledger.levels(), entries(shopper)) == (list(DEFAULTS), [])


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ("adjust", "--user", "anna", "--amount", "1", "--reference", " "),
            "--reference: ' ' is not a text of 1 to 40 letters",
        ),
        (
            ("levels", "save", "3", "--free-delivery-from", "x"),
            "--free-delivery-from: 'x' is not a sum in yuan like 5.90",
        ),
    ],
)
def test_a_wrong_word_is_told_in_one_sentence(run, shopper, installed, arguments, sentence):
    found = run(*arguments)
    assert (found.exit_code, found.output) == (2, f"Error: {sentence}\n")
    assert (ledger.levels(), entries(shopper)) == (list(DEFAULTS), [])


def test_levels_that_do_not_fit_are_told(run, app):
    levels.save_level(1, name="老朋友", name_en="Friend", growth=900)
    found = run("levels", "install")
    assert (found.exit_code, found.output) == (
        1,
        "Error: V2 above V1 needs more growth: 500 is not above 900\n",
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("levels", "save"),
        ("levels", "save", "x"),
        ("levels", "save", "-1"),
        ("levels", "save", "100", "--growth", "1"),
        ("levels", "save", "3", "--rate", "0"),
        ("levels", "save", "3", "--rate", "101"),
        ("levels", "save", "3", "--points-rate", "99"),
        ("levels", "save", "3", "--growth", "-1"),
        ("levels", "save", "3", "--birthday-coupon", "99999999999"),
        ("levels", "save", "3", "--colour", "red"),
        ("levels", "list", "now"),
        ("levels", "delete", "3"),
        ("show",),
        ("adjust", "--user", "anna", "--amount", "1"),
        ("adjust", "--user", "anna", "--amount", "x", "--reference", "x"),
        ("adjust", "--user", "anna", "--amount", "1000001", "--reference", "x"),
    ],
)
def test_a_wrong_command_line_is_told_without_a_stack(run, shopper, installed, arguments):
    found = run(*arguments)
    assert found.exit_code == 2
    assert "Usage:" in found.output
    assert "Traceback" not in found.output
    assert (ledger.levels(), entries(shopper)) == (list(DEFAULTS), [])


@pytest.mark.parametrize("command", ["levels list", "levels install", "levels save", "show", "adjust"])
def test_every_command_has_an_example(run, command):
    found = run(*command.split(), "--help")
    assert found.exit_code == 0
    assert f"Example: flask vip {command}" in " ".join(found.output.split())

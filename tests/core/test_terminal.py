"""Words of a command line as values, and what is said when they are none."""

from datetime import UTC, date, datetime

import click
import pytest
from click.testing import CliRunner
from rich.table import Table

from axf.core.errors import NotFound
from axf.core.terminal import checked, instant_text, print_table, to_day, to_fen, to_free_from, to_instant, told

MIDNIGHT = datetime(2026, 11, 21, 16, tzinfo=UTC)


@pytest.mark.parametrize(("text", "amount"), [("0", 0), ("5.9", 590), ("5.90", 590), ("9999999.99", 999_999_999)])
def test_yuan(text, amount):
    assert to_fen(text) == amount


def test_delivery_may_never_be_free():
    assert (to_free_from("never"), to_free_from("59")) == ("never", 5900)


def test_days_and_instants_are_shanghais():
    assert to_day("2026-11-22") == date(2026, 11, 22)
    assert to_instant("2026-11-22 00:00") == MIDNIGHT
    assert instant_text(MIDNIGHT) == "2026-11-22 00:00"


@pytest.mark.parametrize(
    ("convert", "text"),
    [(to_fen, text) for text in ("", "-1", "1e3", "5.905", "NaN", "１", "10000000")]
    + [(to_free_from, text) for text in ("", "always", "Never", "-1")]
    + [(to_day, text) for text in ("", "2026-02-30", "22.11.2026", "2026-11-22 08:00")]
    + [(to_instant, text) for text in ("", "now", "2026-11-22", "2026-11-22T08:00", "2026-11-22 24:00")]
    + [(to_instant, "0001-01-01 00:00")],
)
def test_what_is_none_is_refused(convert, text):
    with pytest.raises(ValueError, match=r"^is not a (sum in yuan|day|time) like "):
        convert(text)


@click.command()
@click.argument("price", callback=checked(to_fen))
@click.option("--day", callback=checked(to_day))
@click.option("--sum", "sums", multiple=True, callback=checked(to_fen))
def command(price, day, sums):
    print(price, day, sums)


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["5.90", "--day", "2026-11-22"], 0, "590 2026-11-22 ()\n"),
        (["1", "--sum", "2", "--sum", "3.5"], 0, "100 None (200, 350)\n"),
        (["x"], 2, "Error: PRICE: 'x' is not a sum in yuan like 5.90\n"),
        (["1", "--day", "x"], 2, "Error: --day: 'x' is not a day like 2026-11-22\n"),
        (["1", "--sum", "2", "--sum", "x"], 2, "Error: --sum: 'x' is not a sum in yuan like 5.90\n"),
    ],
)
def test_a_wrong_word_is_told_in_one_sentence(words, status, said):
    found = CliRunner().invoke(command, words)
    assert (found.exit_code, found.output) == (status, said)


def test_what_is_not_found_is_told_in_one_sentence():
    with pytest.raises(click.ClickException, match="there is no bee"), told("there is no bee"):
        raise NotFound(what="bee")


def test_a_table_is_never_cut(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "10")
    table = Table("Words")
    table.add_row("word " * 40)
    print_table(table)
    assert "word " * 39 in capsys.readouterr().out

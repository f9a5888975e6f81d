"""``flask goods``."""

import pytest
from sqlalchemy import select

from axf.extensions import db
from axf.market.models import Goods


@pytest.fixture
def run(app):
    """Run ``flask goods …`` and return its result."""

    def invoke(*arguments: str):
        found = app.test_cli_runner().invoke(args=["goods", *arguments])
        db.session.rollback()
        return found

    return invoke


def successor_of(goods_id: int) -> int | None:
    return db.session.scalar(select(Goods.replaced_by_id).where(Goods.id == goods_id))


def test_a_goods_is_replaced_by_id_or_code(run, fruit):
    for words in (("475", "476"), ("T-475", "T-476")):
        found = run("replace", *words)
        assert (found.exit_code, found.output) == (0, "Goods 475 is replaced by goods 476.\n")
        assert successor_of(475) == 476


def test_a_goods_is_replaced_by_nothing(run, fruit):
    run("replace", "475", "476")
    found = run("replace", "475", "--none")
    assert (found.exit_code, found.output) == (0, "Goods 475 is replaced by nothing.\n")
    assert successor_of(475) is None


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("475", "475"), "goods 475 cannot be replaced by 475: it would replace itself"),
        (("476", "475"), "goods 476 cannot be replaced by 475: it would replace itself"),
        (("T-1", "475"), "there is no goods T-1"),
        (("475", "999"), "there is no goods 999"),
        (("475", ""), "there is no goods "),
        (("", "--none"), "there is no goods "),
    ],
)
def test_what_cannot_be_is_told_in_one_sentence(run, fruit, arguments, sentence):
    run("replace", "475", "476")
    found = run("replace", *arguments)
    assert (found.exit_code, found.output) == (1, f"Error: {sentence}\n")
    assert (successor_of(475), successor_of(476)) == (476, None)


@pytest.mark.parametrize("arguments", [("475",), ("475", "476", "--none"), (), ("475", "476", "477"), ("--all",)])
def test_a_wrong_command_line_ends_with_status_2(run, fruit, arguments):
    found = run("replace", *arguments)
    assert (found.exit_code, "Traceback" in found.output) == (2, False)
    assert successor_of(475) is None


def test_the_command_has_an_example(run):
    found = run("replace", "--help")
    assert found.exit_code == 0
    assert "Example: flask goods replace AXF-000475 AXF-000476" in " ".join(found.output.split())

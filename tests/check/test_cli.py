"""``flask check``."""

import pytest
from flask_migrate import upgrade

from axf.check.invariants import INVARIANTS
from axf.extensions import db
from tests.check.shop import break_by_hand
from tests.conftest import make_app


@pytest.fixture
def run(app):
    """Run ``flask check invariants …`` and return its result."""

    def invoke(*arguments: str):
        found = app.test_cli_runner().invoke(args=["check", "invariants", *arguments])
        db.session.rollback()
        return found

    return invoke


def lines_of(output: str) -> list[list[str]]:
    return [line.split() for line in output.splitlines() if line.strip()]


def test_a_healthy_shop_ends_with_status_0_and_a_line_for_each(run, order_no):
    found = run()
    assert found.exit_code == 0
    states = {line[0]: line[1] for line in lines_of(found.output) if len(line) > 1}
    assert [states[each.name] for each in INVARIANTS] == ["ok"] * len(INVARIANTS)
    for each in INVARIANTS:
        assert each.sentence in found.output
    assert f"All {len(INVARIANTS)} hold. That took " in found.output


def test_something_broken_ends_with_status_1_and_shows_where(run, order_no, monkeypatch):
    monkeypatch.setenv("COLUMNS", "30")
    break_by_hand("UPDATE orders SET payable = 2000", "UPDATE goods SET stock = stock - 1 WHERE id > 475")
    found = run()
    assert found.exit_code == 1
    lines = lines_of(found.output)
    assert [line[:2] for line in lines if line[0] in ("stock", "payable", "payment")] == [
        ["stock", "2"],
        ["payable", "1"],
        ["payment", "ok"],
    ]
    assert ["goods_id", "stock", "movements"] in lines
    assert ["476", "98", "99"] in lines
    assert ["477", "99", "100"] in lines
    assert ["order_no", "payable", "added_up"] in lines
    assert [order_no, "2000", "2250"] in lines
    assert f"2 of {len(INVARIANTS)} are broken. That took " in found.output


def test_only_what_is_asked_for_is_checked(run, order_no):
    break_by_hand("UPDATE goods SET stock = stock - 1")
    healthy = run("--only", "payable", "--only", "line-amount")
    assert (healthy.exit_code, "All 2 hold." in healthy.output) == (0, True)
    broken = run("--only", "stock")
    assert (broken.exit_code, "1 of 1 are broken." in broken.output) == (1, True)


def test_no_more_rows_are_shown_than_asked_for_but_all_are_counted(run, fruit):
    break_by_hand("UPDATE goods SET stock = stock + 1")
    found = run("--only", "stock", "--most", "1")
    lines = lines_of(found.output)
    assert ["475", "11", "10"] in lines
    assert ["476", "101", "100"] not in lines
    assert ["…", "and", "2", "more"] in lines
    assert ["stock", "3"] in [line[:2] for line in lines]


def test_what_a_shopper_typed_is_not_taken_for_markup(run, order_no):
    break_by_hand("UPDATE order_event SET event = '[red]pay', from_state = 'paid'")
    assert "[red]pay" in run("--only", "order-events").output


@pytest.mark.parametrize(
    "arguments", [("--only", "stocks"), ("--only", ""), ("--most", "0"), ("--most", "x"), ("--fix",), ("stock",)]
)
def test_a_wrong_command_line_ends_with_status_2(run, arguments):
    found = run(*arguments)
    assert (found.exit_code, "Usage:" in found.output, "Traceback" in found.output) == (2, True, False)


def test_an_unknown_name_is_answered_with_those_that_there_are(run):
    found = run("--only", "stocks").output
    assert [each.name for each in INVARIANTS if f"'{each.name}'" not in found] == []


@pytest.mark.sqlite
def test_a_database_without_tables_ends_with_status_2(database, tmp_path):
    app = make_app(f"sqlite:///{tmp_path / 'empty.sqlite'}", tmp_path)
    found = app.test_cli_runner().invoke(args=["check", "invariants"])
    assert (found.exit_code, found.output) == (
        2,
        "Error: The database is not migrated: run flask db upgrade first.\n",
    )
    with app.app_context():
        upgrade()
        db.engine.dispose()
    assert app.test_cli_runner().invoke(args=["check", "invariants"]).exit_code == 0
    with app.app_context():
        db.engine.dispose()


@pytest.mark.sqlite
def test_no_database_ends_with_status_2(database, tmp_path):
    app = make_app("mysql+pymysql://nobody:nothing@127.0.0.1:9/axf", tmp_path)
    found = app.test_cli_runner().invoke(args=["check", "invariants"])
    assert found.exit_code == 2
    assert found.output.startswith("Error: The database does not answer as it should: ")
    assert found.output.count("\n") == 1


def test_the_command_has_an_example(run):
    found = run("--help")
    assert found.exit_code == 0
    assert "Example: flask check invariants --only stock" in " ".join(found.output.split())

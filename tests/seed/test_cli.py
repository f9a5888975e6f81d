"""``flask seed``: what an admin types, reads and gets as exit status."""

import pytest
from flask.testing import FlaskCliRunner

from axf.extensions import db
from axf.market.models import Goods
from axf.seed.demo_shoppers import PASSWORD, SHOPPERS
from axf.user import accounts
from axf.user.models import User
from tests.conftest import make_app
from tests.seed.conftest import DATA, SHIPPED, snapshot

LOGIN = "Log in at http://127.0.0.1:8000/axf/login/ with the password demo-axf-2026"


@pytest.fixture
def run(app):
    """Run a seed command; return its exit status and the lines of stdout and stderr."""
    return runner_of(app)


def runner_of(app):
    runner: FlaskCliRunner = app.test_cli_runner()

    def run(*words: object, answers: str | None = None) -> tuple[int, list[str], list[str]]:
        result = runner.invoke(args=["seed", *map(str, words)], input=answers)
        return result.exit_code, result.stdout.splitlines(), result.stderr.splitlines()

    return run


def test_demo_fills_an_empty_shop_and_says_how_to_log_in(run):
    status, out, err = run("demo")
    assert (status, err) == (0, [])
    assert out[0] == "Demo shop"
    assert "goods: read 264, added 264, changed 0, unchanged 0, merged 0, skipped 0, refused 0" in out
    assert out[-1] == LOGIN
    told = [line.split(maxsplit=1) for line in out if line.startswith("  demo")]
    assert [(name, shows.strip()) for name, shows in told] == [(each.username, each.shows) for each in SHOPPERS]


def test_demo_leaves_a_shop_with_goods_alone(run, fruit):
    before = snapshot()
    said = "The shop has goods already, nothing changed. To set the demo back: flask seed demo --again"
    assert run("demo") == (0, [said], [])
    assert snapshot() == before


def test_demo_again_asks_first(run):
    run("demo")
    db.session.query(Goods).update({"price": 1})
    db.session.commit()
    before = snapshot()
    for answers in ("n\n", "", None):
        status, _out, err = run("demo", "--again", answers=answers)
        assert (status, err[-1]) == (2, "Error: That was no yes: nothing was changed.")
    assert snapshot() == before
    status, out, _err = run("demo", "--again", answers="y\n")
    assert (status, out[-1]) == (0, LOGIN)
    assert "goods: read 264, added 0, changed 264, unchanged 0, merged 0, skipped 0, refused 0" in out


def test_demo_again_in_an_empty_shop_has_nothing_to_ask(run):
    status, out, _err = run("demo", "--again")
    assert (status, out[0], out[-1]) == (0, "Demo shop", LOGIN)


def test_demo_does_not_promise_a_password_that_is_not_its_own(run):
    accounts.register("demo", "another fine pass phrase")
    _status, out, _err = run("demo")
    assert out[-2:] == ["demo was there before and keeps the password it had.", LOGIN]


def test_catalog_takes_a_folder_or_a_file(run):
    status, out, err = run("catalog", SHIPPED)
    assert (status, out[0], err) == (0, "Catalogue", [])
    status, out, err = run("catalog", SHIPPED / "01_food_types.sql")
    assert (status, err) == (0, [])
    assert out == [
        "Catalogue",
        "food_type: read 50, added 0, changed 0, unchanged 50, merged 0, skipped 0, refused 0",
        "Nothing changed: everything was already there.",
    ]


def test_rows_that_were_refused_are_exit_status_1(run, tmp_path):
    text = (SHIPPED / "01_food_types.sql").read_text().replace("'冰激凌', 'Ice Cream', 11, 'goods'", "'', '', 11, 'x'")
    (tmp_path / "types.sql").write_text(text)
    status, out, err = run("catalog", tmp_path / "types.sql")
    assert (status, err) == (1, [])
    assert "refused: food_type, types.sql, line 16: listing is not one of goods, hot, new" in out


def test_classic_imports_and_a_repeat_changes_nothing(run):
    status, out, err = run("classic", DATA / "extended.sql")
    assert (status, err) == (0, [])
    assert out[0] == "Classic dump"
    assert "axf_goods: read 16, added 14, changed 0, unchanged 0, merged 2, skipped 0, refused 0" in out
    assert "axf_goods: 1 rows cost more than their market price; the shop strikes none there" in out
    status, out, err = run("classic", DATA / "rows.sql")
    assert (status, out[-1], err) == (0, "Nothing changed: everything was already there.", [])


def test_classic_home_page_before_its_goods_is_exit_status_1(run):
    status, out, _err = run("classic", DATA / "by_hand.sql")
    assert (status, out[-2:]) == (1, ["refused: 10 more rows", "Nothing changed."])


def test_users_makes_shoppers(run):
    assert run("users", 3) == (
        0,
        ["Shoppers", "users: read 3, added 3, changed 0, unchanged 0, merged 0, skipped 0, refused 0"],
        [],
    )
    accounts.prove("shopper0003", PASSWORD)
    run("users", 4, "--password", "a fine pass phrase")
    accounts.prove("shopper0004", "a fine pass phrase")


CUT = "SET NAMES utf8;\nINSERT INTO axf_goods (id) VALUES (1"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("users", "0"), "Error: Invalid value for 'N': 0 is not in the range 1<=x<=100000."),
        (("users", "100001"), "Error: Invalid value for 'N': 100001 is not in the range 1<=x<=100000."),
        (("users", "many"), "Error: Invalid value for 'N': 'many' is not a valid integer range."),
        (("users",), "Error: Missing argument 'N'."),
        (("users", "1", "--password", "short"), "Error: The password must have 8 to 128 characters, or nobody can"),
        (("users", "1", "--password", "x" * 129), "Error: The password must have 8 to 128 characters, or nobody can"),
        (("catalog",), "Error: Missing argument 'PATH'."),
        (("catalog", "{}/none.sql"), "Error: {}/none.sql cannot be read: No such file or directory."),
        (("catalog", "{}"), "Error: There are no .sql files in {}."),
        (
            ("catalog", DATA / "extended.sql"),
            "Error: extended.sql, line 14: the table axf_wheel is not one of food_type",
        ),
        (("classic",), "Error: Missing argument 'DUMP'."),
        (("classic", "{}/none.sql"), "Error: {}/none.sql cannot be read: No such file or directory."),
        (("classic", "{}"), "Error: {} cannot be read: Is a directory."),
        (("classic", "{}/cut.txt"), "Error: cut.txt, line 2: this statement has no ';' at its end: the file was cut."),
        (("classic", "{}/gbk.txt"), "Error: gbk.txt, line 2: not UTF-8 text. Nothing was changed."),
        (("classic", SHIPPED / "01_food_types.sql"), "Error: 01_food_types.sql, line 5: food_type is no table of the"),
        (("demo", "--agian"), "Error: No such option '--agian'"),
        (("fruit",), "Error: No such command 'fruit'."),
    ],
)
def test_what_cannot_be_done_changes_nothing_and_is_exit_status_2(run, tmp_path, words, said):
    (tmp_path / "cut.txt").write_text(CUT)
    (tmp_path / "gbk.txt").write_bytes("--\n-- 你好".encode("gbk"))
    before = snapshot()
    status, out, err = run(*(str(word).format(tmp_path) for word in words))
    assert (status, out) == (2, [])
    assert err[-1].startswith(said.format(tmp_path))
    assert snapshot() == before


def test_production_has_no_demo_and_no_public_password(app, run):
    app.config["ENV"] = "production"
    status, _out, err = run("demo")
    message = "Error: This is a production shop: the demo's password is public, so there is no demo here."
    assert (status, err) == (2, [message])
    status, _out, err = run("users", 1)
    message = "Error: This is a production shop and the default password is public: give one with --password."
    assert (status, err) == (2, [message])
    assert run("users", 1, "--password", "a fine pass phrase")[0] == 0
    assert db.session.query(User).count() == 1
    assert db.session.query(Goods).count() == 0


@pytest.mark.parametrize("words", [("demo",), ("catalog", SHIPPED), ("classic", DATA / "rows.sql"), ("users", 1)])
def test_a_database_that_is_not_migrated_is_said(tmp_path, words):
    app = make_app(f"sqlite:///{tmp_path / 'empty.sqlite'}", tmp_path)
    message = "Error: The database is not migrated: run flask db upgrade first."
    assert runner_of(app)(*words) == (2, [], [message])


def test_a_database_that_is_not_there_is_said(tmp_path):
    app = make_app(f"sqlite:///{tmp_path / 'none' / 'axf.sqlite'}", tmp_path)
    message = "Error: The database does not answer as it should: unable to open database file"
    assert runner_of(app)("demo") == (2, [], [message])


@pytest.mark.parametrize("command", ["demo", "catalog", "classic", "users"])
def test_help_has_an_example(run, command):
    status, out, _err = run(command, "--help")
    assert status == 0
    assert any(line.startswith(f"  Example: flask seed {command}") for line in out)


def test_help_lists_the_commands(run):
    _status, out, _err = run("--help")
    listed = [line.split()[0] for line in out[out.index("Commands:") + 1 :]]
    assert listed == ["catalog", "classic", "demo", "stress", "users"]

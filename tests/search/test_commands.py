"""``flask search``."""

import pytest
from sqlalchemy import update

from axf.extensions import db
from axf.market.models import Goods
from axf.search import hot


@pytest.fixture
def run(app):
    runner = app.test_cli_runner()
    return lambda *words: runner.invoke(args=["search", *words])


def test_the_index_is_made_and_checked(run, shelf):
    assert run("index").output.endswith("The index is live; 3 goods went in now.\n")
    assert run("check").output.endswith("The index agrees with the goods.\n")
    db.session.execute(update(Goods).where(Goods.id == 477).values(name="黄桃"))
    db.session.commit()
    answer = run("check", "--most", "1")
    assert (answer.exit_code, "goods 477" in answer.output) == (1, True)
    assert "make it anew by: flask search index" in answer.stderr
    assert (run("index", "--restart").exit_code, run("check").exit_code) == (0, 0)


@pytest.mark.parametrize("words", [("check",), ("asked", "--without-hits")])
def test_without_an_index_a_sentence_says_how_to_make_it(run, words):
    hot.count("草莓")
    answer = run(*words)
    assert (answer.exit_code, "make it by: flask search index" in answer.stderr) == (1, True)


def test_hot_words_are_listed_and_edited(run, shelf):
    for word in ("草莓", "西瓜") * hot.LEAST_HOT:
        hot.count(word)
    listed = run("hot", "--put", "Gift Box", "--at", "1").output
    assert [word in listed for word in ("gift box", "put at 1", "草莓", "often asked for")] == [True] * 4
    assert "hidden" in run("hot", "--hide", "西瓜").output
    assert "hidden" not in run("hot", "--release", "西瓜").output


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        (("hot", "--put", "a", "--hide", "b"), 2, "give only one of"),
        (("hot", "--at", "3"), 2, "--at belongs to --put"),
        (("hot", "--put", "\u202e"), 2, "needs at least one visible character"),
        (("hot", "--release", "nobody"), 1, "nothing was said of nobody"),
        (("hot", "--put", "a", "--at", "0"), 2, "0 is not in the range"),
        (("asked", "--days", "400"), 2, "400 is not in the range"),
        (("check", "--most", "none"), 2, "is not a valid integer"),
    ],
)
def test_wrong_words_are_answered_in_one_sentence(run, shelf, words, status, sentence):
    answer = run(*words)
    assert (answer.exit_code, sentence in answer.stderr) == (status, True)


def test_what_was_asked_for_is_listed(run, shelf):
    for word in ("草莓", "[red]轮胎"):
        hot.count(word)
    listed = run("asked").output
    assert ("草莓" in listed, "[red]轮胎" in listed) == (True, True)
    assert "草莓" not in run("asked", "--without-hits").output

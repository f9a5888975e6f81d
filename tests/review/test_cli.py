"""``flask review``."""

import pytest
from sqlalchemy import update

from axf.extensions import db
from axf.market.models import Goods
from tests.review.conftest import review


@pytest.fixture
def run(app):
    runner = app.test_cli_runner()
    return lambda *words: runner.invoke(args=["review", *map(str, words)])


def test_a_review_is_listed_answered_hidden_and_shown(run, shopper, came):
    review_id = review(shopper, came, stars=1, text="[red]酸")
    review(shopper, came, 476, stars=5, text="好")
    listed = run("list", "--bad", "--unanswered").output
    assert ("[red]酸" in listed, "好" in listed) == (True, False)
    assert run("reply", review_id, "抱歉").output == f"Review {review_id} is answered.\n"
    assert "酸" not in run("list", "--unanswered").output
    assert "抱歉" in run("list", "--goods", 475).output
    assert [run("hide", review_id, "--reason", "广告").output for _each in range(2)] == [
        f"Review {review_id} is hidden.\n",
        f"Review {review_id} was hidden already.\n",
    ]
    assert [run("show", review_id).output for _each in range(2)] == [
        f"Review {review_id} is shown again.\n",
        f"Review {review_id} was not hidden.\n",
    ]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("reply", 99, "好"), "there is no review 99"),
        (("hide", 99, "--reason", "x"), "there is no review 99"),
        (("show", 99), "there is no review 99"),
        (("reply", 99, " "), "a text has 1 to 500 characters"),
        (("hide", 99, "--reason", "x" * 201), "a text has 1 to 200 characters"),
    ],
)
def test_a_command_says_in_one_sentence_why_not(run, words, sentence):
    result = run(*words)
    assert (result.exit_code, result.output) == (1, f"Error: {sentence}\n")


def test_recount_prints_what_differed(run, shopper, came):
    review(shopper, came, stars=4)
    db.session.execute(update(Goods).where(Goods.id == 475).values(review_count=3))
    db.session.commit()
    assert run("recount").output == "goods 475: 3 reviews with 4 stars -> 1 with 4\n1 goods counted anew.\n"
    assert run("recount").output == "0 goods counted anew.\n"

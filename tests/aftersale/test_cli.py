"""``flask aftersale``."""

import pytest
from sqlalchemy import select

from axf.aftersale import service
from axf.aftersale.state import Kind
from axf.extensions import db
from axf.market.models import FoodType
from axf.storage.local import Folder
from tests.aftersale.flow import ask, bring, fallen, request, wanted


@pytest.fixture
def received(shopper, order_no) -> str:
    return bring(shopper, order_no)


@pytest.fixture
def run(app):
    """Run a command; return its status and what it said."""

    def run(*words: str) -> tuple[int, str]:
        result = app.test_cli_runner().invoke(args=["aftersale", *words])
        return result.exit_code, result.output

    return run


def test_the_list_shows_what_waits(run, shopper, received):
    first = ask(shopper, received, wanted({475: 1}))
    second = ask(shopper, received, wanted({476: 1}, Kind.RETURN, number=2))
    service.reject(second, "no")
    status, text = run("list")
    assert (status, first in text, second in text) == (0, True, False)
    assert "¥10.00" in text
    status, text = run("list", "--state", "rejected", "--limit", "1")
    assert (status, first in text, second in text) == (0, False, True)


def test_show_tells_everything(run, shopper, received, tmp_path):
    no = ask(shopper, received, wanted({475: 2}), photos=1, store=Folder(tmp_path))
    status, text = run("show", no)
    assert status == 0
    for words in (
        f"{received}: refund, asked",
        "2 × 草莓475 500g  ¥20.00 and 0 points",
        "missing: 少了",
        "photo aftersale/",
    ):
        assert words in text
    assert "ask -> asked by shopper" in text


def test_approve_gives_back(run, shopper, received):
    no = ask(shopper, received, wanted({475: 1}))
    assert run("approve", no) == (0, f"Request {no} is done. ¥10.00 and 0 points go back.\n")
    assert fallen() == [(475, 1, 1000, 0, no)]
    assert run("approve", no) == (1, f"Error: request {no} (refund) is done: only one that was asked can be approved\n")
    assert len(fallen()) == 1


def test_reject_wants_a_reason(run, shopper, received):
    no = ask(shopper, received, wanted({475: 1}))
    assert run("reject", no)[0] == 2
    assert run("reject", no, "--reason", " ")[0] == 2
    assert request(no).state == "asked"
    assert run("reject", no, "--reason", "no") == (0, f"Request {no} is rejected.\n")
    status, text = run("reject", no, "--reason", "no")
    assert (status, "it cannot be rejected any more" in text) == (1, True)


def test_returns_and_replacements_end(run, shopper, received):
    back = ask(shopper, received, wanted({475: 1}, Kind.RETURN))
    assert run("received", back) == (
        1, f"Error: request {back} (return) is asked: only the goods of an approved return can come back\n",
    )  # fmt: skip
    assert run("approve", back, "--reason", "to the rider") == (0, f"Request {back} is approved.\n")
    assert run("received", back) == (0, f"Request {back} is done. ¥10.00 and 0 points go back.\n")
    new = ask(shopper, received, wanted({476: 1}, Kind.REPLACE, number=2))
    status, text = run("replaced", new)
    assert (status, "only an approved replacement can leave" in text) == (1, True)
    assert run("approve", new) == (0, f"Request {new} is approved.\n")
    assert run("replaced", new) == (0, f"Request {new} is done: the replacement has left.\n")
    assert fallen() == [(475, 1, 1000, 0, back)]


def test_what_is_sold_out_is_told(run, shopper, received):
    no = ask(shopper, received, wanted({475: 2}, Kind.REPLACE))
    from axf.extensions import db
    from axf.market.models import Goods

    db.session.get(Goods, 475).stock = 1
    db.session.commit()
    status, text = run("approve", no)
    assert (status, "not so many left in stock" in text, request(no).state) == (1, True, "asked")


@pytest.mark.parametrize("words", [("show",), ("approve",), ("received",), ("replaced",), ("reject", "--reason", "x")])
def test_an_unknown_request_is_told(run, words):
    assert run(*words, "20260101-1") == (1, "Error: there is no request 20260101-1\n")


def test_hours_are_set_for_a_type_and_its_children(run, fruit):
    child = db.session.scalars(select(FoodType.id).where(FoodType.parent_id.is_not(None))).first()
    parent = db.session.scalar(select(FoodType.parent_id).where(FoodType.id == child))
    family = (FoodType.id == parent) | (FoodType.parent_id == parent)
    ids = list(db.session.scalars(select(FoodType.id).where(family)))
    said = f"Goods of {len(ids)} food types can be asked about for 24 hours after receipt.\n"
    assert run("hours", str(parent), "24") == (0, said)
    assert run("hours", str(child), "6")[0] == 0
    db.session.rollback()
    hours = dict(db.session.execute(select(FoodType.id, FoodType.after_sale_hours).where(family)).all())
    assert hours == {type_id: 6 if type_id == child else 24 for type_id in ids}
    status, text = run("hours")
    assert (status, str(child) in text, "24" in text) == (0, True, True)


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        (("999999", "24"), 1, "there is no food type 999999"),
        (("1",), 2, "say how many HOURS"),
        (("1", "-1"), 2, "No such option"),
        (("1", "9000"), 2, "9000 is not in the range"),
        (("x", "1"), 2, "'x' is not a valid integer"),
    ],
)
def test_wrong_hours_are_told_in_a_sentence(run, fruit, words, status, sentence):
    found = run("hours", *words)
    assert (found[0], sentence in found[1]) == (status, True)

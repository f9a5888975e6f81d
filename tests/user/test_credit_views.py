"""My store credit, and the commands that look at it and correct it."""

import pytest

from axf.credit import adjustment, ledger
from axf.order import fulfilment
from tests.order.flow import pay_by_credit


def test_an_empty_balance_says_what_it_is_for(member):
    member.set_cookie("lang", "en")
    page = member.get("/axf/credit/").get_data(as_text=True)
    assert "No store credit yet" in page
    assert "¥0.00" in page


def test_what_came_and_went_leads_to_its_order(member, shopper, order_no):
    pay_by_credit(shopper, order_no)
    fulfilment.cancel(shopper, order_no)
    page = member.get("/axf/credit/").get_data(as_text=True)
    assert page.count(f'href="/axf/order/{order_no}/"') == 2
    assert ("+¥22.50" in page, "−¥22.50" in page) == (True, True)
    assert member.get("/axf/credit/?after=junk").status_code == 404


@pytest.fixture
def run(app):
    return lambda *arguments: app.test_cli_runner().invoke(args=["credit", *arguments])


def test_the_shop_gives_and_takes(run, shopper):
    give = ("adjust", "--user", "anna", "--give", "12.50", "--reference", "T-1")
    assert run(*give).output == "anna has ¥12.50 now.\n"
    assert run(*give).output == "Reference T-1 was used for anna already; nothing changed.\n"
    taken = run("adjust", "--user", "anna", "--take", "2.50", "--reference", "T-2")
    assert (taken.output, ledger.balance_of(shopper)) == ("anna has ¥10.00 now.\n", 1000)
    shown = run("show", "--user", "anna").output
    assert "Shopper anna has ¥10.00 of store credit." in shown
    assert "+¥12.50" in shown


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("adjust", "--user", "nobody", "--give", "1", "--reference", "T"), "there is no shopper nobody"),
        (("adjust", "--user", "anna", "--take", "99", "--reference", "T"), "anna has only ¥5.00"),
        (("adjust", "--user", "anna", "--give", "1", "--reference", "T 1"), "a reference is 1 to 32"),
        (("adjust", "--user", "anna", "--reference", "T"), "say either --give or --take"),
        (("adjust", "--user", "anna", "--give", "1", "--take", "1", "--reference", "T"), "say either"),
        (("adjust", "--user", "anna", "--give", "much", "--reference", "T"), "much"),
        (("show", "--user", "nobody"), "there is no shopper nobody"),
    ],
)
def test_wrong_arguments_are_told_in_a_sentence(run, shopper, arguments, sentence):
    adjustment.adjust(shopper, 500, reference="start")
    found = run(*arguments)
    assert found.exit_code in (1, 2)
    assert sentence in found.output
    assert ledger.balance_of(shopper) == 500

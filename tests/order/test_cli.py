"""``flask order``."""

import pytest
import time_machine
from sqlalchemy import select

from axf.cart import service as cart
from axf.extensions import db
from axf.market.models import Goods
from axf.order import fulfilment, settlement
from axf.order.queries import order_of
from axf.payment.base import Notice
from tests.conftest import bring, place_all


@pytest.fixture
def run(app):
    """Run ``flask order …`` and return its result."""

    def invoke(*arguments: str):
        found = app.test_cli_runner().invoke(args=["order", *arguments])
        db.session.rollback()
        return found

    return invoke


def pay(user_id: int, no: str, reference: str = "R1") -> str:
    payment = settlement.start(user_id, no, "mock")
    return settlement.settle(Notice("mock", f"e-{payment.no}", payment.no, payment.amount, reference, "{}"))


def stock_of(goods_id: int) -> int:
    return db.session.scalar(select(Goods.stock).where(Goods.id == goods_id))


@pytest.fixture
def paid_no(shopper, order_no) -> str:
    """A second order of the shopper, paid."""
    cart.set_quantity(shopper, 477, 1)
    no = place_all(shopper)
    pay(shopper, no)
    return no


def test_list_shows_the_newest_orders_first(run, order_no, paid_no):
    found = run("list")
    assert found.exit_code == 0
    assert found.output.index(paid_no) < found.output.index(order_no)
    assert "¥22.50" in found.output


def test_list_shows_whole_numbers_in_a_narrow_terminal(run, order_no, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    assert order_no in run("list").output


def test_list_takes_a_state_and_a_limit(run, order_no, paid_no):
    assert (
        order_no in run("list", "--state", "unpaid").output,
        paid_no in run("list", "--state", "unpaid").output,
    ) == (
        True,
        False,
    )
    assert order_no not in run("list", "--limit", "1").output
    assert run("list", "--state", "cancelled").exit_code == 0


def test_list_finds_orders_with_stray_money(run, shopper, order_no, paid_no):
    payment = settlement.start(shopper, order_no, "mock")
    fulfilment.cancel(shopper, order_no)
    assert settlement.settle(Notice("mock", "late", payment.no, payment.amount, "R2", "{}")) == "unmatched"
    found = run("list", "--stray-money").output
    assert (order_no in found, paid_no in found) == (True, False)


def test_list_of_nothing_is_no_error(run):
    assert run("list").exit_code == 0


def test_show_tells_all_of_an_order(run, shopper, order_no, paid_no):
    found = run("show", order_no)
    assert found.exit_code == 0
    for words in (
        f"Order {order_no} of user {shopper}: unpaid",
        "2 × 草莓475 500g  ¥20.00",
        "payable ¥22.50",
        "to 张三 13800138000, 上海市 黄浦区 外滩1号",
        "between 2099-01-01 14:00 and 2099-01-01 14:30",
        "if something runs out: refund",
        "place -> unpaid",
    ):
        assert words in found.output
    paid = run("show", paid_no).output
    for words in ("pay -> paid by mock", "(mock) ¥0.99: applied"):
        assert words in paid


def test_cancel_returns_the_stock_and_says_why(run, shopper, order_no):
    found = run("cancel", order_no, "--reason", "customer called")
    assert (found.exit_code, found.output) == (0, f"Order {order_no} is cancelled.\n")
    last = order_of(shopper, order_no).events[-1]
    assert (last.event, last.actor, last.reason) == ("cancel", "shop", "customer called")
    assert stock_of(475) == 10


def test_cancel_needs_no_reason(run, shopper, order_no):
    assert run("cancel", order_no).exit_code == 0
    assert order_of(shopper, order_no).events[-1].reason == "cancelled by the shop"


def test_cancel_refuses_what_has_left_the_shop_or_is_cancelled(run, shopper, order_no, paid_no):
    bring(paid_no)
    refused = run("cancel", paid_no)
    assert (refused.exit_code, refused.output) == (
        1,
        f"Error: order {paid_no} is shipped: only those that have not left the shop can be cancelled\n",
    )
    assert order_of(shopper, paid_no).order.state == "shipped"
    run("cancel", order_no)
    assert run("cancel", order_no).exit_code == 1
    assert stock_of(475) == 10


def test_expire_cancels_what_is_due_once(run, shopper, order_no, paid_no):
    assert run("expire").output == "0 orders expired.\n"
    with time_machine.travel(order_of(shopper, order_no).order.expires_at):
        assert run("expire").output == "1 orders expired.\n"
        assert run("expire").output == "0 orders expired.\n"
    assert [order_of(shopper, no).order.state for no in (order_no, paid_no)] == ["cancelled", "paid"]
    assert stock_of(475) == 10


def test_expire_takes_at_most_so_many_the_oldest_first(run, shopper, order_no):
    cart.set_quantity(shopper, 477, 1)
    second = place_all(shopper)
    with time_machine.travel(order_of(shopper, second).order.expires_at):
        assert run("expire", "--limit", "1").output == "1 orders expired.\n"
    assert [order_of(shopper, no).order.state for no in (order_no, second)] == ["cancelled", "unpaid"]


@pytest.mark.parametrize("command", ["show", "cancel"])
@pytest.mark.parametrize("no", ["1", "", "草莓", "' OR 1=1"])
def test_an_unknown_number_is_told(run, order_no, command, no):
    found = run(command, no)
    assert (found.exit_code, found.output) == (1, f"Error: there is no order {no}\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ("list", "--state", "lost"),
        ("list", "--limit", "0"),
        ("list", "--limit", "1001"),
        ("list", "--limit", "x"),
        ("show",),
        ("show", "1", "2"),
        ("cancel",),
        ("expire", "--limit", "0"),
        ("expire", "now"),
        ("ship", "1"),
    ],
)
def test_wrong_arguments_are_told_without_a_stack(run, shopper, order_no, arguments):
    found = run(*arguments)
    assert found.exit_code == 2
    assert "Usage:" in found.output
    assert "Traceback" not in found.output
    assert order_of(shopper, order_no).order.state == "unpaid"

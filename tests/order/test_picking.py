"""Found fewer, or something else instead: refunded to the fen."""

import pytest
from sqlalchemy import select, update

from axf.cart import service as cart
from axf.core import clock
from axf.core.db import transaction
from axf.core.errors import NotFound
from axf.credit import ledger as credit
from axf.extensions import db
from axf.market.models import Goods
from axf.market.stock import OutOfStock
from axf.order import events, fulfilment, picking, shares
from axf.order.models import LineRefund, Order, OrderDelivery, OrderLine, OrderSubstitute
from axf.order.picking import NotWished, Swap
from axf.order.queries import order_of
from axf.order.shares import NotSoMany
from axf.order.state import WrongState
from axf.points import ledger as points
from axf.points.ledger import Reason
from axf.pricing import Part
from tests.check.shop import broken
from tests.conftest import place_all
from tests.order.flow import pay_by_credit, pick


@pytest.fixture
def picked(shopper, order_no) -> str:
    """An order of 2 × 475 and 1 × 476, paid with store credit, on the picker's list."""
    pay_by_credit(shopper, order_no)
    pick(order_no)
    return order_no


def state_of(no: str) -> tuple[str, int]:
    db.session.rollback()
    return tuple(db.session.execute(select(Order.state, Order.refunded).where(Order.no == no)).one())


def stock_and_sales(goods_id: int) -> tuple[int, int]:
    db.session.rollback()
    return tuple(db.session.execute(select(Goods.stock, Goods.sales).where(Goods.id == goods_id)).one())


def fallen() -> list[tuple[int, int, int, int, str]]:
    db.session.rollback()
    return [
        (row.goods_id, row.quantity, row.amount, row.points, row.cause)
        for row in db.session.scalars(select(LineRefund).order_by(LineRefund.id))
    ]


def test_what_is_not_found_goes_back_at_once_and_once(shopper, picked):
    before = stock_and_sales(475)
    assert picking.short(picked, {475: 1}) == Part(1, 1000, 0)
    assert picking.short(picked, {475: 1}) == Part(0, 0, 0)
    assert state_of(picked) == ("picking", 1000)
    assert credit.balance_of(shopper) == 1000
    assert fallen() == [(475, 1, 1000, 0, "short")]
    # It was not there: the stock does not get it back.
    assert stock_and_sales(475) == (before[0], before[1] - 1)
    assert order_of(shopper, picked).events[-1].event == "short"
    assert broken() == []


def test_points_and_discounts_follow_the_pieces(shopper, fruit):
    with transaction(db.session):
        points.earn(db.session, shopper, 500, reason=Reason.WELCOME, reference="w", at=clock.now())
    cart.set_quantity(shopper, 475, 3)
    no = place_all(shopper, has_points=True)
    spent = 500 - points.usable_of(shopper, clock.now())
    assert spent == 500
    pay_by_credit(shopper, no)
    pick(no)
    left = shares.left_of(order_of(shopper, no).order.id)
    assert left == {475: Part(3, 3000 - 500, 500)}
    assert picking.short(no, {475: 2}) == Part(1, 833, 166)
    assert points.usable_of(shopper, clock.now()) == 166
    assert picking.short(no, {475: 1}) == Part(1, 833, 167)
    assert (credit.balance_of(shopper), points.usable_of(shopper, clock.now())) == (1666, 333)
    assert broken() == []
    # Nothing found at all: the order ends, and what was still held of money, delivery and points is back.
    assert picking.short(no, {475: 0}) == Part(1, 834, 167)
    payable = order_of(shopper, no).order.payable
    assert state_of(no) == ("cancelled", payable)
    assert (credit.balance_of(shopper), points.usable_of(shopper, clock.now())) == (payable, 500)
    assert broken() == []


@pytest.mark.parametrize(
    ("found", "refusal"),
    [({475: 3}, NotSoMany), ({475: -1}, NotSoMany), ({999: 1}, NotFound), ({475: 1, 999: 0}, NotFound)],
)
def test_what_cannot_be_short_changes_nothing(shopper, picked, found, refusal):
    with pytest.raises(refusal):
        picking.short(picked, found)
    assert (state_of(picked), fallen(), credit.balance_of(shopper)) == (("picking", 0), [], 0)


def test_only_an_order_that_is_picked_can_be_short(shopper, order_no):
    with pytest.raises(WrongState):
        picking.short(order_no, {475: 1})
    with pytest.raises(NotFound):
        picking.short("20260101", {475: 1})
    assert fallen() == []


def wish(no: str, text: str) -> None:
    order_id = select(Order.id).where(Order.no == no).scalar_subquery()
    db.session.execute(update(OrderDelivery).where(OrderDelivery.order_id == order_id).values(wish=text))
    db.session.commit()


def test_a_cheaper_substitute_brings_the_difference_back(shopper, picked):
    wish(picked, "replace")
    stock, sales = stock_and_sales(477)
    db.session.execute(update(Goods).where(Goods.id == 477).values(price=700))
    db.session.commit()
    assert picking.substitute(picked, Swap(475, 1, 477, 1), is_agreed=False) == 700
    assert (state_of(picked), credit.balance_of(shopper)) == (("picking", 300), 300)
    assert stock_and_sales(477) == (stock - 1, sales + 1)
    row = db.session.scalars(select(OrderSubstitute)).one()
    assert (row.goods_id, row.pieces, row.substitute_id, row.quantity, row.price, row.charged) == (
        475,
        1,
        477,
        1,
        700,
        700,
    )
    assert events.quantities_of(row.order_id) == {475: 1, 476: 1, 477: 1}
    assert broken() == []


def test_a_dearer_substitute_costs_no_more(shopper, picked):
    db.session.execute(update(Goods).where(Goods.id == 477).values(price=9900))
    db.session.commit()
    assert picking.substitute(picked, Swap(475, 2, 477, 1), is_agreed=True) == 2000
    assert (state_of(picked), credit.balance_of(shopper)) == (("picking", 0), 0)
    assert broken() == []


@pytest.mark.parametrize(
    ("swap", "agreed", "refusal"),
    [
        (Swap(475, 1, 477, 1), False, NotWished),
        (Swap(475, 3, 477, 1), True, NotSoMany),
        (Swap(475, 1, 475, 1), True, NotFound),
        (Swap(475, 1, 999, 1), True, NotFound),
        (Swap(999, 1, 477, 1), True, NotFound),
        (Swap(475, 1, 477, 999), True, OutOfStock),
    ],
)
def test_what_cannot_be_a_substitute_changes_nothing(shopper, picked, swap, agreed, refusal):
    with pytest.raises(refusal):
        picking.substitute(picked, swap, is_agreed=agreed)
    assert (state_of(picked), fallen(), db.session.scalars(select(OrderSubstitute)).all()) == (("picking", 0), [], [])


def test_an_order_that_is_given_up_returns_all_that_is_there(shopper, picked):
    wish(picked, "replace")
    before = {goods_id: stock_and_sales(goods_id) for goods_id in (475, 476, 477)}
    picking.substitute(picked, Swap(475, 1, 477, 1), is_agreed=False)
    picking.short(picked, {476: 0})
    fulfilment.cancel_by_shop(picked, "the van broke down")
    payable = order_of(shopper, picked).order.payable
    assert (state_of(picked), credit.balance_of(shopper)) == (("cancelled", payable), payable)
    # One 475 and the substitute are there; one 475 and the 476 never were.
    assert stock_and_sales(475) == (before[475][0] + 1, before[475][1] - 2)
    assert stock_and_sales(476) == (before[476][0], before[476][1] - 1)
    assert stock_and_sales(477) == before[477]
    assert db.session.scalar(select(OrderLine.dropped).where(OrderLine.goods_id == 476)) == 1
    assert broken() == []

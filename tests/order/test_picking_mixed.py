"""Several things happen to one order while it is picked: each piece goes back for what it cost itself."""

import pytest
from sqlalchemy import update

from axf.cart import service as cart
from axf.credit import ledger as credit
from axf.extensions import db
from axf.market.models import Goods
from axf.order import picking
from axf.order.picking import ReplacedAlready, Swap
from axf.pricing import Part
from tests.check.shop import broken
from tests.conftest import place_all
from tests.order.flow import pay_by_credit, pick


@pytest.fixture
def picked(shopper, fruit) -> str:
    """An order of 3 × 475 (¥10) and 2 × 476 (¥2.50) on the picker's list; goods 477 costs ¥0.99."""
    cart.set_quantity(shopper, 475, 3)
    cart.set_quantity(shopper, 476, 2)
    no = place_all(shopper)
    pay_by_credit(shopper, no)
    pick(no)
    return no


def test_a_missing_piece_is_not_cheaper_because_another_one_was_replaced(shopper, picked):
    assert picking.substitute(picked, Swap(475, 1, 477, 1), is_agreed=True) == 99
    assert picking.short(picked, {475: 1}) == Part(1, 1000, 0)
    assert credit.balance_of(shopper) == (1000 - 99) + 1000
    assert broken() == []


def test_a_second_substitute_replaces_pieces_at_their_own_price(shopper, picked):
    db.session.execute(update(Goods).where(Goods.id == 476).values(price=900))
    db.session.commit()
    assert picking.substitute(picked, Swap(475, 1, 477, 1), is_agreed=True) == 99
    assert picking.substitute(picked, Swap(475, 1, 476, 1), is_agreed=True) == 900
    assert credit.balance_of(shopper) == (1000 - 99) + (1000 - 900)
    assert broken() == []


def test_one_substitute_for_two_lines_brings_both_differences_back(shopper, picked):
    assert picking.substitute(picked, Swap(475, 1, 477, 1), is_agreed=True) == 99
    assert picking.substitute(picked, Swap(476, 1, 477, 1), is_agreed=True) == 99
    assert credit.balance_of(shopper) == (1000 - 99) + (250 - 99)
    assert broken() == []


def test_the_same_substitute_twice_is_refused_in_a_sentence(app, shopper, picked):
    picking.substitute(picked, Swap(475, 1, 477, 1), is_agreed=True)
    with pytest.raises(ReplacedAlready) as refusal:
        picking.substitute(picked, Swap(475, 2, 477, 2), is_agreed=True)
    assert refusal.value.details == {"goods_id": 475, "substitute_id": 477}
    assert credit.balance_of(shopper) == 1000 - 99
    told = app.test_cli_runner().invoke(args=["order", "substitute", picked, "475=477", "--agreed"])
    assert (told.exit_code, told.output) == (1, "Error: goods 477 come instead of some of goods 475 already\n")
    assert broken() == []

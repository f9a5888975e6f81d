"""What is sold instead of a goods."""

import pytest
from sqlalchemy import select, update

from axf.core.errors import NotFound
from axf.extensions import db
from axf.market.models import Goods
from axf.market.replacements import MOST_STEPS, BadReplacement, replace, sold_now
from tests.conftest import add_goods, add_types, counted


@pytest.fixture
def chain(app) -> list[int]:
    """Eight goods on sale: 1 to 8."""
    add_types()
    return [add_goods(id=number) for number in range(1, 9)]


def end_sale(*goods_ids: int) -> None:
    db.session.execute(update(Goods).where(Goods.id.in_(goods_ids)).values(on_sale=False))
    db.session.commit()


def successors() -> dict[int, int]:
    db.session.rollback()
    query = select(Goods.id, Goods.replaced_by_id).where(Goods.replaced_by_id.is_not(None))
    return dict(db.session.execute(query).all())


def sold(*goods_ids: int) -> dict[int, int]:
    return {goods_id: card.id for goods_id, card in sold_now(goods_ids).items()}


def test_what_is_on_sale_is_sold_whatever_would_replace_it(chain):
    replace(1, 2)
    assert (successors(), sold(1, 3)) == ({1: 2}, {1: 1, 3: 3})


def test_what_is_off_sale_is_replaced(chain):
    replace(1, 2)
    end_sale(1)
    assert sold(1, 2) == {1: 2, 2: 2}


def test_a_sold_out_goods_is_still_the_one_that_is_sold(chain):
    db.session.execute(update(Goods).where(Goods.id == 1).values(stock=0, replaced_by_id=2))
    db.session.commit()
    assert sold(1) == {1: 1}


def test_a_successor_that_is_off_sale_has_its_own(chain):
    replace(1, 2)
    replace(2, 3)
    end_sale(1, 2)
    assert sold(1, 2, 3) == {1: 3, 2: 3, 3: 3}


def test_nothing_is_sold_for_what_is_gone_or_ends_nowhere(chain):
    replace(1, 2)
    end_sale(1, 2, 3)
    assert sold(1, 3, 999) == {}


def test_a_chain_is_followed_only_so_far(chain):
    for number in range(1, 8):
        replace(number, number + 1)
    end_sale(1, 2, 3, 4, 5, 6, 7)
    assert MOST_STEPS == 5
    assert sold(1, 2, 3) == {3: 8}


def test_a_circle_that_a_hand_made_ends_too(chain):
    for goods_id, successor in ((1, 2), (2, 1), (3, 3)):
        db.session.execute(update(Goods).where(Goods.id == goods_id).values(replaced_by_id=successor))
    end_sale(1, 2, 3)
    assert sold(1, 2, 3) == {}


def test_one_query_a_step_however_many_goods(chain):
    for goods_id in (1, 2, 3):
        replace(goods_id, goods_id + 3)
    end_sale(1, 2, 3)
    with counted() as one:
        sold_now([1])
    with counted() as many:
        sold_now([1, 2, 3, 7])
    assert (len(one), len(many)) == (2, 2)
    with counted() as none:
        assert sold_now([]) == {}
    assert none == []


def test_a_successor_is_changed_and_taken_away(chain):
    replace(1, 2)
    replace(1, 3)
    replace(1, 3)
    assert successors() == {1: 3}
    replace(1, None)
    replace(1, None)
    assert successors() == {}


@pytest.mark.parametrize(("goods_id", "successor"), [(1, 1), (2, 1), (3, 1)])
def test_nothing_replaces_itself_sooner_or_later(chain, goods_id, successor):
    replace(1, 2)
    replace(2, 3)
    with pytest.raises(BadReplacement) as refusal:
        replace(goods_id, successor)
    assert refusal.value.details == {"problem": "it would replace itself"}
    assert successors() == {1: 2, 2: 3}


def test_another_circle_is_no_reason_to_hang(chain):
    for goods_id, successor in ((2, 3), (3, 2)):
        db.session.execute(update(Goods).where(Goods.id == goods_id).values(replaced_by_id=successor))
    db.session.commit()
    replace(1, 2)
    assert successors() == {1: 2, 2: 3, 3: 2}


@pytest.mark.parametrize(("goods_id", "successor"), [(999, 1), (1, 999), (999, None), (999, 999)])
def test_both_must_exist(chain, goods_id, successor):
    with pytest.raises(NotFound):
        replace(goods_id, successor)
    assert successors() == {}

"""The index is true to the goods: in the transaction that changes them, and when it is made anew."""

import pytest
from sqlalchemy import delete, select, text, update

from axf.core import clock
from axf.core.db import transaction
from axf.extensions import db
from axf.market.models import Goods
from axf.search import checking, making
from axf.search.checking import Flaw, flaws
from axf.search.index import changing
from axf.search.models import SearchIndex, SearchPhrase, SearchPosting, SearchTerm
from tests.conftest import FRUIT, add_goods, add_types
from tests.search.conftest import ids


def change(goods_id: int, **values: object) -> None:
    with transaction(db.session), changing(db.session, [goods_id]):
        db.session.execute(update(Goods).where(Goods.id == goods_id).values(**values))


def test_a_renamed_goods_is_found_by_its_new_name_only(shelf):
    change(477, name="黄桃", name_en="Yellow Peach")
    assert (ids("西瓜"), ids("黄桃"), ids("peach"), flaws(9)) == ([], [477], [477], [])


def test_a_goods_off_sale_is_not_found_until_it_is_back(shelf):
    change(476, on_sale=False)
    assert (ids("草莓"), flaws(9)) == ([475], [])
    change(476, on_sale=True)
    assert (ids("草莓"), flaws(9)) == ([475, 476], [])


def test_a_new_goods_is_found_at_once(shelf):
    db.session.rollback()
    with transaction(db.session), changing(db.session, ()) as changed:
        row = dict(db.session.execute(select(Goods.__table__).where(Goods.id == 477)).mappings().one())
        db.session.execute(Goods.__table__.insert().values(**row | {"id": 478, "code": "T-478", "name": "香蕉"}))
        changed.add(478)
    assert (ids("香蕉"), ids("xj"), flaws(9)) == ([478], [478], [])


def test_what_is_rolled_back_was_never_found(shelf):
    with pytest.raises(ZeroDivisionError), transaction(db.session), changing(db.session, [477]):
        db.session.execute(update(Goods).where(Goods.id == 477).values(name="黄桃"))
        raise ZeroDivisionError
    assert (ids("西瓜"), flaws(9)) == ([477], [])


def test_the_first_goods_of_a_new_shop_make_its_index(app):
    add_types()
    with transaction(db.session), changing(db.session, ()):
        pass
    assert count(SearchIndex) == 0
    with transaction(db.session), changing(db.session, ()) as changed:
        row = {"id": 475, "code": "T-1", "name": "香蕉", "name_en": "Bananas", "food_type_id": FRUIT, "pack": "1kg"}
        numbers = dict.fromkeys(("price", "market_price", "stock", "sales", "is_featured", "is_bogo", "on_sale"), 1)
        texts = {"pack_en": "1 kg", "picture": "x", "description": "", "description_en": "", "listed_at": clock.now()}
        db.session.execute(Goods.__table__.insert().values(**row, **numbers, **texts))
        changed.add(475)
    assert (count(SearchIndex), ids("香蕉"), flaws(9)) == (1, [475], [])


def test_a_shop_from_before_search_waits_for_the_command(app):
    add_types()
    add_goods(id=475, name="草莓")
    change(475, name="香蕉")
    with pytest.raises(checking.NoIndex):
        flaws(9)
    assert making.make() == 1
    assert ids("香蕉") == [475]


def test_check_tells_what_is_missing_what_is_stale_and_what_is_miscounted(shelf):
    db.session.execute(update(Goods).where(Goods.id == 477).values(name="西柚", name_en="Watermelon"))
    db.session.execute(update(SearchTerm).where(SearchTerm.term == "草莓").values(goods=7))
    db.session.commit()
    found = flaws(99)
    assert {Flaw("missing", "西柚", 477), Flaw("stale", "西瓜", 477), Flaw("count", "草莓")} <= set(found)
    assert flaws(2) == found[:2]


def test_making_it_twice_leaves_one_and_nothing_of_the_other(shelf):
    rows = {model: count(model) for model in (SearchPosting, SearchTerm, SearchPhrase)}
    assert making.make() == 3
    assert {model: count(model) for model in rows} == rows
    assert count(SearchIndex) == 1


def count(model: type) -> int:
    db.session.rollback()
    return len(db.session.execute(select(*model.__table__.primary_key)).all())


class Stopped(Exception):
    """The power went."""


def test_a_stopped_making_goes_on_and_the_old_index_answers_meanwhile(shelf):
    far = 475 + (1 << 16)
    add_goods(id=far, name="香蕉", name_en="Bananas")

    def stop(_count: int) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        making.make(stop)
    assert (ids("草莓"), ids("香蕉")) == ([475, 476], [])
    change(475, name="樱桃")
    assert making.make() == 1
    assert (ids("草莓"), ids("樱桃"), ids("香蕉"), flaws(9)) == ([476], [475], [far], [])


def test_another_recipe_begins_anew(shelf, monkeypatch):
    add_goods(id=475 + (1 << 16), name="香蕉", name_en="Bananas")

    def stop(_count: int) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        making.make(stop)
    monkeypatch.setattr(making, "RECIPE", 999)
    assert making.make() == 4
    assert (flaws(9), count(SearchIndex)) == ([], 1)


def test_a_given_up_index_leaves_its_number_to_nobody(shelf):
    first = db.session.scalar(select(SearchIndex.id))
    db.session.execute(delete(SearchIndex))
    db.session.commit()
    making.make()
    assert db.session.scalar(select(SearchIndex.id)) > first


def test_sweeping_takes_only_what_is_left_over(shelf, monkeypatch):
    monkeypatch.setattr(making, "ROWS_A_SWEEP", 2)
    row = {"index_id": 99, "level": 1, "block": 0, "goods": 1, "bits": b""}
    db.session.execute(SearchPosting.__table__.insert(), [{**row, "term": str(number)} for number in range(7)])
    db.session.commit()
    before = count(SearchPosting)
    assert making.sweep() == 7
    assert (count(SearchPosting), flaws(9)) == (before - 7, [])


@pytest.mark.mariadb
def test_who_changes_goods_waits_for_who_builds(shelf):
    """The rows of search_index are locked by both, so that no change falls between two blocks."""
    with transaction(db.session), changing(db.session, [475]):
        other = db.engine.connect()
        other.execute(text("SET innodb_lock_wait_timeout = 0"))
        with pytest.raises(Exception, match="1205"):
            other.execute(select(SearchIndex.id).with_for_update()).all()
        other.close()

"""Counts, hot words, and queries that find nothing."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from axf.core import clock
from axf.core.errors import NotFound
from axf.extensions import db
from axf.search import hot
from axf.search.engine import Bitmaps
from axf.search.models import SearchCount


@pytest.fixture
def asked(app, monkeypatch):
    """草莓 was asked for three times, 西瓜 twice, 轮胎 once."""
    monkeypatch.setattr(hot, "LEAST_HOT", 1)
    for text, times in {"草莓": 3, "西瓜": 2, "轮胎": 1}.items():
        for _ in range(times):
            hot.count(text)


def test_counts_are_kept_by_day(asked):
    db.session.rollback()
    rows = db.session.execute(select(SearchCount.text, SearchCount.asked_on, SearchCount.times)).all()
    assert set(rows) == {("草莓", clock.today(), 3), ("西瓜", clock.today(), 2), ("轮胎", clock.today(), 1)}


def test_the_most_asked_for_are_hot(asked):
    assert hot.hot_words() == ["草莓", "西瓜", "轮胎"]
    assert hot.hot_words(2) == ["草莓", "西瓜"]


def test_what_few_ask_for_stays_among_them(asked, monkeypatch):
    monkeypatch.setattr(hot, "LEAST_HOT", 3)
    assert hot.hot_words() == ["草莓"]


def test_the_shop_puts_and_hides_words(asked):
    hot.put("新年礼盒", 1)
    hot.put("轮胎", 2)
    hot.hide("西瓜")
    assert hot.hot_words() == ["新年礼盒", "轮胎", "草莓"]
    hot.hide("轮胎")
    hot.release("西瓜")
    assert hot.hot_words() == ["新年礼盒", "草莓", "西瓜"]
    with pytest.raises(NotFound):
        hot.release("西瓜")


def test_old_counts_neither_heat_nor_stay(asked):
    old = clock.today() - timedelta(days=hot.KEPT_DAYS + 1)
    db.session.execute(SearchCount.__table__.insert().values(text="月饼", asked_on=old, times=99))
    db.session.commit()
    assert "月饼" not in hot.hot_words()
    assert [hot.forget(), hot.forget()] == [1, 0]


def test_what_finds_nothing_is_told(shelf, asked):
    assert hot.without_hits(Bitmaps(), days=7, most=9) == [("轮胎", 1)]
    assert hot.most_asked(days=7, most=2) == [("草莓", 3), ("西瓜", 2)]

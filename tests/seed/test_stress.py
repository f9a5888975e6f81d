"""Goods for measuring."""

from sqlalchemy import func, select

from axf.extensions import db
from axf.market.models import FoodType, Goods, StockMovement
from axf.search import making
from axf.search.checking import flaws
from axf.seed import stress
from tests.search.conftest import ids


def rows() -> list[tuple]:
    db.session.rollback()
    return db.session.execute(select(Goods.code, Goods.name, Goods.price, Goods.stock).order_by(Goods.id)).all()


def test_the_same_number_makes_the_same_goods_and_a_repeat_adds_what_is_missing(app, monkeypatch):
    monkeypatch.setattr(stress, "BATCH", 7)
    heard = []
    assert stress.add_goods(10, heard.append) == 10
    first = rows()
    assert (heard, [row.code for row in first]) == ([13, 6], [f"S-{number}" for number in range(10)])
    assert [stress.add_goods(12), stress.add_goods(12), stress.add_goods(5)] == [2, 0, 0]
    assert rows()[:10] == first


def test_every_piece_of_stock_is_explained_and_every_goods_has_its_kind(app):
    stress.add_goods(200)
    moved = db.session.scalar(select(func.sum(StockMovement.delta)))
    assert moved == db.session.scalar(select(func.sum(Goods.stock)))
    child = select(FoodType.parent_id).where(FoodType.id == Goods.child_type_id).scalar_subquery()
    assert db.session.scalar(select(func.count()).select_from(Goods).where(Goods.food_type_id != child)) == 0


def test_search_finds_them(app):
    stress.add_goods(200)
    making.make()
    assert (len(ids("草莓")) > 0, flaws(9)) == (True, [])


def test_the_command_asks_and_tells_what_comes_next(app):
    run = app.test_cli_runner().invoke
    refused = run(args=["seed", "stress", "--goods", "5"], input="n\n")
    assert (refused.exit_code, "nothing was changed" in refused.stderr) == (2, True)
    answer = run(args=["seed", "stress", "--goods", "5", "--yes"])
    assert answer.output.splitlines()[0] == f"{stress.FEWEST_TYPES} food types, 5 goods and 0 orders went in."
    app.config["ENV"] = "production"
    assert run(args=["seed", "stress", "--yes"]).exit_code == 2
    assert len(rows()) == 5

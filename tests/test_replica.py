"""Which of two databases was read: the replica has other names for the same goods."""

import logging
import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import select

from axf import replica
from axf.core.db import transaction
from axf.extensions import db
from axf.market.models import Goods
from tests.conftest import AJAX, logged_in, make_app

pytestmark = pytest.mark.sqlite
GOODS = "/axf/goods/475/"
AWAY = "mysql+pymysql://nobody@127.0.0.1:1/none"


@pytest.fixture
def copy(app, shopper, fruit, tmp_path):
    """The address of a copy in which every goods is called Replica."""
    db.session.rollback()
    source, target = db.engine.url.database, tmp_path / "copy.sqlite"
    with closing(sqlite3.connect(source)) as before, closing(sqlite3.connect(target)) as after:
        before.backup(after)
        after.execute("UPDATE goods SET name = 'Replica', name_en = 'Replica'")
        after.commit()
    return f"sqlite:///{target}"


@pytest.fixture
def shop(app, tmp_path):
    """Make the shop that reads this replica."""
    made = []

    def make(url: str):
        made.append(make_app(str(db.engine.url), tmp_path, REPLICA_URL=url))
        return made[-1]

    yield make
    for each in made:
        with each.app_context():
            db.engine.dispose()
        each.extensions["axf_replica"].engine.dispose()


def shows_replica(client, path: str) -> bool:
    answer = client.get(path)
    assert answer.status_code == 200
    return "Replica" in answer.get_data(as_text=True)


def test_only_the_public_catalogue_is_read_there(shop, copy, shopper):
    routed = shop(copy)
    with routed.app_context():
        member = logged_in(routed, shopper)
    assert member.post("/axf/addtocart/?goodsid=475", headers=AJAX).status_code == 200
    assert [shows_replica(member, path) for path in (GOODS, "/axf/market/103532/0/0/")] == [True, True]
    assert [shows_replica(member, path) for path in ("/axf/cart/", "/axf/checkout/", "/axf/favourites/")] == [False] * 3
    assert member.get("/axf/overlay/?goods=475").json["code"] == "ok"
    with routed.app_context():
        assert "Replica" not in set(db.session.scalars(select(Goods.name)))


def test_a_replica_that_is_away_is_left_alone_and_the_primary_read(shop, fruit, caplog, monkeypatch):
    monkeypatch.setattr(logging.getLogger("axf"), "propagate", True)
    client = shop(AWAY).test_client()
    assert [shows_replica(client, GOODS) for _again in range(3)] == [False] * 3
    assert len([each for each in caplog.records if each.name == replica.__name__]) == 1


def test_a_transaction_that_writes_is_for_the_primary(shop, copy, app):
    routed = shop(copy)
    with routed.test_request_context(GOODS):
        assert db.session.get_bind().url.database == copy.removeprefix("sqlite:///")
        db.session.rollback()
        with transaction(db.session):
            assert db.session.get_bind().url == db.engine.url
    with routed.test_request_context("/axf/cart/"):
        assert db.session.get_bind().url == db.engine.url

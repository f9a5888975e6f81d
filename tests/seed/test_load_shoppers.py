"""The shoppers of load tests."""

from sqlalchemy import select

from axf.extensions import db
from axf.seed.load_shoppers import add_shoppers
from axf.seed.report import Report, TableReport
from axf.user import accounts
from axf.user.models import User
from tests.seed.conftest import snapshot


def test_shoppers_are_numbered_and_share_one_password(app):
    assert add_shoppers(12, "a fine pass phrase") == Report({"users": TableReport(read=12, added=12)})
    names = db.session.scalars(select(User.username).order_by(User.id)).all()
    assert (names[0], names[-1]) == ("shopper0001", "shopper0012")
    accounts.prove("shopper0012", "a fine pass phrase")


def test_shoppers_that_exist_are_left_alone(app):
    accounts.register("SHOPPER0002", "another fine pass phrase")
    assert add_shoppers(3, "a fine pass phrase") == Report({"users": TableReport(read=3, added=2, unchanged=1)})
    accounts.prove("shopper0002", "another fine pass phrase")
    before = snapshot()
    assert add_shoppers(3, "a fine pass phrase").is_unchanged
    assert snapshot() == before


def test_a_thousand_shoppers_go_into_each_transaction(app):
    heard = []
    report = add_shoppers(2001, "a fine pass phrase", heard.append)
    assert heard == [1000, 1000, 1]
    assert report == Report({"users": TableReport(read=2001, added=2001)})

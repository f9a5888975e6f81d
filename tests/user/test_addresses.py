"""The use cases of addresses: whose they are, how many, and which is the default."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from axf.core.errors import NotFound
from axf.extensions import db
from axf.user import accounts, addresses
from axf.user.addresses import AddressView, TooManyAddresses
from axf.user.models import Address
from tests.conftest import PASSWORD, counted

START = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
HOME = {"name": "张三", "phone": "13800138000", "district": "330106", "detail": "文三路 100 号", "tag": "home"}


def add(user_id: int, number: int = 1, **fields: str) -> int:
    """Add an address, the higher its number the later."""
    with time_machine.travel(START + timedelta(minutes=number), tick=False):
        return addresses.add(user_id, **{**HOME, "detail": f"文三路 {number} 号", **fields})


def rows() -> list[tuple]:
    db.session.rollback()
    return list(db.session.execute(select(Address.id, Address.user_id, Address.detail, Address.is_default)))


def defaults(user_id: int) -> list[int]:
    db.session.rollback()
    return list(db.session.scalars(select(Address.id).where(Address.user_id == user_id, Address.is_default)))


@pytest.fixture
def other(app) -> int:
    return accounts.register("bert", PASSWORD)


def test_the_first_is_the_default(shopper):
    first, second = add(shopper, 1), add(shopper, 2)
    assert addresses.get(shopper, first) == AddressView(
        id=first, **{**HOME, "detail": "文三路 1 号"}, region="浙江省 杭州市 西湖区", is_default=True
    )
    assert addresses.get(shopper, first).masked_phone == "138****8000"
    assert not addresses.get(shopper, second).is_default


def test_the_default_stands_first_then_the_newest(shopper, other):
    first, second, third = (add(shopper, number) for number in (1, 2, 3))
    add(other, 4)
    with counted() as statements:
        book = addresses.book_of(shopper)
    assert ([each.id for each in book], len(statements)) == ([first, third, second], 1)


def test_a_second_tap_adds_nothing(shopper):
    assert add(shopper) == add(shopper)
    assert len(rows()) == 1


def test_nobody_keeps_more_than_twenty(shopper, other):
    for number in range(20):
        add(shopper, number)
    before = rows()
    with pytest.raises(TooManyAddresses):
        add(shopper, 20)
    assert rows() == before
    add(other)


def test_an_address_is_changed(shopper):
    first = add(shopper)
    new = {"name": "Li", "phone": "13900139000", "district": "310101", "detail": "南京东路 1 号", "tag": ""}
    addresses.change(shopper, first, **new)
    addresses.change(shopper, first, **new)
    assert addresses.book_of(shopper) == [AddressView(id=first, **new, region="上海市 黄浦区", is_default=True)]


def test_the_default_moves(shopper, other):
    first, second = add(shopper, 1), add(shopper, 2)
    theirs = add(other, 3)
    addresses.make_default(shopper, second)
    addresses.make_default(shopper, second)
    assert (defaults(shopper), defaults(other)) == ([second], [theirs])
    assert not addresses.get(shopper, first).is_default


def test_when_the_default_goes_the_newest_other_becomes_it(shopper):
    first, second, third = (add(shopper, number) for number in (1, 2, 3))
    addresses.remove(shopper, second)
    assert defaults(shopper) == [first]
    addresses.remove(shopper, first)
    assert defaults(shopper) == [third]
    addresses.remove(shopper, third)
    assert rows() == []


USES = {
    "get": addresses.get,
    "change": lambda user_id, address_id: addresses.change(user_id, address_id, **HOME),
    "remove": addresses.remove,
    "make_default": addresses.make_default,
}


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_somebody_elses_and_no_address_are_not_found(shopper, other, use):
    add(shopper, 1)
    theirs = add(other, 2)
    before = rows()
    for address_id in (theirs, theirs + 1):
        with pytest.raises(NotFound):
            use(shopper, address_id)
    assert rows() == before

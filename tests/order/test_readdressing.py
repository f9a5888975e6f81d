"""Another address for an order, until it is picked."""

import pytest
from sqlalchemy import func, select

from axf.core.errors import NotFound
from axf.extensions import db
from axf.order import readdressing
from axf.order.models import OrderEvent
from axf.order.queries import order_of
from axf.order.readdressing import OtherArea
from axf.order.state import WrongState
from axf.user import accounts
from tests.check.shop import broken
from tests.conftest import PASSWORD, post
from tests.conftest import add_address as insert_address
from tests.order.flow import pay_by_credit, pick


def add_address(user_id: int, **values: object) -> int:
    address_id = insert_address(user_id, is_default=False, **values)
    db.session.commit()
    return address_id


def where(user_id: int, no: str) -> tuple[str, str]:
    db.session.rollback()
    to = order_of(user_id, no).delivery
    return to.name, to.detail


def test_an_order_goes_elsewhere_until_it_is_picked(shopper, order_no):
    second = add_address(shopper, name="李四", detail="福州路2号")
    readdressing.change_address(shopper, order_no, second)
    assert where(shopper, order_no) == ("李四", "福州路2号")
    pay_by_credit(shopper, order_no)
    third = add_address(shopper, name="王五", detail="福州路3号")
    readdressing.change_address(shopper, order_no, third)
    assert where(shopper, order_no) == ("王五", "福州路3号")
    pick(order_no)
    with pytest.raises(WrongState):
        readdressing.change_address(shopper, order_no, second)
    assert (where(shopper, order_no), broken()) == (("王五", "福州路3号"), [])


def test_neither_another_area_nor_somebody_elses_address_or_order(shopper, order_no):
    before = where(shopper, order_no)
    events = select(func.count()).select_from(OrderEvent)
    count = db.session.scalar(events)
    other = accounts.register("bert", PASSWORD)
    with pytest.raises(OtherArea):
        readdressing.change_address(shopper, order_no, add_address(shopper, district="110101"))
    with pytest.raises(NotFound):
        readdressing.change_address(shopper, order_no, add_address(other))
    with pytest.raises(NotFound):
        readdressing.change_address(other, order_no, add_address(other))
    assert (where(shopper, order_no), db.session.scalar(events)) == (before, count)


def test_the_page_offers_my_addresses_and_tells(member, shopper, order_no):
    member.set_cookie("lang", "en")
    second = add_address(shopper, name="李四", detail="福州路2号")
    far = add_address(shopper, name="远方", detail="长安街1号", district="110101")
    path = f"/axf/order/{order_no}/address/"
    assert f'name="address_id" value="{second}"' in member.get(path).get_data(as_text=True)
    answer = post(member, path, address_id=str(second))
    assert (answer.status_code, answer.location) == (303, f"/axf/order/{order_no}/")
    assert where(shopper, order_no) == ("李四", "福州路2号")
    refused = post(member, path, address_id=str(far))
    assert "another delivery area" in member.get(refused.location).get_data(as_text=True)
    for junk in ("", "x", "１", "-1", "9" * 30):
        assert post(member, path, address_id=junk).location == path
    assert post(member, path, address_id="999999").status_code == 404
    assert where(shopper, order_no) == ("李四", "福州路2号")
    pay_by_credit(shopper, order_no)
    pick(order_no)
    assert member.get(path).location == f"/axf/order/{order_no}/"

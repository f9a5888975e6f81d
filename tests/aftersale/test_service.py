"""Asking something back, deciding, and the money to the fen."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, insert, select, update

from axf.aftersale import queries, service
from axf.aftersale.models import AfterSale, AfterSaleEvent, AfterSaleLine
from axf.aftersale.rules import Limits, Reason
from axf.aftersale.service import AskedAlready, NothingChosen, TooLate
from axf.aftersale.state import Kind, RequestMoved
from axf.cart import service as cart
from axf.core import clock
from axf.core.db import transaction
from axf.core.errors import NotFound
from axf.coupon import claims
from axf.credit import ledger as credit
from axf.extensions import db
from axf.market.models import FoodType, FullOff, Goods, StockMovement
from axf.market.stock import OutOfStock
from axf.notice.models import Outbox
from axf.order.draft import BEST
from axf.order.models import Order
from axf.order.queries import order_of
from axf.order.shares import NotSoMany
from axf.order.state import WrongState
from axf.points import ledger as points
from axf.points.ledger import Reason as PointsReason
from axf.storage.local import Folder
from axf.user import accounts
from axf.vip import ledger as vip
from tests.aftersale.flow import LIMITS, NEVER, ask, bring, fallen, make_old, received_at, request, wanted
from tests.check.shop import broken
from tests.conftest import CHILD, FRUIT, PASSWORD, place_all
from tests.coupon.conftest import add_coupon


@pytest.fixture
def received(shopper, order_no) -> str:
    """A received order over 2 × goods 475 and 1 × goods 476: ¥22.50, paid with store credit."""
    return bring(shopper, order_no)


def balances(user_id: int) -> tuple[int, int, int]:
    """Return store credit, points and growth."""
    db.session.rollback()
    return credit.balance_of(user_id), points.balance_of(user_id), vip.growth_of(user_id)


def events_of(no: str) -> list[tuple]:
    db.session.rollback()
    columns = (AfterSaleEvent.event, AfterSaleEvent.from_state, AfterSaleEvent.to_state, AfterSaleEvent.actor)
    happened = select(*columns, AfterSaleEvent.reason).join(AfterSale, AfterSale.id == AfterSaleEvent.after_sale_id)
    return [tuple(row) for row in db.session.execute(happened.where(AfterSale.no == no).order_by(AfterSaleEvent.id))]


def told() -> list[str]:
    db.session.rollback()
    keys = select(Outbox.key).where(Outbox.kind == "after-sale", Outbox.channel == "inbox").order_by(Outbox.id)
    return list(db.session.scalars(keys))


def stock_of(goods_id: int) -> int:
    db.session.rollback()
    return db.session.scalar(select(Goods.stock).where(Goods.id == goods_id))


def count() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(AfterSale))


def test_a_small_refund_of_a_good_customer_comes_back_at_once(shopper, received):
    make_old(shopper)
    before, sales = balances(shopper), db.session.scalar(select(Goods.sales).where(Goods.id == 475))
    no = ask(shopper, received, wanted({475: 1}), LIMITS)
    assert no == f"{received}-1"
    found = request(no)
    assert (found.state, found.amount, found.points, found.kind, found.reason, found.text) == (
        "done", 1000, 0, "refund", "missing", "少了",
    )  # fmt: skip
    assert found.decided_at == found.done_at == found.created_at
    assert events_of(no) == [
        ("ask", None, "asked", "shopper", ""),
        ("approve", "asked", "approved", "rule", ""),
        ("refund", "approved", "done", "rule", ""),
    ]
    assert fallen() == [(475, 1, 1000, 0, no)]
    # What 22.50 had earned goes in proportion: of 22 points and growth those of 10.00.
    assert balances(shopper) == (before[0] + 1000, before[1] - 9, before[2] - 9)
    assert db.session.scalar(select(Goods.sales).where(Goods.id == 475)) == sales - 1
    assert stock_of(475) == 8
    assert told() == [f"after-sale/{no}/refunded/inbox"]
    assert broken() == []


def test_a_person_decides_the_others(shopper, received):
    before = balances(shopper)
    no = ask(shopper, received, wanted({475: 1, 476: 1}))
    assert (request(no).state, request(no).amount, balances(shopper), fallen()) == ("asked", 1250, before, [])
    assert told() == []
    service.approve(no)
    assert (request(no).state, balances(shopper)[0]) == ("done", before[0] + 1250)
    assert [event[3] for event in events_of(no)] == ["shopper", "shop", "shop"]
    with pytest.raises(RequestMoved):
        service.approve(no)
    with pytest.raises(RequestMoved):
        service.reject(no, "too late")
    assert (balances(shopper)[0], broken()) == (before[0] + 1250, [])


def test_what_is_rejected_says_why_and_may_be_asked_again(shopper, received):
    make_old(shopper)
    no = ask(shopper, received, wanted({475: 1}))
    service.reject(no, "looks fine to us")
    assert (request(no).state, request(no).decided_at is not None, fallen()) == ("rejected", True, [])
    assert events_of(no)[-1] == ("reject", "asked", "rejected", "shop", "looks fine to us")
    assert told() == [f"after-sale/{no}/rejected/inbox"]
    again = ask(shopper, received, wanted({475: 1}, number=2), LIMITS)
    # Small enough, but whoever was rejected lately is looked at by a person.
    assert (again, request(again).state, broken()) == (f"{received}-2", "asked", [])


def test_a_return_is_paid_when_the_shop_has_it(shopper, received):
    make_old(shopper)
    before = balances(shopper)
    no = ask(shopper, received, wanted({475: 2}, Kind.RETURN), LIMITS)
    assert request(no).state == "asked"
    with pytest.raises(RequestMoved):
        service.receive(no)
    service.approve(no, "please give it to the rider")
    service.hand_over(shopper, no)
    assert (request(no).state, balances(shopper), fallen()) == ("returning", before, [])
    with pytest.raises(RequestMoved):
        service.withdraw(shopper, no)
    service.receive(no)
    assert (request(no).state, balances(shopper)[0], fallen()) == ("done", before[0] + 2000, [(475, 2, 2000, 0, no)])
    assert [event[:3] for event in events_of(no)] == [
        ("ask", None, "asked"),
        ("approve", "asked", "approved"),
        ("hand-over", "approved", "returning"),
        ("receive", "returning", "done"),
    ]
    # It is fresh: nobody else gets it.
    assert stock_of(475) == 8
    assert told() == [f"after-sale/{no}/approved/inbox", f"after-sale/{no}/refunded/inbox"]
    assert broken() == []


def test_a_replacement_moves_goods_and_no_money(shopper, received):
    before = balances(shopper)
    no = ask(shopper, received, wanted({475: 2}, Kind.REPLACE))
    assert stock_of(475) == 8
    service.approve(no)
    assert (request(no).state, stock_of(475)) == ("approved", 6)
    service.replace(no)
    assert (request(no).state, stock_of(475), balances(shopper), fallen()) == ("done", 6, before, [])
    moved = select(StockMovement.goods_id, StockMovement.delta).where(StockMovement.reference == no)
    assert db.session.execute(moved).all() == [(475, -2)]
    assert told() == [f"after-sale/{no}/approved/inbox", f"after-sale/{no}/replaced/inbox"]
    # Settled pieces are settled; the rest of the order is not.
    with pytest.raises(NotSoMany):
        ask(shopper, received, wanted({475: 1}, number=2))
    assert request(ask(shopper, received, wanted({476: 1}, number=2))).amount == 250
    assert broken() == []


def test_what_is_sold_out_cannot_be_replaced(shopper, received):
    no = ask(shopper, received, wanted({475: 2}, Kind.REPLACE))
    db.session.execute(update(Goods).where(Goods.id == 475).values(stock=1))
    db.session.commit()
    with pytest.raises(OutOfStock):
        service.approve(no)
    assert (request(no).state, stock_of(475), told()) == ("asked", 1, [])


def test_a_share_follows_every_discount_and_the_parts_add_up(shopper, fruit):
    """3 × ¥10.00 and 1 × ¥2.50: ¥3 off by 满减, a coupon of ¥8, 501 points; asked back piece by piece."""
    now = clock.now()
    terms = {"name": "满减", "name_en": "Off", "minimum": 2000, "off": 300, "goods_ids": frozenset({475})}
    span = {"starts_at": now - timedelta(1), "ends_at": now + timedelta(1), "created_at": now}
    db.session.execute(insert(FullOff).values(**terms, **span))
    db.session.commit()
    claims.claim(shopper, add_coupon(minimum=0))
    with transaction(db.session):
        points.earn(db.session, shopper, 501, reason=PointsReason.WELCOME, reference="w", at=now)
    cart.set_quantity(shopper, 475, 3)
    cart.set_quantity(shopper, 476, 1)
    no = place_all(shopper, coupon=BEST, has_points=True)
    payable = order_of(shopper, no).order.payable
    sums = order_of(shopper, no).sums
    assert (sums["full-off"], sums["coupon"], sums["points"]) == (-300, -800, -501)
    assert payable == 3250 - 300 - 800 - 501
    bring(shopper, no)
    credit_before, points_before, _growth = balances(shopper)
    made = [ask(shopper, no, wanted({475: 1}, number=1))]
    service.approve(made[0])
    made.append(ask(shopper, no, wanted({475: 1, 476: 1}, number=2)))
    service.approve(made[1])
    made.append(ask(shopper, no, wanted({475: 1}, number=3)))
    shown = [(request(each).amount, request(each).points) for each in made]
    service.approve(made[2])
    assert [(sum(row[2] for row in fallen() if row[4] == each), sum(row[3] for row in fallen() if row[4] == each))
            for each in made] == shown  # fmt: skip
    assert (sum(amount for amount, _ in shown), sum(spent for _, spent in shown)) == (payable, 501)
    # All that was paid is back, the points that were spent too; what the order had earned is gone.
    assert balances(shopper) == (credit_before + payable, points_before + 501 - payable // 100, 0)
    with pytest.raises(NotSoMany):
        ask(shopper, no, wanted({476: 1}, number=4))
    assert broken() == []


def test_a_second_submit_finds_the_first(shopper, received, tmp_path):
    make_old(shopper)
    first = ask(shopper, received, wanted({475: 1}), LIMITS, photos=1, store=Folder(tmp_path))
    kept = sorted(tmp_path.rglob("*.webp"))
    assert len(kept) == 2
    assert ask(shopper, received, wanted({475: 1}), LIMITS, photos=1, store=Folder(tmp_path)) == first
    assert (count(), fallen(), sorted(tmp_path.rglob("*.webp"))) == (1, [(475, 1, 1000, 0, first)], kept)
    with pytest.raises(AskedAlready):
        ask(shopper, received, wanted({475: 1, 476: 1}), LIMITS)
    assert count() == 1


@pytest.mark.parametrize(
    ("quantities", "number", "refusal"),
    [
        ({}, 1, NothingChosen),
        ({475: 3}, 1, NotSoMany),
        ({475: 0}, 1, NotSoMany),
        ({475: -1}, 1, NotSoMany),
        ({477: 1}, 1, NotFound),
        ({475: 1}, 2, AskedAlready),
        ({475: 1}, 0, AskedAlready),
    ],
)
def test_what_cannot_be_asked_changes_nothing(shopper, received, tmp_path, quantities, number, refusal):
    with pytest.raises(refusal):
        ask(shopper, received, wanted(quantities, number=number), LIMITS, photos=1, store=Folder(tmp_path))
    assert (count(), fallen(), list(tmp_path.rglob("*.webp"))) == (0, [], [])


def test_only_a_received_order_of_ones_own(shopper, order_no):
    with pytest.raises(WrongState):
        ask(shopper, order_no, wanted({475: 1}))
    other = accounts.register("bert", PASSWORD)
    bring(shopper, order_no)
    with pytest.raises(NotFound):
        ask(other, order_no, wanted({475: 1}))
    no = ask(shopper, order_no, wanted({475: 1}))
    for use_case in (service.withdraw, service.hand_over, queries.request_of):
        with pytest.raises(NotFound):
            use_case(other, no)
    assert (request(no).state, count()) == ("asked", 1)


def test_a_line_is_asked_about_once_at_a_time(shopper, received):
    no = ask(shopper, received, wanted({475: 1}))
    with pytest.raises(AskedAlready):
        ask(shopper, received, wanted({475: 1}, number=2))
    other = ask(shopper, received, wanted({476: 1}, number=2))
    assert (db.session.scalar(queries.select_open_count(shopper)), queries.has_open(request(no).order_id)) == (2, True)
    service.withdraw(shopper, no)
    assert events_of(no)[-1] == ("withdraw", "asked", "withdrawn", "shopper", "")
    with pytest.raises(RequestMoved):
        service.withdraw(shopper, no)
    service.approve(other)
    assert (db.session.scalar(queries.select_open_count(shopper)), queries.has_open(request(no).order_id)) == (0, False)
    assert request(ask(shopper, received, wanted({475: 2}, number=3))).amount == 2000
    assert broken() == []


@pytest.mark.parametrize(("child_hours", "hours"), [(48, 48), (2, 2)])
def test_the_time_to_ask_is_the_food_types(shopper, received, child_hours, hours):
    db.session.execute(update(FoodType).where(FoodType.id == FRUIT).values(after_sale_hours=500))
    db.session.execute(update(FoodType).where(FoodType.id == CHILD).values(after_sale_hours=child_hours))
    db.session.commit()
    order = db.session.scalars(select(Order).where(Order.no == received)).one()
    end = order.received_at + timedelta(hours=hours)
    with time_machine.travel(end, tick=False):
        assert not queries.may_ask(order)
        with pytest.raises(TooLate) as refusal:
            ask(shopper, received, wanted({475: 1}))
    assert refusal.value.details == {"goods_id": 475, "until": end}
    with time_machine.travel(end - timedelta(seconds=1), tick=False):
        assert request(ask(shopper, received, wanted({475: 1}))).state == "asked"


def test_without_a_child_type_the_parents_hours_hold(shopper, received):
    db.session.execute(update(FoodType).where(FoodType.id == FRUIT).values(after_sale_hours=1))
    db.session.execute(update(Goods).where(Goods.id == 475).values(child_type_id=None))
    db.session.commit()
    received_at(received, clock.now() - timedelta(hours=2))
    with pytest.raises(TooLate):
        ask(shopper, received, wanted({475: 1}))
    assert request(ask(shopper, received, wanted({476: 1}))).state == "asked"


def test_the_rule_approves_so_many_a_month(shopper, received):
    make_old(shopper)
    two = Limits(worth=3000, per_month=2)
    states = []
    for number, quantities in enumerate([{475: 1}, {475: 1}, {476: 1}], 1):
        no = ask(shopper, received, wanted(quantities, number=number), two)
        states.append(request(no).state)
    assert (states, broken()) == (["done", "done", "asked"], [])


@pytest.mark.parametrize(("reason", "photos", "state"), [(Reason.BAD, 0, "asked"), (Reason.BAD, 1, "done")])
def test_what_can_be_seen_is_shown(shopper, received, tmp_path, reason, photos, state):
    make_old(shopper)
    no = ask(shopper, received, wanted({476: 1}, reason=reason), LIMITS, photos, Folder(tmp_path))
    view = queries.request_of(shopper, no)
    assert (view.request.state, len(view.photos), [share.amount for share in view.shares]) == (state, photos, [250])


def test_a_new_account_waits_for_a_person(shopper, received):
    no = ask(shopper, received, wanted({476: 1}), LIMITS)
    assert (request(no).state, NEVER.worth) == ("asked", 0)


def test_lines_keep_the_shares_that_were_shown(shopper, received):
    order = db.session.scalars(select(Order).where(Order.no == received)).one()
    shown = queries.shares_of(queries.askable_of(order), {475: 5, 476: 1, 999: 1})
    made_up = {
        each.line.goods_id: (each.quantity, each.price, each.discount, each.amount, each.points) for each in shown
    }
    assert made_up == {475: (2, 2000, 0, 2000, 0), 476: (1, 250, 0, 250, 0)}
    ask(shopper, received, wanted({475: 2, 476: 1}))
    lines = select(AfterSaleLine.goods_id, AfterSaleLine.quantity, AfterSaleLine.amount, AfterSaleLine.points)
    assert db.session.execute(lines.order_by(AfterSaleLine.goods_id)).all() == [(475, 2, 2000, 0), (476, 1, 250, 0)]

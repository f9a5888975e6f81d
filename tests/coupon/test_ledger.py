"""The ledger of coupons: within its limits, used by one order, given back whole."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from axf.core.db import transaction
from axf.core.errors import NotFound
from axf.coupon import ledger
from axf.coupon.ledger import CouponEnded, CouponGone, CouponLimit, CouponOut, Issued
from axf.coupon.models import Coupon, UserCoupon
from axf.extensions import db
from axf.order.models import Order
from axf.user import accounts
from tests.conftest import PASSWORD, counted
from tests.coupon.conftest import MORNING, add_coupon, give, issued, shanghai

MIDDAY = MORNING + timedelta(hours=4)


def row(held_id: int) -> tuple:
    db.session.rollback()
    columns = (UserCoupon.number, UserCoupon.source, UserCoupon.reference, UserCoupon.is_delivery, UserCoupon.order_id)
    return tuple(db.session.execute(select(*columns).filter_by(id=held_id)).one())


def span(held_id: int) -> tuple:
    return tuple(db.session.execute(select(UserCoupon.valid_from, UserCoupon.valid_until).filter_by(id=held_id)).one())


def test_a_coupon_of_so_many_days_begins_now_and_ends_to_the_instant(shopper):
    coupon_id = add_coupon(valid_days=7)
    held_id = give(coupon_id, shopper, MIDDAY)
    assert row(held_id) == (1, "claim", None, False, None)
    assert span(held_id) == (MIDDAY, MIDDAY + timedelta(days=7))
    assert issued(coupon_id) == (1, 1)


def test_a_coupon_of_a_window_has_the_window(shopper):
    begin, end = shanghai("2026-03-05 08:00"), shanghai("2026-03-06 00:00")
    held_id = give(add_coupon(valid_from=begin, valid_until=end, kind="delivery"), shopper, MORNING)
    assert span(held_id) == (begin, end)
    assert row(held_id) == (1, "claim", None, True, None)


def test_only_so_many_are_issued(shopper):
    coupon_id, other = add_coupon(total=1), accounts.register("bert", PASSWORD)
    give(coupon_id, shopper)
    with pytest.raises(CouponOut):
        give(coupon_id, other)
    assert issued(coupon_id) == (1, 1)


def test_a_shopper_gets_only_so_many(shopper):
    coupon_id = add_coupon(per_person=2)
    assert [row(give(coupon_id, shopper))[0] for _ in range(2)] == [1, 2]
    with pytest.raises(CouponLimit) as refusal:
        give(coupon_id, shopper)
    assert refusal.value.details == {"limit": 2}
    assert issued(coupon_id) == (2, 2)


def test_a_refusal_that_is_caught_leaves_nothing_behind(shopper):
    coupon_id = add_coupon(per_person=1, total=5)
    give(coupon_id, shopper)
    with transaction(db.session), pytest.raises(CouponLimit):
        ledger.issue(db.session, coupon_id, shopper, "grant", MORNING)
    assert issued(coupon_id) == (1, 1)


@pytest.mark.parametrize(
    ("terms", "refusal"),
    [
        ({"is_stopped": True}, CouponEnded),
        ({"valid_from": MORNING - timedelta(days=1), "valid_until": MIDDAY}, CouponEnded),
        ({"valid_from": MORNING, "valid_until": MIDDAY + timedelta(microseconds=1)}, None),
        ({"total": 0}, CouponOut),
        ({"total": 0, "is_stopped": True}, CouponEnded),
    ],
)
def test_what_is_over_is_not_issued(shopper, terms, refusal):
    coupon_id = add_coupon(**terms)
    if refusal is None:
        give(coupon_id, shopper, MIDDAY)
        return
    with pytest.raises(refusal):
        give(coupon_id, shopper, MIDDAY)
    assert issued(coupon_id) == (0, 0)


def test_an_unknown_coupon_is_not_found(shopper):
    with pytest.raises(NotFound):
        give(99, shopper)
    with pytest.raises(NotFound), transaction(db.session):
        ledger.issue_many(db.session, 99, [shopper], "grant", MORNING, reference="r")


def test_a_reference_is_there_once(shopper):
    coupon_id = add_coupon(per_person=9)
    first = give(coupon_id, shopper, reference="grant-1-1")
    assert give(coupon_id, shopper, reference="grant-1-1") == first
    assert give(coupon_id, shopper, reference="grant-1-2") != first
    assert issued(coupon_id) == (2, 2)


def test_a_birthday_comes_each_year_whatever_the_limit(shopper):
    coupon_id = add_coupon(per_person=1)
    first = give(coupon_id, shopper, source="birthday", reference="birthday-2026")
    second = give(coupon_id, shopper, source="birthday", reference="birthday-2027")
    assert (row(first)[:3], row(second)[:3]) == ((1, "birthday", "birthday-2026"), (2, "birthday", "birthday-2027"))


def test_many_get_one_each_as_far_as_it_goes(shopper):
    coupon_id = add_coupon(total=3)
    others = [accounts.register(f"other{number}", PASSWORD) for number in range(4)]
    give(coupon_id, others[0])

    def issue_all() -> Issued:
        with transaction(db.session):
            return ledger.issue_many(db.session, coupon_id, [shopper, *others], "grant", MORNING, reference="grant-1")

    with counted() as statements:
        assert issue_all() == Issued(given=2, had=1, out=2)
    assert len(statements) == 5
    assert issued(coupon_id) == (3, 3)
    assert issue_all() == Issued(given=0, had=3, out=2)
    assert issued(coupon_id) == (3, 3)


def test_many_get_nothing_of_what_is_over(shopper):
    coupon_id = add_coupon(is_stopped=True)
    with pytest.raises(CouponEnded), transaction(db.session):
        ledger.issue_many(db.session, coupon_id, [shopper], "grant", MORNING, reference="grant-1")
    assert issued(coupon_id) == (0, 0)


def test_a_new_shopper_gets_what_is_for_new_shoppers(shopper):
    begin = MORNING - timedelta(days=2)
    running = add_coupon(issue="register")
    add_coupon(issue="register", total=0)
    add_coupon(issue="register", is_stopped=True)
    add_coupon(issue="register", valid_from=begin, valid_until=MORNING)
    add_coupon(issue="claim")
    delivery = add_coupon(issue="register", kind="delivery", total=1)
    with transaction(db.session):
        ledger.issue_on_registration(db.session, shopper, MORNING)
    assert [(held.coupon_id, held.is_delivery) for held in ledger.held_by(shopper, MORNING)] == [
        (running, False),
        (delivery, True),
    ]


def test_using_takes_it_away_once_and_giving_back_returns_it(shopper, order_no):
    order_id = db.session.scalars(select(Order.id)).one()
    held_id = give(add_coupon(), shopper, MORNING)

    def use() -> None:
        with transaction(db.session):
            ledger.use(db.session, shopper, held_id, order_id, MIDDAY)

    use()
    assert row(held_id)[-1] == order_id
    assert ledger.held_by(shopper, MIDDAY) == []
    with pytest.raises(CouponGone):
        use()
    for _ in range(2):
        with transaction(db.session):
            ledger.give_back(db.session, order_id)
    assert row(held_id)[-1] is None
    assert [held.id for held in ledger.held_by(shopper, MIDDAY)] == [held_id]
    use()


@pytest.mark.parametrize("case", ["another's", "unknown", "early", "late"])
def test_what_cannot_be_used_stays_as_it_is(shopper, order_no, case):
    order_id = db.session.scalars(select(Order.id)).one()
    held_id = give(add_coupon(valid_from=MIDDAY, valid_until=MIDDAY + timedelta(hours=1)), shopper, MORNING)
    other = accounts.register("bert", PASSWORD)
    user_id = other if case == "another's" else shopper
    now = {"early": MIDDAY - timedelta(microseconds=1), "late": MIDDAY + timedelta(hours=1)}.get(case, MIDDAY)
    with pytest.raises(CouponGone), transaction(db.session):
        ledger.use(db.session, user_id, 99 if case == "unknown" else held_id, order_id, now)
    assert row(held_id)[-1] is None


def test_an_order_takes_one_coupon_and_one_for_its_delivery(shopper, order_no):
    order_id = db.session.scalars(select(Order.id)).one()
    first, second = (give(add_coupon(), shopper, MORNING) for _ in range(2))
    delivery = give(add_coupon(kind="delivery"), shopper, MORNING)
    with transaction(db.session):
        ledger.use(db.session, shopper, first, order_id, MIDDAY)
        ledger.use(db.session, shopper, delivery, order_id, MIDDAY)
    with pytest.raises(IntegrityError), transaction(db.session):
        ledger.use(db.session, shopper, second, order_id, MIDDAY)
    assert [row(each)[-1] for each in (first, second, delivery)] == [order_id, None, order_id]


def test_stopping_takes_nothing_from_those_who_hold_it(shopper):
    coupon_id = add_coupon()
    held_id = give(coupon_id, shopper, MORNING)
    db.session.execute(update(Coupon).values(is_stopped=True))
    db.session.commit()
    assert [held.id for held in ledger.held_by(shopper, MIDDAY)] == [held_id]

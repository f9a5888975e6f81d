"""Claims, codes and gifts: each once, each within the limits."""

import pytest
from sqlalchemy import select

from axf.core.errors import NotFound
from axf.coupon import claims, terms
from axf.coupon.claims import CodeUnknown, CodeUsed
from axf.coupon.ledger import CouponEnded, CouponLimit, CouponOut, Issued
from axf.coupon.models import CouponCode, UserCoupon
from axf.extensions import db
from axf.user import accounts
from tests.conftest import PASSWORD
from tests.coupon.conftest import add_coupon, issued


def uses_left(code: str) -> int | None:
    db.session.rollback()
    return db.session.scalar(select(CouponCode.uses_left).filter_by(code=code))


def source(held_id: int) -> tuple:
    db.session.rollback()
    return tuple(
        db.session.execute(
            select(UserCoupon.coupon_id, UserCoupon.source, UserCoupon.reference).filter_by(id=held_id)
        ).one()
    )


def test_a_claim_gives_a_coupon(shopper):
    coupon_id = add_coupon()
    assert source(claims.claim(shopper, coupon_id)) == (coupon_id, "claim", None)
    with pytest.raises(CouponLimit):
        claims.claim(shopper, coupon_id)
    assert issued(coupon_id) == (1, 1)


@pytest.mark.parametrize("issue", ["code", "register", "grant"])
def test_only_what_is_offered_can_be_claimed(shopper, issue):
    coupon_id = add_coupon(issue=issue)
    with pytest.raises(NotFound):
        claims.claim(shopper, coupon_id)
    assert issued(coupon_id) == (0, 0)


def test_an_unknown_coupon_cannot_be_claimed(shopper):
    with pytest.raises(NotFound):
        claims.claim(shopper, 99)


def test_a_code_gives_each_shopper_one(shopper):
    coupon_id, other = add_coupon(issue="code", per_person=5), accounts.register("bert", PASSWORD)
    code = terms.make_own_code(coupon_id, "BEE2026", 2)
    held_id = claims.redeem_code(shopper, "bee-2026")
    assert source(held_id) == (coupon_id, "code", "code-BEE2026")
    assert claims.redeem_code(shopper, "BEE 2026") == held_id
    assert uses_left(code) == 1
    claims.redeem_code(other, code)
    assert claims.redeem_code(shopper, code) == held_id
    with pytest.raises(CodeUsed):
        claims.redeem_code(accounts.register("cleo", PASSWORD), code)
    assert (uses_left(code), issued(coupon_id)) == (0, (2, 2))


def test_a_code_without_a_number_works_for_all(shopper):
    coupon_id = add_coupon(issue="code")
    terms.make_own_code(coupon_id, "BEE2026")
    claims.redeem_code(shopper, "BEE2026")
    claims.redeem_code(accounts.register("bert", PASSWORD), "BEE2026")
    assert (uses_left("BEE2026"), issued(coupon_id)) == (None, (2, 2))


@pytest.mark.parametrize("text", ["", "NOTHING", "x" * 500, "\x00", "😀"])
def test_an_unknown_code_gives_nothing(shopper, text):
    with pytest.raises(CodeUnknown):
        claims.redeem_code(shopper, text)


@pytest.mark.parametrize(("terms_of_it", "refusal"), [({"total": 0}, CouponOut), ({"is_stopped": True}, CouponEnded)])
def test_a_code_that_gives_nothing_is_not_used_up(shopper, terms_of_it, refusal):
    coupon_id = add_coupon(issue="code", **terms_of_it)
    (code,) = terms.make_codes(coupon_id, 1)
    with pytest.raises(refusal):
        claims.redeem_code(shopper, code)
    assert (uses_left(code), issued(coupon_id)) == (1, (0, 0))


def test_two_codes_of_one_coupon_meet_its_limit(shopper):
    coupon_id = add_coupon(issue="code", per_person=1)
    first, second = terms.make_codes(coupon_id, 2)
    claims.redeem_code(shopper, first)
    with pytest.raises(CouponLimit):
        claims.redeem_code(shopper, second)
    assert (uses_left(first), uses_left(second), issued(coupon_id)) == (0, 1, (1, 1))


def test_a_grant_goes_on_where_it_stopped(shopper, monkeypatch):
    monkeypatch.setattr(claims, "BATCH", 2)
    coupon_id = add_coupon(issue="grant", per_person=2)
    others = [accounts.register(f"other{number}", PASSWORD) for number in range(4)]
    assert claims.grant(coupon_id, others[:3]) == Issued(3, 0, 0)
    assert claims.grant(coupon_id, iter([shopper, *others])) == Issued(2, 3, 0)
    assert claims.grant(coupon_id, [shopper, *others]) == Issued(0, 5, 0)
    assert claims.grant(coupon_id, [shopper], round_number=2) == Issued(1, 0, 0)
    assert claims.grant(coupon_id, [shopper], round_number=3) == Issued(0, 1, 0)
    assert issued(coupon_id) == (6, 6)


def test_a_grant_of_nothing_is_refused(shopper):
    with pytest.raises(NotFound):
        claims.grant(99, [])
    with pytest.raises(CouponEnded):
        claims.grant(add_coupon(is_stopped=True), [shopper])

"""Reviews: who may write what, what it counts and brings."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from axf.check.invariants import INVARIANTS, check, engine_of
from axf.core import clock
from axf.core.errors import NotFound
from axf.extensions import db
from axf.market.models import Goods
from axf.notice.models import Outbox
from axf.order.models import Order, OrderLine
from axf.points.models import PointsAccount, PointsEntry
from axf.review import counters, queries, service
from axf.review.models import Review, ReviewPhoto
from axf.review.service import AlreadyReviewed, BadReview, Opinion, ReviewClosed
from axf.storage.images import BadPicture
from axf.storage.store import uploads as kept_uploads
from axf.user import accounts
from tests.conftest import PASSWORD, place_all
from tests.review.conftest import bring, kept_files, photo, review


def counted_on(goods_id: int) -> tuple[int, int]:
    row = db.session.execute(select(Goods.review_count, Goods.review_stars).where(Goods.id == goods_id)).one()
    db.session.rollback()
    return tuple(row)


def written() -> tuple[int, list[str], int, tuple[int, int]]:
    """Return how many reviews, which files, how many points and what is counted of goods 475: what a refusal leaves."""
    rows = len(db.session.scalars(select(Review.id)).all())
    points = db.session.scalar(select(PointsAccount.balance)) or 0
    return rows, kept_files(), points, counted_on(475)


NOTHING = (0, [], 0, (0, 0))


def broken() -> list[str]:
    engine = engine_of(db.engine)
    found = [each.name for each in INVARIANTS if each.name.startswith("review") and check(engine, each, 5).broken]
    engine.dispose()
    return found


def change(statement) -> None:
    db.session.execute(statement)
    db.session.commit()


def test_a_review_is_kept_counted_and_its_photos_bring_points_once(shopper, came):
    first = review(shopper, came, stars=4, text="  很甜\u202e\n下次再来\x00 ", is_anonymous=True, photos=2)
    second = review(shopper, came, 476, stars=2)
    rows = {each.id: each for each in db.session.scalars(select(Review))}
    assert [(rows[i].stars, rows[i].text, rows[i].is_anonymous, rows[i].has_photos) for i in (first, second)] == [
        (4, "很甜 下次再来", True, True),
        (2, "", False, False),
    ]
    names = list(db.session.scalars(select(ReviewPhoto.name).order_by(ReviewPhoto.position)))
    assert kept_files() == sorted(f"{name}-{size}.webp" for name in names for size in (240, 1200))
    entry = db.session.scalars(select(PointsEntry)).one()
    assert (entry.amount, entry.reason, entry.reference) == (20, "review", f"{came}/475")
    assert (counted_on(475), counted_on(476), broken()) == ((1, 4), (1, 2), [])


def test_a_line_has_one_review(shopper, came):
    review(shopper, came, stars=4)
    with pytest.raises(AlreadyReviewed):
        review(shopper, came, stars=1, photos=1)
    assert written() == (1, [], 0, (1, 4))


def not_received(_came: str) -> None:
    change(update(Order).values(state="shipped", received_at=None))


def did_not_come(_came: str) -> None:
    change(update(OrderLine).values(dropped=OrderLine.quantity))


def long_ago(_came: str) -> None:
    change(update(Order).values(received_at=clock.now() - timedelta(days=90)))


@pytest.mark.parametrize(("before", "reason"), [(not_received, "state"), (did_not_come, "gone"), (long_ago, "over")])
def test_only_what_came_can_be_reviewed_and_not_for_ever(shopper, came, before, reason):
    before(came)
    with pytest.raises(ReviewClosed) as refusal:
        review(shopper, came, photos=1)
    assert (refusal.value.details, written()) == ({"reason": reason}, NOTHING)
    assert (queries.to_review_count(shopper), queries.waiting_of(shopper)) == (0, [])


def test_a_line_of_which_a_piece_came_can_be_reviewed_on_the_last_day(shopper, came):
    change(update(OrderLine).values(dropped=OrderLine.quantity - 1))
    change(update(Order).values(received_at=clock.now() - timedelta(days=89, hours=23)))
    review(shopper, came)
    assert counted_on(475) == (1, 5)


def test_somebody_elses_order_and_other_goods_are_not_found(shopper, came):
    other = accounts.register("berta", PASSWORD)
    for user_id, no, goods_id in ((other, came, 475), (shopper, "2026", 475), (shopper, came, 477)):
        with pytest.raises(NotFound):
            review(user_id, no, goods_id, photos=1)
    assert written() == NOTHING


def test_a_bad_photo_leaves_nothing(app, shopper, came):
    from io import BytesIO

    uploads = [photo(), BytesIO(b"<svg/>")]
    with pytest.raises(BadPicture):
        service.write(shopper, came, 475, Opinion(5), uploads=uploads, store=kept_uploads())
    assert written() == NOTHING


def test_photos_go_again_when_the_line_was_given_back_meanwhile(shopper, came, monkeypatch):
    kept = service.photos.kept

    def late(*args):
        change(update(OrderLine).values(dropped=OrderLine.quantity))
        return kept(*args)

    monkeypatch.setattr(service.photos, "kept", late)
    with pytest.raises(ReviewClosed):
        review(shopper, came, photos=2)
    assert written() == NOTHING


@pytest.mark.parametrize("opinion", [(0, ""), (6, ""), (5, "字" * 501)])
def test_stars_and_text_have_bounds(opinion):
    with pytest.raises(BadReview):
        Opinion(*opinion)


def test_something_can_be_added_once(shopper, came):
    review_id = review(shopper, came)
    other = accounts.register("berta", PASSWORD)
    for words, user_id, refusal in ((" \u200b ", shopper, BadReview), ("好", other, NotFound)):
        with pytest.raises(refusal):
            service.add(user_id, review_id, words)
    service.add(shopper, review_id, "一周后还是很新鲜")
    with pytest.raises(AlreadyReviewed):
        service.add(shopper, review_id, "再说一次")
    kept = db.session.get(Review, review_id, populate_existing=True)
    assert (kept.added, kept.added_at is not None) == ("一周后还是很新鲜", True)


def test_the_writer_is_told_of_the_first_reply(shopper, came):
    review_id = review(shopper, came)
    service.reply(review_id, "谢谢")
    service.reply(review_id, "谢谢您")
    told = db.session.scalars(select(Outbox).where(Outbox.kind == "replied", Outbox.channel == "inbox")).one()
    assert (told.user_id, db.session.get(Review, review_id, populate_existing=True).reply) == (shopper, "谢谢您")
    with pytest.raises(NotFound):
        service.reply(review_id + 1, "谢谢")


def test_a_hidden_review_counts_no_more_until_it_is_shown_again(shopper, came):
    review_id = review(shopper, came, stars=3)
    with pytest.raises(BadReview):
        service.hide(review_id, " ")
    assert [service.hide(review_id, "广告"), service.hide(review_id, "广告")] == [True, False]
    assert (counted_on(475), broken()) == ((0, 0), [])
    assert [service.show(review_id), service.show(review_id)] == [True, False]
    assert (counted_on(475), broken()) == ((1, 3), [])
    with pytest.raises(NotFound):
        service.hide(review_id + 1, "广告")


@pytest.mark.parametrize("batch", [1, 2, 500])
def test_counters_can_be_made_anew(shopper, came, batch):
    service.hide(review(shopper, came, stars=1), "广告")
    review(shopper, came, 476, stars=4)
    change(update(Goods).where(Goods.id.in_([475, 476])).values(review_count=7, review_stars=9))
    assert broken() == ["review-counters"]
    found = [(d.goods_id, d.count, d.stars, d.real_count, d.real_stars) for d in counters.recount(batch)]
    assert found == [(475, 7, 9, 0, 0), (476, 7, 9, 1, 4)]
    assert (list(counters.recount(batch)), broken()) == ([], [])


def test_a_review_of_somebody_elses_order_is_found_by_the_check(shopper, came):
    review(shopper, came)
    change(update(Review).values(user_id=accounts.register("berta", PASSWORD)))
    assert broken() == ["review-of-received"]


def test_orders_wait_for_a_review_until_every_line_has_one(shopper, came):
    from axf.cart import service as cart

    cart.set_quantity(shopper, 477, 1)
    place_all(shopper)  # unpaid: it does not wait
    assert (queries.to_review_count(shopper), [each.line.goods_id for each in queries.waiting_of(shopper)]) == (
        1,
        [476, 475],
    )
    review(shopper, came)
    assert (
        queries.to_review_count(shopper),
        queries.waiting_lines(db.session.scalar(select(Order.id).filter_by(no=came))),
    ) == (1, {476})
    review(shopper, came, 476)
    assert (queries.to_review_count(shopper), queries.waiting_of(shopper)) == (0, [])


def test_of_the_same_goods_each_order_has_its_review(shopper, came):
    from axf.cart import service as cart

    review(shopper, came, stars=5, photos=1)
    cart.set_quantity(shopper, 475, 1)
    review(shopper, bring(place_all(shopper)), stars=2, photos=1)
    assert (counted_on(475), db.session.scalar(select(PointsAccount.balance)), broken()) == ((2, 7), 40, [])

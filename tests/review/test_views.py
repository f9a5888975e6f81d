"""The pages of reviews: the form, my reviews, the goods page that is the same for everybody."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from axf.core import clock
from axf.extensions import db
from axf.market.models import Goods
from axf.review import service
from axf.review.models import Review, ReviewPhoto
from axf.user import accounts
from tests.conftest import PASSWORD, SAME_ORIGIN, counted, logged_in, place_all, post, token_of
from tests.review.conftest import bring, kept_files, photo, review


def send(client, no: str, goods_id: int = 475, **fields: object):
    path = f"/axf/order/{no}/review/{goods_id}/"
    data = {"csrf_token": token_of(client, "/axf/mine/"), "stars": "5", **fields}
    return client.post(path, data=data, content_type="multipart/form-data", headers=SAME_ORIGIN)


def text_of(client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.get_data(as_text=True)


def reviewed_by(count: int, **how: object) -> None:
    """Let so many shoppers receive and review goods 475, each a minute after the one before."""
    from axf.cart import service as cart

    db.session.execute(update(Goods).values(stock=1000))
    db.session.commit()
    for number in range(count):
        user_id = accounts.register(f"guest{number:02d}", PASSWORD)
        cart.set_quantity(user_id, 475, 1)
        review_id = review(user_id, bring(place_all(user_id)), text=f"text {number:02d}", **how)
        at = clock.now() + timedelta(minutes=number)
        db.session.execute(update(Review).where(Review.id == review_id).values(created_at=at))
        db.session.commit()


def texts_on(page: str) -> list[str]:
    return re.findall(r"text \d\d", page.partition("</head>")[2])


def test_a_review_with_photos_goes_from_the_order_to_the_goods_page(app, member, client, came):
    assert f"/axf/order/{came}/review/475/" in text_of(member, f"/axf/order/{came}/")
    uploads = [(photo(), "one.jpg"), (photo("blue"), "two.jpg")]
    response = send(member, came, text="很甜", is_anonymous="y", photos=uploads)
    assert (response.status_code, response.location) == (303, "/axf/reviews/")
    page = text_of(client, "/axf/goods/475/")
    assert "很甜" in page
    assert "a***" in page
    assert "anna" not in page
    for name in db.session.scalars(select(ReviewPhoto.name)):
        assert f"/axf/media/{name}-240.webp" in page
        with client.get(f"/axf/media/{name}-1200.webp") as served:
            assert (served.status_code, served.mimetype) == (200, "image/webp")
    order_page = text_of(member, f"/axf/order/{came}/")
    assert "/review/475/" not in order_page
    assert "/review/476/" in order_page


@pytest.mark.parametrize(
    ("fields", "photos", "words"),
    [
        ({"stars": ""}, (), "请打 1 到 5 颗星"),
        ({"stars": "6"}, (), "请打 1 到 5 颗星"),
        ({"text": "字" * 501}, (), "最多写 500 字"),
        ({}, [(64, 64)] * 7, "最多上传 6 张照片"),
        ({}, [(64, 64), (8, 8)], "第 2 张：图片太小"),
    ],
    ids=["no stars", "six stars", "long text", "seven photos", "small photo"],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_kept(member, came, fields, photos, words):
    uploads = [(photo(size=size), "a.jpg") for size in photos]
    response = send(member, came, photos=uploads, **fields)
    page = response.get_data(as_text=True)
    assert response.status_code == 400
    assert page.count("field-error") == 1
    assert words in page
    assert (db.session.scalars(select(Review.id)).all(), kept_files()) == ([], [])


def test_who_sends_the_form_twice_is_led_to_the_one_review(member, came):
    assert [send(member, came).status_code, send(member, came).status_code] == [303, 303]
    assert "您已经评价过了" in text_of(member, "/axf/reviews/")
    assert len(db.session.scalars(select(Review.id)).all()) == 1


def test_somebody_elses_order_has_no_form(app, came):
    other = logged_in(app, accounts.register("berta", PASSWORD))
    assert other.get(f"/axf/order/{came}/review/475/").status_code == 404
    assert send(other, came).status_code == 404


def test_something_is_added_on_my_page(member, shopper, came):
    review_id = review(shopper, came, text="甜")
    for words in ("还是很甜", "再说一次"):
        post(member, f"/axf/reviews/{review_id}/add/", text=words)
    page = text_of(member, "/axf/reviews/")
    assert ("还是很甜" in page, "再说一次" in page, "您已经评价过了" in page) == (True, False, True)


def test_only_its_writer_sees_a_hidden_review_and_why(member, client, shopper, came):
    service.hide(review(shopper, came, text="加我微信"), "含联系方式")
    assert "加我微信" not in text_of(client, "/axf/goods/475/")
    page = text_of(member, "/axf/reviews/")
    assert ("加我微信" in page, "含联系方式" in page) == (True, True)


def test_the_goods_page_is_the_same_for_everybody(member, client, shopper, came):
    service.reply(review(shopper, came, text="甜", photos=1), "谢谢")
    mine, theirs = member.get("/axf/goods/475/"), client.get("/axf/goods/475/")
    assert mine.data == theirs.data
    assert "Set-Cookie" not in mine.headers


def test_reviews_are_filtered_and_read_a_page_at_a_time(client, fruit):
    reviewed_by(12, stars=2)
    last = db.session.scalar(select(Review.id).where(Review.text == "text 03"))
    db.session.execute(update(Review).where(Review.id == last).values(has_photos=True, stars=5))
    db.session.commit()
    newest = [f"text {number:02d}" for number in range(11, -1, -1)]
    photos_first = ["text 03", *[each for each in newest if each != "text 03"]]
    wanted = {
        "all": photos_first,
        "latest": newest,
        "photos": ["text 03"],
        "bad": [each for each in newest if each != "text 03"],
    }
    for kind, texts in wanted.items():
        first = text_of(client, f"/axf/goods/475/?reviews={kind}")
        assert texts_on(first) == texts[:10]
        more = re.search(r'href="(/axf/goods/475/\?[^"]*after=[^"#]+)#reviews" rel="next"', first)
        assert bool(more) == (len(texts) > 10)
        if more:
            assert texts_on(text_of(client, more[1].replace("&amp;", "&"))) == texts[10:]
    for wrong in ("reviews=best", "after=x", "reviews=latest&after=x"):
        assert client.get(f"/axf/goods/475/?{wrong}").status_code == 404


def test_the_number_of_queries_does_not_grow_with_the_reviews(client, member, shopper, came):
    sent = []
    reviewed_by(1, photos=1)
    review(shopper, came, photos=1)
    for path, browser in (("/axf/goods/475/", client), ("/axf/reviews/", member)):
        with counted() as before:
            text_of(browser, path)
        sent.append(len(before))
    db.session.execute(update(Review).values(hidden_at=None))
    db.session.commit()
    review(shopper, came, 476, photos=2)
    again = []
    for path, browser in (("/axf/goods/475/", client), ("/axf/reviews/", member)):
        with counted() as after:
            text_of(browser, path)
        again.append(len(after))
    assert again == sent


def test_cards_show_the_average_and_the_count(client, shopper, came):
    assert "goods-rating" not in text_of(client, "/axf/market/103532/0/0/")
    review(shopper, came, stars=4)
    page = text_of(client, "/axf/market/103532/0/0/")
    assert re.findall(r"★ [^<]+", page) == ["★ 4.0 (1)"]


def test_too_many_reviews_in_an_hour_are_slowed_down(member, came, monkeypatch):
    monkeypatch.setattr("axf.review.views.WRITE_TRIES", 1)
    assert [send(member, came).status_code, send(member, came, 476).status_code] == [303, 429]

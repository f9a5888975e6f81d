"""What templates are given."""

import contextvars
import re
from datetime import UTC, date, datetime

import pytest
import time_machine
from flask import render_template_string

from axf import pages
from axf.pricing import Basket, Coupon, Freight, FullOff, Line, Vip, quote


@pytest.mark.parametrize(
    ("amount", "parts"),
    [(0, ("0", "00")), (5, ("0", "05")), (99, ("0", "99")), (2250, ("22", "50")), (123456789, ("1,234,567", "89"))],
)
def test_yuan_and_fen_apart(amount, parts):
    assert pages.yuan_parts(amount) == parts


@pytest.mark.parametrize(
    ("lang", "text"), [("zh", "11月22日 周日 00:05"), ("en", "Sun 22 Nov, 00:05"), ("fr", "11月22日 周日 00:05")]
)
def test_instants_are_told_in_shanghai_time(app, lang, text):
    with app.test_request_context(headers={"Cookie": f"lang={lang}"}):
        assert pages.minute_text(datetime(2026, 11, 21, 16, 5, tzinfo=UTC)) == text


# Every rule of axf.pricing has something to say of this basket.
ALL_RULES = Basket(
    (Line(1, 1000, 2, is_bogo=True, promo_price=900), Line(2, 2000, 2, is_second_half=True)),
    full_offs=(FullOff(1, 3000, 100),),
    vip=Vip(90),
    coupon=Coupon("amount", 100),
    has_delivery_coupon=True,
    points=100,
    freight=Freight(600),
)


@pytest.mark.parametrize(
    ("lang", "labels"),
    [
        (
            "en",
            "Special price, Buy one, get one, Second at half price, Spend and save, Member price, Coupon, "
            "Points, Delivery, Free delivery coupon",
        ),
        ("zh", "限时特价, 买一送一, 第二件半价, 满减, 会员价, 优惠券, 积分, 运费, 免运费券"),
    ],
)
def test_the_price_table_explains_every_rule_in_its_order(app, lang, labels):
    price = quote(ALL_RULES)
    sums = dict(sorted(price.sums.items()))
    table = '{% from "macros/order.html" import price_table with context %}{{ price_table(total, sums, payable, "x") }}'
    with app.test_request_context(headers={"Cookie": f"lang={lang}"}):
        html = render_template_string(table, total=price.goods_total, sums=sums, payable=price.payable)
    told = re.findall("<dt>(.*?)</dt><dd>(.*?)</dd>", html)
    assert ", ".join(label for label, _sum in told[1:-1]) == labels
    shown = [sum_text for _label, sum_text in told]
    discounts = ["−¥2.00", "−¥9.00", "−¥10.00", "−¥1.00", "−¥3.79", "−¥1.00", "−¥1.00"]
    assert shown == ["¥60.00", *discounts, "¥6.00", "−¥6.00", "¥32.21"]


@pytest.mark.parametrize(("lang", "text"), [("zh", "满59.90减5"), ("en", "¥5 off from ¥59.90")])
def test_the_terms_of_a_full_off(app, lang, text):
    with app.test_request_context(headers={"Cookie": f"lang={lang}"}):
        assert pages.full_off_text(FullOff(1, 5990, 500)) == text


@pytest.mark.parametrize(
    ("lang", "day", "month"), [("zh", "2027年1月2日", "2027年1月"), ("en", "2 Jan 2027", "January 2027")]
)
def test_days_of_another_year_are_told_with_it(app, lang, day, month):
    with app.test_request_context(headers={"Cookie": f"lang={lang}"}):
        assert (pages.date_text(date(2027, 1, 2)), pages.month_text(date(2027, 1, 2))) == (day, month)


def test_addresses_of_shoppers_pictures(app):
    with app.test_request_context():
        assert pages.avatar_picture("avatar/ab/cd", 64) == "/axf/media/avatar/ab/cd-64.webp"


@pytest.mark.parametrize(
    ("instant", "zh", "en"),
    [
        ("2026-11-30T16:00", "11月30日", "30 Nov"),
        ("2026-11-30T15:59", "11月30日 23:59", "30 Nov, 23:59"),
        ("2026-11-30T16:01", "12月1日 00:01", "1 Dec, 00:01"),
        ("2026-12-31T16:00", "12月31日", "31 Dec"),
        ("2027-01-03T06:00", "2027年1月3日", "3 Jan 2027"),
    ],
)
def test_until_when(app, instant, zh, en):
    at = datetime.fromisoformat(f"{instant}+00:00")

    def text(lang: str) -> str:
        with app.test_request_context(headers={"Cookie": f"lang={lang}"}):
            return pages.last_text(at)

    with time_machine.travel(datetime(2026, 11, 22, tzinfo=UTC), tick=False):
        assert [contextvars.Context().run(text, lang) for lang in ("zh", "en")] == [zh, en]


@pytest.mark.parametrize(
    ("rate", "zh", "en"), [(80, "8折", "20% off"), (88, "8.8折", "12% off"), (5, "0.5折", "95% off")]
)
def test_a_discount_by_its_name(app, rate, zh, en):
    with app.test_request_context():
        assert pages.discount_text(rate) == zh
    with app.test_request_context(headers={"Cookie": "lang=en"}):
        assert pages.discount_text(rate) == en


@pytest.mark.parametrize(("count", "shown"), [(0, "0"), (99, "99"), (100, "99+"), (10_000, "99+")])
def test_what_nobody_counts_any_more(count, shown):
    assert pages.count_text(count) == shown

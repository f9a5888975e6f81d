"""The macros that say in words what a coupon is worth, and why one cannot be used."""

import contextvars
from datetime import timedelta

import pytest
import time_machine
from flask import render_template_string

from axf.coupon.held import Held
from axf.market.queries import Named
from axf.pricing import Coupon as Terms
from tests.coupon.conftest import MORNING, shanghai

TYPES = {1: Named(1, "水果", "Fruit"), 2: Named(2, "蔬菜", "Vegetables")}
IMPORT = '{% from "macros/coupon.html" import coupon_terms, coupon_why_not with context %}'


def held(terms: Terms, **values) -> Held:
    given = {
        "id": 1,
        "coupon_id": 2,
        "name": "券",
        "name_en": "Coupon",
        "terms": terms,
        "is_delivery": terms.kind == "delivery",
        "is_first_order": False,
        "valid_from": MORNING,
        "valid_until": shanghai("2026-04-01 00:00"),
        "hour_from": None,
        "hour_until": None,
    }
    return Held(**{**given, **values})


def said(app, lang: str, words: str, **values) -> str:
    """Render in contexts of its own: Babel keeps the first language that an application context saw."""

    def render() -> str:
        with (
            time_machine.travel(MORNING, tick=False),
            app.test_request_context(headers={"Cookie": f"lang={lang}"}),
        ):
            return render_template_string(IMPORT + words, types=TYPES, **values)

    return contextvars.Context().run(render)


@pytest.mark.parametrize(
    ("terms", "values", "zh", "en"),
    [
        (Terms("amount", 800, 3000), {}, "满30减8 · 有效期至 3月31日", "¥8 off ¥30 · good until 31 Mar"),
        (Terms("amount", 850), {}, "立减 ¥8.50 · 有效期至 3月31日", "¥8.50 off · good until 31 Mar"),
        (
            Terms("percent", 80, 0, 1000),
            {},
            "8折 · 最多减 ¥10 · 有效期至 3月31日",
            "20% off · at most ¥10 off · good until 31 Mar",
        ),
        (Terms("percent", 88, 3000), {}, "满30打8.8折 · 有效期至 3月31日", "12% off from ¥30 · good until 31 Mar"),
        (Terms("delivery"), {}, "免运费 · 有效期至 3月31日", "Free delivery · good until 31 Mar"),
        (Terms("delivery", 0, 2900), {}, "满29免运费 · 有效期至 3月31日", "Free delivery from ¥29 · good until 31 Mar"),
        (
            Terms("fixed", 990, goods_ids=frozenset({475})),
            {},
            "一件 ¥9.90 · 仅限指定商品 · 有效期至 3月31日",
            "One for ¥9.90 · only certain goods · good until 31 Mar",
        ),
        (
            Terms("fixed", 990, 2000, goods_ids=frozenset({475})),
            {},
            "满20，一件 ¥9.90 · 仅限指定商品 · 有效期至 3月31日",
            "One for ¥9.90 from ¥20 · only certain goods · good until 31 Mar",
        ),
        (
            Terms("amount", 800, 3000, food_type_ids=frozenset({1, 2, 3})),
            {"is_first_order": True, "hour_from": 8, "hour_until": 24},
            "满30减8 · 仅限水果、蔬菜 · 仅限首单 · 每天 08:00–24:00 可用 · 有效期至 3月31日",
            "¥8 off ¥30 · only Fruit, Vegetables · first order only · daily 08:00–24:00 · good until 31 Mar",
        ),
        (
            Terms("amount", 800, food_type_ids=frozenset({1}), goods_ids=frozenset({475})),
            {},
            "立减 ¥8 · 仅限指定商品 · 有效期至 3月31日",
            "¥8 off · only certain goods · good until 31 Mar",
        ),
    ],
)
def test_terms_in_words(app, terms, values, zh, en):
    words = "{{ coupon_terms(c, types) }}"
    assert said(app, "zh", words, c=held(terms, **values)) == zh
    assert said(app, "en", words, c=held(terms, **values)) == en


@pytest.mark.parametrize(
    ("refusal", "terms", "zh", "en"),
    [
        ("not-yet", Terms("amount", 800), "3月2日 周一 08:00 开始", "from Mon 2 Mar, 08:00"),
        ("hours", Terms("amount", 800), "每天 08:00–10:00 可用", "daily 08:00–10:00"),
        ("first-order", Terms("amount", 800), "仅限首单", "first order only"),
        ("too-little", Terms("amount", 800), "差 ¥3.20", "¥3.20 short"),
        ("no-goods", Terms("amount", 800, food_type_ids=frozenset({1})), "仅限水果", "only Fruit"),
        ("no-goods", Terms("amount", 800, goods_ids=frozenset({1})), "不含可用商品", "nothing it is for"),
        ("no-gain", Terms("amount", 800), "这单用不上", "no use for this order"),
    ],
)
def test_why_not_in_words(app, refusal, terms, zh, en):
    coupon = held(terms, valid_from=MORNING + timedelta(days=1), hour_from=8, hour_until=10)
    words = "{{ coupon_why_not(c, refusal, 320, types) }}"
    assert said(app, "zh", words, c=coupon, refusal=refusal) == zh
    assert said(app, "en", words, c=coupon, refusal=refusal) == en

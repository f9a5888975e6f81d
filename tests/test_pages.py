"""What templates are given."""

import contextvars
import os
from datetime import UTC, datetime

import pytest
import time_machine

from axf import pages


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


def test_an_assets_address_changes_with_its_content_only(app, tmp_path):
    app.static_folder = str(tmp_path)
    file = tmp_path / "a.css"
    with app.test_request_context():
        file.write_text("a {}")
        os.utime(file, (1, 1))
        first = pages.asset("a.css")
        os.utime(file, (2, 2))
        touched = pages.asset("a.css")
        file.write_text("b {}")
        os.utime(file, (3, 3))
        changed = pages.asset("a.css")
    assert first.startswith("/static/a.css?v=")
    assert touched == first
    assert changed != first


def test_every_asset_that_the_pages_name_is_there(client, fruit):
    for path in ("/axf/home/", "/axf/goods/475/", "/axf/login/", "/axf/register/", "/axf/_styleguide/"):
        page = client.get(path).get_data(as_text=True)
        assert "/static/css/base.css?v=" in page
        assert "?v=missing" not in page


def test_addresses_of_pictures(app):
    with app.test_request_context():
        assert pages.goods_picture("apple", 240) == "/static/img/goods/apple-240.webp"
        assert pages.home_picture("fruit", 640) == "/static/img/home/fruit-640.webp"
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


@pytest.mark.parametrize(("amount", "text"), [(0, "0"), (3000, "30"), (2990, "29.90"), (123400, "1,234"), (5, "0.05")])
def test_yuan_in_short(amount, text):
    assert pages.short_yuan(amount) == text


@pytest.mark.parametrize(
    ("rate", "zh", "en"), [(80, "8折", "20% off"), (88, "8.8折", "12% off"), (5, "0.5折", "95% off")]
)
def test_a_discount_by_its_name(app, rate, zh, en):
    with app.test_request_context():
        assert pages.discount_text(rate) == zh
    with app.test_request_context(headers={"Cookie": "lang=en"}):
        assert pages.discount_text(rate) == en

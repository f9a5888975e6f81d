"""Public pages that are rendered once for what they show."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import update

from axf.core import clock
from axf.extensions import db
from axf.kept import KEY_BYTES, KeptPages, kept
from axf.market.models import Goods
from tests.conftest import add_goods, add_types

MARKET, GOODS = "/axf/market/103532/0/0/", "/axf/goods/475/"


@pytest.fixture
def builds(app):
    """Return a function that asks a page at a path that shows something, and the list of what was built."""
    built: list[object] = []

    def ask(path: str, shown: object, lang: str = "zh"):
        def build() -> str:
            built.append((path, shown, lang))
            return f"<p>{shown}</p>"

        with app.test_request_context(path, headers={"Cookie": f"lang={lang}"}):
            return kept(shown, build)

    return ask, built


@pytest.mark.sqlite
def test_a_page_is_built_once_for_what_it_shows_where_it_is_in_its_language(builds):
    ask, built = builds
    first, again = ask("/a", (1, "pear")), ask("/a", (1, "pear"))
    assert (again.data, again.get_etag(), again.mimetype) == (first.data, first.get_etag(), "text/html")
    others = [ask("/a", (2, "pear")), ask("/a?b=1", (1, "pear")), ask("/a", (1, "pear"), "en")]
    assert [each.data for each in others] == [b"<p>(2, 'pear')</p>", b"<p>(1, 'pear')</p>", b"<p>(1, 'pear')</p>"]
    assert built == [
        ("/a", (1, "pear"), "zh"),
        ("/a", (2, "pear"), "zh"),
        ("/a?b=1", (1, "pear"), "zh"),
        ("/a", (1, "pear"), "en"),
    ]


@pytest.mark.sqlite
def test_in_development_where_files_change_nothing_is_kept(app, builds, monkeypatch):
    monkeypatch.setattr(app.jinja_env, "keeps", False)
    ask, built = builds
    assert (ask("/a", 1).data, ask("/a", 1).data, len(built)) == (b"<p>1</p>", b"<p>1</p>", 2)


def test_the_oldest_pages_go_when_they_weigh_too_much():
    pages = KeptPages(most=3 * (KEY_BYTES + 10))
    built: list[int] = []

    def ask(number: int) -> bytes:
        return pages.page(number, lambda: built.append(number) or "x" * 10)[0]

    for number in (1, 2, 3, 1, 4, 2, 1):
        assert ask(number) == b"x" * 10
    assert built == [1, 2, 3, 4, 1]


@pytest.fixture
def fruit(app) -> None:
    add_types()
    add_goods(id=475, name="草莓", price=1990, stock=50)


@pytest.mark.parametrize("path", [MARKET, GOODS])
def test_a_kept_page_tells_a_new_price_at_once(client, fruit, path):
    before = client.get(path)
    assert client.get(path).data == before.data
    assert client.get(path, headers={"If-None-Match": before.headers["ETag"]}).status_code == 304
    db.session.execute(update(Goods).values(price=2590))
    db.session.commit()
    after = client.get(path, headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert "1,990" not in after.text
    assert (">25<" in after.text, ">25<" in before.text) == (True, False)


@pytest.mark.parametrize("path", [MARKET, GOODS])
def test_a_promotion_that_ends_changes_the_page_though_no_row_changed(client, fruit, path):
    now = clock.now()
    times = {"promo_starts_at": now - timedelta(hours=1), "promo_ends_at": now + timedelta(hours=1)}
    db.session.execute(update(Goods).values(promo_price=990, **times))
    db.session.commit()
    promoted = client.get(path).text
    with time_machine.travel(now + timedelta(hours=2)):
        usual = client.get(path).text
    assert (">9<" in promoted, ">9<" in usual, ">19<" in usual) == (True, False, True)

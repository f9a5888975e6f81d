"""The search page, suggestions and the note of what was asked for."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from axf.extensions import db
from axf.market.models import Goods
from axf.search import making, phrases
from axf.search.models import SearchCount
from tests.conftest import AJAX, FRUIT, SAME_ORIGIN, add_goods, counted, logged_in

SEARCH = "/axf/search/"


def shown(page: str) -> list[int]:
    return [int(goods_id) for goods_id in re.findall(r'goods-name"><a href="/axf/goods/(\d+)/', page)]


def page_of(client, **query: object) -> str:
    answer = client.get(SEARCH, query_string=query)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_hits_are_shown_as_cards_with_their_number(client, shelf):
    page = page_of(client, q="草莓")
    assert (shown(page), "共 2 件" in page) == ([475, 476], True)


def test_the_address_keeps_filters_through_sorts_and_pages(client, shelf, monkeypatch):
    monkeypatch.setattr("axf.search.queries.PAGE_SIZE", 1)
    page = page_of(client, q="草莓", type=FRUIT, sort=3, stock=1, **{"from": "1.50", "to": "99"})
    (more,) = re.findall(r'href="([^"]+)" rel="next"', page)
    for part in ("type=103532", "sort=3", "stock=1", "from=1.50", "to=99", "after="):
        assert part in more
    following = client.get(more.replace("&amp;", "&")).get_data(as_text=True)
    assert sorted(shown(page) + shown(following)) == [475, 476]
    other_sort = re.findall(r'class="sheet-item" href="([^"]+sort=1[^"]*)"', page)
    assert (len(other_sort), "after=" in other_sort[0], "stock=1" in other_sort[0]) == (1, False, True)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"from": "abc"}, "请填写金额"),
        ({"to": "-1"}, "请填写金额"),
        ({"from": "9", "to": "5"}, "最高价低于最低价"),
        ({"from": "9999"}, "没有符合筛选的商品"),
    ],
)
def test_wrong_or_too_narrow_filters_are_told(client, shelf, query, words):
    assert words in page_of(client, q="草莓", **query)


@pytest.mark.parametrize("query", [{"sort": 9}, {"sort": "x"}, {"type": "٣"}, {"after": "!"}])
def test_what_does_not_exist_is_not_found(client, shelf, query):
    assert client.get(SEARCH, query_string={"q": "草莓", **query}).status_code == 404


def test_nothing_found_tells_what_was_understood_and_shows_the_way_on(client, shelf):
    page = page_of(client, q="草莓 轮胎 strawbery")
    assert [word in page for word in ("没有找到“草莓 轮胎 strawbery”", "2 件", "店里没有", "看看这些")] == [True] * 4
    assert shown(page) != []
    page = page_of(client, q="strawbery")
    assert 'href="/axf/search/?q=strawberry"' in page


def test_the_start_page_shows_hot_words(client, shelf):
    for _ in range(5):
        client.post("/axf/search/asked/", data={"q": " Milk "}, headers=SAME_ORIGIN)
    assert 'href="/axf/search/?q=milk"' in page_of(client)


def test_what_was_asked_for_is_counted_only_from_our_own_pages(client, shelf):
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {}, SAME_ORIGIN):
        answer = client.post("/axf/search/asked/", data={"q": "草莓"}, headers=headers)
        assert answer.status_code == (403 if headers == {"Sec-Fetch-Site": "cross-site"} else 204)
    client.post("/axf/search/asked/", data={"q": "\u202e"}, headers=SAME_ORIGIN)
    assert db.session.execute(select(SearchCount.text, SearchCount.times)).all() == [("草莓", 1)]


def test_suggestions_are_json_that_a_cache_may_keep(client, shelf):
    answer = client.get("/axf/search/suggest/?q=xigua", headers=AJAX)
    suggestion = {"kind": "goods", "text": "麒麟小西瓜", "text_en": "Kylin Mini Watermelon", "url": "/axf/goods/477/"}
    assert answer.json == {"code": "ok", "msg": "", "suggestions": [suggestion]}
    assert (answer.headers["Cache-Control"], "Set-Cookie" in answer.headers) == ("public, max-age=300", False)


def test_a_suggested_kind_leads_to_its_goods(client, shelf):
    (suggestion,) = client.get("/axf/search/suggest/?q=youxuan").json["suggestions"]
    assert sorted(shown(client.get(suggestion["url"]).get_data(as_text=True))) == [475, 476, 477]


def test_a_suggested_query_leads_to_its_hits(client, shelf, monkeypatch):
    monkeypatch.setattr(phrases, "LEAST_HOT", 1)
    client.post("/axf/search/asked/", data={"q": "草莓果"}, headers=SAME_ORIGIN)
    making.make()
    first = client.get("/axf/search/suggest/?q=草莓果").json["suggestions"][0]
    assert (first["kind"], first["url"]) == ("query", "/axf/search/?q=%E8%8D%89%E8%8E%93%E6%9E%9C")


def test_everybody_gets_the_same_bytes(app, shopper, shelf):
    for path in (f"{SEARCH}?q=草莓", SEARCH, f"{SEARCH}?q=轮胎", "/axf/search/suggest/?q=草莓"):
        answers = [client.get(path) for client in (app.test_client(), logged_in(app, shopper))]
        assert len({answer.data for answer in answers}) == 1
        for answer in answers:
            assert ("Set-Cookie" in answer.headers, "Cookie" in answer.headers.get("Vary", "")) == (False, False)


def test_a_page_takes_at_most_four_queries_however_many_hits_there_are(client, shelf):
    counts = []
    for number in (480, 481, 482):
        with counted() as statements:
            page_of(client, q="草莓")
        counts.append(len(statements))
        add_goods(id=number, name="草莓", name_en="Strawberries")
        making.make()
    assert counts == [4, 4, 4]
    with counted() as statements:
        page_of(client, q="草莓 轮胎")
    assert len(statements) <= 4


def test_a_cached_page_is_not_sent_again(client, shelf):
    answer = client.get(f"{SEARCH}?q=草莓")
    again = client.get(f"{SEARCH}?q=草莓", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_shop_without_an_index_says_so_and_goes_on(client, fruit):
    answer = client.get(f"{SEARCH}?q=草莓")
    assert (answer.status_code, "搜索正在准备中" in answer.get_data(as_text=True)) == (503, True)
    assert (client.get(SEARCH).status_code, client.get("/axf/search/suggest/?q=草莓").json["suggestions"]) == (200, [])


@pytest.mark.parametrize(
    "text",
    [
        "%",
        "_",
        "%%__",
        "'; DROP TABLE goods;--",
        '"\\',
        "\U0001f353",
        "\u202e草莓",
        "草莓" * 5_000,
        "\x00",
        "<script>",
        "&#39;",
    ],
)
def test_odd_texts_give_a_page(client, shelf, text):
    page = page_of(client, q=text)
    assert ("<script>alert" in page, "\u202e" in page) == (False, False)
    assert client.get("/axf/search/suggest/", query_string={"q": text}).status_code == 200


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=64), start=st.sampled_from(["", "草莓", "caomei ", "5kg"]))
def test_any_text_gives_a_page(client, shelf, text, start):
    assert client.get(SEARCH, query_string={"q": start + text}).status_code == 200
    assert client.get("/axf/search/suggest/", query_string={"q": start + text}).status_code == 200


def test_a_changed_price_is_shown_at_once(client, shelf):
    db.session.execute(update(Goods).where(Goods.id == 477).values(price=12345))
    db.session.commit()
    assert "123" in page_of(client, q="西瓜")

"""The pages of addresses, as browsers see them, with and without JavaScript."""

import re
from html import unescape

import pytest

from axf.delivery import areas
from axf.extensions import db
from axf.user import accounts, addresses
from tests.conftest import AJAX, PASSWORD, counted, logged_in, post
from tests.user.test_addresses import HOME, add, rows

NEW, LIST = "/axf/addresses/new/", "/axf/addresses/"
WRITTEN = {
    "name": "张三",
    "phone": "+86 138-0013-8000",
    "province": "330000",
    "city": "330100",
    "district": "330106",
    "detail": "文三路 100 号",
    "tag": "home",
}


@pytest.fixture
def member(member):
    member.set_cookie("lang", "en")
    return member


@pytest.fixture
def served(app) -> None:
    areas.save_area(name="杭州", name_en="Hangzhou", districts=["330106"])


def send(client, path: str = NEW, **fields: str):
    return post(client, path, page=NEW, **fields)


def book_of(user_id: int) -> list[addresses.AddressView]:
    db.session.rollback()
    return addresses.book_of(user_id)


def page_of(answer) -> str:
    return unescape(answer.get_data(as_text=True))


def value_of(page: str, name: str) -> str:
    """Return what an input or a select of the page holds."""
    box = re.search(rf'<select[^>]* name="{name}".*?</select>', page, re.DOTALL)
    if box:
        chosen = re.search(r'<option selected value="([^"]*)"', box[0])
        return chosen[1] if chosen else ""
    control = re.findall(rf'<input[^>]* name="{name}"[^>]*>', page)[-1]
    return re.search(r' value="([^"]*)"', control)[1]


def choices_of(page: str, name: str) -> list[str]:
    box = re.search(rf'<select[^>]* name="{name}".*?</select>', page, re.DOTALL)[0]
    return [code for code in re.findall(r'value="([^"]*)"', box) if code]


def values(page: str) -> dict[str, str]:
    return {name: value_of(page, name) for name in ("name", "phone", "province", "city", "district", "detail")}


# The list


def test_without_an_address_the_list_leads_to_the_form(member):
    page = page_of(member.get(LIST))
    assert "No address yet" in page
    assert f'href="{NEW}"' in page


def test_the_list_shows_cards(member, shopper, served):
    first, second = add(shopper, 1), add(shopper, 2, district="310101", tag="")
    page = page_of(member.get(LIST))
    cards = re.findall(r'<li class="panel address">.*?</li>', page, re.DOTALL)
    assert [re.search(r"addresses/(\d+)/", card)[1] for card in cards] == [str(first), str(second)]
    assert all("138****8000" in card and "13800138000" not in card for card in cards)
    assert ["浙江省 杭州市 西湖区" in cards[0], "上海市 黄浦区" in cards[1]] == [True, True]
    assert ["Default" in card for card in cards] == [True, False]
    assert ["Home address" in card for card in cards] == [True, False]
    assert ["Make default" in card for card in cards] == [False, True]
    assert ["We do not deliver here yet" in card for card in cards] == [False, True]


def test_the_list_needs_as_many_queries_for_three_as_for_one(app, shopper):
    browser = logged_in(app, shopper)
    browser.get(LIST)
    numbers = []
    for number in (1, 2, 3):
        add(shopper, number, district=f"33010{number + 4}")
        if number != 2:
            with counted() as statements:
                browser.get(LIST)
            numbers.append(len(statements))
    assert numbers[0] == numbers[1]


def test_a_full_list_offers_no_other(member, shopper):
    for number in range(20):
        add(shopper, number)
    assert "/axf/addresses/new/" not in page_of(member.get(LIST))
    answer = send(member, **WRITTEN)
    assert (answer.status_code, len(rows())) == (409, 20)
    page = page_of(answer)
    assert "You have 20 addresses already." in page
    assert value_of(page, "detail") == "文三路 100 号"


@pytest.mark.parametrize("path", [LIST, NEW, "/axf/addresses/1/"])
def test_the_pages_want_a_login(client, path):
    answer = client.get(path)
    assert (answer.status_code, answer.location) == (303, f"/axf/login/?next={path}")


# Writing one


def test_an_address_is_written(member, shopper, served):
    answer = send(member, **WRITTEN)
    assert (answer.status_code, answer.location) == (303, LIST)
    (saved,) = book_of(shopper)
    assert {name: getattr(saved, name) for name in HOME} == HOME
    assert saved.is_default
    page = page_of(member.get(LIST))
    assert "The address is saved." in page
    assert "deliver here yet" not in page


def test_where_we_do_not_deliver_it_is_said_and_saved(member, shopper):
    assert send(member, **WRITTEN).status_code == 303
    assert len(book_of(shopper)) == 1
    assert "The address is saved, but we do not deliver there yet." in page_of(member.get(LIST))


def test_checkout_leads_here_and_back(member, shopper):
    page = page_of(member.get(f"{NEW}?next=/axf/checkout/?address=7%26x=1"))
    back = value_of(page, "next")
    assert back == "/axf/checkout/?address=7&x=1"
    answer = send(member, **WRITTEN, next=back)
    assert answer.location == f"/axf/checkout/?x=1&address={book_of(shopper)[0].id}"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "/mock-gateway/"])
def test_an_unsafe_way_back_is_ignored(member, shopper, target):
    assert send(member, **WRITTEN, next=target).location == LIST
    address = book_of(shopper)[0].id
    assert send(member, f"{LIST}{address}/default/", next=target).location == LIST
    assert send(member, f"{LIST}{address}/delete/", next=target).location == LIST


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", " \u202e ", "Please tell us a name."),
        ("name", "x" * 41, "Use at most 40 characters."),
        ("phone", "021 6329 1234", "Please enter a Chinese mobile number of 11 digits."),
        ("phone", "", "Please enter a Chinese mobile number of 11 digits."),
        ("province", "", "Please choose a province."),
        ("city", "310100", "Please choose a city."),
        ("district", "310101", "Please choose a district."),
        ("detail", "x", "Please tell us street, building and room."),
        ("detail", "x" * 121, "Use at most 120 characters."),
        ("tag", "palace", "Please choose one of these kinds."),
    ],
)
def test_a_mistake_is_told_and_the_rest_kept(member, field, value, words):
    answer = send(member, **{**WRITTEN, field: value})
    page = page_of(answer)
    assert (answer.status_code, rows()) == (400, [])
    assert words in page
    kept = {**WRITTEN, "phone": "13800138000"}
    below = {"province": ("city", "district"), "city": ("district",)}.get(field, ())
    for name in {"name", "phone", "province", "city", "district", "detail"} - {field, *below}:
        assert value_of(page, name) == kept[name]


def test_what_is_not_seen_is_stripped(member, shopper):
    send(member, **{**WRITTEN, "name": "张\u202e三\x00", "detail": "文三路\t100\u200b 号\r\n"})
    (saved,) = book_of(shopper)
    assert (saved.name, saved.detail) == ("张三", "文三路 100 号")


def test_without_javascript_the_region_is_chosen_step_by_step(member, shopper):
    fields = {"name": "张三", "detail": "文三路"}
    page = page_of(member.get(NEW))
    assert (len(choices_of(page, "province")), choices_of(page, "city"), choices_of(page, "district")) == (31, [], [])
    page = page_of(send(member, **fields, province="330000", step="region"))
    assert ("330100" in choices_of(page, "city"), choices_of(page, "district")) == (True, [])
    assert (value_of(page, "name"), value_of(page, "detail"), value_of(page, "province")) == (
        "张三",
        "文三路",
        "330000",
    )
    page = page_of(send(member, **fields, province="330000", city="330100", step="region"))
    assert "330106" in choices_of(page, "district")
    page = page_of(send(member, **fields, province="310000", city="330100", district="330106", step="region"))
    assert (value_of(page, "city"), value_of(page, "district")) == ("310100", "")
    assert "310101" in choices_of(page, "district")
    assert rows() == []


def test_a_pasted_text_fills_the_fields_and_saves_nothing(member):
    text = "张三 138 0013 8000 浙江省杭州市西湖区文三路 100 号 3 单元"
    answer = send(member, paste=text, step="paste")
    filled = {**WRITTEN, "phone": "13800138000", "detail": "文三路 100 号 3 单元"}
    del filled["tag"]
    assert (answer.status_code, values(page_of(answer)), rows()) == (200, filled, [])
    assert "We do not deliver here yet. You can save the address nevertheless." in page_of(answer)


def test_a_paste_overwrites_only_what_it_holds(member):
    page = page_of(send(member, **{**WRITTEN, "paste": "13900139000", "step": "paste"}))
    assert values(page) == {
        "name": "张三",
        "phone": "13900139000",
        "province": "330000",
        "city": "330100",
        "district": "330106",
        "detail": "文三路 100 号",
    }
    page = page_of(send(member, **{**WRITTEN, "paste": " ", "step": "paste"}))
    assert "We found no address in this." in page
    assert value_of(page, "name") == "张三"


# Changing, deleting, the default


def test_an_address_is_changed(member, shopper):
    address = add(shopper)
    page = page_of(member.get(f"{LIST}{address}/"))
    assert values(page) == {
        **{name: WRITTEN[name] for name in values(page)},
        "phone": HOME["phone"],
        "detail": "文三路 1 号",
    }
    assert re.search('value="home" checked', page)
    fields = {**WRITTEN, "province": "310000", "city": "310100", "district": "310101"}
    assert send(member, f"{LIST}{address}/", **fields).location == LIST
    assert [each.region for each in book_of(shopper)] == ["上海市 黄浦区"]


def test_from_the_list_of_checkout_the_form_leads_back_to_that_list(member, shopper):
    address = add(shopper)
    page = page_of(member.get(f"{LIST}?next=/axf/checkout/"))
    assert 'href="/axf/checkout/"' in page
    back = f"{LIST}?next=/axf/checkout/"
    assert send(member, f"{LIST}{address}/", **WRITTEN, next=back).location == back


def test_the_default_is_moved_and_an_address_deleted(member, shopper):
    first, second = add(shopper, 1), add(shopper, 2)
    answer = send(member, f"{LIST}{second}/default/", next="/axf/mine/")
    assert (answer.status_code, answer.location) == (303, "/axf/mine/")
    assert [each.id for each in book_of(shopper)] == [second, first]
    assert send(member, f"{LIST}{second}/delete/").location == LIST
    assert [(each.id, each.is_default) for each in book_of(shopper)] == [(first, True)]


def test_somebody_elses_address_is_a_404(app, member, shopper):
    theirs = add(accounts.register("bert", PASSWORD))
    before = rows()
    assert member.get(f"{LIST}{theirs}/").status_code == 404
    for way in ("", "delete/", "default/"):
        assert send(member, f"{LIST}{theirs}/{way}", **WRITTEN).status_code == 404
    assert rows() == before


@pytest.mark.parametrize("way", ["new/", "1/", "1/delete/", "1/default/"])
def test_no_token_no_change(member, shopper, way):
    add(shopper)
    before = rows()
    assert member.post(f"{LIST}{way}", data=WRITTEN).status_code == 400
    assert rows() == before


def test_my_page_leads_to_the_addresses(member):
    assert f'href="{LIST}"' in page_of(member.get("/axf/mine/"))


# The regions for the script


def test_regions_are_public_and_cached(app, client):
    answer = client.get("/axf/regions/?of=310100")
    assert answer.json["regions"][0] == {"code": "310101", "name": "黄浦区"}
    assert (answer.json["code"], answer.headers["Cache-Control"]) == ("ok", "public, max-age=86400")
    assert "Set-Cookie" not in answer.headers
    assert len(client.get("/axf/regions/").json["regions"]) == 31
    assert {"code": "330100", "name": "杭州市"} in client.get("/axf/regions/?of=330000").json["regions"]
    assert client.get("/axf/regions/?of=330106", headers=AJAX).status_code == 404

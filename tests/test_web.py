"""Safe ways back, who wants JSON, ids in addresses."""

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from axf.web import safe_path, wants_json
from tests.conftest import PASSWORD, SAME_ORIGIN, post

SHOP = "https://shop.example"
UNSAFE = [
    "//evil.example/axf/",
    "///evil.example/axf/",
    "/\\evil.example/axf/",
    "\\\\evil.example/axf/",
    "http:/axf/mine/",
    "https://evil.example/axf/",
    "HTTPS://evil.example/axf/mine/",
    "javascript:alert(1)//axf/",
    "data:text/html,x",
    "/axf/mine/\r\nSet-Cookie: a=b",
    "/axf/\tmine/",
    "/\t/evil.example/",
    "/axf/ mine/",
    "/axf/\x00",
    "/axf/\x7f",
    "/axf/\\..\\..//evil.example",
    "/%09/evil.example/",
    "/%2f/evil.example",
    "%2f%2fevil.example",
    "/%5cevil.example",
    "/axf/../../evil.example/",
    "/axf",
    "/",
    "axf/mine/",
    "./axf/mine/",
    "?next=/axf/mine/",
    "//[",
    "http://[",
    "//ex℀mple",
    "/axf/" + "a" * 500,
    "",
    None,
]


@pytest.mark.parametrize("target", UNSAFE)
def test_an_unsafe_way_back_is_refused(target):
    assert safe_path(target) is None


@pytest.mark.parametrize(
    "target",
    ["/axf/mine/", "/axf/orders/?status=unpaid", "/axf/cart/#line-475", "/axf/market/1/0/0/?after=WzFd", "/axf/好/"],
)
def test_a_path_of_the_shop_is_a_way_back(target):
    assert safe_path(target) == target


@given(
    st.one_of(
        st.text(max_size=40),
        st.text("/\\axf.:@%?#&[]2fF5cC9 \t\r\n", max_size=30),
        st.text("/\\.:@%?#2f", max_size=20).map(lambda end: f"/axf/{end}"),
    )
)
@example("/axf/%2e%2e//evil.example")
@example("/axf/..//evil.example")
def test_a_way_back_never_leaves_the_shop(target):
    path = safe_path(target)
    if path is None:
        return
    assert path == target
    parts = urlsplit(urljoin(f"{SHOP}/axf/login/", path))
    assert (parts.scheme, parts.netloc) == ("https", "shop.example")


@pytest.mark.parametrize("target", [each for each in UNSAFE if each])
def test_login_leads_to_my_page_instead_of_an_unsafe_address(client, shopper, target):
    page = client.get("/axf/login/", query_string={"next": target})
    assert (page.status_code, 'name="next" type="hidden" value=""' in page.get_data(as_text=True)) == (200, True)
    answer = post(client, "/axf/login/", page="/axf/login/", username="anna", password=PASSWORD, next=target)
    assert (answer.status_code, answer.location) == (303, "/axf/mine/")


def test_the_short_login_address_hands_on_a_safe_next_only(client):
    assert client.get("/login/?next=/axf/cart/").location == "/axf/login/?next=/axf/cart/"
    assert client.get("/login/?next=//evil.example").location == "/axf/login/"


@pytest.mark.parametrize("path", ["/axf/language/", "/axf/addtocart/?goodsid=475"])
def test_a_public_form_goes_back_to_the_shop_only(member, fruit, path):
    for target in ("//evil.example/axf/", "/axf/\\evil.example", "https://evil.example/axf/", "//["):
        answer = member.post(path, data={"to": "en", "next": target}, headers=SAME_ORIGIN)
        assert answer.status_code == 303
        assert answer.location in ("/axf/home/", "/axf/cart/")


@pytest.mark.parametrize(
    ("headers", "is_json"),
    [
        ({}, False),
        ({"Accept": "*/*"}, False),
        ({"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}, False),
        ({"Accept": "application/json"}, True),
        ({"Accept": "text/html;q=0.5, application/json"}, True),
        ({"Accept": "junk"}, False),
        ({"X-Requested-With": "XMLHttpRequest"}, True),
        ({"X-Requested-With": "XMLHttpRequest", "Accept": "text/html"}, True),
        ({"X-Requested-With": "com.example.app"}, False),
    ],
)
def test_who_wants_json(app, headers, is_json):
    with app.test_request_context("/axf/mine/", headers=headers):
        assert wants_json() is is_json


@pytest.mark.parametrize(
    "number", ["0475x", "-475", "+475", "٤٧٥", "４７５", "4.0", "2147483648", "99999999999", "1e3"]
)
def test_an_id_in_an_address_is_plain_digits_that_a_column_holds(client, fruit, number):
    assert client.get(f"/axf/goods/{number}/").status_code == 404

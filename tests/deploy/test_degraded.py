"""The database goes away, comes back, takes no changes: what shoppers see through nginx meanwhile."""

import json
import shutil
import time
from collections.abc import Iterator

import pytest

from axf.security import PUBLIC_PAGE_AGE
from axf.user.auth import SECURE_TICKET_COOKIE
from deploy import stack
from tests.conftest import FRUIT
from tests.deploy.conftest import Answer, Stack, served
from tests.mariadb import PrivateMariaDB, binaries

pytestmark = pytest.mark.mariadb
ADD = "/axf/addtocart/?goodsid=475"
BOUND_SECONDS = 8


@pytest.fixture(scope="module")
def server() -> Iterator[PrivateMariaDB]:
    if binaries() is None or shutil.which("nginx", path=stack.SYSTEM) is None:
        pytest.skip("mariadbd or nginx is not installed")
    server = PrivateMariaDB()
    yield server
    server.close()


@pytest.fixture(scope="module")
def shop(server: PrivateMariaDB, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A shop whose database user may not write while the server is read-only, unlike root."""
    root = server.url("axf_degraded")
    server.execute("CREATE USER shop@localhost IDENTIFIED BY ''")
    server.execute("GRANT ALL ON axf_degraded.* TO shop@localhost")
    with served(tmp_path_factory.mktemp("degraded"), root.replace("//root@", "//shop@")) as site:
        yield site


def in_time(shop: Stack, path: str, method: str = "GET", **headers: str) -> Answer:
    began = time.monotonic()
    answer = shop.ask(path, method, Cookie=f"lang=en; {SECURE_TICKET_COOKIE}={shop.ticket}", **headers)
    assert time.monotonic() - began < BOUND_SECONDS
    return answer


def add(shop: Stack) -> Answer:
    return in_time(shop, ADD, "POST", Sec_Fetch_Site="same-origin", X_Requested_With="XMLHttpRequest")


def assert_short_break(page: Answer, script: Answer) -> None:
    """Nobody sees a stack: a page in words, JSON with a code, and when to come again."""
    assert (page.status, script.status, page["Retry-After"], script["Retry-After"]) == (503, 503, "10", "10")
    assert "The shop is taking a short break" in page.body.decode()
    assert json.loads(script.body)["code"] == "short-break"


def quantity(answer: Answer) -> int:
    assert answer.status == 200, answer.body
    return json.loads(answer.body)["quantity"]


def test_a_database_that_is_killed_takes_nothing_with_it_and_is_found_again(shop: Stack, server: PrivateMariaDB):
    kept = shop.ask("/axf/home/")
    assert (kept.status, quantity(add(shop)), quantity(add(shop))) == (200, 1, 2)
    time.sleep(PUBLIC_PAGE_AGE + 1)
    server.kill()
    try:
        for _again in range(2):  # the answer of the shop, a 503, has not replaced the page that is kept
            stale = shop.ask("/axf/home/")
            assert (stale.status, stale.body) == (200, kept.body)
            assert stale["X-Cache"] in ("STALE", "UPDATING")  # the latter while another worker of nginx asks
        assert_short_break(in_time(shop, "/axf/cart/"), add(shop))
        assert_short_break(in_time(shop, "/axf/goods/475/"), add(shop))
    finally:
        server.start()
    assert (shop.ask("/axf/home/").status, in_time(shop, "/axf/cart/").status) == (200, 200)
    assert quantity(add(shop)) == 3


def test_a_read_only_database_is_still_a_shop_window(shop: Stack, server: PrivateMariaDB):
    before = quantity(add(shop))
    server.execute("SET GLOBAL read_only = 1")
    try:
        assert [
            in_time(shop, path).status for path in (f"/axf/market/{FRUIT}/0/0/", "/axf/goods/475/", "/axf/cart/")
        ] == [200] * 3
        assert_short_break(in_time(shop, ADD, "POST", Sec_Fetch_Site="same-origin"), add(shop))
    finally:
        server.execute("SET GLOBAL read_only = 0")
    assert quantity(add(shop)) == before + 1

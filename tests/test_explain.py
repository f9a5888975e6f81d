"""How MariaDB reads for the hot pages of a large shop: by indexes, in their order; nothing is sorted or read whole.

The statements are those that the pages really send, so a new one is looked at by itself. One sort is allowed, because
it has a bound: that of a search's best hits, at most MOST_RANKED, which are read by their primary keys.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select, text, update
from sqlalchemy.orm import aliased

from axf.cart import service as cart
from axf.extensions import db
from axf.market.models import Goods
from axf.order.models import Order
from axf.search import making
from axf.search.base import MOST_RANKED
from axf.seed import stress, stress_orders
from tests.conftest import logged_in, make_app, migrate
from tests.mariadb import PrivateMariaDB

pytestmark = pytest.mark.mariadb
GOODS, ORDERS, TYPES = 20_000, 20_000, 2_000
PARENT, CHILD, SHOPPER = stress.FIRST_TYPE, stress.FIRST_TYPE + 1, stress_orders.FIRST_USER
# Tables with so many rows are large here.
LARGE = 1_000
COUNTS = text("SELECT table_name, table_rows FROM information_schema.tables WHERE table_schema = DATABASE()")
# Every tenth goods has two more.
PICTURES = (
    "INSERT INTO goods_picture SELECT id, position, picture, left(name, 100), left(name_en, 160)"
    " FROM goods JOIN (SELECT 1 AS position UNION SELECT 2) AS place WHERE id % 10 = 2"
)
Sent = list[tuple[str, Any]]


@pytest.fixture(scope="module")
def shop(mariadb_server: PrivateMariaDB, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A large shop in a database of its own; some of the regular shopper's orders got smaller, the cart has goods."""
    folder = tmp_path_factory.mktemp("explain")
    url = mariadb_server.url("axf_explain")
    migrate(url, folder)
    app = make_app(url, folder)
    with app.app_context():
        stress.add_types(TYPES)
        stress.add_goods(GOODS)
        stress_orders.add_orders(ORDERS)
        making.make()
        db.session.execute(text(PICTURES))
        db.session.execute(update(Order).where(Order.user_id == SHOPPER, Order.id % 50 == 1).values(refunded=1))
        db.session.commit()
        for number in range(5):
            cart.set_quantity(SHOPPER, stress.FIRST_GOODS + 2 * number + 1, 1)
        for table in db.metadata.tables:
            db.session.execute(text(f"ANALYZE TABLE `{table}`")).all()
        db.session.commit()
        yield app
        db.session.remove()
        db.engine.dispose()
    mariadb_server.execute("DROP DATABASE axf_explain")


MARKET = [f"/axf/market/{PARENT}/{child}/{sort}/" for child in (0, CHILD) for sort in range(4)]
PUBLIC = [
    *MARKET,
    "/axf/kinds/",
    "/axf/home/",
    f"/axf/goods/{stress.FIRST_GOODS + 1}/",
    "/axf/search/",
    "/axf/search/?q=草莓",
    "/axf/search/?q=有机 牛奶&sort=2&stock=1",
    "/axf/search/?q=strawberri",
    "/sitemap-pages.xml",
]
ORDER_LISTS = [
    "/axf/orders/",
    *(f"/axf/orders/?status={tab}" for tab in ("unpaid", "to-receive", "to-review", "after-sale")),
]
PRIVATE = [*ORDER_LISTS, "/axf/mine/", "/axf/cart/", f"/axf/overlay/?goods={stress.FIRST_GOODS + 1}"]


@pytest.mark.parametrize("path", PUBLIC)
def test_public_pages_read_along_indexes(shop, path):
    assert flaws_of(shop.test_client(), path) == {}


@pytest.mark.parametrize("path", PRIVATE)
def test_private_pages_of_a_shopper_with_thousands_of_orders_do_too(shop, path):
    assert flaws_of(logged_in(shop, SHOPPER), path) == {}


@pytest.mark.parametrize("path", [*MARKET[:4], "/axf/kinds/", *ORDER_LISTS])
def test_so_do_further_pages(shop, path):
    browser = logged_in(shop, SHOPPER)
    pages, address = 0, path
    while address and pages < 5:
        assert flaws_of(browser, address) == {}
        found = re.search(r'href="([^"]+)" rel="next"', browser.get(address).get_data(as_text=True))
        address, pages = found and found[1].replace("&amp;", "&"), pages + 1
    assert pages > 1


@pytest.mark.parametrize(
    ("query", "flaw"),
    [
        (select(Goods.id).where(Goods.name_en == "x"), "goods: ALL"),
        (
            select(Goods.id).where(Goods.food_type_id == PARENT).order_by(Goods.listed_at).limit(9),
            "goods: Using filesort",
        ),
        (select(Goods.market_price).where(Goods.food_type_id == PARENT).distinct(), "goods: Using temporary"),
        (select(aliased(Goods).code), "goods_1: index"),
    ],
)
def test_a_statement_without_an_index_is_caught(shop, query, flaw):
    with sent() as statements:
        db.session.execute(query)
    db.session.rollback()
    assert flaw in flaws(statements)[statements[0][0]]


def flaws_of(browser, path: str) -> dict[str, list[str]]:
    """Return what is wrong with the statements that a page sends, by statement."""
    with sent() as statements:
        assert browser.get(path).status_code == 200
    assert statements
    return flaws(statements)


@contextmanager
def sent() -> Iterator[Sent]:
    """Collect the SELECTs that are sent in the block, with their parameters."""
    statements: Sent = []

    def note(_connection, _cursor, statement, parameters, _context, _many) -> None:
        if statement.startswith("SELECT"):
            statements.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def flaws(statements: Sent) -> dict[str, list[str]]:
    with db.engine.connect() as connection:
        large = {name for name, rows in connection.execute(COUNTS) if rows >= LARGE}
        found = {}
        for statement, parameters in statements:
            steps = connection.exec_driver_sql(f"EXPLAIN {statement}", parameters).mappings().all()
            wrong = [flaw for step in steps if is_large(step["table"], large) for flaw in flaws_in(step)]
            if wrong:
                found[statement] = wrong
    return found


def is_large(table: str | None, large: set[str]) -> bool:
    """Tell whether a step reads a large table, maybe under an alias; a derived one was made by steps of its own."""
    return table is not None and re.sub(r"_\d+$", "", table) in large


def flaws_in(step: Any) -> list[str]:
    extra = step["Extra"] or ""
    is_bounded = step["type"] == "range" and step["key"] == "PRIMARY" and int(step["rows"]) <= MOST_RANKED
    words = ("Using temporary",) if is_bounded else ("Using temporary", "Using filesort")
    wrong = [each for each in words if each in extra]
    if step["type"] == "ALL" or (step["type"] == "index" and int(step["rows"]) >= LARGE):
        wrong.append(step["type"])
    return [f"{step['table']}: {each}" for each in wrong]

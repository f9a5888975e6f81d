"""Fixtures: a fresh shop on SQLite and on MariaDB, shoppers, goods, and a counter of queries.

Each test that asks for ``app`` runs once on each database. MariaDB is a private server, one
for each worker; without the binary those runs are skipped, and the summary says so.
"""

import contextvars
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket
from sqlalchemy import event, func, insert, select, text
from werkzeug.routing import Rule

from axf import create_app
from axf.cart import service as cart
from axf.cart.queries import lines_of
from axf.core import clock
from axf.delivery.models import DeliveryArea, DeliveryDistrict, DeliverySlot
from axf.extensions import db
from axf.logistics.shipments import Rider
from axf.market.models import FoodType, Goods, StockMovement
from axf.order import checkout, dispatch
from axf.order.draft import draft_of, offers_of
from axf.order.facts import facts_of
from axf.user import accounts, hashing, tickets
from axf.user.models import Address
from tests.mariadb import PrivateMariaDB, binaries

FRUIT, CHILD, HOT, NEW = 103532, 103534, 104749, 104747
PASSWORD = "a fine pass phrase"
UNPAID_LIFE = timedelta(minutes=30)
HUANGPU = "310101"
SLOT = datetime(2099, 1, 1, 6, tzinfo=UTC)
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
AJAX = {**SAME_ORIGIN, "X-Requested-With": "XMLHttpRequest"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--db", choices=("sqlite", "mariadb", "both"), default="both", help="databases to test on")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--db")
        if metafunc.definition.get_closest_marker("mariadb"):
            names = ["mariadb"]
        elif metafunc.definition.get_closest_marker("sqlite"):
            names = ["sqlite"]
        else:
            names = ["sqlite", "mariadb"] if chosen == "both" else [chosen]
        # What runs on both is measured on one: being watched costs a test a third of its time.
        unwatched = [] if len(names) == 1 else [pytest.mark.no_cover]
        marks = {"mariadb": [pytest.mark.mariadb, *unwatched], "sqlite": []}
        metafunc.parametrize(
            "database", [pytest.param(name, marks=marks[name]) for name in names], scope="session", indirect=True
        )


def pytest_terminal_summary(terminalreporter) -> None:
    if binaries() is None:
        terminalreporter.write_line("MariaDB tests were SKIPPED: mariadbd is not installed", red=True, bold=True)


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[PrivateMariaDB]:
    if binaries() is None:
        if os.environ.get("AXF_TESTS_MUST_NOT_SKIP"):
            pytest.fail("mariadbd is not installed and AXF_TESTS_MUST_NOT_SKIP is set")
        pytest.skip("mariadbd is not installed")
    server = PrivateMariaDB()
    yield server
    server.close()


class Database:
    """Where the tests' tables are, and how to make them empty again."""

    def __init__(self, url: str, empty: Callable[[Flask], None]) -> None:
        self.url, self.empty = url, empty


@pytest.fixture(scope="session")
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    folder = tmp_path_factory.mktemp("db")
    if request.param == "mariadb":
        url = request.getfixturevalue("mariadb_server").url("axf_test")
        migrate(url, folder)
        yield Database(url, delete_all_rows)
        return
    migrate(f"sqlite:///{folder / 'template.sqlite'}", folder)
    with sqlite_closed(folder / "template.sqlite"):
        yield Database(
            f"sqlite:///{folder / 'test.sqlite'}",
            lambda _app: copy_sqlite(folder / "template.sqlite", folder / "test.sqlite"),
        )


@contextmanager
def sqlite_closed(template: Path) -> Iterator[None]:
    """Fold the write-ahead log into the file, so that copying the file copies everything."""
    import sqlite3

    connection = sqlite3.connect(template)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    yield


def copy_sqlite(template: Path, file: Path) -> None:
    for suffix in ("-wal", "-shm"):
        Path(f"{file}{suffix}").unlink(missing_ok=True)
    shutil.copy(template, file)


def migrate(url: str, folder: Path) -> None:
    app = make_app(url, folder)
    with app.app_context():
        upgrade()
        db.engine.dispose()


class Browser(FlaskClient):
    """A browser each of whose requests has contexts of its own, as on a server: nothing stays in ``g``."""

    def open(self, *args, **kwargs):
        return contextvars.Context().run(super().open, *args, **kwargs)


class RuleCompiledOnce(Rule):
    """An address whose builder is compiled once for all the shops of a worker; it depends on nothing else."""

    builders: ClassVar[dict[tuple, Callable]] = {}

    def _compile_builder(self, append_unknown: bool = True) -> Callable:
        key = (self.rule, tuple(self._trace), str(self.defaults), append_unknown)
        if key not in self.builders:
            self.builders[key] = super()._compile_builder(append_unknown)
        return self.builders[key]


class CompiledTemplates(BytecodeCache):
    """Templates compiled once for all the shops of a worker: else Jinja's compiler is half of the tests' time."""

    def __init__(self) -> None:
        self.codes: dict[str, bytes] = {}

    def get_bucket(self, environment: Environment, name: str, filename: str | None, source: str) -> Bucket:
        return super().get_bucket(environment, f"{environment.locale}/{name}", filename, source)

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.codes:
            bucket.bytecode_from_string(self.codes[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.codes[bucket.key] = bucket.bytecode_to_string()


COMPILED = CompiledTemplates()
Flask.url_rule_class = RuleCompiledOnce
# Quick instead of strong; tests/user/test_accounts.py looks at the parameters that the shop uses.
# Tests of several processes do not wait for each other's places.
PLACES = tempfile.TemporaryDirectory(prefix="axf-hashing")
hashing.PLACES, hashing.FOLDER = 4, Path(PLACES.name)
STRONG_HASHER, accounts.hasher = accounts.hasher, PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def start_anew(app: Flask) -> None:
    """Forget what the shop's process has rendered, as a new process does that finds other files or settings."""
    for name in ("axf_kept", "axf_goods_texts"):
        app.extensions.pop(name, None)
    app.jinja_env._by_locale.clear()


def make_app(url: str, folder: Path, **config: object) -> Flask:
    app = create_app(
        {
            "TESTING": True,
            "SECRET_KEY": "test-secret-key-of-more-than-32-characters",
            "SQLALCHEMY_DATABASE_URI": url,
            "MEDIA_DIR": str(folder / "media"),
            "PROPAGATE_EXCEPTIONS": False,
            **config,
        }
    )
    app.jinja_env.bytecode_cache = COMPILED
    app.test_client_class = Browser
    return app


def delete_all_rows(app: Flask) -> None:
    """Empty the tables that have rows; a DELETE for each of the others would cost more than most tests."""
    which = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM `{name}`)" for name in db.metadata.tables)
    with db.engine.connect() as connection:
        connection.execute(text("SET foreign_key_checks = 0"))
        for name in connection.exec_driver_sql(which).scalars().all():
            connection.execute(db.metadata.tables[name].delete())
        connection.commit()
        connection.execute(text("SET foreign_key_checks = 1"))


@pytest.fixture
def app(database: Database, tmp_path: Path) -> Iterator[Flask]:
    """A shop on an empty, migrated database; its context is pushed."""
    app = make_app(database.url, tmp_path)
    with app.app_context():
        database.empty(app)
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """An anonymous browser."""
    return app.test_client()


@pytest.fixture
def fruit(app: Flask) -> list[int]:
    """Food types 热销榜, 新品尝鲜 and 优选水果 with one child, and three goods; their ids."""
    add_types()
    return [add_goods(id=475, price=1000, stock=10), add_goods(id=476, price=250), add_goods(id=477, price=99)]


def add_types() -> None:
    rows = [
        (HOT, None, "热销榜", "Best sellers", 1, "hot"),
        (NEW, None, "新品尝鲜", "New arrivals", 2, "new"),
        (FRUIT, None, "优选水果", "Fruit", 3, "goods"),
        (CHILD, FRUIT, "进口水果", "Imported fruit", 1, "goods"),
    ]
    keys = ("id", "parent_id", "name", "name_en", "position", "listing")
    for row in rows:
        db.session.execute(insert(FoodType).values(dict(zip(keys, row, strict=True))))
    db.session.commit()


def add_goods(**values: object) -> int:
    """Add a goods of 优选水果/进口水果 with these values and return its id."""
    number = values.get("id") or db.session.query(Goods).count() + 1
    row = {
        "code": f"T-{number}",
        "name": f"草莓{number}",
        "name_en": f"Strawberries {number}",
        "food_type_id": FRUIT,
        "child_type_id": CHILD,
        "pack": "500g",
        "pack_en": "500 g",
        "pack_amount": 500_000,
        "pack_unit": "g",
        "price": 1000,
        "market_price": 1200,
        "stock": 100,
        "sales": 0,
        "is_featured": False,
        "is_bogo": False,
        "on_sale": True,
        "picture": "generic-fruit",
        "description": "甜",
        "description_en": "Sweet",
        "listed_at": clock.now(),
        **values,
    }
    goods_id = db.session.execute(insert(Goods).values(row)).inserted_primary_key[0]
    movement = {"goods_id": goods_id, "delta": row["stock"], "reason": "initial", "reference": "test"}
    db.session.execute(insert(StockMovement).values(**movement, created_at=clock.now()))
    db.session.commit()
    return goods_id


@pytest.fixture
def shopper(app: Flask) -> int:
    """A registered shopper's id."""
    return accounts.register("anna", PASSWORD)


@pytest.fixture
def member(app: Flask, shopper: int) -> FlaskClient:
    """The shopper's logged-in browser."""
    return logged_in(app, shopper)


@pytest.fixture
def order_no(shopper: int, fruit: list[int]) -> str:
    """An unpaid order of the shopper over 2 × goods 475 and 1 × goods 476: ¥22.50."""
    cart.set_quantity(shopper, 475, 2)
    cart.set_quantity(shopper, 476, 1)
    return place_all(shopper)


def place_all(user_id: int, token: str | None = None, **choices: object) -> str:
    """Order all that is selected at its price now; return the order's number."""
    wishes = wishes_of(user_id, **choices)
    return checkout.place(user_id, token or checkout.new_token(), total_of(user_id, wishes), wishes, UNPAID_LIFE).no


def bring(no: str) -> None:
    """Pick a paid order, send it with a rider, and hand it over."""
    dispatch.start_picking(no)
    dispatch.ship(no, Rider("王骑手", "13900000000"))
    dispatch.deliver(no)


def total_of(user_id: int, wishes: checkout.Wishes) -> int:
    """Return what the checkout page shows for these wishes, fen."""
    now = clock.now()
    facts = facts_of(user_id, now, wishes.address_id, wishes.slot_id)
    lines = lines_of(user_id, wishes.buy)
    return draft_of(lines, facts, offers_of(user_id, facts, now), wishes, now).quote.payable


def wishes_of(user_id: int, **choices: object) -> checkout.Wishes:
    """Return wishes of a shopper who lives where delivery is free, at a time that has room for everybody."""
    address_id = db.session.scalar(select(Address.id).filter_by(user_id=user_id)) or add_address(user_id)
    slot_id = db.session.scalar(select(DeliverySlot.id)) or add_slot(add_area())
    db.session.commit()
    return checkout.Wishes(**{"address_id": address_id, "slot_id": slot_id, **choices})


def add_address(user_id: int, **values: object) -> int:
    """Add an address in Huangpu, Shanghai, and return its id."""
    row = {
        "name": "张三",
        "phone": "13800138000",
        "district": HUANGPU,
        "detail": "外滩1号",
        "tag": "",
        "is_default": True,
    }
    row |= {"id": next_id(Address), "user_id": user_id, "created_at": clock.now(), **values}
    return db.session.execute(insert(Address).values(row)).inserted_primary_key[0]


def add_area(**values: object) -> int:
    """Add a delivery area of Huangpu where delivery is free, and return its id."""
    row = {
        "id": next_id(DeliveryArea),
        "name": "浦西",
        "name_en": "Puxi",
        "fee": 0,
        "free_from": None,
        "minimum": 0,
        "is_open": True,
    }
    row |= {"opens_at": 480, "closes_at": 1260, "slot_minutes": 30, "capacity": 20, "cutoff_minutes": 60, **values}
    area_id = db.session.execute(insert(DeliveryArea).values(row)).inserted_primary_key[0]
    db.session.execute(insert(DeliveryDistrict).values(code=HUANGPU, area_id=area_id))
    return area_id


def add_slot(area_id: int, **values: object) -> int:
    """Add a slot in the year 2099 and return its id."""
    row = {"starts_at": SLOT, "ends_at": SLOT + UNPAID_LIFE, "cutoff_at": SLOT, "capacity": 9999, "booked": 0}
    row |= {"id": next_id(DeliverySlot), "area_id": area_id, "is_closed": False, **values}
    return db.session.execute(insert(DeliverySlot).values(row)).inserted_primary_key[0]


def next_id(model: type) -> int:
    """Count ids from one in every test: MariaDB's own counter goes on when rows are deleted."""
    return db.session.scalar(select(func.count()).select_from(model)) + 1


def logged_in(app: Flask, user_id: int) -> FlaskClient:
    client = app.test_client()
    client.set_cookie("ticket", tickets.issue(user_id, app.config["TICKET_LIFE"]).secret)
    return client


def token_of(client: FlaskClient, path: str) -> str:
    """Return the CSRF token in a private page."""
    page = client.get(path).get_data(as_text=True)
    found = re.search(r'name="csrf[-_]token"[^>]*(?:content|value)="([^"]+)"', page)
    assert found, f"no token in {path}"
    return found[1]


def post(client: FlaskClient, path: str, page: str = "/axf/mine/", headers: dict | None = None, **fields: object):
    """POST a form as a browser does: same origin, with the token of a private page."""
    data = {"csrf_token": token_of(client, page), **fields}
    return client.post(path, data=data, headers={**SAME_ORIGIN, **(headers or {})})


@contextmanager
def counted() -> Iterator[list[str]]:
    """Collect the SELECT, INSERT, UPDATE and DELETE statements that are sent in the block."""
    statements: list[str] = []

    def note(_connection, _cursor, statement, _parameters, _context, _many) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "INSERT", "UPDATE", "DELETE")):
            statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


@contextmanager
def once_before(beginning: str, *statements: str, every_time: bool = False) -> Iterator[list[str]]:
    """Run SQL in the same transaction just before a statement that begins like this, as if somebody else had."""
    done: list[str] = []

    def run(_connection, cursor, statement, _parameters, _context, _many) -> None:
        if statement.startswith(beginning) and (every_time or not done):
            done.append(statement)
            for each in statements:
                cursor.execute(each)

    event.listen(db.engine, "before_cursor_execute", run)
    try:
        yield done
    finally:
        event.remove(db.engine, "before_cursor_execute", run)

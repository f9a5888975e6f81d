"""How much placing an order costs over its own SQL: many processes buy one hot goods, by the shop and by raw PyMySQL.

``python -m bench.placing`` starts a MariaDB of its own, makes shoppers with one line in their carts, and lets four
processes place their orders in rounds that take turns: the use case ``order.checkout.place``, then exactly the
statements that it sent, replayed by PyMySQL without any of the shop's code. Rounds take turns because machines are
noisy; only the ratio of the two counts. Both end with the same rows, which is checked.
"""

import argparse
import multiprocessing
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pymysql
from sqlalchemy import event, func, insert, select, text
from sqlalchemy.engine import make_url

from axf import create_app
from axf.cart.models import CartItem
from axf.core import clock
from axf.delivery.models import DeliveryArea, DeliveryDistrict, DeliverySlot
from axf.extensions import db
from axf.market.models import FoodType, Goods, StockMovement
from axf.order import checkout
from axf.order.models import Order
from axf.user.models import Address, User
from tests.mariadb import PrivateMariaDB

PRICE = 990
LIFE = timedelta(minutes=30)
SLOT = datetime(2099, 1, 1, 6, tzinfo=UTC)
# Ids so far apart that a parameter of a recorded statement can only mean one of them.
FIRST_USER, GOODS, SLOT_ID, AREA = 7_000_001, 8_000_001, 9_000_001, 6_000_001
FIRST_ORDER = 5_000_001
DISTRICT = "310101"
Statement = tuple[str, Any, bool]


@dataclass(frozen=True)
class Round:
    """What one round of one way brought: how many orders a second, and what each took."""

    rate: float
    seconds: list[float]


@dataclass(frozen=True)
class Recorded:
    """The statements of one placed order, and the values in them that are another's for every order."""

    statements: list[Statement]
    user_id: int
    token: str
    no: str
    order_id: int


def main(arguments: Sequence[str]) -> None:
    """Run the bench and print the table; exit status 1 when the ratio is below ``--least``."""
    options = parsed(arguments)
    server = PrivateMariaDB()
    try:
        with tempfile.TemporaryDirectory() as folder:
            ratio = compare(server.url("axf_bench"), Path(folder), options)
    finally:
        server.close()
    sys.exit(ratio < options.least)


def parsed(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(prog="bench.placing", description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=4, help="how often both ways take turns")
    parser.add_argument("--orders", type=int, default=120, help="how many orders a process places in a round")
    parser.add_argument("--processes", type=int, default=4, help="how many place orders at once")
    parser.add_argument("--least", type=float, default=0.5, help="the smallest ratio that passes")
    return parser.parse_args(arguments)


def compare(url: str, folder: Path, options: argparse.Namespace) -> float:
    """Let both ways take turns, print what came out, and return shop's rate by raw rate."""
    needed = 1 + 2 * (options.rounds + 1) * (options.orders + 1) * options.processes
    prepare(url, folder, needed)
    recorded = record(url, folder)
    users = iter(range(FIRST_USER + 1, FIRST_USER + needed))
    rounds: dict[str, list[Round]] = {"shop": [], "raw": []}
    context = multiprocessing.get_context("spawn")
    for number in range(options.rounds + 1):
        for name, way in (("shop", place_by_shop), ("raw", place_raw)):
            work = [[next(users) for _ in range(options.orders + 1)] for _ in range(options.processes)]
            found = run(context, way, (url, folder), recorded, work)
            if number:  # the first round warms caches up
                rounds[name].append(found)
    check(url, folder, needed)
    return report(rounds, recorded)


def prepare(url: str, folder: Path, shoppers: int) -> None:
    """Make the tables, one goods, an area with a slot, and shoppers with one piece of the goods in the cart."""
    from flask_migrate import upgrade  # noqa: PLC0415 - workers do not need it

    app = shop(url, folder)
    with app.app_context():
        upgrade()
        now = clock.now()
        rows = db.session
        rows.execute(insert(FoodType).values(id=1, name="果", name_en="Fruit", position=1, listing="goods"))
        rows.execute(insert(Goods).values(goods(now, shoppers)))
        movement = {"goods_id": GOODS, "delta": shoppers, "reason": "initial", "reference": "bench", "created_at": now}
        rows.execute(insert(StockMovement).values(movement))
        rows.execute(insert(DeliveryArea).values(area()))
        rows.execute(insert(DeliveryDistrict).values(code=DISTRICT, area_id=AREA))
        rows.execute(insert(DeliverySlot).values(slot(shoppers)))
        ids = range(FIRST_USER, FIRST_USER + shoppers)
        rows.execute(insert(User), [user(number, now) for number in ids])
        rows.execute(insert(Address), [address(number, now) for number in ids])
        line = {"goods_id": GOODS, "quantity": 1, "is_select": True, "created_at": now}
        rows.execute(insert(CartItem), [{"user_id": number, **line} for number in ids])
        rows.execute(text(f"ALTER TABLE orders AUTO_INCREMENT = {FIRST_ORDER}"))
        rows.commit()


def shop(url: str, folder: Path):
    """Return the shop on this database."""
    settings = {"SECRET_KEY": "bench" * 10, "MEDIA_DIR": str(folder), "TESTING": True}
    return create_app({"SQLALCHEMY_DATABASE_URI": url, **settings})


def goods(now: datetime, stock: int) -> dict[str, Any]:
    """Return the hot goods' row."""
    words = {"name": "草莓", "name_en": "Strawberries", "pack": "500g", "pack_en": "500 g", "picture": "generic-fruit"}
    flags = {"is_featured": False, "is_bogo": False, "on_sale": True, "description": "", "description_en": ""}
    numbers = {"price": PRICE, "market_price": PRICE, "stock": stock, "sales": 0}
    return {"id": GOODS, "code": "HOT", "food_type_id": 1, "listed_at": now, **words, **flags, **numbers}


def area() -> dict[str, Any]:
    """Return an area where delivery is free."""
    hours = {"opens_at": 480, "closes_at": 1260, "slot_minutes": 30, "capacity": 1, "cutoff_minutes": 60}
    return {"id": AREA, "name": "沪", "name_en": "Shanghai", "fee": 0, "minimum": 0, "is_open": True, **hours}


def slot(places: int) -> dict[str, Any]:
    """Return a slot with room for everybody."""
    times = {"starts_at": SLOT, "ends_at": SLOT + LIFE, "cutoff_at": SLOT}
    return {"id": SLOT_ID, "area_id": AREA, "capacity": places, "booked": 0, "is_closed": False, **times}


def user(number: int, now: datetime) -> dict[str, Any]:
    """Return a shopper's row."""
    names = {"username": f"u{number}", "username_key": f"u{number}"}
    return {"id": number, "password_hash": "-", "created_at": now, **names}


def address(number: int, now: datetime) -> dict[str, Any]:
    """Return a shopper's address; it has the shopper's id."""
    words = {"name": "张三", "phone": "13800138000", "district": DISTRICT, "detail": "外滩1号", "tag": ""}
    return {"id": number, "user_id": number, "is_default": True, "created_at": now, **words}


def wishes(user_id: int) -> checkout.Wishes:
    """Return what each shopper wishes."""
    return checkout.Wishes(address_id=user_id, slot_id=SLOT_ID)


def record(url: str, folder: Path) -> Recorded:
    """Place one order and note every statement that it sends."""
    app = shop(url, folder)
    statements: list[Statement] = []
    with app.app_context():

        def note(_connection, _cursor, statement, parameters, _context, many) -> None:
            statements.append((statement, parameters, many))

        event.listen(db.engine, "before_cursor_execute", note)
        token = checkout.new_token()
        placed = checkout.place(FIRST_USER, token, PRICE, wishes(FIRST_USER), LIFE)
        event.remove(db.engine, "before_cursor_execute", note)
        order_id = db.session.scalars(select(Order.id).where(Order.no == placed.no)).one()
        db.session.remove()
    return Recorded(statements, FIRST_USER, token, placed.no, order_id)


Way = Callable[[str, Path, Recorded, list[int]], Iterator[float]]


def place_by_shop(url: str, folder: Path, _recorded: Recorded, users: list[int]) -> Iterator[float]:
    """Place an order for each shopper with the use case; yield what each took, in seconds."""
    app = shop(url, folder)
    with app.app_context():
        for user_id in users:
            began = time.perf_counter()
            checkout.place(user_id, checkout.new_token(), PRICE, wishes(user_id), LIFE)
            yield time.perf_counter() - began


def place_raw(url: str, _folder: Path, recorded: Recorded, users: list[int]) -> Iterator[float]:
    """Replay the recorded statements for each shopper, with new values where they must differ."""
    address_ = make_url(url)
    connection = pymysql.connect(
        unix_socket=str(address_.query["unix_socket"]), user="root", database=address_.database, charset="utf8mb4",
        init_command="SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
    )  # fmt: skip
    with connection, connection.cursor() as cursor:
        for user_id in users:
            token, no = checkout.new_token(), str(user_id).rjust(18, "0")
            began = time.perf_counter()
            replay(cursor, recorded, {recorded.user_id: user_id, recorded.token: token, recorded.no: no})
            connection.commit()
            yield time.perf_counter() - began


def replay(cursor: Any, recorded: Recorded, new: dict[Any, Any]) -> None:
    """Send the recorded statements with the values of ``new`` in place of the recorded ones; read what they return."""
    for statement, parameters, many in recorded.statements:
        if many:
            cursor.executemany(statement, [replaced(each, new) for each in parameters])
        else:
            cursor.execute(statement, replaced(parameters, new))
        cursor.fetchall()
        if statement.startswith("INSERT INTO orders "):
            new = {**new, recorded.order_id: cursor.lastrowid}


def replaced(parameters: Any, new: dict[Any, Any]) -> Any:
    """Return the parameters with new values for those that must differ."""
    if isinstance(parameters, dict):
        return {key: new.get(value, value) for key, value in parameters.items()}
    return tuple(new.get(value, value) for value in parameters)


def run(context: Any, way: Way, shop_at: tuple[str, Path], recorded: Recorded, work: list[list[int]]) -> Round:
    """Let one process work off each list of shoppers, all released together."""
    barrier = context.Barrier(len(work))
    jobs = [(way, *shop_at, recorded, users) for users in work]
    with context.Pool(len(work), meet, (barrier,)) as pool:
        results = pool.map(act, jobs, chunksize=1)
    began, ended = min(result[0] for result in results), max(result[1] for result in results)
    seconds = [each for result in results for each in result[2]]
    return Round(len(seconds) / (ended - began), seconds)


_barrier: Any = None


def meet(barrier: Any) -> None:
    """Keep the barrier: how multiprocessing hands one to its workers."""
    global _barrier  # noqa: PLW0603
    _barrier = barrier


def act(job: tuple[Way, str, Path, Recorded, list[int]]) -> tuple[float, float, list[float]]:
    """Work one list off; return when it began and ended, and what each order took."""
    way, *arguments = job
    steps = way(*arguments)
    next(steps)  # a worker's first order compiles its statements; those that serve have long done so
    _barrier.wait()
    began = time.monotonic()
    seconds = list(steps)
    return began, time.monotonic(), seconds


def check(url: str, folder: Path, expected: int) -> None:
    """See that both ways sold and booked what they said. Raises AssertionError."""
    app = shop(url, folder)
    with app.app_context():
        left = db.session.scalar(select(Goods.stock).where(Goods.id == GOODS))
        booked = db.session.scalar(select(DeliverySlot.booked).where(DeliverySlot.id == SLOT_ID))
        orders = db.session.scalar(select(func.count()).select_from(Order))
        lines = db.session.scalar(select(func.count()).select_from(CartItem))
        assert (orders, booked, left, lines) == (expected, expected, 0, 0), (orders, booked, left, lines)  # noqa: S101
        db.session.remove()


def report(rounds: dict[str, list[Round]], recorded: Recorded) -> float:
    """Print both ways beside each other and return the ratio of their rates."""
    print(f"{len(recorded.statements)} statements an order; one hot goods; the median round of {len(rounds['raw'])}")
    rates = {name: statistics.median(each.rate for each in found) for name, found in rounds.items()}
    p99s = {name: statistics.median(p99(each.seconds) for each in found) for name, found in rounds.items()}
    for name in ("shop", "raw"):
        print(f"  {name:<5} {rates[name]:8.1f} orders/s   p99 {p99s[name] * 1000:7.1f} ms")
    ratio = rates["shop"] / rates["raw"]
    print(f"  ratio {ratio:8.2f} of raw       p99 {p99s['shop'] / p99s['raw']:7.2f} × raw")
    return ratio


def p99(seconds: list[float]) -> float:
    """Return what 99 of 100 stay below."""
    return statistics.quantiles(seconds, n=100)[98]


if __name__ == "__main__":
    main(sys.argv[1:])

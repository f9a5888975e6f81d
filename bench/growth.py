"""What pages cost in a shop of a million goods and orders and ten thousand food types, against one of a thousand each.

``python -m bench.growth`` starts a MariaDB of its own, fills two shops by ``flask seed stress``'s code and asks for the
same kinds of pages of both, through the apps' test clients. Kinds and shops take turns, so that whatever else the
machine does slows both down. The order lists are
those of the shopper who has up to 10,000 orders. Only the ratios count; times are of the machine. The result is printed
as a table for ``bench/RESULTS.md``.
"""

import argparse
import platform
import random
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC

from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import select, text

from axf import create_app
from axf.core import clock
from axf.extensions import db
from axf.market.models import Goods
from axf.search import making
from axf.seed import stress, stress_orders
from axf.user import tickets
from tests.mariadb import PrivateMariaDB

SMALL = 1_000
WORDS = "草莓 牛奶 绿茶 巧克力 大米 电池 有机 蜂蜜 云南 早餐 caomei niunai straw milk".split()
TABS = ("unpaid", "to-receive", "to-review", "after-sale")
# So many pages on lies the deep page of a list.
DEEP = 4
# Told, not judged: the small shop has fewer orders to show there, so these pages are longer in the large one.
LONGER = ("orders, a tab", "my account")
TABLES = ("food_type", "goods", "orders", "order_line", "order_event", "payment", "users", "points_entry")


@dataclass(frozen=True)
class Size:
    """How large a shop is."""

    goods: int
    types: int
    orders: int

    def __str__(self) -> str:
        return f"{self.goods:,} goods, {self.types:,} types, {self.orders:,} orders"


@dataclass(frozen=True)
class Seeding:
    """How many rows went in, in how many seconds, and how many goods a second were indexed."""

    rows: int
    seconds: float
    indexed: float

    @property
    def rate(self) -> float:
        """Rows a second."""
        return self.rows / self.seconds


def main(arguments: Sequence[str]) -> None:
    """Run the bench; exit status 1 when a ratio is over ``--most`` or seeding is slower than ``--least``."""
    options = parsed(arguments)
    server = PrivateMariaDB(buffer_pool=options.buffer_pool)
    try:
        with tempfile.TemporaryDirectory() as folder:
            settings = {"SECRET_KEY": "bench" * 10, "MEDIA_DIR": folder, "TESTING": True}
            urls = [server.url(name) for name in ("axf_small", "axf_large")]
            is_good = compare([create_app({"SQLALCHEMY_DATABASE_URI": url, **settings}) for url in urls], options)
    finally:
        server.close()
    sys.exit(not is_good)


def parsed(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(prog="bench.growth", description=__doc__.splitlines()[0])
    parser.add_argument("--goods", type=int, default=1_000_000, help="how many goods the large shop has")
    parser.add_argument("--types", type=int, default=10_000, help="how many food types it has")
    parser.add_argument("--orders", type=int, default=1_000_000, help="how many orders it has")
    parser.add_argument("--rounds", type=int, default=300, help="how often each kind of page is asked for")
    parser.add_argument("--most", type=float, default=1.5, help="the largest ratio of p99 that passes")
    parser.add_argument("--least", type=float, default=20_000, help="the fewest rows seeded a second that pass")
    # A shop of this size keeps its tables in memory.
    parser.add_argument("--buffer-pool", default="6G", help="how much memory MariaDB has for its tables")
    return parser.parse_args(arguments)


def compare(apps: Sequence[Flask], options: argparse.Namespace) -> bool:
    """Measure both sizes, print what came out, and tell whether it is good enough."""
    sizes = Size(SMALL, SMALL, SMALL), Size(options.goods, options.types, options.orders)
    for app, size in zip(apps, sizes, strict=True):
        with app.app_context():
            upgrade()
            seeding = fill(size)
    measured = measure(apps, options.rounds)
    with apps[-1].app_context():
        return report(sizes, measured, seeding, options)


def fill(size: Size) -> Seeding:
    """Bring the shop to this size and let its database and its search know it."""
    began, rows = time.perf_counter(), []
    stress.add_types(size.types, rows.append)
    stress.add_goods(size.goods, rows.append)
    stress_orders.add_orders(size.orders, rows.append)
    seconds = time.perf_counter() - began
    began = time.perf_counter()
    indexed = making.make() / (time.perf_counter() - began)
    for table in TABLES:
        db.session.execute(text(f"ANALYZE TABLE {table}")).all()
    db.session.commit()
    return Seeding(sum(rows), seconds, indexed)


def measure(apps: Sequence[Flask], rounds: int) -> list[dict[str, list[float]]]:
    """Ask each shop for each kind of page so often and return the seconds by kind, shop by shop."""
    shops = []
    for app in apps:
        with app.app_context():
            shops.append(dict(pages(app)))
    seconds: list[dict[str, list[float]]] = [{name: [] for name in shop} for shop in shops]
    warm_up = max(1, rounds // 10)
    for number in range(rounds + warm_up):
        for name in shops[0]:
            for shop, found in zip(shops, seconds, strict=True):
                took = shop[name]()
                if number >= warm_up:
                    found[name].append(took)
    return seconds


def pages(app: Flask) -> Iterator[tuple[str, Callable[[], float]]]:
    """Yield what each kind of page is called, and what asks for one of them and returns the seconds it took."""
    # The same pages in every run of the same size.
    chosen = random.Random(1)  # noqa: S311
    guest, shopper = app.test_client(), app.test_client()
    shopper.set_cookie("ticket", tickets.issue(stress_orders.FIRST_USER, app.config["TICKET_LIFE"]).secret)
    goods = goods_of(chosen)
    parent, child = stress.FIRST_TYPE, stress.FIRST_TYPE + 1
    for sort in range(4):
        first = [f"/axf/market/{parent}/0/{sort}/", f"/axf/market/{parent}/{child}/{sort}/"]
        yield f"market, sort {sort}", asked(guest, first, chosen)
    deep = [page_on(guest, f"/axf/market/{parent}/0/{sort}/") for sort in range(4)]
    yield "market, a deep page", asked(guest, deep, chosen)
    yield "all kinds", asked(guest, ["/axf/kinds/"], chosen)
    yield "goods", asked(guest, [f"/axf/goods/{goods_id}/" for goods_id in goods], chosen)
    yield "search", asked(guest, [f"/axf/search/?q={word}" for word in WORDS], chosen)
    yield "orders, all", asked(shopper, ["/axf/orders/"], chosen)
    yield "orders, a deep page", asked(shopper, [page_on(shopper, "/axf/orders/")], chosen)
    yield "orders, a tab", asked(shopper, [f"/axf/orders/?status={tab}" for tab in TABS], chosen)
    yield "my account", asked(shopper, ["/axf/mine/"], chosen)


def goods_of(chosen: random.Random) -> list[int]:
    """Return a few hundred goods from all over the shop."""
    last = db.session.scalar(select(Goods.id).order_by(Goods.id.desc()).limit(1)) or 0
    db.session.rollback()
    return [chosen.randint(stress.FIRST_GOODS, last) for _ in range(300)]


def page_on(client: FlaskClient, address: str) -> str:
    """Return the address of the page that "load more" leads to after some pages, of the last one if there are fewer."""
    for _ in range(DEEP):
        found = re.search(r'href="([^"]+)" rel="next"', client.get(address).get_data(as_text=True))
        if found is None:
            break
        address = found[1].replace("&amp;", "&")
    return address


def asked(client: FlaskClient, addresses: Sequence[str], chosen: random.Random) -> Callable[[], float]:
    """Return what asks for one of the addresses and returns the seconds it took."""

    def ask() -> float:
        address = chosen.choice(addresses)
        began = time.perf_counter()
        answer = client.get(address)
        answer.get_data()
        took = time.perf_counter() - began
        if answer.status_code != 200:
            raise RuntimeError(f"{address}: {answer.status}")
        return took

    return ask


def report(
    sizes: tuple[Size, Size], measured: list[dict[str, list[float]]], seeding: Seeding, options: argparse.Namespace
) -> bool:
    """Print the table and tell whether it is good enough."""
    say, (small, large) = sys.stdout.write, measured
    say(f"{clock.now().astimezone(UTC):%Y-%m-%d}, {platform.machine()}, Python {platform.python_version()}, ")
    say(f"MariaDB {version()}, buffer pool {options.buffer_pool}, one client, {options.rounds} rounds\n\n")
    say(f"| median, p99 | {sizes[0]} | {sizes[1]} | median ratio | p99 ratio |\n|---|---|---|---|---|\n")
    is_good = seeding.rate >= options.least
    for name, before in small.items():
        after = large[name]
        ratio = p99(after) / p99(before)
        is_good = is_good and (name in LONGER or ratio <= options.most)
        middle = statistics.median(after) / statistics.median(before)
        mark = " (longer)" if name in LONGER else ""
        say(f"| {name}{mark} | {written(before)} | {written(after)} | {middle:.2f} | {ratio:.2f} |\n")
    say(f"\nseeded {seeding.rows:,} rows in {seeding.seconds:,.0f} s: {seeding.rate:,.0f} a second; ")
    say(f"indexed {seeding.indexed:,.0f} goods a second\n")
    return is_good


def p99(seconds: list[float]) -> float:
    """Return the time that all but one in a hundred stay under."""
    return sorted(seconds)[max(0, int(len(seconds) * 0.99) - 1)]


def written(seconds: list[float]) -> str:
    """Return median and p99 in milliseconds."""
    return f"{statistics.median(seconds) * 1000:.1f}, {p99(seconds) * 1000:.1f} ms"


def version() -> str:
    """Return MariaDB's version."""
    return str(db.session.scalar(text("SELECT VERSION()"))).partition("-")[0]


if __name__ == "__main__":
    main(sys.argv[1:])

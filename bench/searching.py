"""What a search costs in a shop of a million goods, against a shop of a thousand: the same words, the same machine.

``python -m bench.searching`` starts a MariaDB of its own, fills it by ``flask seed stress``'s code, makes the index and
measures one- and two-word queries, suggestions and the making of the index, at both sizes in one run. Only the ratios
count; times are of the machine. The result is printed as a table for ``bench/RESULTS.md``.
"""

import argparse
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Flask
from flask_migrate import upgrade

from axf import create_app
from axf.extensions import db
from axf.search import making
from axf.search.engine import Bitmaps
from axf.search.queries import Filters, hits
from axf.search.suggestions import suggest
from axf.seed import stress
from tests.mariadb import PrivateMariaDB

ONE = "草莓 牛奶 绿茶 巧克力 大米 电池 有机 蜂蜜 云南 早餐".split()
ONE += "caomei niunai lvcha qkl cm nn strawberry milk 草每 牛乃".split()
TWO = [
    f"{first} {second}"
    for first in ("有机", "蜂蜜", "云南", "早餐", "organic", "caomei")
    for second in ("牛奶", "绿茶", "大米", "500g", "薯片", "coffee")
]
BEGINNINGS = "草 牛 绿茶 有机 云 ca cao niu cm st straw mi ri qiao".split()
SMALL = 1_000


@dataclass(frozen=True)
class Times:
    """Seconds of one kind of question at one size."""

    seconds: list[float]

    def __str__(self) -> str:
        return f"{statistics.median(self.seconds) * 1000:.1f}, {self.p99:.1f} ms"

    @property
    def p99(self) -> float:
        """In milliseconds."""
        return sorted(self.seconds)[int(len(self.seconds) * 0.99) - 1] * 1000


def main(arguments: Sequence[str]) -> None:
    """Run the bench; exit status 1 when a ratio is over ``--most`` or indexing below ``--least``."""
    options = parsed(arguments)
    server = PrivateMariaDB(buffer_pool="1G")  # a shop of a million goods keeps its tables in memory
    try:
        with tempfile.TemporaryDirectory() as folder:
            settings = {"SECRET_KEY": "bench" * 10, "MEDIA_DIR": folder, "TESTING": True}
            app = create_app({"SQLALCHEMY_DATABASE_URI": server.url("axf_bench"), **settings})
            with app.app_context():
                upgrade()
                is_good = compare(app, options)
    finally:
        server.close()
    sys.exit(not is_good)


def parsed(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(prog="bench.searching", description=__doc__.splitlines()[0])
    parser.add_argument("--goods", type=int, default=1_000_000, help="how many goods the large shop has")
    parser.add_argument("--rounds", type=int, default=20, help="how often each question is asked")
    parser.add_argument("--most", type=float, default=1.5, help="the largest ratio of p99 that passes")
    parser.add_argument("--least", type=float, default=5_000, help="the fewest goods indexed a second that pass")
    return parser.parse_args(arguments)


def compare(app: Flask, options: argparse.Namespace) -> bool:
    """Measure both sizes, print what came out, and tell whether it is good enough."""
    stress.add_goods(SMALL)
    making.make()
    small = measure(app, options.rounds)
    began = time.perf_counter()
    added = stress.add_goods(options.goods)
    seeding = added / (time.perf_counter() - began)
    began = time.perf_counter()
    indexing = making.make() / (time.perf_counter() - began)
    large = measure(app, options.rounds)
    return report(small, large, options, seeding, indexing)


def measure(app: Flask, rounds: int) -> dict[str, Times]:
    """Ask every question so often; each kind takes turns with the others, for machines are noisy."""
    client = app.test_client()
    kinds: dict[str, tuple[Sequence[str], Callable[[str], object]]] = {
        "search, one word": (ONE, find),
        "search, two words": (TWO, find),
        "search page, one or two words": (ONE + TWO, lambda text: page(client, text)),
        "suggestions": (BEGINNINGS, suggest),
    }
    seconds: dict[str, list[float]] = {name: [] for name in kinds}
    for number in range(rounds + 1):
        for name, (questions, ask) in kinds.items():
            for question in questions:
                db.session.rollback()
                began = time.perf_counter()
                ask(question)
                if number:  # the first round warms caches up
                    seconds[name].append(time.perf_counter() - began)
    return {name: Times(found) for name, found in seconds.items()}


def find(text: str) -> None:
    """Search, and read the first page of cards."""
    hits(Bitmaps().find(text), Filters(), 0, None)


def page(client, text: str) -> None:
    """Ask for the whole page, as a browser does."""
    answer = client.get("/axf/search/", query_string={"q": text})
    if answer.status_code != 200:
        raise RuntimeError(f"{text}: {answer.status}")


def report(
    small: dict[str, Times], large: dict[str, Times], options: argparse.Namespace, seeding: float, indexing: float
) -> bool:
    """Print the table and tell whether every ratio is small enough."""
    say = sys.stdout.write
    say(f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, Python {platform.python_version()}, one client\n\n")
    say(f"| median, p99 | {SMALL:,} goods | {options.goods:,} goods | p99 ratio |\n|---|---|---|---|\n")
    is_good = indexing >= options.least
    for name, before in small.items():
        after = large[name]
        ratio = after.p99 / before.p99
        is_good = is_good and ratio <= options.most
        say(f"| {name} | {before} | {after} | {ratio:.2f} |\n")
    say(f"\nseeded {seeding:,.0f} goods a second, indexed {indexing:,.0f} goods a second\n")
    return is_good


if __name__ == "__main__":
    main(sys.argv[1:])

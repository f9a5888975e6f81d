"""How quick the shop's pages are, as ratios to a ladder measured in the same run on the same machine (``make bench``).

Shop and ladder run as in production (uWSGI with two processes, nginx, MariaDB) and take turns, so that a noisy
machine disturbs both; a ratio is the median of the rounds' ratios. A twin is the page written by hand: the same
statements, the same bytes, by Flask, SQLAlchemy's text() and one Jinja template whose values are known already. Times
are of the machine, only the ratios count.

The shop reads what a page shows each time, and keeps what it rendered of it as long as that is the same (axf/kept.py,
axf/templating.py). "Rendered anew" is the shop without that.
"""

import argparse
import platform
import statistics
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.request import Request, urlopen

from axf import create_app
from axf.core import clock
from axf.extensions import db
from axf.user import accounts, tickets
from bench import twins
from bench.serving import Served, database, serving, wrk

PUBLIC = {
    "home": "/axf/home/",
    "market": "/axf/market/103532/0/0/",
    "goods": "",
    "search": "/axf/search/?q=%E8%8D%89%E8%8E%93",
}
PRIVATE = {"cart": "/axf/cart/", "orders": "/axf/orders/", "mine": "/axf/mine/"}
RUNGS = {"static": "/static-page/home.html", "wsgi": "/wsgi/", "flask": "/flask/", "jinja": "/jinja/", "sql": "/sql/"}
CONNECTIONS = 4


@dataclass(frozen=True)
class Pair:
    """What is compared with what: two addresses, the cookie of the first, and the least ratio that passes."""

    name: str
    one: str
    other: str
    least: float
    cookie: str = ""


def main(arguments: Sequence[str]) -> None:
    """Run the bench and print the table; exit status 1 when a ratio is below what is asked for."""
    parser = argparse.ArgumentParser(prog="bench.ladder", description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5, help="how often all take turns (default %(default)s)")
    parser.add_argument(
        "--seconds", type=int, default=2, help="how long each is asked in a round (default %(default)s)"
    )
    options = parser.parse_args(arguments)
    with ExitStack() as stack:
        run, folder = (Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="axf"))) for _ in range(2))
        environment = stack.enter_context(database(folder, run))
        ticket = write_twins(environment, folder)
        served = stack.enter_context(serving(folder, run, environment, with_anew=True))
        sys.exit(not measure(served, ticket, options))


def write_twins(environment: dict[str, str], folder: Path) -> str:
    """Fill the demo shopper's cart, write the twins of all pages, and return a ticket."""
    (folder / "twins").mkdir()
    app = create_app(
        {"SQLALCHEMY_DATABASE_URI": environment["AXF_DATABASE_URL"], "SECRET_KEY": environment["AXF_SECRET_KEY"]}
    )
    with app.app_context():
        ids = list(db.session.execute(db.text("SELECT id FROM goods WHERE stock > 5 ORDER BY id LIMIT 10")).scalars())
        PUBLIC["goods"] = f"/axf/goods/{ids[0]}/"
        shopper = accounts.id_of("demo_orders")
        ticket = tickets.issue(shopper, app.config["TICKET_LIFE"]).secret
        fill_cart(shopper, ids)
        db.session.remove()
    client = app.test_client()
    client.set_cookie("ticket", ticket)
    for name, path in (PUBLIC | PRIVATE).items():
        size = twins.write(app, client, path, folder / "twins" / f"{name}.json")
        print(f"{name}: {size} bytes", file=sys.stderr)
    (folder / "static-pages").mkdir()
    (folder / "static-pages" / "home.html").write_bytes(client.get(PUBLIC["home"]).data)
    with app.app_context():
        db.engine.dispose()
    return ticket


def fill_cart(shopper: int, ids: list[int]) -> None:
    """Put ten goods into the cart and nothing else."""
    from axf.cart import service  # noqa: PLC0415

    db.session.execute(db.text("DELETE FROM cart_item WHERE user_id = :shopper"), {"shopper": shopper})
    db.session.commit()
    for goods_id in ids:
        service.set_quantity(shopper, goods_id, 2)


def pairs(served: Served, cookie: str) -> list[Pair]:
    """Return what is compared."""
    static = f"{served.https}/static/bench/home.html"
    cached = [Pair("home, kept by nginx", f"{served.https}{PUBLIC['home']}", static, 0.8)]
    public = [Pair(name, served.shop + path, f"{served.ladder}/twin/{name}/", 0.7) for name, path in PUBLIC.items()]
    private = [
        Pair(name, served.shop + path, f"{served.ladder}/twin/{name}/", 0.6, cookie) for name, path in PRIVATE.items()
    ]
    pages = (PUBLIC | PRIVATE).items()
    anew = [
        Pair(f"{name}, rendered anew", served.anew + path, f"{served.ladder}/twin/{name}/", 0, cookie)
        for name, path in pages
    ]
    return [*cached, Pair("health", f"{served.shop}/healthz", f"{served.ladder}/flask/", 0.6), *public, *private, *anew]


def cookies_of(served: Served, ticket: str) -> str:
    """Return what the browser of a shopper sends who was here before: the ticket and the session's cookie."""
    cookies = f"ticket={ticket}; __Host-ticket={ticket}"
    with urlopen(Request(served.shop + PRIVATE["cart"], headers={"Cookie": cookies})) as answer:  # noqa: S310
        given = answer.headers.get_all("Set-Cookie") or []
    return "; ".join([cookies, *(each.split(";")[0] for each in given)])


def measure(served: Served, ticket: str, options: argparse.Namespace) -> bool:
    """Let all take turns, print the tables, and tell whether every ratio is enough."""
    place = served.folder / "static" / "bench"
    place.mkdir()
    (place / "home.html").write_bytes((served.folder / "static-pages" / "home.html").read_bytes())
    compared = pairs(served, cookies_of(served, ticket))
    found: dict[str, list[tuple[float, float, float]]] = {pair.name: [] for pair in compared}
    rungs: dict[str, list[float]] = {name: [] for name in RUNGS}
    for number in range(options.rounds + 1):
        for name, path in RUNGS.items():
            rate, _p99 = wrk(served.ladder + path, options.seconds, connections=CONNECTIONS)
            if number:  # the first round warms up
                rungs[name].append(rate)
        for pair in compared:
            one, p99 = wrk(pair.one, options.seconds, connections=CONNECTIONS, cookie=pair.cookie)
            other, _p99 = wrk(pair.other, options.seconds, connections=CONNECTIONS)
            if number:
                found[pair.name].append((one, other, p99))
    print(
        f"{clock.today()}, {platform.machine()}, Python {platform.python_version()},"
        f" {options.rounds} rounds of {options.seconds} s, {CONNECTIONS} connections\n"
    )
    print("| rung | requests/s, median (least – most) |\n|---|---|")
    for name, rates in rungs.items():
        print(f"| {name} | {statistics.median(rates):,.0f} ({min(rates):,.0f} – {max(rates):,.0f}) |")
    print("\n| page | shop/s | twin/s | ratio (least – most) | asked for | p99 |\n|---|---|---|---|---|---|")
    is_enough = True
    for pair in compared:
        rows = found[pair.name]
        ratios = [one / other for one, other, _p99 in rows]
        ratio = statistics.median(ratios)
        is_enough &= ratio >= pair.least
        shop, twin, p99 = (statistics.median(column) for column in zip(*rows, strict=True))
        spread = f"{min(ratios):.2f} – {max(ratios):.2f}"
        print(
            f"| {pair.name} | {shop:,.0f} | {twin:,.0f} | {ratio:.2f} ({spread}) | {pair.least or '–'} | {p99:.1f} ms |"
        )
    return is_enough


if __name__ == "__main__":
    main(sys.argv[1:])

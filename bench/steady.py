"""What shoppers notice while workers are replaced or die, while robots try passwords, and after minutes of traffic.

``python -m bench.steady`` runs the shop as in production (uWSGI with two processes, the shipped nginx, MariaDB) and
lets wrk walk through it: pages of everybody, pages of a shopper, the overlay. Asked for: replacing all workers fails no
request and the slowest of a hundred waits 25 ms at most; a worker that is killed costs one request at most; a flood of
logins leaves the browsing's p99 below three times its quiet value; the soak has no error, and the workers' memory grows
by 5 % at most. ``--soak`` says how many minutes it takes.
"""

import argparse
import http.client
import json
import os
import platform
import re
import signal
import ssl
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from axf.core import clock
from bench.ladder import PRIVATE, PUBLIC, write_twins
from bench.serving import HOST, Served, database, serving
from deploy import stack

MOST_P99, MOST_LOST, MOST_SLOWER, MOST_GROWTH = 25.0, 1, 3.0, 0.05
# Everybody's pages come more often than a shopper's. {pause} is how many milliseconds a browser rests between two.
WALK = """
function delay() return {pause} end
local paths, cookie, number = {{ {paths} }}, "{cookie}", 0
request = function()
  number = number % #paths + 1
  return wrk.format("GET", paths[number], {{ Cookie = cookie }})
end
"""
# Four browsers that rest so ask for some hundred pages a second, a third of what two cores carry.
RESTING = "math.random(10, 60)"
# Each try is another shopper's from another address, so that no limit by name or address ends it early.
FLOOD = """
local number = {start}
request = function()
  number = number + 1
  local body = "csrf_token={token}&username=robot" .. number .. "&password=not-the-password"
  return wrk.format("POST", "/axf/login/", {{ Cookie = "{cookie}", ["Sec-Fetch-Site"] = "same-origin",
    ["Content-Type"] = "application/x-www-form-urlencoded",
    ["X-Forwarded-For"] = "10." .. number % 250 .. "." .. math.floor(number / 250) % 250 .. ".7" }}, body)
end
"""


@dataclass(frozen=True)
class Walk:
    """What a walk of wrk found: requests a second, failed requests, p99 in milliseconds."""

    rate: float
    failed: int
    p99: float


def main(arguments: Sequence[str]) -> None:
    """Run all and print the table; exit status 1 when something is not as asked for."""
    parser = argparse.ArgumentParser(prog="bench.steady", description=__doc__.splitlines()[0])
    parser.add_argument("--soak", type=float, default=10, help="minutes of the soak (default %(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="how often the rest is repeated (default %(default)s)")
    options = parser.parse_args(arguments)
    with ExitStack() as held:
        run, folder = (Path(held.enter_context(tempfile.TemporaryDirectory(prefix="axf"))) for _ in range(2))
        environment = held.enter_context(database(folder, run))
        ticket = write_twins(environment, folder)
        served = held.enter_context(serving(folder, run, environment))
        shop = Shop(served, folder, run, ticket)
        shop.walk(5)
        print(f"{clock.today()}, {platform.machine()}, Python {platform.python_version()}, {options.rounds} rounds\n")
        print("| what | found | asked for |\n|---|---|---|")
        steps: tuple[Callable[[], bool], ...] = (
            lambda: reloading(shop, options.rounds),
            lambda: killing(shop, options.rounds),
            lambda: flooding(shop, options.rounds),
            lambda: soaking(shop, options.soak),
        )
        is_steady = [step() for step in steps]
        sys.exit(not all(is_steady))


class Shop:
    """The served shop, and who walks through it."""

    def __init__(self, served: Served, folder: Path, run: Path, ticket: str) -> None:
        self.served, self.folder, self.run = served, folder, run
        # Not the search: nginx lets one address ask ten times a second.
        public = [PUBLIC[name] for name in ("home", "market", "goods")]
        pages = [*public, *public, *PRIVATE.values(), "/axf/overlay/?goods=475"]
        paths = ", ".join(f'"{path}"' for path in pages)
        self.paths, self.cookie = paths, f"__Host-ticket={ticket}"

    def walk(self, seconds: float, pause: str = "0") -> Walk:
        """Let four browsers walk, as fast as they can or with a pause after each page."""
        script = self.folder / "walk.lua"
        script.write_text(WALK.format(paths=self.paths, cookie=self.cookie, pause=pause))
        return walked(self.served.https, script, seconds, connections=4)

    def workers(self) -> set[int]:
        """Return the processes that have loaded the shop."""
        read = ["uwsgi", "--connect-and-read", str(self.run / "stats.sock")]
        read[0] = str(Path(sys.executable).parent / "uwsgi")
        told = subprocess.run(read, capture_output=True, text=True, check=True)
        answer = re.search(r"\{.*\}", told.stdout + told.stderr, re.DOTALL)
        if answer is None:
            raise RuntimeError("uWSGI tells nothing of its workers")
        return {worker["pid"] for worker in json.loads(answer[0])["workers"] if worker["apps"] and worker["pid"]}

    def wait_for_workers(self, others_than: set[int]) -> None:
        """Wait until there are two workers, none of them one of these. Raises RuntimeError after a minute."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            now = self.workers()
            if len(now) == 2 and not now & others_than:
                return
            time.sleep(0.2)
        raise RuntimeError("the workers were not replaced")

    def memory(self) -> int:
        """Return the bytes that the workers have for themselves (proportional set size)."""
        return sum(proportional_set_size(worker) for worker in self.workers())


def walked(url: str, script: Path, seconds: float, *, connections: int) -> Walk:
    """Let wrk follow a script, and return what it found."""
    command = [
        stack.program("wrk", "wrk"),
        "--latency",
        "-t1",
        f"-c{connections}",
        f"-d{max(1, round(seconds))}s",
        "-s",
        script,
        url,
    ]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", told)
    broken = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", told)
    value, unit = re.search(r"^\s+99%\s+([0-9.]+)(us|ms|s)\s*$", told, re.MULTILINE).groups()  # type: ignore[union-attr]
    return Walk(
        rate=float(told.split("Requests/sec:")[1].split()[0]),
        failed=int(bad[1] if bad else 0) + (sum(map(int, broken.groups())) if broken else 0),
        p99=float(value) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[unit],
    )


def reloading(shop: Shop, rounds: int) -> bool:
    """Replace the workers one after another under load."""
    found = []
    for _round in range(rounds):
        before = shop.workers()
        found.append(meanwhile(lambda: shop.walk(15, RESTING), (shop.run / "reload").touch))
        shop.wait_for_workers(before)
    failed, p99 = sum(walk.failed for walk in found), statistics.median(walk.p99 for walk in found)
    rate = statistics.median(walk.rate for walk in found)
    told = f"{failed} failed, p99 {p99:.1f} ms at {rate:.0f} requests a second"
    return tell("chain reload under load", told, "0 failed, p99 25 ms", failed == 0 and p99 <= MOST_P99)


def killing(shop: Shop, rounds: int) -> bool:
    """Kill a worker under load; the worst round counts."""
    found = []
    for _round in range(rounds):
        worker = min(shop.workers())
        found.append(meanwhile(lambda: shop.walk(8), lambda worker=worker: os.kill(worker, signal.SIGKILL)))
        shop.wait_for_workers({worker})
    worst = max(walk.failed for walk in found)
    return tell("a worker is killed under load", f"{worst} failed at worst", f"{MOST_LOST} failed", worst <= MOST_LOST)


def flooding(shop: Shop, rounds: int) -> bool:
    """Try passwords from thousands of addresses while people browse, past nginx's own limits."""
    token, cookie = login_form(shop.served)
    quiet, flooded, tries = [], [], []
    for number in range(rounds):
        quiet.append(shop.walk(8, RESTING).p99)
        script = shop.folder / "flood.lua"
        script.write_text(FLOOD.format(start=number * 1_000_000, token=token, cookie=cookie))
        flood = threading.Thread(
            target=lambda script=script: tries.append(walked(shop.served.shop, script, 10, connections=16).rate)
        )
        flood.start()
        time.sleep(1)
        flooded.append(shop.walk(8, RESTING).p99)
        flood.join()
    ratio = statistics.median(one / other for one, other in zip(flooded, quiet, strict=True))
    found = f"p99 {ratio:.2f} times the quiet one ({statistics.median(tries):,.0f} tries a second)"
    return tell("a flood of logins", found, f"at most {MOST_SLOWER:g} times", ratio <= MOST_SLOWER)


def soaking(shop: Shop, minutes: float) -> bool:
    """Walk for minutes; memory is compared between the first and the last tenth after a tenth to warm up."""
    sizes: list[int] = []
    failed, rate = 0, 0.0
    for _tenth in range(10):
        walk = shop.walk(minutes * 6)
        failed, rate = failed + walk.failed, rate + walk.rate / 10
        sizes.append(shop.memory())
    growth = sizes[-1] / sizes[0] - 1
    found = f"{failed} failed of {rate * minutes * 60:,.0f}, memory {growth:+.1%}"
    return tell(f"soak of {minutes:g} minutes", found, "0 failed, at most +5 %", failed == 0 and growth <= MOST_GROWTH)


def meanwhile(walk: Callable[[], Walk], happen: Callable[[], object]) -> Walk:
    """Let something happen two seconds after a walk began, and return the walk."""
    timer = threading.Timer(2, happen)
    timer.start()
    try:
        return walk()
    finally:
        timer.join()


def login_form(served: Served) -> tuple[str, str]:
    """Return the token and the session cookie of a login page."""
    anyone = ssl.create_default_context()
    anyone.check_hostname, anyone.verify_mode = False, ssl.CERT_NONE
    port = int(served.https.rpartition(":")[2])
    connection = http.client.HTTPSConnection(HOST, port, context=anyone, timeout=20)
    connection.request("GET", "/axf/login/")
    answer = connection.getresponse()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', answer.read().decode())
    cookie = (answer.headers["Set-Cookie"] or "").partition(";")[0]
    if token is None:
        raise RuntimeError("the login page has no token")
    return token[1], cookie


def proportional_set_size(process: int) -> int:
    """Return a process's own memory and its part of what it shares, in bytes."""
    text = Path(f"/proc/{process}/smaps_rollup").read_text()
    return int(re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)[1]) * 1024  # type: ignore[index]


def tell(what: str, found: str, asked_for: str, is_enough: bool) -> bool:
    """Print a row of the table."""
    print(f"| {what} | {found}{'' if is_enough else ' ✗'} | {asked_for} |", flush=True)
    return is_enough


if __name__ == "__main__":
    main(sys.argv[1:])

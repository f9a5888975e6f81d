"""What Lighthouse says of the pages on a phone, and what they weigh (``make lighthouse``; needs Node and Chromium).

The shop runs as in production: uWSGI, the shipped nginx over TLS. Lighthouse comes from npm into build/lighthouse. Its
marks vary with the machine's load, so each page is looked at three times and the median counts.
"""

import argparse
import gzip
import json
import os
import re
import shutil
import ssl
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from bench.ladder import PRIVATE, PUBLIC, write_twins
from bench.serving import ROOT, Served, database, serving

VERSION = "12"
FOLDER = ROOT / "build" / "lighthouse"
MARKS = ("performance", "accessibility", "best-practices", "seo")
LEAST = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100}
MOST_ASSETS, MOST_HTML = 35 * 1024, 15 * 1024


def main(arguments: Sequence[str]) -> None:
    """Look at home, market, goods and cart; exit status 1 when a mark or a weight is not what is asked for."""
    parser = argparse.ArgumentParser(prog="bench.lighthouse", description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=3, help="how often each page is looked at (default %(default)s)")
    options = parser.parse_args(arguments)
    program = installed()
    with ExitStack() as stack:
        run, folder = (Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="axf"))) for _ in range(2))
        environment = stack.enter_context(database(folder, run))
        ticket = write_twins(environment, folder)
        served = stack.enter_context(serving(folder, run, environment))
        pages = {name: PUBLIC[name] for name in ("home", "market", "goods")} | {"cart": PRIVATE["cart"]}
        is_fine = True
        print("| page | " + " | ".join(MARKS) + " | layout shift | HTML, gzip | CSS + JS, gzip |\n|" + "---|" * 8)
        for name, path in pages.items():
            cookie = f"__Host-ticket={ticket}" if name == "cart" else ""
            is_fine &= tell(name, looked_at(program, served, path, cookie, options.runs), weight(served, path, cookie))
    sys.exit(not is_fine)


def installed() -> Path:
    """Return Lighthouse's program, fetched by npm when it is not there yet."""
    program = FOLDER / "node_modules" / ".bin" / "lighthouse"
    if not program.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        command = ["npm", "install", "--no-audit", "--no-fund", "--silent", "--prefix", FOLDER, f"lighthouse@{VERSION}"]
        subprocess.run(command, check=True)
    return program


def looked_at(program: Path, served: Served, path: str, cookie: str, runs: int) -> dict[str, float]:
    """Return the median of each mark, 0 to 100, and of the layout shift."""
    found: dict[str, list[float]] = {name: [] for name in (*MARKS, "shift")}
    for _number in range(runs):
        report = served.folder / "report.json"
        command = [program, served.https + path, "--quiet", "--output=json", f"--output-path={report}",
                   f"--only-categories={','.join(MARKS)}",
                   "--chrome-flags=--headless=new --no-sandbox --disable-gpu --ignore-certificate-errors"]  # fmt: skip
        if cookie:
            # A private page must not be listed: that search engines are kept out costs it no marks.
            command += [f"--extra-headers={json.dumps({'Cookie': cookie})}", "--skip-audits=is-crawlable"]
        look(command)
        told = json.loads(report.read_text())
        for name in MARKS:
            found[name].append(100 * told["categories"][name]["score"])
        found["shift"].append(told["audits"]["cumulative-layout-shift"]["numericValue"])
        tell_what_is_missing(path, told)
    return {name: statistics.median(values) for name, values in found.items()}


def look(command: Sequence[str | Path]) -> None:
    """Run Lighthouse; once more when Chromium did not start in time. Raises RuntimeError with what it said."""
    environment = {**os.environ, "CHROME_PATH": shutil.which("chromium") or "chromium"}
    for _attempt in range(2):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return
    raise RuntimeError(f"Lighthouse failed:\n{done.stderr}")


def tell_what_is_missing(path: str, told: dict) -> None:
    """Name on stderr the audits that cost marks."""
    for name in MARKS:
        for reference in told["categories"][name]["auditRefs"]:
            audit = told["audits"][reference["id"]]
            if reference["weight"] and audit["score"] is not None and audit["score"] < 0.9:
                print(f"{path} {name}: {audit['id']} {audit.get('displayValue', '')}", file=sys.stderr)


def weight(served: Served, path: str, cookie: str) -> tuple[int, int]:
    """Return how many bytes the HTML, and all its styles and modules with what they import, have when compressed."""
    page = fetched(served.https + path, cookie)
    wanted = set(re.findall(r'(?:href|src)="(/static/[^"]+\.(?:css|js)[^"]*)"', page.decode()))
    seen: set[str] = set()
    total = 0
    while wanted - seen:
        address = (wanted - seen).pop()
        seen.add(address)
        content = fetched(served.https + address, cookie)
        total += len(gzip.compress(content, 9))
        folder = address.partition("?")[0].rpartition("/")[0]
        wanted |= {f"{folder}/{name}" for name in re.findall(r'from "\./([\w./-]+\.js)', content.decode())}
    return len(gzip.compress(page, 5)), total


def fetched(url: str, cookie: str) -> bytes:
    """Return what an address of the stack answers; its certificate is signed by nobody."""
    anyone = ssl.create_default_context()
    anyone.check_hostname, anyone.verify_mode = False, ssl.CERT_NONE
    request = urllib.request.Request(url, headers={"Cookie": cookie} if cookie else {})  # noqa: S310 - https, loopback
    with urllib.request.urlopen(request, context=anyone, timeout=30) as answer:  # noqa: S310
        return answer.read()


def tell(name: str, marks: dict[str, float], weights: tuple[int, int]) -> bool:
    """Print a row of the table and tell whether it is as asked for."""
    html, assets = weights
    columns = " | ".join(f"{marks[each]:.0f}" for each in MARKS)
    print(f"| {name} | {columns} | {marks['shift']:.3f} | {html / 1024:.1f} KB | {assets / 1024:.1f} KB |", flush=True)
    return all(marks[each] >= LEAST[each] for each in MARKS) and html <= MOST_HTML and assets <= MOST_ASSETS


if __name__ == "__main__":
    main(sys.argv[1:])

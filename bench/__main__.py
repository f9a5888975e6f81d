"""All benches, one after another, and what they said as ``bench/RESULTS.md`` (``make bench``; some forty minutes).

``python -m bench ladder steady`` runs some of them and leaves the other sections of the file as they are. Times are of
the machine: only the ratios of one run count, and only on a quiet machine.
"""

import argparse
import os
import platform
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from axf.core import clock
from bench.serving import ROOT

RESULTS = Path(__file__).parent / "RESULTS.md"
HEAD = """# Measured

As the benches wrote it (`make bench`). Times are of the machine, only the ratios of one run count.
"""


@dataclass(frozen=True)
class Bench:
    """A bench: its module, the title of its section, and what it compares and asks for."""

    module: str
    title: str
    about: str


BENCHES = (
    Bench("ladder", "Pages", "The shop's pages against pages written by hand: the same statements, the same bytes."),
    Bench("steady", "Steadiness", "Workers that are replaced or die, a flood of logins, minutes of traffic."),
    Bench("lighthouse", "Lighthouse", "Marks on a phone and what the pages weigh; 95 for performance, 100 else."),
    Bench("placing", "Placing an order", "The use case against its statements by raw PyMySQL; at least 0.5."),
    Bench("searching", "Searching", "A million goods against a thousand; p99 at most 1.5 times."),
    Bench("growth", "Growth", "A million goods and orders, ten thousand food types; p99 at most 1.5 times."),
)


def main(arguments: Sequence[str]) -> None:
    """Run the benches and write their sections; exit status 1 when one is not as asked for."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(each.module for each in BENCHES))
    names = parser.parse_args(arguments).names
    if unknown := set(names) - {each.module for each in BENCHES}:
        parser.error(f"no such bench: {', '.join(sorted(unknown))}")
    is_good = True
    for bench in BENCHES:
        if not names or bench.module in names:
            ran = subprocess.run(
                [sys.executable, "-m", f"bench.{bench.module}"],
                cwd=ROOT,
                stdout=subprocess.PIPE,
                text=True,
                check=False,
            )
            is_good &= ran.returncode == 0
            text = section(bench, told(ran.stdout), is_good=ran.returncode == 0)
            RESULTS.write_text(with_section(RESULTS.read_text() if RESULTS.exists() else HEAD, bench, text))
            print(text, flush=True)
    sys.exit(not is_good)


def told(output: str) -> str:
    """Return what a bench said, without what the seeding of its shop said before."""
    lines = output.strip().splitlines()
    for number, line in enumerate(lines):
        if line.startswith("Log in at "):
            lines = lines[number + 1 :]
            break
    return "\n".join(lines).strip()


def section(bench: Bench, text: str, *, is_good: bool) -> str:
    """Return a bench's section of the file: when, where, what it said; figures without a table stand as they are."""
    machine = f"{clock.today()}, {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    verdict = "All as asked for." if is_good else "Not all as asked for."
    body = text if re.search(r"^\|", text, re.MULTILINE) else f"```text\n{text}\n```"
    return f"## {bench.title} (`python -m bench.{bench.module}`)\n\n{bench.about} {machine}. {verdict}\n\n{body}\n"


def with_section(page: str, bench: Bench, text: str) -> str:
    """Return the page with this section in the place of the older one, else at its end."""
    older = re.compile(rf"^## [^\n]*`python -m bench\.{bench.module}`.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
    if older.search(page):
        return older.sub(lambda _older: f"{text}\n", page).rstrip() + "\n"
    return f"{page.rstrip()}\n\n{text}"


if __name__ == "__main__":
    main(sys.argv[1:])

"""The file of results: each bench has its own section, and a new run replaces the older one."""

import subprocess
import sys

from bench.__main__ import BENCHES, HEAD, section, told, with_section
from bench.serving import ROOT


def test_a_run_replaces_its_own_section_and_no_other():
    ladder, steady = BENCHES[:2]
    page = with_section(
        with_section(HEAD, ladder, section(ladder, "| old |", is_good=False)),
        steady,
        "## x `python -m bench.steady`\n\nkept\n",
    )
    again = with_section(page, ladder, section(ladder, "| new |", is_good=True))
    assert ("| old |" in again, "| new |" in again, again.count("bench.ladder"), again.endswith("kept\n")) == (
        False, True, 1, True,
    )  # fmt: skip
    assert again.index("bench.ladder") < again.index("bench.steady")


def test_what_the_seeding_said_is_left_out():
    assert told("Demo shop\n\nLog in at https://localhost/ with the password x\n| a |\n") == "| a |"
    assert told("| a |\n") == "| a |"


def test_a_bench_that_there_is_not_is_refused():
    ran = subprocess.run(
        [sys.executable, "-m", "bench", "nothing"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (ran.returncode, "no such bench: nothing" in ran.stderr) == (2, True)

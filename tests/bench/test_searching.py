"""The bench of search runs; how fast is for the bench to say."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.mariadb
@pytest.mark.concurrency
@pytest.mark.xdist_group("concurrency")
def test_both_sizes_are_measured_and_a_slow_making_fails():
    options = ["--goods", "1500", "--rounds", "1", "--most", "1000", "--least", "1000000000"]
    ran = subprocess.run(
        [sys.executable, "-m", "bench.searching", *options],
        cwd=ROOT, capture_output=True, text=True, timeout=110, check=False,
    )  # fmt: skip
    assert ran.returncode == 1, ran.stderr
    assert "Traceback" not in ran.stderr
    table = [line for line in ran.stdout.splitlines() if line.startswith("| s")]
    assert [line.split(" | ")[0] for line in table] == [
        "| search, one word",
        "| search, two words",
        "| search page, one or two words",
        "| suggestions",
    ]

"""The bench of growth runs; how fast is for the bench to say."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.mariadb
@pytest.mark.concurrency
@pytest.mark.xdist_group("concurrency")
def test_both_sizes_are_measured_and_slow_seeding_fails():
    options = "--goods 1200 --types 1080 --orders 1100 --rounds 1 --most 1000 --least 1000000000 --buffer-pool 128M"
    ran = subprocess.run(
        [sys.executable, "-m", "bench.growth", *options.split()],
        cwd=ROOT, capture_output=True, text=True, timeout=110, check=False,
    )  # fmt: skip
    assert (ran.returncode, "Traceback" in ran.stderr) == (1, False), ran.stderr
    table = [line for line in ran.stdout.splitlines() if line.startswith("| ")]
    assert table[0].startswith(
        "| median, p99 | 1,000 goods, 1,000 types, 1,000 orders | 1,200 goods, 1,080 types, 1,100 orders"
    )
    assert [line.split(" | ")[0][2:] for line in table[1:]] == [
        *(f"market, sort {sort}" for sort in range(4)), "market, a deep page", "all kinds", "goods", "search",
        "orders, all", "orders, a deep page", "orders, a tab (longer)", "my account (longer)",
    ]  # fmt: skip

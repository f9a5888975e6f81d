"""The bench runs and sees to it that both ways did the same; how fast is for the bench to say."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.mariadb
@pytest.mark.concurrency
@pytest.mark.xdist_group("concurrency")
def test_both_ways_place_the_same_orders_and_too_small_a_ratio_fails():
    options = ["--rounds", "1", "--orders", "2", "--processes", "2", "--least", "1000"]
    ran = subprocess.run(
        [sys.executable, "-m", "bench.placing", *options],
        cwd=ROOT, capture_output=True, text=True, timeout=110, check=False,
    )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (1, "")
    first, shop, raw, ratio = ran.stdout.splitlines()
    assert "statements an order" in first
    assert int(first.split()[0]) <= 12
    assert (shop.split()[0], raw.split()[0], ratio.split()[0]) == ("shop", "raw", "ratio")

"""docs/security.md names files and tests that exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "security.md").read_text()


def test_every_chapter_has_a_row():
    rows = re.findall(r"^\| (V\d.*) \|$", DOCUMENT, re.MULTILINE)
    assert {int(number) for row in rows for number in re.findall(r"\bV(\d+)", row.split("|")[0])} == set(range(1, 17))
    assert all(row.rpartition("|")[2].strip() for row in rows)


def test_every_file_and_test_that_is_named_exists():
    named = re.findall(r"`((?:axf|tests|deploy|tools)/[\w./-]+?)(?:::(\w+))?`", DOCUMENT)
    assert len(named) > 60
    for path, test in named:
        assert (ROOT / path).is_file(), path
        if test:
            assert f"def {test}(" in (ROOT / path).read_text(), f"{path}::{test}"

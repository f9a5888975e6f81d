"""The project stands alone: no text of it names the host of a package registry."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("axf", "bench", "deploy", "docs", "migrations", "sql", "tests", "tools")
TEXTS = {
    ".cfg",
    ".conf",
    ".css",
    ".html",
    ".in",
    ".ini",
    ".js",
    ".md",
    ".py",
    ".service",
    ".sh",
    ".toml",
    ".txt",
    ".yaml",
}
# Written so that this file does not name one either.
HOSTS = ("py" + "pi.org", "python" + "hosted.org", "npm" + "js.org", "npm" + "js.com")


def test_no_registry_is_named():
    wanted = re.compile("|".join(map(re.escape, HOSTS)), re.IGNORECASE)
    inside = (file for folder in FOLDERS for file in (ROOT / folder).rglob("*"))
    texts = [file for file in (*ROOT.glob("*"), *inside) if file.suffix in TEXTS and file.is_file()]
    named = [str(file) for file in texts if wanted.search(file.read_text(encoding="utf-8"))]
    assert (len(texts) > 500, named) == (True, [])

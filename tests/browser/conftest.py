"""The real shop for a real browser: uWSGI as deploy/uwsgi.ini starts it, on MariaDB, with the demo catalogue.

AXF_TEST_SCREENSHOTS names a folder that keeps the pictures.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext
from sqlalchemy import create_engine, delete

from axf.user.models import Throttle
from tests.mariadb import PrivateMariaDB
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass
class Site:
    """Where the shop is, and how to run one of its commands."""

    url: str
    environment: dict[str, str]

    def flask(self, *command: str) -> str:
        """Run a flask command against the shop's database and return what it says."""
        done = subprocess.run(
            [BIN / "flask", "--app", "wsgi", *command],
            cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="session")
def site(mariadb_server: PrivateMariaDB, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environment = {
        **os.environ,
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "AXF_INSTANCE_DIR": str(folder),
        "AXF_DATABASE_URL": mariadb_server.url("axf_browser"),
        "AXF_BASE_URL": url,
        "AXF_CRON": "0",
    }
    site = Site(url, environment)
    site.flask("db", "upgrade")
    site.flask("seed", "demo")
    with (folder / "uwsgi.log").open("wb") as log:
        server = subprocess.Popen(
            [BIN / "uwsgi", "--ini", "deploy/uwsgi.ini", "--http", f"127.0.0.1:{port}"],
            cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        wait_for(server, url, folder / "uwsgi.log")
        yield site
    finally:
        server.terminate()
        server.wait(30)


def wait_for(server: subprocess.Popen, url: str, log: Path, seconds: int = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urlopen(f"{url}/healthz", timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"uWSGI did not start:\n{log.read_text()[-3000:]}")


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict:
    """Debian's Chromium; Playwright's own browser is not needed."""
    chromium = shutil.which("chromium")
    if chromium is None:
        if os.environ.get("AXF_TESTS_MUST_NOT_SKIP"):
            pytest.fail("chromium is not installed and AXF_TESTS_MUST_NOT_SKIP is set")
        pytest.skip("chromium is not installed")
    return {"executable_path": chromium, "args": FLAGS}


@pytest.fixture
def unspent_tries(site: Site) -> None:
    """Let no test find the tries of this address spent by the tests before it."""
    engine = create_engine(site.environment["AXF_DATABASE_URL"])
    with engine.begin() as connection:
        connection.execute(delete(Throttle))
    engine.dispose()


@pytest.fixture
def visit(browser: Browser, site: Site, unspent_tries: None) -> Iterator:
    """Open a window: ``visit(viewport, java_script_enabled=False)``; its page remembers what went wrong in it."""
    contexts: list[BrowserContext] = []

    def open_window(viewport: dict, **options):
        context = browser.new_context(base_url=site.url, viewport=viewport, **options)
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        page.troubles = []
        page.on("console", lambda message: message.type == "error" and page.troubles.append(message.text))
        page.on("pageerror", lambda error: page.troubles.append(str(error)))
        return page

    yield open_window
    for context in contexts:
        context.close()


@pytest.fixture
def picture(tmp_path: Path):
    """Keep a picture of a page under this name."""
    folder = Path(os.environ.get("AXF_TEST_SCREENSHOTS") or tmp_path)

    def take(page, name: str, **options) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{name}.png"
        page.screenshot(path=file, **options)
        assert file.stat().st_size > 10_000, "an empty page"

    return take

"""The real shop for many clients at once: uWSGI as deploy/uwsgi.ini starts it, on MariaDB, without the timers."""

import http.client
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.browser.conftest import BIN, ROOT, wait_for
from tests.ports import free_port

SECRET = "test-secret-key-of-more-than-32-characters"  # as the tests' own shop has it: cookies are good in both


class Served:
    """A running uWSGI: where it listens, what it logs, and its processes."""

    def __init__(self, process: subprocess.Popen, port: int, log: Path) -> None:
        self.process, self.port, self.log = process, port, log

    def children(self, called: str = "") -> list[int]:
        """Return the ids of uWSGI's own processes that are called so."""
        found = []
        for task in Path(f"/proc/{self.process.pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                try:
                    name = Path(f"/proc/{child}/cmdline").read_text()
                except OSError:
                    continue
                if called in name:
                    found.append(int(child))
        return found

    def kill_oldest_worker(self) -> None:
        """Kill the worker that has served for the longest time, at once and without a word; another takes its place."""
        workers = self.children("worker")
        if workers:
            os.kill(min(workers), signal.SIGKILL)

    def end(self) -> None:
        """End the server; a worker that is just starting may not hear that."""
        self.process.terminate()
        try:
            self.process.wait(3)
        except subprocess.TimeoutExpired:
            left = self.children()
            self.process.kill()
            self.process.wait(10)
            for child in left:
                with suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)

    def ask(
        self, method: str, path: str, body: bytes | str = b"", headers: dict | None = None
    ) -> tuple[int, str, bytes]:
        """Return status, location and body of an answer. Raises OSError or HTTPException where none comes."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.headers.get("Location", ""), answer.read()
        finally:
            connection.close()


@contextmanager
def uwsgi(database_url: str, folder: Path) -> Iterator[Served]:
    """Serve the shop on this database from a folder of its own, and end it. No gateway answers: refunds stay open."""
    port, log = free_port(), folder / "uwsgi.log"
    environment = {
        **os.environ,
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "AXF_INSTANCE_DIR": str(folder),
        "AXF_DATABASE_URL": database_url,
        "AXF_BASE_URL": "http://127.0.0.1:9",
        "AXF_SECRET_KEY": SECRET,
        "AXF_CRON": "0",
    }
    with log.open("wb") as out:
        process = subprocess.Popen(
            [BIN / "uwsgi", "--ini", "deploy/uwsgi.ini", "--http", f"127.0.0.1:{port}"],
            cwd=ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT,
        )  # fmt: skip
    running = Served(process, port, log)
    try:
        wait_for(process, f"http://127.0.0.1:{port}", log)
        yield running
    finally:
        running.end()

"""A private MariaDB server: own data folder, own socket, no network port; gone when closed.

``python -m tests.mariadb COMMAND …`` runs a command with AXF_DATABASE_URL pointing at a fresh one.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO

import pymysql

START_SECONDS = 60


def binaries() -> tuple[str, str] | None:
    """Return the paths of mariadbd and mariadb-install-db, or None when they are not installed."""
    path = os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin"
    server = shutil.which("mariadbd", path=path)
    install = shutil.which("mariadb-install-db", path=path)
    return (server, install) if server and install else None


class PrivateMariaDB:
    """A running server. ``url(name)`` makes a database and returns its address."""

    def __init__(self, buffer_pool: str = "128M") -> None:
        found = binaries()
        if found is None:
            raise RuntimeError("mariadbd is not installed (Debian: apt-get install mariadb-server)")
        server, install = found
        # A unix socket's path has 107 characters at most: keep the folder's short.
        self.folder = Path(tempfile.mkdtemp(prefix="axfdb"))
        self.socket = self.folder / "s"
        data = self.folder / "data"
        user = ["--user=root"] if os.geteuid() == 0 else []
        # tmpdir: two servers made at the same time would get in each other's way in /tmp.
        made = subprocess.run(
            [install, "--no-defaults", f"--datadir={data}", f"--tmpdir={self.folder}", "--skip-test-db",
             "--auth-root-authentication-method=normal", *user],
            check=False, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, timeout=120,
        )  # fmt: skip
        if made.returncode:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise RuntimeError(f"mariadb-install-db failed:\n{made.stderr[-2000:]}")
        self._command = (server, data, user, buffer_pool)
        self.start()

    def start(self) -> None:
        """Start the server on its folder, also again after ``kill``."""
        server, data, user, buffer_pool = self._command
        with (self.folder / "log").open("ab") as log:
            self.process = self._start(server, data, user, log, buffer_pool)
        self._wait()

    def kill(self) -> None:
        """End the server as a power cut would; its folder stays."""
        self.process.kill()
        self.process.wait()
        self.socket.unlink(missing_ok=True)

    def _start(
        self, server: str, data: Path, user: list[str], log: IO[bytes], buffer_pool: str
    ) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [server, "--no-defaults", *user, f"--datadir={data}", f"--socket={self.socket}",
             f"--pid-file={self.folder / 'pid'}", "--skip-networking", "--character-set-server=utf8mb4",
             "--collation-server=utf8mb4_bin", f"--innodb-buffer-pool-size={buffer_pool}", "--max-connections=300",
             "--innodb-flush-log-at-trx-commit=2", f"--tmpdir={self.folder}"],
            stdout=subprocess.DEVNULL, stderr=log,
        )  # fmt: skip

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            time.sleep(0.05)
            if self.socket.exists():
                pymysql.connect(unix_socket=str(self.socket), user="root").close()
                return
        log = (self.folder / "log").read_text(errors="replace")[-2000:]
        self.close()
        raise RuntimeError(f"mariadbd did not start:\n{log}")

    def execute(self, statement: str) -> None:
        """Run one statement as root."""
        connection = pymysql.connect(unix_socket=str(self.socket), user="root", autocommit=True)
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)

    def url(self, name: str) -> str:
        """Make an empty database, replacing one of this name, and return its SQLAlchemy address."""
        self.execute(f"DROP DATABASE IF EXISTS `{name}`")
        self.execute(f"CREATE DATABASE `{name}` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")
        return f"mysql+pymysql://root@/{name}?unix_socket={self.socket}"

    def close(self) -> None:
        """Stop the server and remove its folder."""
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def main(command: list[str]) -> int:
    """Run a command against a fresh server and return its exit status."""
    if not command:
        print("usage: python -m tests.mariadb COMMAND …", file=sys.stderr)
        return 2
    server = PrivateMariaDB()
    try:
        return subprocess.run(
            command, env={**os.environ, "AXF_DATABASE_URL": server.url("axf")}, check=False
        ).returncode
    finally:
        server.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

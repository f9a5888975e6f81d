"""Serve the shop on this machine: migrate, seed the demo when empty, start uWSGI, say where it is.

Needs the virtualenv that ``make run`` makes. Ends with uWSGI; Ctrl-C ends both. Exit status 1
with one sentence on what is wrong.
"""

import argparse
import errno
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
START_SECONDS = 60


def main() -> int:
    """Run the steps in their order."""
    arguments = read_arguments()
    environment = {
        **os.environ,
        "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}",
        "AXF_BASE_URL": os.environ.get("AXF_BASE_URL") or f"http://{arguments.host}:{arguments.port}",
    }
    trouble = why_not_listen(arguments.host, arguments.port)
    if trouble:
        return fail(trouble)
    for step, words in (
        (("db", "upgrade"), "the database could not be brought up to date"),
        (("seed", "demo"), "the demo shop could not be seeded"),
    ):
        if subprocess.run([BIN / "flask", "--app", "wsgi", *step], cwd=ROOT, env=environment, check=False).returncode:
            return fail(f"{words}; the lines above say why")
    return serve(arguments.host, arguments.port, environment)


def read_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Serve the shop on this machine.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default %(default)s)")
    parser.add_argument("--port", type=port_number, default=8000, help="port to listen on (default %(default)s)")
    return parser.parse_args()


def port_number(text: str) -> int:
    """Return a port that can be listened on. Raises ArgumentTypeError."""
    if text.isascii() and text.isdigit() and len(text) <= 5 and 1 <= int(text) <= 65535:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no port: use a number from 1 to 65535")


def why_not_listen(host: str, port: int) -> str | None:
    """Return in a sentence why nobody can listen there now, or None."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return (
                    f"port {port} on {host} is already taken: stop what listens there,"
                    f" or choose another one with make run PORT={port % 65535 + 1}"
                )
            return f"nobody can listen on {host} port {port}: {error.strerror}"
    return None


def serve(host: str, port: int, environment: dict[str, str]) -> int:
    """Start uWSGI, wait until it answers, say so, and stay until it ends."""
    log = Path(os.environ.get("AXF_INSTANCE_DIR") or ROOT / "instance") / "uwsgi.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    command = [BIN / "uwsgi", "--ini", "deploy/uwsgi.ini", "--http", f"{host}:{port}"]
    with log.open("ab") as out:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT)
    stopped = threading.Event()

    def stop(*_: object) -> None:
        stopped.set()
        server.terminate()

    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, stop)
    url = f"http://{host}:{port}"
    if not answers(server, url):
        server.terminate()
        server.wait()
        return fail(f"uWSGI did not start; its log is {log}")
    print(f"AXF is open at {url} (Ctrl-C closes it; log: {log})", flush=True)
    server.wait()
    return 0 if stopped.is_set() else fail(f"uWSGI ended by itself; its log is {log}")


def answers(server: subprocess.Popen[bytes], url: str) -> bool:
    """Wait until the shop answers; False when uWSGI ends first or takes too long."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urlopen(f"{url}/healthz", timeout=2) as answer:  # noqa: S310 # nosec B310
                return answer.status == 200
        except (URLError, OSError):
            time.sleep(0.1)
    return False


def fail(sentence: str) -> int:
    """Print what is wrong and return the exit status."""
    print(f"AXF: {sentence}.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())

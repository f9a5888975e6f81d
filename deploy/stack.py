"""Serve the shop as in production, on this machine and without root: MariaDB, uWSGI and nginx, over TLS.

Everything lies in one folder (default build/stack): the database, uploads, a certificate that it signs itself, logs.
nginx and uWSGI run with the files of this folder, as deploy/README.md says. Ctrl-C stops the three and nothing else.
Exit status 1 with one sentence on what is wrong.
"""

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from deploy import collect, render
from deploy.serve import port_number

DEPLOY = Path(__file__).resolve().parent
ROOT = DEPLOY.parent
BIN = Path(sys.executable).parent
SYSTEM = f"{os.environ.get('PATH', '')}{os.pathsep}/usr/sbin{os.pathsep}/usr/local/sbin"
START_SECONDS = 60
HOST = "localhost"


class NotServed(Exception):
    """The stack cannot be started; the message is one sentence."""


def main() -> int:
    """Start the three, say where the shop is, stay until Ctrl-C."""
    parser = argparse.ArgumentParser(description="Serve the shop as in production, on this machine.")
    parser.add_argument("--port", type=port_number, default=8443, help="port of https (default %(default)s)")
    parser.add_argument(
        "--http-port", type=port_number, default=8080, help="port that leads to https (default %(default)s)"
    )
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "stack", help="default %(default)s")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with serving(arguments.folder.absolute(), arguments.port, arguments.http_port) as processes:
            print(f"AXF is open at https://{HOST}:{arguments.port} (Ctrl-C closes it; logs: {arguments.folder})")
            print("The certificate is signed by nobody: the browser will ask once.", flush=True)
            while not (ended := [name for name, process in processes.items() if process.poll() is not None]):
                time.sleep(0.5)
            raise NotServed(f"{ended[0]} ended by itself; the logs are in {arguments.folder}")
    except KeyboardInterrupt:
        return 0
    except NotServed as wrong:
        print(f"AXF: {wrong}.", file=sys.stderr)
        return 1


@contextmanager
def serving(folder: Path, port: int, http_port: int) -> Iterator[dict[str, subprocess.Popen]]:
    """Serve the demo shop from this folder while the block runs."""
    if port == http_port:
        raise NotServed(f"https and http cannot both have port {port}")
    for each in (port, http_port):
        refuse_taken(each)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NotServed(f"no folder can be made at {folder}: {error.strerror}") from error
    with ExitStack() as stack:
        # A socket's path has 107 characters at most, so the sockets lie in a folder with a short name.
        run = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="axf")))
        link = folder / "run"
        link.unlink(missing_ok=True)
        link.symlink_to(run)
        try:
            site = site_in(folder, run, HOST, port, http_port)
        except ValueError as error:
            raise NotServed(f"another folder is needed: {error}") from error
        sign(site)
        database = stack.enter_context(mariadb(folder, run))
        environment = environment_of(folder, run, f"https://{HOST}:{port}")
        # The mock gateway sends its notices to the shop's own address.
        environment["SSL_CERT_FILE"] = site.certificate
        for step in (("db", "upgrade"), ("seed", "demo")):
            flask(environment, *step)
        shop = stack.enter_context(uwsgi(environment, folder / "uwsgi.log"))
        front = stack.enter_context(nginx(site, folder))
        yield {"MariaDB": database, "uWSGI": shop, "nginx": front}


def refuse_taken(port: int) -> None:
    """Raises NotServed when something listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            advice = "choose others with make serve TLS_PORT=… HTTP_PORT=…"
            raise NotServed(f"nobody can listen on port {port}: {error}; {advice}") from error


def environment_of(folder: Path, run: Path, base_url: str) -> dict[str, str]:
    """Return what uWSGI and ``flask`` are started with: a development shop behind one proxy."""
    return {
        **os.environ,
        "PATH": f"{BIN}{os.pathsep}{SYSTEM}",
        "AXF_RUN_DIR": str(run),
        "AXF_INSTANCE_DIR": str(folder / "instance"),
        "AXF_MEDIA_DIR": str(folder / "media"),
        "AXF_DATABASE_URL": f"mysql+pymysql://root@/axf?unix_socket={run / 'mariadb.sock'}",
        "AXF_BASE_URL": base_url,
        "AXF_PROXY_COUNT": "1",
    }


def flask(environment: Mapping[str, str], *command: str) -> None:
    """Run a command of the shop. Raises NotServed."""
    done = subprocess.run([BIN / "flask", "--app", "wsgi", *command], cwd=ROOT, env=environment, check=False)
    if done.returncode:
        raise NotServed(f"flask {' '.join(command)} failed; the lines above say why")


@contextmanager
def mariadb(folder: Path, run: Path) -> Iterator[subprocess.Popen]:
    """Run a MariaDB of its own, without a network port, on the tables kept in the folder; ``axf`` is the database."""
    data, log = folder / "mariadb", folder / "mariadb.log"
    me = ["--user=root"] if os.geteuid() == 0 else []
    if not (data / "mysql").exists():
        install = [program("mariadb-install-db", "mariadb-server"), "--no-defaults", f"--datadir={data}",
                   f"--tmpdir={run}", "--skip-test-db", "--auth-root-authentication-method=normal", *me]  # fmt: skip
        made = subprocess.run(install, check=False, capture_output=True, text=True)
        if made.returncode:
            raise NotServed(f"MariaDB could not make its folder: {made.stderr.strip()[-300:]}")
    server = [program("mariadbd", "mariadb-server"), "--no-defaults", *me, f"--datadir={data}", f"--tmpdir={run}",
              f"--socket={run / 'mariadb.sock'}", f"--pid-file={run / 'mariadb.pid'}", "--skip-networking",
              "--character-set-server=utf8mb4", "--collation-server=utf8mb4_bin"]  # fmt: skip
    client = [program("mariadb", "mariadb-client"), "--no-defaults", f"--socket={run / 'mariadb.sock'}", "-uroot", "-e",
              "CREATE DATABASE IF NOT EXISTS axf CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"]  # fmt: skip

    def has_database() -> bool:
        return subprocess.run(client, check=False, capture_output=True).returncode == 0

    with running(server, log, has_database) as process:
        yield process


@contextmanager
def uwsgi(environment: Mapping[str, str], log: Path) -> Iterator[subprocess.Popen]:
    """Run uWSGI with the file that is shipped; its sockets are in AXF_RUN_DIR."""
    command = [BIN / "uwsgi", "--ini", DEPLOY / "uwsgi.ini"]
    place = Path(environment["AXF_RUN_DIR"]) / "uwsgi.sock"
    with running(command, log, lambda: "WSGI app 0" in log.read_text() and place.exists(), environment) as process:
        yield process


@contextmanager
def nginx(site: render.Site, folder: Path) -> Iterator[subprocess.Popen]:
    """Run nginx with the file that is shipped, filled in for this site."""
    collect.collect(collect.SOURCE, Path(site.static))
    for each in (site.log, site.state, site.media):
        Path(each).mkdir(parents=True, exist_ok=True)
    file = folder / "nginx.conf"
    file.write_text(render.render(site, (DEPLOY / "nginx.conf").read_text()))
    command = [program("nginx", "nginx"), "-c", file, "-e", f"{site.log}/error.log", "-g", "daemon off;"]
    with running(command, folder / "nginx.log", lambda: is_open(int(site.https.rpartition(":")[2]))) as process:
        yield process


def site_in(folder: Path, run: Path, host: str, port: int, http_port: int) -> render.Site:
    """Return a site that has everything in one folder and listens on this machine only."""
    places = {name: str(folder / name) for name in ("log", "state", "static", "media")}
    return render.Site(
        host=host, http=f"127.0.0.1:{http_port}", https=f"127.0.0.1:{port}", ipv6=False, user=nginx_user(),
        metrics=f"unix:{run / 'metrics.sock'}",
        pid=str(run / "nginx.pid"), run=str(run), **places,
        certificate=str(folder / "certificate.pem"), key=str(folder / "key.pem"),
    )  # fmt: skip


def nginx_user() -> str:
    """Return who nginx's workers are: root's would be nobody, who could not read the folder."""
    return "root" if os.geteuid() == 0 else ""


def sign(site: render.Site) -> None:
    """Make a key and a certificate that it signs itself, good for a year; a repeat keeps them."""
    if Path(site.certificate).exists():
        return
    command = [program("openssl", "openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt",
               "ec_paramgen_curve:prime256v1", "-nodes", "-days", "365", "-subj", f"/CN={site.host}",
               "-addext", f"subjectAltName=DNS:{site.host}",
               "-keyout", site.key, "-out", site.certificate]  # fmt: skip
    with umask(0o077):
        subprocess.run(command, check=True, capture_output=True)


@contextmanager
def umask(mask: int) -> Iterator[None]:
    """Make files with this mask within the block."""
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


@contextmanager
def running(
    command: list, log: Path, is_ready: Callable[[], bool], environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen]:
    """Run a server while the block runs; begin it when the server is ready. Raises NotServed.

    It has a process group of its own: Ctrl-C reaches only us, and we stop the servers one after another.
    """
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT, process_group=0
        )
    try:
        deadline = time.monotonic() + START_SECONDS
        while not is_ready():
            if process.poll() is not None or time.monotonic() > deadline:
                raise NotServed(f"{Path(command[0]).name} did not start; its log is {log}")
            time.sleep(0.1)
        yield process
    finally:
        stop(process)


def stop(process: subprocess.Popen) -> None:
    """End a server; one that does not hear is killed with what it started."""
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def is_open(port: int) -> bool:
    """Tell whether somebody listens on this port of 127.0.0.1."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def program(name: str, package: str) -> str:
    """Return where a program is. Raises NotServed."""
    found = shutil.which(name, path=SYSTEM)
    if found is None:
        raise NotServed(f"{name} is not installed (Debian: apt-get install {package})")
    return found


if __name__ == "__main__":
    sys.exit(main())

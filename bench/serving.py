"""The shop as in production and the ladder beside it: MariaDB, uWSGI twice, nginx as shipped and a plain one."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy import stack
from tests.mariadb import PrivateMariaDB
from tests.ports import free_port

ROOT = Path(__file__).resolve().parent.parent
HOST = "localhost"
PLAIN = """
worker_processes auto; pid {run}/plain.pid; error_log {log} warn;
events {{ worker_connections 1024; }}
http {{
  access_log off; default_type text/html;
  client_body_temp_path {run}/b; uwsgi_temp_path {run}/u; proxy_temp_path {run}/p;
  fastcgi_temp_path {run}/f; scgi_temp_path {run}/s;
  map $http_x_forwarded_for $asker {{ "" $remote_addr; default $http_x_forwarded_for; }}
  server {{ listen 127.0.0.1:{shop}; {params} location / {{ uwsgi_pass unix:{run}/uwsgi.sock; }} }}
  server {{ listen 127.0.0.1:{anew}; {params} location / {{ uwsgi_pass unix:{run}/anew.sock; }} }}
  server {{ listen 127.0.0.1:{ladder}; {params} location / {{ uwsgi_pass unix:{run}/ladder.sock; }}
            location /static-page/ {{ alias {pages}/; }} }}
}}
"""
MODULES = {"ladder": "bench.ladder_app", "anew": "bench.anew"}
PARAMS = {
    "QUERY_STRING": "$query_string", "REQUEST_METHOD": "$request_method", "CONTENT_TYPE": "$content_type",
    "CONTENT_LENGTH": "$content_length", "REQUEST_URI": "$request_uri", "PATH_INFO": "$document_uri",
    "SERVER_PROTOCOL": "$server_protocol", "REMOTE_ADDR": "$remote_addr", "SERVER_PORT": "$server_port",
    "SERVER_NAME": "localhost", "HTTP_HOST": "{authority}", "HTTP_X_FORWARDED_PROTO": "https",
    "HTTP_X_FORWARDED_FOR": "$asker", "HTTP_X_FORWARDED_HOST": "{authority}",
}  # fmt: skip


@dataclass
class Served:
    """Where what listens: the shop through the shipped nginx (https), through a plain one, and the ladder.

    ``anew`` is the shop that keeps no pages, where it was asked for.
    """

    folder: Path
    environment: dict[str, str]
    https: str
    shop: str
    ladder: str
    anew: str


@contextmanager
def database(folder: Path, run: Path) -> Iterator[dict[str, str]]:
    """Run a MariaDB with the demo shop in it; yield the environment of everything that uses it."""
    server = PrivateMariaDB(buffer_pool="1G")
    try:
        port = free_port()
        environment = stack.environment_of(folder, run, f"https://{HOST}:{port}")
        environment |= {"AXF_DATABASE_URL": server.url("axf"), "AXF_SECRET_KEY": "bench" * 10, "AXF_CRON": "0"}
        for step in (("db", "upgrade"), ("seed", "demo")):
            stack.flask(environment, *step)
        # The demo is for development; the rest is as in production.
        environment |= {"AXF_ENV": "production", "AXF_PAYMENT_PROVIDERS": "cod"}
        environment |= {"AXF_BENCH_TWINS": str(folder / "twins"), "PORT": str(port)}
        yield environment
    finally:
        server.close()


@contextmanager
def serving(folder: Path, run: Path, environment: dict[str, str], *, with_anew: bool = False) -> Iterator[Served]:
    """Serve shop and ladder, two processes each, while the block runs; the shop that keeps no pages on demand."""
    port, ports = int(environment["PORT"]), {name: free_port() for name in ("shop", "ladder", "anew")}
    site = stack.site_in(folder, run, HOST, port, free_port())
    stack.sign(site)
    with ExitStack() as servers:
        servers.enter_context(stack.uwsgi(environment, folder / "uwsgi.log"))
        servers.enter_context(beside(environment, folder, run, "ladder"))
        if with_anew:
            servers.enter_context(beside(environment, folder, run, "anew"))
        servers.enter_context(stack.nginx(site, folder))
        servers.enter_context(plain(folder, run, f"{HOST}:{port}", ports))
        plain_http = [f"http://127.0.0.1:{each}" for each in ports.values()]
        yield Served(folder, environment, f"https://{HOST}:{port}", *plain_http)


def beside(environment: dict[str, str], folder: Path, run: Path, name: str):
    """Serve one of MODULES by uWSGI with the shop's processes and threads."""
    place = run / f"{name}.sock"
    command = [
        Path(sys.executable).parent / "uwsgi", "--strict", "--master", "--need-app", f"--module={MODULES[name]}",
        "--lazy-apps", "--single-interpreter", "--enable-threads", "--processes=2", "--threads=4", "--listen=1024",
        f"--uwsgi-socket={place}", "--buffer-size=16384", "--disable-logging", "--die-on-term", "--vacuum",
    ]  # fmt: skip
    log = folder / f"{name}.log"
    return stack.running(command, log, lambda: "WSGI app 0" in log.read_text() and place.exists(), environment)


def plain(folder: Path, run: Path, authority: str, ports: dict[str, int]):
    """Serve both by an nginx that keeps nothing."""
    params = " ".join(f"uwsgi_param {name} {value.format(authority=authority)};" for name, value in PARAMS.items())
    pages = folder / "static-pages"
    pages.mkdir(exist_ok=True)
    file = folder / "plain.conf"
    file.write_text(PLAIN.format(run=run, log=folder / "plain.log", **ports, params=params, pages=pages))
    command = [stack.program("nginx", "nginx"), "-c", file, "-g", "daemon off;"]
    if stack.nginx_user():
        command[-1] += f" user {stack.nginx_user()};"
    return stack.running(command, folder / "plain-start.log", lambda: all(map(stack.is_open, ports.values())))


def wrk(url: str, seconds: float, *, connections: int = 4, cookie: str = "", threads: int = 1) -> tuple[float, float]:
    """Return requests a second and the p99 in milliseconds. Raises RuntimeError when one answer was no success."""
    command = [stack.program("wrk", "wrk"), "--latency", f"-t{threads}", f"-c{connections}", f"-d{seconds}s"]
    command += ["-H", f"Cookie: {cookie}"] if cookie else []
    done = subprocess.run([*command, url], capture_output=True, text=True, check=True, env=os.environ)
    told = done.stdout
    if "Non-2xx" in told or "Socket errors" in told:
        raise RuntimeError(f"{url}: not every answer was a success:\n{told}")
    rate = float(told.split("Requests/sec:")[1].split()[0])
    value, unit = re.search(r"^\s+99%\s+([0-9.]+)(us|ms|s)\s*$", told, re.MULTILINE).groups()  # type: ignore[union-attr]
    return rate, float(value) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[unit]

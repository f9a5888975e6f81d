"""The shop in production, started with the files that are shipped: MariaDB, uWSGI and nginx over TLS."""

import http.client
import os
import shutil
import socket
import ssl
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from axf.extensions import db
from axf.user import accounts, tickets
from deploy import stack
from tests.conftest import PASSWORD, add_goods, add_types, make_app, migrate
from tests.mariadb import PrivateMariaDB
from tests.ports import free_port

HOST = "shop.example"
SECRET = "test-secret-key-of-more-than-32-characters"


class Answer:
    """What came back; headers are read as ``answer["Name"]``, None when there is none."""

    def __init__(self, answer: http.client.HTTPResponse) -> None:
        self.status, self.headers, self.body = answer.status, answer.headers, answer.read()

    def __getitem__(self, name: str) -> str | None:
        return self.headers.get(name)


class Https(http.client.HTTPConnection):
    """A connection to this machine that asks for the shop by name, from another loopback address if wanted."""

    def __init__(self, site: "Stack", source: str) -> None:
        super().__init__("127.0.0.1", site.port, timeout=40, source_address=(source, 0))
        self.site = site

    def connect(self) -> None:
        super().connect()
        self.sock = self.site.trust.wrap_socket(self.sock, server_hostname=HOST)


class Stack:
    """Where the shop is, in which folders, and the ticket of a shopper who is logged in."""

    def __init__(self, folder: Path, run: Path, url: str) -> None:
        self.folder, self.run, self.url, self.ticket = folder, run, url, ""
        self.port, self.http_port = free_port(), free_port()
        self.authority = f"{HOST}:{self.port}"
        self.site = stack.site_in(folder, run, HOST, self.port, self.http_port)
        self.site.metrics = f"127.0.0.1:{free_port()}"
        stack.sign(self.site)
        self.trust = ssl.create_default_context(cafile=self.site.certificate)

    def ask(
        self, path: str, method: str = "GET", body: str | bytes = "", source: str = "127.0.0.1", **headers: str
    ) -> Answer:
        """Ask for a page; headers as X_Requested_With="…"."""
        connection = Https(self, source)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, {"Host": self.authority, **named})
            return Answer(connection.getresponse())
        finally:
            connection.close()

    @contextmanager
    def without_uwsgi(self) -> Iterator[None]:
        """Take uWSGI's socket away: nobody answers behind nginx."""
        place, aside = self.run / "uwsgi.sock", self.run / "aside.sock"
        place.rename(aside)
        try:
            yield
        finally:
            aside.rename(place)


@pytest.fixture(scope="session")
def shop(mariadb_server: PrivateMariaDB, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    if shutil.which("nginx", path=stack.SYSTEM) is None:
        if os.environ.get("AXF_TESTS_MUST_NOT_SKIP"):
            pytest.fail("nginx is not installed and AXF_TESTS_MUST_NOT_SKIP is set")
        pytest.skip("nginx is not installed")
    url = mariadb_server.url("axf_deploy")
    with served(tmp_path_factory.mktemp("stack"), url) as site:
        yield site


@contextmanager
def served(folder: Path, url: str, **settings: str) -> Iterator[Stack]:
    """Serve the shop from this folder on this database while the block runs."""
    with tempfile.TemporaryDirectory(prefix="axf") as run:
        site = Stack(folder, Path(run), url)
        migrate(url, folder)
        fill(site)
        environment = stack.environment_of(folder, site.run, f"https://{site.authority}") | {
            "AXF_ENV": "production",
            "AXF_SECRET_KEY": SECRET,
            "AXF_PAYMENT_PROVIDERS": "cod",
            "AXF_DATABASE_URL": url,
            "AXF_CRON": "0",
            **settings,
        }
        with stack.uwsgi(environment, folder / "uwsgi.log"), stack.nginx(site.site, folder):
            yield site


def fill(site: Stack) -> None:
    """Put a few goods and a shopper into the shop, and keep the shopper's ticket."""
    app = make_app(site.url, site.folder)
    with app.app_context():
        add_types()
        add_goods(id=475)
        site.ticket = tickets.issue(accounts.register("anna", PASSWORD), app.config["TICKET_LIFE"]).secret
        db.session.remove()
        db.engine.dispose()


def speaks_tls(port: int, name: str | None, version: ssl.TLSVersion | None = None) -> bool:
    """Tell whether a TLS handshake for this name, of this version alone if given, is answered by any certificate."""
    anyone = ssl.create_default_context()
    anyone.check_hostname, anyone.verify_mode = False, ssl.CERT_NONE
    if version:
        # OpenSSL itself would not speak the old ones.
        anyone.set_ciphers("DEFAULT@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            anyone.minimum_version = anyone.maximum_version = version
    with socket.create_connection(("127.0.0.1", port), 10) as plain:
        try:
            anyone.wrap_socket(plain, server_hostname=name).close()
        except (ssl.SSLError, ConnectionResetError):
            return False
    return True

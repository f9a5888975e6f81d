"""Three Galera nodes behind HAProxy on loopback, with the files of deploy/galera; gone when closed."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pymysql

from deploy.galera.check import state_of
from tests.ports import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
SHIPPED = ROOT / "deploy" / "galera"
SYSTEM = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"
START_SECONDS = 60
USER, PASSWORD = "axf", "a password of the test"


def missing() -> list[str]:
    """Return which programs or files a cluster wants and this machine has not."""
    programs = ("mariadbd", "mariadb-install-db", "haproxy", "rsync")
    library = Path("/usr/lib/galera/libgalera_smm.so")
    return [name for name in programs if not shutil.which(name, path=SYSTEM)] + [str(library)] * (not library.exists())


class Node:
    """One node and its check: where they listen, and the processes while they run."""

    def __init__(self, folder: Path, number: int, ports: list[int]) -> None:
        self.name, self.folder = f"node{number}", folder
        self.data, self.socket = folder / f"n{number}", folder / f"n{number}.sock"
        self.port, self.check_port, self.group_port, self.state_port, self.copy_port = ports
        self.process: subprocess.Popen | None = None
        self.check: subprocess.Popen | None = None

    def rows(self, statement: str, *values: Any) -> tuple[tuple, ...]:
        """Run one statement on this very node and return its rows."""
        connection = pymysql.connect(unix_socket=str(self.socket), user="root", autocommit=True, database="axf")
        with connection, connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall()

    def kill(self) -> None:
        """End the node at once, as a power cut would: nothing is written that was not."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


class Cluster:
    """A running cluster. ``url`` leads through HAProxy; ``nodes`` can be killed and started again."""

    def __init__(self) -> None:
        # As root the nodes run as mysql, because rsync would give up root's rights in the middle of a copy.
        self.folder = Path(tempfile.mkdtemp(prefix="axfg"))
        self.user = "mysql" if os.geteuid() == 0 else None
        ports = free_ports(16)
        self.nodes = [Node(self.folder, number + 1, ports[5 * number : 5 * number + 5]) for number in range(3)]
        self.proxy_port = ports[15]
        self.url = f"mysql+pymysql://{USER}:{PASSWORD.replace(' ', '%20')}@127.0.0.1:{self.proxy_port}/axf"
        self.proxy: subprocess.Popen | None = None
        try:
            self._open()
        except BaseException:
            self.close()
            raise

    def _open(self) -> None:
        for node in self.nodes:
            node.data.mkdir()
        self._own()
        self._install(self.nodes[0])
        self.start(self.nodes[0], is_first=True)
        self.execute(f"CREATE USER '{USER}'@'%' IDENTIFIED BY '{PASSWORD}'")
        self.execute("CREATE DATABASE axf CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")
        self.execute(f"GRANT ALL ON axf.* TO '{USER}'@'%'")
        for node in self.nodes[1:]:
            self.start(node)
        self.proxy = self._run("haproxy", ["-db", "-f", SHIPPED / "haproxy.cfg"], self._proxy_environment())
        wait_until(self.answers, "HAProxy leads to no node", self.folder / "haproxy.log")

    def start(self, node: Node, *, is_first: bool = False) -> None:
        """Start a node and its check; return when it is synced. An old node gets what it missed from the others."""
        members = ",".join(f"127.0.0.1:{each.group_port}" for each in self.nodes)
        options = [
            f"--datadir={node.data}", f"--socket={node.socket}", f"--pid-file={node.folder / node.name}.pid",
            "--bind-address=127.0.0.1", f"--port={node.port}", f"--server-id={node.port}",
            "--innodb-buffer-pool-size=128M", f"--tmpdir={self.folder}",
            f"--wsrep-node-name={node.name}", f"--wsrep-cluster-address=gcomm://{members}",
            f"--wsrep-node-address=127.0.0.1:{node.group_port}",
            f"--wsrep-node-incoming-address=127.0.0.1:{node.port}",
            f"--wsrep-sst-receive-address=127.0.0.1:{node.copy_port}",
            f"--wsrep-provider-options={self._provider_options(node)}",
            *([f"--user={self.user}"] if self.user else []), *(["--wsrep-new-cluster"] if is_first else []),
        ]  # fmt: skip
        node.socket.unlink(missing_ok=True)
        defaults = f"--defaults-file={SHIPPED / 'galera.cnf'}"
        node.process = self._run("mariadbd", [defaults, *options], {"PATH": SYSTEM}, node.name)

        def is_synced() -> bool:  # PyMySQL would leave a socket open where nobody listens yet
            return node.socket.exists() and state_of(str(node.socket), "root") == "synced"

        wait_until(is_synced, f"{node.name} is not synced", self.folder / f"{node.name}.log", node.process)
        if node.check is None:
            node.check = subprocess.Popen(
                [sys.executable, "-m", "deploy.galera.check", f"--listen=127.0.0.1:{node.check_port}",
                 f"--socket={node.socket}", "--user=root"], cwd=ROOT,
            )  # fmt: skip

    def execute(self, statement: str) -> None:
        """Run one statement on the first node, for all."""
        connection = pymysql.connect(unix_socket=str(self.nodes[0].socket), user="root", autocommit=True)
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)

    def answers(self) -> bool:
        """Tell whether HAProxy leads to a node."""
        try:
            socket.create_connection(("127.0.0.1", self.proxy_port)).close()
            self.writer()
        except (OSError, pymysql.Error):
            return False
        return True

    def writer(self) -> Node:
        """Return the node to which HAProxy leads now. Raises pymysql.Error when it leads to none."""
        connection = pymysql.connect(
            host="127.0.0.1", port=self.proxy_port, user=USER, password=PASSWORD, connect_timeout=3, ssl_disabled=True
        )
        with connection, connection.cursor() as cursor:
            cursor.execute("SELECT @@wsrep_node_name")
            [[name]] = cursor.fetchall()
        return next(node for node in self.nodes if node.name == name)

    def close(self) -> None:
        """End every process and remove the folder."""
        checks = [node.check for node in self.nodes]
        for process in (self.proxy, *checks, *(node.process for node in reversed(self.nodes))):
            if process is not None and process.poll() is None:
                process.terminate()
                try:
                    process.wait(30)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _own(self) -> None:
        if self.user:
            for path in (self.folder, *(node.data for node in self.nodes)):
                shutil.chown(path, self.user, self.user)

    def _install(self, node: Node) -> None:
        done = subprocess.run(
            [program("mariadb-install-db"), "--no-defaults", f"--datadir={node.data}", f"--tmpdir={self.folder}",
             "--skip-test-db", "--auth-root-authentication-method=normal",
             *([f"--user={self.user}"] if self.user else [])],
            check=False, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, timeout=120,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"mariadb-install-db failed:\n{done.stderr[-2000:]}")

    def _provider_options(self, node: Node) -> str:
        """Return the shipped options and this node's own ports, which only nodes that share a machine need."""
        shipped = (SHIPPED / "galera.cnf").read_text().split('wsrep_provider_options = "')[1].split('"')[0]
        return ";".join((
            shipped.replace("gcache.size=256M", "gcache.size=64M"),
            "base_host=127.0.0.1", f"base_port={node.group_port}", f"gmcast.listen_addr=tcp://127.0.0.1:{node.group_port}",
            f"ist.recv_addr=127.0.0.1:{node.state_port}", f"ist.recv_bind=127.0.0.1:{node.state_port}",
        ))  # fmt: skip

    def _proxy_environment(self) -> dict[str, str]:
        found = {"AXF_PROXY_LISTEN": f"127.0.0.1:{self.proxy_port}"}
        for number, node in enumerate(self.nodes, 1):
            found |= {f"AXF_NODE{number}": f"127.0.0.1:{node.port}", f"AXF_NODE{number}_CHECK": str(node.check_port)}
        return found

    def _run(
        self, name: str, arguments: list[str | Path], environment: dict[str, str], log: str = ""
    ) -> subprocess.Popen:
        with (self.folder / f"{log or name}.log").open("ab") as out:
            return subprocess.Popen(
                [program(name), *arguments], env={**os.environ, **environment}, stdout=subprocess.DEVNULL, stderr=out
            )


def program(name: str) -> str:
    """Return where a program is."""
    return shutil.which(name, path=SYSTEM) or name


def free_ports(count: int) -> list[int]:
    """Return so many ports of loopback on which nobody listens."""
    ports: set[int] = set()
    while len(ports) < count:
        ports.add(free_port())
    return list(ports)


def wait_until(is_so, otherwise: str, log: Path, process: subprocess.Popen | None = None) -> None:
    """Wait until it is so. Raises RuntimeError with the end of the log when the process ends or time is up."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and (process is None or process.poll() is None):
        if is_so():
            return
        time.sleep(0.1)
    raise RuntimeError(f"{otherwise}:\n{log.read_text(errors='replace')[-3000:]}")

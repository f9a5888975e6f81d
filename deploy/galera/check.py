"""Tell HAProxy whether this host's node may be written to: 200 while it is synced and ready, else 503.

``python -m deploy.galera.check --listen 0.0.0.0:9200 --socket /run/mysqld/mysqld.sock --user check``. The user needs no
rights but to log in (by unix_socket). It asks the node anew each time, in at most two seconds.
"""

import argparse
import contextlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pymysql

SYNCED = "4"
SECONDS = 2


def state_of(socket: str, user: str) -> str:
    """Return "synced", or what is wrong with the node."""
    try:
        connection = pymysql.connect(
            unix_socket=socket, user=user, connect_timeout=SECONDS, read_timeout=SECONDS, ssl_disabled=True
        )
        with connection, connection.cursor() as cursor:
            cursor.execute(
                "SHOW STATUS WHERE Variable_name IN ('wsrep_local_state', 'wsrep_ready', 'wsrep_cluster_status')"
            )
            status = dict(cursor.fetchall())
            cursor.execute("SELECT @@read_only")
            [[read_only]] = cursor.fetchall()
    except pymysql.Error as error:
        return f"does not answer: {type(error).__name__}"
    if status.get("wsrep_cluster_status") != "Primary":
        return "is cut off from most of the cluster"
    if status.get("wsrep_local_state") != SYNCED or status.get("wsrep_ready") != "ON":
        return "is not synced"
    return "takes no writes" if read_only else "synced"


def handler_of(socket: str, user: str) -> type[BaseHTTPRequestHandler]:
    """Return the handler that answers for the node on this socket."""

    class Check(BaseHTTPRequestHandler):
        """Answers every GET with the node's state."""

        def do_GET(self) -> None:
            state = state_of(socket, user)
            with contextlib.suppress(ConnectionError):  # HAProxy hangs up once it knows the status
                self.send_response(200 if state == "synced" else 503)
                self.send_header("Content-Type", "text/plain")
                self.end_headers()
                self.wfile.write(f"node {state}\n".encode())

        def log_message(self, *_args: object) -> None:
            """Write nothing: HAProxy asks twice a second."""

    return Check


def main() -> None:
    """Answer until the process is ended."""
    parser = argparse.ArgumentParser(description="Tell HAProxy whether this host's Galera node may be written to.")
    parser.add_argument("--listen", default="0.0.0.0:9200", help="address and port (default %(default)s)")
    parser.add_argument("--socket", default="/run/mysqld/mysqld.sock", help="the node's socket (default %(default)s)")
    parser.add_argument("--user", default="check", help="who logs in there (default %(default)s)")
    arguments = parser.parse_args()
    host, _colon, port = arguments.listen.rpartition(":")
    ThreadingHTTPServer((host, int(port)), handler_of(arguments.socket, arguments.user)).serve_forever()


if __name__ == "__main__":
    main()

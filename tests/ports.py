"""Ports for servers that tests and benches start."""

import random
import socket

# Below those that the kernel gives to clients (net.ipv4.ip_local_port_range): none of them can come in between.
FIRST, LAST = 20_000, 32_000


def free_port() -> int:
    """Return a port of loopback on which nobody listens."""
    while True:
        port = random.randint(FIRST, LAST)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port

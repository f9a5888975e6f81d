"""An S3-compatible store on loopback: moto's server."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.request import Request, urlopen

import pytest
from moto.server import ThreadedMotoServer

from axf.storage.s3 import Bucket


@dataclass
class S3:
    """The server: its address, a bucket ``axf`` in it, and a way to end it."""

    server: ThreadedMotoServer
    endpoint: str

    @property
    def config(self) -> dict[str, str]:
        """What the shop is configured with."""
        return {
            "MEDIA_URL": "s3://axf/uploads",
            "S3_ENDPOINT": self.endpoint,
            "S3_REGION": "us-east-1",
            "S3_KEY_ID": "key",
            "S3_SECRET": "secret",
        }

    def bucket(self, url: str = "s3://axf/uploads") -> Bucket:
        return Bucket(url, endpoint=self.endpoint, region="us-east-1", key_id="key", secret="secret")


def is_open(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def s3() -> Iterator[S3]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    urlopen(Request(f"{endpoint}/moto-api/reset", method="POST"), timeout=10).close()
    urlopen(Request(f"{endpoint}/axf", method="PUT"), timeout=10).close()
    yield S3(server, endpoint)
    if is_open(port):
        server.stop()

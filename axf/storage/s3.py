"""Pictures in an S3-compatible store, through obstore's filesystem for fsspec."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from obstore.exceptions import BaseError
from obstore.fsspec import FsspecStore

from axf.storage import store

if TYPE_CHECKING:
    from obstore.store import ClientConfig, S3Config  # there for type checkers only

# A shopper waits for these: a picture is at most a few hundred KB, and the store is near.
CONNECT_TIMEOUT, TIMEOUT = "2s", "5s"
RETRIES = 1
RETRY_SECONDS = 8


class Bucket:
    """The store behind ``s3://bucket/prefix``. Building it asks nothing of anybody.

    ``endpoint`` empty: Amazon's of the ``region``. A request has five seconds and one retry, both together eight
    seconds; then, and when the store refuses, StoreAway is raised.
    """

    def __init__(self, url: str, *, endpoint: str, region: str, key_id: str, secret: str) -> None:
        parts = urlsplit(url)
        self._root = f"{parts.netloc}{parts.path}".rstrip("/")
        config: S3Config = {"region": region, "access_key_id": key_id, "secret_access_key": secret}
        if endpoint:
            config |= {"endpoint": endpoint, "virtual_hosted_style_request": False}
        options: ClientConfig = {
            "allow_http": endpoint.startswith("http://"),
            "connect_timeout": CONNECT_TIMEOUT,
            "default_content_type": "image/webp",
            "timeout": TIMEOUT,
        }
        self._files = FsspecStore(
            "s3",
            config=config,
            client_options=options,
            retry_config={"max_retries": RETRIES, "retry_timeout": timedelta(seconds=RETRY_SECONDS)},
        )

    def put(self, path: str, content: bytes) -> None:
        """Keep a picture; the store shows it whole or not at all. Raises StoreAway."""
        try:
            with _away():
                self._files.pipe_file(self._key(path), content)
        except FileNotFoundError as no_bucket:
            raise store.StoreAway(retry_after=10) from no_bucket

    def get(self, path: str) -> bytes:
        """Return a picture. Raises FileNotFoundError, StoreAway."""
        with _away():
            return self._files.cat_file(self._key(path))

    def drop(self, path: str) -> None:
        """Remove a picture; what is not there is no error. Raises StoreAway."""
        try:
            with _away():
                self._files.rm_file(self._key(path))
        except FileNotFoundError:
            return

    def paths(self, below: str = "") -> Iterator[str]:
        """Yield the paths of all pictures, or of those in the folder ``below``, in order. Raises StoreAway."""
        with _away():
            found = self._files.find(self._key(below).rstrip("/"))
        for key in found:
            if key.endswith(".webp"):
                yield key.removeprefix(f"{self._root}/")

    def _key(self, path: str) -> str:
        return f"{self._root}/{path}"


@contextmanager
def _away() -> Iterator[None]:
    """Turn what a store that is away or refuses raises into StoreAway; its words may name keys and stay inside."""
    try:
        yield
    except FileNotFoundError:
        raise
    except (BaseError, OSError) as error:
        raise store.StoreAway(retry_after=10) from error

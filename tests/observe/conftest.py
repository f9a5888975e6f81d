"""A shop whose database is away."""

import gc
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.conftest import make_app


@pytest.fixture
def nowhere(tmp_path: Path) -> Iterator[Flask]:
    with warnings.catch_warnings():
        # PyMySQL leaves the socket of a connection that failed to the garbage collector.
        warnings.simplefilter("ignore", ResourceWarning)
        yield make_app(f"mysql+pymysql://axf:hunter2@localhost/axf?unix_socket={tmp_path}/none", tmp_path)
        gc.collect()

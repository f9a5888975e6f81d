"""At most a few password hashes at once on this host, so that a flood of logins does not keep others from shopping.

A hash takes 25 ms of one core and 19 MiB on purpose. Each one needs one of a few places, locks of files that all
processes of this host share and that the kernel frees when one dies. Who finds none within a second is sent away with
503, instead of holding a worker that could serve pages. A hash runs behind whatever else the cores do.

And of the threads of a process (four in deploy/uwsgi.ini) two at most are on the way in, at the ``door``; the others
are for pages. Who comes third is sent away before anything is asked of the database.
"""

import contextlib
import fcntl
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import ParamSpec, TypeVar

from axf.core.errors import Busy

# Half of the cores: the others go on serving pages.
PLACES = max(1, (os.cpu_count() or 1) // 2)
WAIT_SECONDS, PAUSE_SECONDS = 1.0, 0.005
# One folder for all processes of this user; under systemd's PrivateTmp that is one for the service.
FOLDER = Path(tempfile.gettempdir()) / f"axf-hashing-{os.getuid()}"

NICE = 10
MOST_ON_THE_WAY_IN = 2

P = ParamSpec("P")
R = TypeVar("R")
_door = threading.BoundedSemaphore(MOST_ON_THE_WAY_IN)


def hashed(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Return what a hash makes of a password, done at one of the places. Raises Busy, and whatever the hash raises."""
    with place():
        return _gentle.submit(work, *args, **kwargs).result()


@contextmanager
def place() -> Iterator[None]:
    """Hold one of the places while the block runs. Raises Busy when none becomes free in time."""
    taken = _take()
    try:
        yield
    finally:
        os.close(taken)


@contextmanager
def door() -> Iterator[None]:
    """Let a login or registration come in while the block runs. Raises Busy when two of this process are."""
    if not _door.acquire(blocking=False):
        raise Busy(retry_after=1)
    try:
        yield
    finally:
        _door.release()


def _be_nice() -> None:
    with contextlib.suppress(OSError):  # only Linux gives each thread a priority of its own
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)


_gentle = ThreadPoolExecutor(MOST_ON_THE_WAY_IN, "axf-hashing", initializer=_be_nice)


def _take() -> int:
    FOLDER.mkdir(mode=0o700, exist_ok=True)
    until = time.monotonic() + WAIT_SECONDS
    while True:
        for number in range(PLACES):
            file = os.open(FOLDER / str(number), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return file
            except BlockingIOError:
                os.close(file)
        if time.monotonic() >= until:
            raise Busy(retry_after=1)
        time.sleep(PAUSE_SECONDS)

"""Runs one function in many processes at once, each with a shop of its own on the same MariaDB."""

import multiprocessing
import os
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

SECONDS = 120
MEETING_SECONDS, PAUSE = 5, 0.02
Act = Callable[..., list[str]]


def race(url: str, folder: Path, processes: int, act: Act, *args: Any) -> Counter[str]:
    """Start ``act(number, *args)`` in so many processes, released together; count what they return."""
    # Processes fork from a clean one that has imported the shop already: quick, and no connection is shared.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["axf", "axf.models", "tests.conftest", __name__])
    barrier = context.Barrier(processes)
    with context.Pool(processes, _keep, (barrier,)) as pool:
        jobs = [(url, str(folder), act, number, args) for number in range(processes)]
        found = pool.map_async(_run, jobs, chunksize=1).get(SECONDS)
    return Counter(outcome for outcomes in found for outcome in outcomes)


_barrier: Any = None


def meet() -> None:
    """Wait until every process of the race is here, as the negative controls do between reading and writing.

    The race is then seen on any machine, however busy it is. Who waits in vain, because another is done or stands
    before a lock, goes on after a while; from then on everybody only pauses.
    """
    try:
        _barrier.wait(MEETING_SECONDS)
    except threading.BrokenBarrierError:
        time.sleep(PAUSE)


def _keep(barrier: Any) -> None:
    global _barrier  # noqa: PLW0603 - how multiprocessing hands a barrier to its workers
    _barrier = barrier


def _run(job: tuple[str, str, Act, int, tuple]) -> list[str]:
    url, folder, act, number, args = job
    os.environ["AXF_INSTANCE_DIR"] = folder
    from axf.extensions import db
    from tests.conftest import make_app

    app = make_app(url, Path(folder))
    with app.app_context():
        db.session.connection()
        db.session.rollback()
        _barrier.wait(SECONDS)
        try:
            outcomes = act(number, *args)
        except Exception:
            # As text: an exception that cannot be unpickled would kill the pool's thread and be waited for.
            raise RuntimeError(traceback.format_exc()) from None
        db.session.remove()
        db.engine.dispose()
    return outcomes

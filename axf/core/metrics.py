"""What is counted. Under uWSGI all processes count together: each has files of its own in PROMETHEUS_MULTIPROC_DIR.

The files are named by the worker's number, not by its process id, so that workers which are replaced do not leave more
and more of them; a new worker counts on where the last one was. Commands take the first free place. Without the folder
each process counts for itself.
"""

import atexit
import fcntl
import os
import sys
from pathlib import Path

from prometheus_client import Counter, Gauge, Histogram, disable_created_metrics, multiprocess, values

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
MOST_COMMANDS = 32


def _place(folder: str) -> str | None:
    """Return by which name this process counts, as no other one that runs does; None when there is no place."""
    if "uwsgi" in sys.modules:  # the server makes it, nobody can install it
        return f"worker{sys.modules['uwsgi'].worker_id()}"
    for number in range(MOST_COMMANDS):
        try:
            lock = os.open(Path(folder) / f"command{number}.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o640)
        except OSError:
            continue
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:  # another command has it
            os.close(lock)
            continue
        return f"command{number}"  # the lock is held as long as the process lives
    return None


def _choose() -> bool:
    """Decide where this process counts, before anything is counted; tell whether it counts with the others."""
    folder = os.environ.get(FOLDER, "")
    place = _place(folder) if folder and os.access(folder, os.W_OK) else None
    if place is None:
        values.ValueClass = values.MutexValue
        return False
    # What runs now, of one that was killed, runs no more.
    multiprocess.mark_process_dead(place, folder)
    atexit.register(multiprocess.mark_process_dead, place, folder)
    values.ValueClass = values.MultiProcessValue(lambda: place)
    return True


IS_SHARED = _choose()
disable_created_metrics()

REQUESTS = Counter("axf_requests_total", "Requests by template of the address and status.", ["route", "status"])
REQUEST_SECONDS = Histogram(
    "axf_request_seconds",
    "How long requests took in the application.",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
REQUEST_QUERIES = Histogram(
    "axf_request_queries",
    "Statements of requests that asked the database.",
    ["route"],
    buckets=(1, 2, 4, 8, 12, 20, 50),
)
QUERY_SECONDS = Counter("axf_query_seconds_total", "Time that requests waited for the database.", ["route"])
RUNNING = Gauge("axf_requests_running", "Requests that are being answered now.", multiprocess_mode="livesum")
RETRIES = Counter(
    "axf_retries_total", "Use cases run again; reason: errno of the database, locked, unique or moved.", ["reason"]
)
GAVE_UP = Counter("axf_retries_exhausted_total", "Use cases that stayed busy through every retry.")
OVERSELL_PREVENTED = Counter("axf_oversell_prevented_total", "Stock that was wanted and not there any more.")
PAYMENT_NOTICES = Counter(
    "axf_payment_notices_total",
    "Notices of payment providers by kind (payment, refund) and outcome; refused: nobody who may sent it.",
    ["provider", "kind", "outcome"],
)
THROTTLED = Counter("axf_throttled_total", "Tries that a throttle refused.", ["bucket"])
EVENTS = Counter("axf_events_total", "Events of the log by their name, such as login and login failed.", ["event"])

"""Which provider traces couriers' parcels for this shop."""

from flask import current_app

from axf.logistics.base import LoggingTracing, Tracing
from axf.logistics.kuaidi100 import Kuaidi100

PUSH_PATH = "/axf/logistics/kuaidi100/push/"


def tracing() -> Tracing:
    """Return kuaidi100 where the shop has a key of it, else the one that only writes into the log."""
    config = current_app.config
    if not config["KUAIDI100_KEY"]:
        return LoggingTracing()
    return Kuaidi100(config["KUAIDI100_KEY"], config["KUAIDI100_URL"], config["BASE_URL"] + PUSH_PATH)

"""Events for the log: ``note("throttled", bucket="login-ip")``. How a line looks is the business of whoever runs us."""

from typing import Any

import structlog

from axf.core.metrics import EVENTS

_log = structlog.stdlib.get_logger("axf.journal")


def note(event: str, **facts: Any) -> None:
    """Write an event with its facts. No secrets and nothing that a person typed: ids, codes, counts."""
    EVENTS.labels(event).inc()
    _log.info(event, **facts)


def warn(event: str, **facts: Any) -> None:
    """Write an event that an operator may want to hear of."""
    EVENTS.labels(event).inc()
    _log.warning(event, **facts)

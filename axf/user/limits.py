"""How often one shopper, or one address, may do what costs others something.

Two stores, by what is at stake. What guards money, stock and logins is counted in the database (``axf.user.throttle``):
it holds across all processes and hosts, and nothing else must run for it. Searching only reads, and comes by the
thousand: to count it in the database would make a write of every read. nginx' zones limit it for all processes of a
host; with ``AXF_REDIS_URL`` Flask-Limiter does so for all hosts together, and lets pass when Redis is away.

Limits that belong to a form with an answer of its own (login, registration, codes, reviews) stand beside that form.
"""

from dataclasses import dataclass
from datetime import timedelta
from time import time
from typing import Any

from flask import Flask, g, request
from flask_limiter import Limiter, RateLimitExceeded
from werkzeug.wrappers import Response

from axf.errors import on_shop_error
from axf.user import throttle

UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Limit:
    """At most so often in a window, for one shopper; views with one name count together."""

    name: str
    most: int
    window: timedelta = HOUR


_ADDRESS, _AFTER_SALE, _ALERT = Limit("address", 60), Limit("after-sale-move", 60), Limit("alert", 120)
# By endpoint; only what changes something is counted. No shopper comes near these numbers.
WRITES = {
    "user.claim_coupon": Limit("claim", 60),
    "user.check_in": Limit("check-in", 30),
    "user.change_avatar": Limit("avatar", 20),
    "user.new_address": _ADDRESS,
    "user.edit_address": _ADDRESS,
    "user.default_address": _ADDRESS,
    "user.delete_address": _ADDRESS,
    "order.change_address": _ADDRESS,
    "order.place": Limit("order", 60),
    "order.pay": Limit("pay", 120),
    "order.withdraw_after_sale": _AFTER_SALE,
    "order.hand_over_after_sale": _AFTER_SALE,
    "notice.alert": _ALERT,
}
# By endpoint and network address, in Redis.
READS = {"search.index": "120/minute", "search.suggest": "300/minute", "search.asked": "60/minute"}


def init_app(app: Flask) -> None:
    """Count writes in the database, and searches in Redis where there is one. After all views are registered."""
    app.before_request(count_write)
    url = app.config["REDIS_URL"]
    if not url:
        return
    limiter = Limiter(_source, storage_uri=url, strategy="sliding-window-counter", swallow_errors=True)
    limiter.init_app(app)
    for endpoint, limit in READS.items():
        view: Any = app.view_functions[endpoint]
        app.view_functions[endpoint] = limiter.limit(limit)(view)
    app.register_error_handler(RateLimitExceeded, lambda _refusal: _too_many(limiter))


def count_write() -> None:
    """Count this request when it is one of ``WRITES``, before anything else happens. Commits. Raises TooManyTries."""
    limit = WRITES.get(request.endpoint or "")
    if limit and request.method in UNSAFE and g.user is not None:
        throttle.count_try(f"{limit.name}:{g.user.id}", limit.most, limit.window)


def _source() -> str:
    return throttle.source(request.remote_addr)


def _too_many(limiter: Limiter) -> Response:
    limit = limiter.current_limit
    wait = int(limit.reset_at - time()) if limit else 60
    return on_shop_error(throttle.TooManyTries(retry_after=max(1, wait)))

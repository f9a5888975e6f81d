"""The addresses that machines ask about the shop's health."""

from ipaddress import ip_address

from flask import Blueprint, Response, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from werkzeug.exceptions import NotFound

from axf.core import metrics
from axf.observe import cli, readiness, scraped
from axf.web import public

bp = Blueprint("observe", __name__, cli_group=None)
cli.add_to(bp)


@bp.get("/readyz")
@public
def readyz() -> tuple[Response, int]:
    """Tell whether shoppers should be sent here: 200 or 503. What is wrong is told on this host only."""
    found = readiness.checks()
    is_ready = set(found.values()) == {readiness.OK}
    told = {"ready": is_ready, **({"checks": found} if is_from_here() else {})}
    answer = jsonify(told)
    answer.headers["Cache-Control"] = "no-store"
    return answer, 200 if is_ready else 503


@bp.get("/metrics")
def measurements() -> Response:
    """Tell Prometheus what was counted in all processes, and what is looked up now; on this host only."""
    if not is_from_here():
        raise NotFound
    if metrics.IS_SHARED:
        counted = CollectorRegistry()
        MultiProcessCollector(counted)
    else:
        counted = REGISTRY
    text = generate_latest(counted) + generate_latest(scraped.registry())
    return Response(text, content_type=CONTENT_TYPE_LATEST)


def is_from_here() -> bool:
    """Tell whether this very host asks, behind the proxies that are trusted."""
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False

"""Paying an order, and the addresses at which payment providers report."""

import logging
from typing import Literal

import segno
from flask import Blueprint, current_app, redirect, render_template, request, url_for
from itsdangerous import BadData, URLSafeSerializer
from werkzeug.exceptions import NotFound as PageNotFound
from werkzeug.wrappers import Response

from axf.core.metrics import PAYMENT_NOTICES
from axf.errors import message_of
from axf.extensions import csrf
from axf.order import direct, queries, refunds, settlement
from axf.order.detail_page import detail_page
from axf.order.forms import PayForm
from axf.order.state import WrongState
from axf.payment.base import DIRECT, BadNotice, GatewayDown, Start, UnknownProvider, Way
from axf.payment.providers import provider
from axf.user.auth import current_user, login_needed
from axf.web import wants_json

log = logging.getLogger(__name__)

# What a person who cannot pay this way now can do something about; their order's page tells it.
TOLD = (GatewayDown, direct.NoPromise, direct.credit.BalanceShort)


def add_to(bp: Blueprint) -> None:
    """Register the addresses of this module."""
    bp.add_url_rule("/axf/order/<no>/pay/", view_func=pay, methods=["POST"])
    bp.add_url_rule("/axf/order/<no>/scan/", view_func=scan, methods=["GET"])
    bp.add_url_rule("/axf/pay/<name>/notify/", view_func=notify, methods=["POST"])
    bp.add_url_rule("/axf/pay/<name>/refund-notify/", view_func=refund_notify, methods=["POST"])


@login_needed
def pay(no: str) -> Response | str | tuple[str, int]:
    """Lead to where my unpaid order is paid, or settle it at once where no gateway is asked."""
    form = PayForm()
    name = (form.provider.data or "") if form.validate_on_submit() else ""
    if name not in current_app.config["PAYMENT_PROVIDERS"]:
        raise UnknownProvider(name=name)
    try:
        if name in DIRECT:
            direct.pay(current_user().id, no, name)
            return redirect(url_for("order.detail", no=no), 303)
        return _led(no, name, _way(no, name))
    except TOLD as refusal:
        if wants_json():
            raise
        return _refused(no, message_of(refusal)), refusal.status
    except (WrongState, settlement.OrderExpired):
        # It was paid, cancelled or expired meanwhile: the order's page tells.
        if wants_json():
            raise
        return redirect(url_for("order.detail", no=no), 303)


@login_needed
def scan(no: str) -> Response | str:
    """Show the code that pays my order, and ask until it is paid."""
    view = queries.order_of(current_user().id, no)
    if not view.may_pay:
        return redirect(url_for("order.detail", no=no), 303)
    try:
        asked = _signer().loads(request.args.get("code", ""))
    except BadData as error:
        raise PageNotFound from error
    if asked["no"] != no:
        raise PageNotFound
    picture = segno.make(asked["address"], error="m", micro=False).svg_inline(
        omitsize=True, border=4, dark="#000", light="#fff", svgclass="scan-code", lineclass=None
    )
    return render_template("order/scan.html", view=view, picture=picture, provider=asked["provider"])


@csrf.exempt
def notify(name: str) -> Response:
    """Book a provider's signed notice; the only way in which an order becomes paid by a gateway."""
    sender = provider(name)
    try:
        notice = sender.read_notice(request.get_data(), request.headers)
    except BadNotice as refusal:
        _count(name, "notify", refusal)
        raise
    if notice is not None:
        settlement.settle(notice)
    return sender.acknowledge()


@csrf.exempt
def refund_notify(name: str) -> Response:
    """Book a provider's signed notice of what became of a refund."""
    sender = provider(name)
    try:
        notice = sender.read_refund_notice(request.get_data(), request.headers)
    except BadNotice as refusal:
        _count(name, "refund-notify", refusal)
        raise
    if notice is not None:
        PAYMENT_NOTICES.labels(name, "refund", refunds.settle(notice)).inc()
    return sender.acknowledge()


notify.is_for_servers = refund_notify.is_for_servers = True


def _way(no: str, name: str) -> Way:
    """Begin an attempt and ask the gateway where it is paid. Raises GatewayDown; the attempt stays then."""
    chosen = provider(name)
    payment = settlement.start(current_user().id, no, name)
    base = current_app.config["BASE_URL"]
    return chosen.start(
        Start(
            payment_no=payment.no,
            amount=payment.amount,
            subject=f"AXF {no}",
            notify_url=base + url_for("order.notify", name=name),
            return_url=base + url_for("order.detail", no=no, paid=1),
            leave_url=base + url_for("order.detail", no=no),
            expires_at=queries.order_of(current_user().id, no).order.expires_at,
            client=_client(request.headers.get("User-Agent", "")),
            client_ip=request.remote_addr or "",
        )
    )


def _led(no: str, name: str, way: Way) -> Response | str:
    if way.kind == "code":
        code = _signer().dumps({"no": no, "provider": name, "address": way.address})
        return redirect(url_for("order.scan", no=no, code=code), 303)
    if way.address.startswith("/"):
        return redirect(way.address, 303)
    # A form may not end at another host (Content-Security-Policy), and gateways redirect on to hosts of
    # their own: a page of ours leads there.
    return render_template("order/leaving.html", no=no, address=way.address, provider=name)


def _refused(no: str, message: str) -> str:
    return detail_page(queries.order_of(current_user().id, no), message=message)


def _client(agent: str) -> Literal["desktop", "phone", "wechat"]:
    if "MicroMessenger" in agent:
        return "wechat"
    return "phone" if "Mobi" in agent else "desktop"


def _count(name: str, what: str, refusal: BadNotice) -> None:
    """Leave one line for each refused notice, and count it."""
    kind = "refund" if what == "refund-notify" else "payment"
    PAYMENT_NOTICES.labels(name, kind, "refused").inc()
    log.warning("refused %s of %s from %s: %s", what, name, request.remote_addr, refusal.details.get("reason"))


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["WTF_CSRF_SECRET_KEY"], salt="scan")

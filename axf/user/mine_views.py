"""我的: what is mine, and how much of it waits."""

from flask import Blueprint, g, render_template

from axf.core import clock
from axf.coupon import queries as coupons
from axf.credit.ledger import balance_of
from axf.notice.inbox import count_unread
from axf.order.queries import counts_of
from axf.points import ledger
from axf.vip.ledger import level_of


def add_to(bp: Blueprint) -> None:
    """Register the address of this module."""
    bp.add_url_rule("/axf/mine/", view_func=mine, methods=["GET"])


def mine() -> str:
    """我的: who I am, my level, points and coupons, which messages and orders wait; others see the way in."""
    if g.user is None:
        return render_template("user/mine.html")
    return render_template(
        "user/mine.html",
        counts=counts_of(g.user.id),
        credit=balance_of(g.user.id),
        level=level_of(g.user.id),
        usable_coupons=coupons.count_usable(g.user.id),
        points=ledger.usable_of(g.user.id, clock.now()),
        unread=count_unread(g.user.id),
    )

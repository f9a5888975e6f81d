"""我的: what is mine, and how much of it waits."""

from flask import Blueprint, g, render_template

from axf.user.mine_queries import mine_of


def add_to(bp: Blueprint) -> None:
    """Register the address of this module."""
    bp.add_url_rule("/axf/mine/", view_func=mine, methods=["GET"])


def mine() -> str:
    """我的: who I am, my level, points and coupons, which messages and orders wait; others see the way in."""
    if g.user is None:
        return render_template("user/mine.html")
    return render_template("user/mine.html", mine=mine_of(g.user.id))

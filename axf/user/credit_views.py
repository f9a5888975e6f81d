"""My store credit 余额."""

from flask import Blueprint, render_template, request, url_for

from axf.credit import ledger, queries
from axf.user.auth import current_user, login_needed


def add_to(bp: Blueprint) -> None:
    """Register the addresses of this module."""
    bp.add_url_rule("/axf/credit/", view_func=credit, methods=["GET"])


@login_needed
def credit() -> str:
    """My store credit, and where it came from and went."""
    user_id = current_user().id
    moves, cursor = queries.history_of(user_id, request.args.get("after"))
    return render_template(
        "user/credit.html",
        balance=ledger.balance_of(user_id),
        moves=moves,
        next_url=url_for("user.credit", after=cursor) if cursor else None,
    )

"""My level: how far the growth leads, what each level brings, and where the growth came from."""

from flask import Blueprint, render_template, request, url_for

from axf.user.auth import current_user, login_needed
from axf.vip import ledger, queries


def add_to(bp: Blueprint) -> None:
    """Register the address of this module."""
    bp.add_url_rule("/axf/vip/", view_func=vip, methods=["GET"])


@login_needed
def vip() -> str:
    """My level, the way to the next one, all levels, and a page of my growth."""
    user_id = current_user().id
    levels, growth = ledger.levels(), ledger.growth_of(user_id)
    history = queries.history_of(user_id, request.args.get("after"))
    return render_template(
        "user/vip.html",
        levels=levels,
        growth=growth,
        level=ledger.level_at(levels, growth),
        next_level=next((level for level in levels if level.growth > growth), None),
        history=history,
        next_url=url_for("user.vip", after=history.cursor) if history.cursor else None,
    )

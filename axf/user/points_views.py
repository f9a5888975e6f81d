"""My points and the daily check-in 每日签到."""

import calendar as calendars
import re
from datetime import date, timedelta

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from axf.core import clock
from axf.core.errors import NotFound
from axf.extensions import csrf
from axf.points import check_in as daily
from axf.points import expiry, ledger, queries
from axf.points.check_in import CheckedIn
from axf.security import is_asked_for
from axf.user.auth import LoginNeeded, current_user, login_needed
from axf.web import json_ok, wants_json

ENDINGS_SHOWN = 6
MONTHS_BACK = 11


def add_to(bp: Blueprint) -> None:
    """Register the addresses of this module."""
    bp.add_url_rule("/axf/points/", view_func=points, methods=["GET"])
    bp.add_url_rule("/axf/check-in/", view_func=check_in_page, methods=["GET"])
    bp.add_url_rule("/axf/check-in/", view_func=check_in, methods=["POST"])


@login_needed
def points() -> str:
    """My points: how many, what they are worth, what ends next, and where they came from."""
    user_id = current_user().id
    endings = expiry.expiring(user_id, clock.now())
    history = queries.history_of(user_id, request.args.get("after"))
    return render_template(
        "user/points.html",
        usable=sum(each.points for each in endings),
        endings=endings[:ENDINGS_SHOWN],
        moves=history.moves,
        next_url=url_for("user.points", after=history.cursor) if history.cursor else None,
        rewards=daily.REWARDS,
    )


@login_needed
def check_in_page() -> str:
    """The month with the days on which I checked in, my days in a row, and the button."""
    user_id, today = current_user().id, clock.today()
    month = _month(request.args.get("month"), today)
    return render_template(
        "user/check_in.html",
        standing=daily.standing_of(user_id, today),
        rewards=daily.REWARDS,
        checked=daily.calendar(user_id, month),
        today=today,
        month=month,
        weeks=calendars.Calendar().monthdatescalendar(month.year, month.month),
        day_names=get_locale().days["format"],
        earlier=_months_before(month, 1) if month > _months_before(today, MONTHS_BACK) else None,
        later=daily.next_month(month) if month < today.replace(day=1) else None,
    )


@csrf.exempt
def check_in() -> BaseResponse:
    """Check in for today, also from the home page, whose form cannot carry a token; see ``security``."""
    if not is_asked_for():
        return redirect(url_for("user.check_in_page"), 303)
    if g.user is None:
        raise LoginNeeded(next=url_for("user.check_in_page"))
    done = daily.check_in(current_user().id)
    if wants_json():
        return _numbers(done)
    if done.is_new:
        flash(_earned_text(done), "success")
    else:
        flash(_("You have checked in today already. See you tomorrow!"), "info")
    return redirect(url_for("user.check_in_page"), 303)


def _numbers(done: CheckedIn) -> BaseResponse:
    balance = ledger.usable_of(current_user().id, clock.now())
    msg = _earned_text(done) if done.is_new else _("You have checked in today already. See you tomorrow!")
    return json_ok(msg, is_new=done.is_new, streak=done.streak, points=done.points, balance=balance)


def _earned_text(done: CheckedIn) -> str:
    return ngettext("+%(num)d point for today's check-in", "+%(num)d points for today's check-in", done.points)


def _month(text: str | None, today: date) -> date:
    """Return the first day of the month that is asked for, 2026-11, of the last twelve. Raises NotFound."""
    this_month = today.replace(day=1)
    if text is None:
        return this_month
    if not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", text, re.ASCII):
        raise NotFound(what="month")
    year, month = map(int, text.split("-"))
    if not (_months_before(today, MONTHS_BACK) <= date(max(year, 1), month, 1) <= this_month):
        raise NotFound(what="month")
    return date(year, month, 1)


def _months_before(day: date, count: int) -> date:
    """Return the first day of the month so many months before this day's."""
    first = day.replace(day=1)
    for _each in range(count):
        first = (first - timedelta(1)).replace(day=1)
    return first

"""Two-step login: switch it on and off, and the second step itself."""

import segno
from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from itsdangerous import BadData
from werkzeug.wrappers import Response

from axf.errors import message_of
from axf.user import accounts, auth, entering, throttle, two_step
from axf.user.auth import current_user, login_needed
from axf.user.two_step_forms import CodeForm, OffForm, OnForm
from axf.web import safe_path

SETUP_SECONDS = 900


def add_to(bp: Blueprint) -> None:
    """Register the addresses of this module."""
    bp.add_url_rule("/axf/login/code/", view_func=login_code, methods=["GET", "POST"])
    bp.add_url_rule("/axf/account/two-step/", view_func=two_step_page, methods=["GET"])
    bp.add_url_rule("/axf/account/two-step/on/", view_func=two_step_on, methods=["POST"])
    bp.add_url_rule("/axf/account/two-step/off/", view_func=two_step_off, methods=["POST"])


def login_code() -> Response | str | tuple[str, int]:
    """The second step: the code of the app, or a recovery code, within five minutes of the password."""
    user_id, next_path = entering.waiting(), safe_path(request.values.get("next"))
    if user_id is None:
        return redirect(url_for("user.login", next=next_path), 303)
    form = CodeForm(next=next_path or "")
    if not form.validate_on_submit():
        return _code_page(form, 400 if form.errors else 200)
    try:
        entering.prove_code(user_id, form.code.data or "")
    except (two_step.WrongCode, throttle.TooManyTries) as refusal:
        form.code.errors = [message_of(refusal)]
        return _code_page(form, refusal.status, refusal.details.get("retry_after"))
    return entering.log_in(user_id)


@login_needed
def two_step_page() -> Response:
    """Whether my login has a second step, and the form that changes it."""
    return _page()


@login_needed
def two_step_on() -> Response:
    """Want a code at each login: the password and a first code prove who asks. Other devices are logged out."""
    user, form = current_user(), OnForm()
    secret = _setup_of(form.setup.data)
    if not form.validate_on_submit() or secret is None:
        return _page(on_form=form, secret=secret, status=400)
    try:
        with entering.few_tries(user.username):
            accounts.check_password(user.id, form.password.data or "")
        codes = two_step.enable(user.id, secret, form.code.data or "", entering.vault())
    except accounts.WrongPassword as refusal:
        form.password.errors = [message_of(refusal)]
        return _page(on_form=form, secret=secret, status=refusal.status)
    except two_step.WrongCode as refusal:
        form.code.errors = [message_of(refusal)]
        return _page(on_form=form, secret=secret, status=refusal.status)
    page = make_response(render_template("user/recovery_codes.html", codes=codes))
    return auth.set_cookie(page, auth.fresh_ticket(user.id))


@login_needed
def two_step_off() -> Response:
    """Want no code any more: the password and a code prove who asks. Other devices are logged out."""
    user, form = current_user(), OffForm()
    if not form.validate_on_submit():
        return _page(off_form=form, status=400)
    try:
        with entering.few_tries(user.username):
            accounts.check_password(user.id, form.password.data or "")
        entering.prove_code(user.id, form.code.data or "")
    except accounts.WrongPassword as refusal:
        form.password.errors = [message_of(refusal)]
        return _page(off_form=form, status=refusal.status)
    except two_step.WrongCode as refusal:
        form.code.errors = [message_of(refusal)]
        return _page(off_form=form, status=refusal.status)
    two_step.disable(user.id)
    flash(_("Two-step login is off."), "success")
    return auth.set_cookie(redirect(url_for("user.two_step_page"), 303), auth.fresh_ticket(user.id))


def _page(
    on_form: OnForm | None = None, off_form: OffForm | None = None, secret: str | None = None, status: int = 200
) -> Response:
    user = current_user()
    is_on = two_step.is_on(user.id)
    secret = secret or two_step.new_secret()
    on_form = on_form or OnForm(formdata=None)
    on_form.setup.data = entering.signer("two-step setup").dumps([user.id, secret])
    page = render_template(
        "user/two_step.html",
        is_on=is_on,
        codes_left=two_step.codes_left(user.id) if is_on else 0,
        on_form=on_form,
        off_form=off_form or OffForm(formdata=None),
        secret=secret,
        qr=_picture_of(two_step.address_of(secret, user.username)),
    )
    return make_response(page, status)


def _setup_of(signed: str | None) -> str | None:
    """Return the secret that this shopper's page showed within a quarter of an hour, else None."""
    try:
        user_id, secret = entering.signer("two-step setup").loads(signed or "", max_age=SETUP_SECONDS)
    except (BadData, ValueError, TypeError):
        return None
    return secret if user_id == current_user().id else None


def _picture_of(address: str) -> str:
    return segno.make(address, error="m", micro=False).png_data_uri(scale=6, border=4)


def _code_page(form: CodeForm, status: int, retry_after: int | None = None) -> Response:
    page = make_response(render_template("user/login_code.html", form=form), status)
    if retry_after is not None:
        page.headers["Retry-After"] = str(retry_after)
    return page

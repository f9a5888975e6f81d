"""The privacy notice, consent to it, and a shopper's own data: handed over or deleted."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response
from wtforms import PasswordField, StringField

from axf.core import clock
from axf.errors import message_of
from axf.privacy import cli as commands  # noqa: F401 - adds `flask user export|delete`
from axf.privacy import deletion, export
from axf.privacy.forms import DeleteForm, ExportForm
from axf.storage.store import uploads
from axf.user import accounts, auth, consent, entering, throttle, two_step
from axf.user.auth import current_user, login_needed
from axf.web import public, redirect_back, safe_path

bp = Blueprint("privacy", __name__)
TRIES, WINDOW = 8, timedelta(minutes=15)
LARGEST_IN_MEMORY = 1024 * 1024


@bp.get("/axf/privacy/")
@public
def notice() -> str:
    """What the shop knows of its shoppers, why, how long, and their rights."""
    return render_template("privacy/notice.html", version=consent.VERSION)


@bp.route("/axf/privacy/agree/", methods=["GET", "POST"])
@login_needed
def agree() -> Response | str:
    """Ask a shopper who agreed to an older notice, or to none, for today's."""
    if request.method == "POST":
        consent.agree(current_user().id)
        return redirect_back(url_for("user.mine"))
    return render_template("privacy/agree.html", next=safe_path(request.args.get("next")) or url_for("user.mine"))


@bp.get("/axf/account/data/")
@login_needed
def data() -> str:
    """Where a shopper gets all that is known of them, and deletes the account."""
    return _page()


@bp.post("/axf/account/data/export/")
@login_needed
def hand_over() -> Response | tuple[str, int]:
    """Send a zip of everything, after the password and the code of a two-step login."""
    user, form = current_user(), ExportForm()
    if form.validate_on_submit() and _is_proved(user.id, form.proof, form.code):
        return _zip_of(user.id)
    return _page(export_form=form), 400


@bp.post("/axf/account/data/delete/")
@login_needed
def delete() -> Response | tuple[str, int]:
    """Delete the account, after the password and the code of a two-step login, when nothing is under way."""
    user, form = current_user(), DeleteForm()
    if form.validate_on_submit() and _is_proved(user.id, form.farewell, form.last_code):
        try:
            deletion.delete_account(user.id, uploads())
        except deletion.AccountOpen:
            return _page(delete_form=form), 409
        else:
            flash(_("Your account is deleted. Take care!"), "success")
            response = auth.delete_cookie(redirect(url_for("user.mine"), 303))
            response.headers["Clear-Site-Data"] = '"cache", "storage"'
            return response
    return _page(delete_form=form), 400


def _page(export_form: ExportForm | None = None, delete_form: DeleteForm | None = None) -> str:
    return render_template(
        "privacy/data.html",
        standing=deletion.standing_of(current_user().id),
        wants_code=two_step.is_on(current_user().id),
        export_form=export_form or ExportForm(formdata=None),
        delete_form=delete_form or DeleteForm(formdata=None),
    )


def _is_proved(user_id: int, password: PasswordField, code: StringField) -> bool:
    """Tell whether the shopper proved who asks; else the field says what is wrong. Raises TooManyTries."""
    try:
        with _few_tries(user_id):
            accounts.check_password(user_id, password.data)
        if two_step.is_on(user_id):
            entering.prove_code(user_id, code.data or "")
    except accounts.WrongPassword:
        password.errors = [_("The current password is not right.")]
    except two_step.WrongCode as refusal:
        code.errors = [message_of(refusal)]
    return not password.errors and not code.errors


def _zip_of(user_id: int) -> Response:
    archive = tempfile.SpooledTemporaryFile(max_size=LARGEST_IN_MEMORY)  # noqa: SIM115 - the answer closes it
    export.write(user_id, uploads(), archive)
    archive.seek(0)
    name = f"axf-{clock.today():%Y%m%d}.zip"
    response = send_file(archive, mimetype="application/zip", as_attachment=True, download_name=name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@contextmanager
def _few_tries(user_id: int) -> Iterator[None]:
    """Count a try of the password, and forget the tries when it was right. Raises TooManyTries."""
    throttle.count_try(f"proof:{user_id}", TRIES, WINDOW)
    yield
    throttle.forget(f"proof:{user_id}")

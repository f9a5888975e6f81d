"""Registration, login, logout, avatar, password; and the pictures that shoppers uploaded."""

from datetime import timedelta
from typing import IO

from flask import (
    Blueprint,
    Response,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from axf.core.errors import NotFound
from axf.coupon.cli import group as coupon_group
from axf.credit.cli import group as credit_group
from axf.errors import message_of, picture_text
from axf.points.cli import group as points_group
from axf.storage.images import BadPicture
from axf.storage.store import PICTURE, uploads
from axf.user import (
    accounts,
    address_views,
    auth,
    avatars,
    coupon_views,
    credit_views,
    device_views,
    entering,
    hashing,
    mine_views,
    points_views,
    throttle,
    tickets,
    two_step_views,
    vip_views,
)
from axf.user.auth import current_user, login_needed
from axf.user.cli import group
from axf.user.forms import AvatarForm, BirthdayForm, EmailForm, LoginForm, PasswordForm, RegisterForm, malformed
from axf.vip.cli import group as vip_group
from axf.web import public, safe_path, takes_uploads

bp = Blueprint("user", __name__, cli_group=None)
bp.cli.add_command(group)
bp.cli.add_command(coupon_group)
bp.cli.add_command(points_group)
bp.cli.add_command(credit_group)
bp.cli.add_command(vip_group)
address_views.add_to(bp)
coupon_views.add_to(bp)
points_views.add_to(bp)
vip_views.add_to(bp)
credit_views.add_to(bp)
mine_views.add_to(bp)
device_views.add_to(bp)
two_step_views.add_to(bp)

CHECK_TRIES, CHECK_WINDOW = 30, timedelta(minutes=1)
REGISTER_TRIES, REGISTER_WINDOW = 20, timedelta(hours=1)
# Room above the largest picture: a file that is somewhat too large gets its answer beside the field.
UPLOAD_LIMIT = 8 * 1024 * 1024
# How long nginx may show a picture of an S3-compatible store without asking for it again.
PICTURE_SECONDS = 300


@bp.get("/login/")
def short_login() -> BaseResponse:
    """The short address of the login."""
    return redirect(url_for("user.login", next=safe_path(request.args.get("next"))))


@bp.route("/axf/register/", methods=["GET", "POST"])
@takes_uploads(UPLOAD_LIMIT)
def register() -> BaseResponse | str | tuple[str, int]:
    """Make an account with an optional avatar, and log in."""
    form = RegisterForm(next=safe_path(request.args.get("next")) or "")
    if not form.validate_on_submit():
        return _page("user/register.html", form)
    try:
        with hashing.door():
            user_id = _register(form)
    except accounts.UsernameTaken:
        form.username.errors = [_("This username is taken. Please try another one.")]
        return _page("user/register.html", form)
    except BadPicture as error:
        form.avatar.errors = [picture_text(error)]
        return _page("user/register.html", form)
    return entering.log_in(user_id)


def _register(form: RegisterForm) -> int:
    """Make the account with its picture, whose files go again when there will be none."""
    throttle.count_try(f"register:{throttle.source(request.remote_addr)}", REGISTER_TRIES, REGISTER_WINDOW)
    if accounts.is_taken(form.username.data):
        raise accounts.UsernameTaken
    avatar = avatars.store(form.avatar.data.stream, uploads()) if form.avatar.data else None
    try:
        return accounts.register(form.username.data, form.password.data, avatar)
    except BaseException:
        avatars.discard(avatar, uploads())
        raise


@bp.get("/axf/checkuser/")
def check_user() -> Response:
    """Tell, for the form's blur, whether a username is available, taken or malformed."""
    username = request.args.get("username", "").strip()
    if malformed(username):
        return jsonify(code="malformed", msg=_("Use 2 to 20 letters, digits, - or _."))
    throttle.count_try(f"check:{throttle.source(request.remote_addr)}", CHECK_TRIES, CHECK_WINDOW)
    if accounts.is_taken(username):
        return jsonify(code="taken", msg=_("This username is taken. Please try another one."))
    return jsonify(code="available", msg=_("This username is free."))


@bp.route("/axf/login/", methods=["GET", "POST"])
def login() -> BaseResponse | str | tuple[str, int]:
    """Log in with name and password; too many wrong tries close the way for a quarter of an hour."""
    form = LoginForm(next=safe_path(request.args.get("next")) or "")
    if not form.validate_on_submit():
        return _page("user/login.html", form)
    try:
        with entering.few_tries(form.username.data):
            user_id = accounts.prove(form.username.data, form.password.data)
    except accounts.WrongLogin:
        form.password.errors = [_("Username or password is not right.")]
        return _page("user/login.html", form, 401)
    except throttle.TooManyTries as refusal:
        form.password.errors = [message_of(refusal)]
        wait = {"Retry-After": str(refusal.details["retry_after"])}
        return Response(render_template("user/login.html", form=form), refusal.status, wait)
    return entering.enter(user_id)


@bp.post("/axf/logout/")
def logout() -> BaseResponse:
    """End this login on both sides, and leave nothing of it behind.

    The browser also drops what it kept: copies of pages, the words looked for, the service worker, which the next
    page installs anew. Who logs out does so because somebody else will hold the device.
    """
    secret = auth.ticket_secret()
    if secret:
        tickets.revoke(secret)
    response = auth.delete_cookie(redirect(url_for("home.index"), 303))
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@bp.get("/axf/account/")
@login_needed
def account() -> str:
    """Where avatar, birthday, e-mail address and password are changed."""
    return _account_page()


@bp.post("/axf/account/avatar/")
@takes_uploads(UPLOAD_LIMIT)
@login_needed
def change_avatar() -> BaseResponse | tuple[str, int]:
    """Take another avatar; the old files go."""
    form = AvatarForm()
    if form.validate_on_submit():
        try:
            avatars.replace(current_user().id, _upload(form), uploads())
            return redirect(url_for("user.mine"), 303)
        except BadPicture as error:
            form.avatar.errors = [picture_text(error)]
    return _account_page(avatar_form=form), 400


@bp.post("/axf/account/birthday/")
@login_needed
def change_birthday() -> BaseResponse | tuple[str, int]:
    """Set the birthday, on which there is a coupon, or forget it."""
    form = BirthdayForm()
    if not form.validate_on_submit():
        return _account_page(birthday_form=form), 400
    accounts.set_birthday(current_user().id, form.birthday())
    flash(_("Your birthday is saved."), "success")
    return redirect(url_for("user.account"), 303)


@bp.post("/axf/account/email/")
@login_needed
def change_email() -> BaseResponse | tuple[str, int]:
    """Set where mail goes, or that none is sent; the password is asked for, and the address before is told."""
    user, form = current_user(), EmailForm()
    if form.validate_on_submit():
        try:
            with entering.few_tries(user.username):
                accounts.change_email(user.id, form.proof.data, form.email.data or None)
            flash(_("Your e-mail address is saved."), "success")
            return redirect(url_for("user.account"), 303)
        except accounts.WrongPassword:
            form.proof.errors = [_("The current password is not right.")]
    return _account_page(email_form=form), 400


@bp.post("/axf/account/password/")
@login_needed
def change_password() -> BaseResponse | tuple[str, int]:
    """Set another password: all logins end, this browser gets a fresh one."""
    user, form = current_user(), PasswordForm()
    form.owner = user.username
    if form.validate_on_submit():
        try:
            with entering.few_tries(user.username):
                accounts.change_password(user.id, form.current.data, form.password.data)
            flash(_("Your password is changed."), "success")
            return entering.log_in(user.id, default=url_for("user.mine"))
        except accounts.WrongPassword:
            form.current.errors = [_("The current password is not right.")]
    return _account_page(password_form=form), 400


@bp.get("/axf/media/<path:path>")
@public
def media(path: str) -> Response:
    """Serve an uploaded picture: always as WebP, sandboxed, for as long as the browser likes."""
    if not PICTURE.fullmatch(path):
        raise NotFound(what="picture")
    try:
        content = uploads().get(path)
    except FileNotFoundError:
        raise NotFound(what="picture") from None
    response = Response(content, mimetype="image/webp")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["X-Accel-Expires"] = str(PICTURE_SECONDS)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def _page(template: str, form, status: int = 400) -> str | tuple[str, int]:
    page = render_template(template, form=form)
    return (page, status) if form.errors else page


def _account_page(
    avatar_form: AvatarForm | None = None,
    birthday_form: BirthdayForm | None = None,
    email_form: EmailForm | None = None,
    password_form: PasswordForm | None = None,
) -> str:
    """Show the forms of the account: the one that was sent as it was, the others fresh."""
    if birthday_form is None:
        birthday_form = BirthdayForm(formdata=None)
        birthday_form.show(accounts.birthday_of(current_user().id))
    if email_form is None:
        email_form = EmailForm(formdata=None)
        email_form.email.data = accounts.email_of(current_user().id)
    return render_template(
        "user/account.html",
        avatar_form=avatar_form or AvatarForm(formdata=None),
        birthday_form=birthday_form,
        email_form=email_form,
        password_form=password_form or PasswordForm(formdata=None),
    )


def _upload(form: AvatarForm) -> IO[bytes]:
    if not form.avatar.data:
        raise BadPicture(reason="missing")
    return form.avatar.data.stream

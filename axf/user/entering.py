"""The way in: the tries of a password, the second step where a shopper wants one, the ticket at the end."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from flask import current_app, redirect, request, session, url_for
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from axf.i18n import current_lang
from axf.user import accounts, auth, consent, hashing, throttle, two_step, wishes
from axf.web import redirect_back, safe_path

NAME_TRIES, NAME_TRIES_ANYWHERE, IP_TRIES, LOGIN_WINDOW = 8, 50, 60, timedelta(minutes=15)
# Of a million codes three are right at a time: forty guesses a day find one in two years at the earliest, on average.
CODE_TRIES, CODE_TRIES_A_DAY, ONE_DAY = 8, 40, timedelta(days=1)
STATE, STATE_SECONDS = "second_step", 300


@contextmanager
def few_tries(username: str) -> Iterator[None]:
    """Count a try of a password before it is proved, and forget the name's tries when it was right.

    A name is closed early for one address and late for all: a stranger's wrong guesses do not lock the
    shopper out, and guesses from many addresses still end. Raises TooManyTries, and Busy while many try at once.
    """
    key, ip = accounts.username_key(username), throttle.source(request.remote_addr)
    here, anywhere = f"login-name-ip:{key} {ip}", f"login-name:{key}"
    with hashing.door():
        throttle.count_try(f"login-ip:{ip}", IP_TRIES, LOGIN_WINDOW)
        throttle.count_try(here, NAME_TRIES, LOGIN_WINDOW)
        throttle.count_try(anywhere, NAME_TRIES_ANYWHERE, LOGIN_WINDOW)
        yield
        throttle.forget(here)
        throttle.forget(anywhere)


def enter(user_id: int) -> Response:
    """Log in who proved the password, or ask for the code first."""
    if not two_step.is_on(user_id):
        return log_in(user_id)
    session[STATE] = _signer().dumps(user_id)
    return redirect(url_for("user.login_code", next=safe_path(request.values.get("next"))), 303)


def waiting() -> int | None:
    """Return who proved the password in this browser within five minutes and owes the code, else None."""
    try:
        return int(_signer().loads(session.get(STATE, ""), max_age=STATE_SECONDS))
    except BadData:
        return None


def prove_code(user_id: int, code: str) -> None:
    """Use up a code; few tries are given. Raises WrongCode, TooManyTries."""
    soon, today = f"login-code:{user_id}", f"login-code-day:{user_id}"
    throttle.count_try(soon, CODE_TRIES, LOGIN_WINDOW)
    throttle.count_try(today, CODE_TRIES_A_DAY, ONE_DAY)
    two_step.prove(user_id, code, vault())
    throttle.forget(soon)
    throttle.forget(today)


def log_in(user_id: int, default: str | None = None) -> Response:
    """Give this browser a fresh ticket and lead on: to ``next``, to what was wished, or to ``default``."""
    session.pop(STATE, None)
    accounts.set_language(user_id, current_lang())
    ticket = auth.fresh_ticket(user_id)
    landing = wishes.carry_out(user_id, safe_path(request.values.get("next")))
    response = redirect(landing, 303) if landing else redirect_back(default or url_for("user.mine"))
    if not consent.is_current(user_id):
        response = redirect(url_for("privacy.agree", next=safe_path(response.location)), 303)
    return auth.set_cookie(response, ticket)


def vault() -> two_step.Vault:
    """Return what encrypts the secrets of authenticator apps."""
    return two_step.Vault(_keys())


def signer(purpose: str) -> URLSafeTimedSerializer:
    """Return what signs a state of one purpose; one of another purpose is refused."""
    return URLSafeTimedSerializer(_keys()[::-1], salt=f"axf {purpose}")


def _signer() -> URLSafeTimedSerializer:
    return signer("login: password proved")


def _keys() -> list[str]:
    """Return the secret keys, the present one first."""
    return [current_app.config["SECRET_KEY"], *(current_app.config.get("SECRET_KEY_FALLBACKS") or ())]

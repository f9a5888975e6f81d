"""Who asks: the ``before_request`` hook, the ticket cookie, and the decorator for pages that want a login."""

import functools
from collections.abc import Callable
from typing import Any

from flask import after_this_request, current_app, g, request
from werkzeug.wrappers import Response

from axf.core.errors import ShopError
from axf.user import tickets
from axf.user.tickets import CurrentUser, Ticket
from axf.web import is_public_request

TICKET_COOKIE = "ticket"


class LoginNeeded(ShopError):
    """The page or action is for logged-in shoppers; ``next`` is where to go afterwards."""

    code = "login-needed"
    status = 401


def load_user() -> None:
    """Set ``g.user`` from the ticket cookie; an unknown or ended ticket is deleted from the browser.

    Public pages are the same for everybody: no query is made there and ``g.user`` is None.
    """
    g.user = None
    secret = request.cookies.get(TICKET_COOKIE)
    if secret is None or is_public_request():
        return
    g.user = tickets.find(secret)
    if g.user is None:
        after_this_request(delete_cookie)


def current_user() -> CurrentUser:
    """Return who asks. Raises LoginNeeded for an anonymous visitor."""
    if g.user is None:
        raise LoginNeeded(next=_here())
    return g.user


def login_needed(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let only logged-in shoppers pass: a page goes to the login and back, ajax gets 401 with ``login_url``."""

    @functools.wraps(view)
    def checked(*args: Any, **kwargs: Any) -> Any:
        current_user()
        return view(*args, **kwargs)

    return checked


def set_cookie(response: Response, ticket: Ticket) -> Response:
    """Put the ticket into the browser until the instant at which the table ends it too."""
    response.set_cookie(
        TICKET_COOKIE,
        ticket.secret,
        expires=ticket.expires_at,
        secure=current_app.config["BASE_URL"].startswith("https://"),
        httponly=True,
        samesite="Lax",
    )
    return response


def delete_cookie(response: Response) -> Response:
    """Take the ticket out of the browser, unless this very answer brings a new one."""
    if not any(header.startswith(f"{TICKET_COOKIE}=") for header in response.headers.getlist("Set-Cookie")):
        response.delete_cookie(TICKET_COOKIE, httponly=True, samesite="Lax")
    return response


def _here() -> str | None:
    return request.full_path.rstrip("?") if request.method == "GET" else None

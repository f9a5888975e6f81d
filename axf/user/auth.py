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
# Over https: the browser takes it from this host alone, never from http or a neighbouring name (RFC 6265bis).
SECURE_TICKET_COOKIE = f"__Host-{TICKET_COOKIE}"


class LoginNeeded(ShopError):
    """The page or action is for logged-in shoppers; ``next`` is where to go afterwards."""

    code = "login-needed"
    status = 401


def load_user() -> None:
    """Set ``g.user`` from the ticket cookie; an unknown or ended ticket is deleted from the browser.

    Public pages are the same for everybody: no query is made there and ``g.user`` is None.
    """
    g.user = None
    if is_public_request():
        return
    secret = ticket_secret()
    if secret is None:
        return
    g.user = tickets.find(secret, current_app.config["TICKET_IDLE"])
    if g.user is None:
        after_this_request(delete_cookie)


def ticket_secret() -> str | None:
    """Return the ticket that this browser sent, whether it is one or not."""
    return request.cookies.get(cookie_name())


def cookie_name() -> str:
    """Return the ticket's cookie: ``__Host-ticket`` over https, ``ticket`` where the shop is plain http."""
    return SECURE_TICKET_COOKIE if _is_https() else TICKET_COOKIE


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


def fresh_ticket(user_id: int) -> Ticket:
    """Issue a ticket for this browser in the place of the one that it sent. Commits."""
    before = ticket_secret()
    if before:
        tickets.revoke(before)
    life, browser = current_app.config["TICKET_LIFE"], request.user_agent.string
    return tickets.issue(user_id, life, user_agent=browser, ip=request.remote_addr or "")


def set_cookie(response: Response, ticket: Ticket) -> Response:
    """Put the ticket into the browser until the instant at which the table ends it too."""
    response.set_cookie(
        cookie_name(),
        ticket.secret,
        expires=ticket.expires_at,
        secure=_is_https(),
        httponly=True,
        samesite="Lax",
    )
    return response


def delete_cookie(response: Response) -> Response:
    """Take the ticket out of the browser, unless this very answer brings a new one."""
    name = cookie_name()
    if not any(header.startswith(f"{name}=") for header in response.headers.getlist("Set-Cookie")):
        response.delete_cookie(name, secure=_is_https(), httponly=True, samesite="Lax")
    return response


def _is_https() -> bool:
    return current_app.config["BASE_URL"].startswith("https://")


def _here() -> str | None:
    return request.full_path.rstrip("?") if request.method == "GET" else None

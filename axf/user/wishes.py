"""A tap on a public page before the login: kept in this browser's session and carried out once, right after it.

The session is signed, lives in this browser only, and a wish gets into it only by a POST that the shopper's own tap
sent. So no link, and no page of another origin, can put anything into somebody's cart: it finds no wish.
"""

from collections.abc import Callable
from datetime import timedelta

from flask import session

from axf.core import clock
from axf.user.auth import LoginNeeded

LIFE = timedelta(minutes=30)
_KEY = "wish"
# What a wish does, by its kind: (user_id, goods_id) -> the path to land on.
Carrier = Callable[[int, int], str]
_carriers: dict[str, Carrier] = {}


def carries(kind: str) -> Callable[[Carrier], Carrier]:
    """Register what carries wishes of this kind out.

    It commits, returns the path to land on, and raises no ShopError: what stands against the wish does not stand
    against the login. It is to be idempotent: a login form that is sent twice brings it twice.
    """

    def register(carrier: Carrier) -> Carrier:
        _carriers[kind] = carrier
        return carrier

    return register


def login_first(kind: str, goods_id: int, question: str) -> LoginNeeded:
    """Keep the wish of an anonymous visitor, for half an hour, and return the refusal that leads through the login.

    ``question`` is the path of the page that asks for the same: a login whose wish is lost leads there instead. Another
    wish replaces it.
    """
    session[_KEY] = {"kind": kind, "goods_id": goods_id, "question": question, "at": int(clock.now().timestamp())}
    return LoginNeeded(next=question)


def carry_out(user_id: int, target: str | None) -> str | None:
    """Carry out what this browser wished before the login that leads to ``target``; return where to land instead.

    A wish has one chance: this login takes it out of the session, whether it leads to it or not. None: there was no
    wish, it was too old, or the login leads somewhere else.
    """
    wish = session.pop(_KEY, None)
    if wish is None or wish["question"] != target:
        return None
    if clock.now().timestamp() - wish["at"] > LIFE.total_seconds():
        return None
    return _carriers[wish["kind"]](user_id, wish["goods_id"])

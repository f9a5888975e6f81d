"""The life of a request as data. Pure: no Flask, no database, no clock."""

from enum import StrEnum

from axf.core.errors import ShopError


class Kind(StrEnum):
    """What a shopper asks for."""

    REFUND = "refund"  # 仅退款: the goods stay where they are
    RETURN = "return"  # 退货退款: the goods come back first
    REPLACE = "replace"  # 换货: the same goods once more, no money moves


class State(StrEnum):
    """Where a request is."""

    ASKED = "asked"
    APPROVED = "approved"
    RETURNING = "returning"  # the shopper has handed the goods over
    DONE = "done"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Event(StrEnum):
    """What can happen to a request."""

    APPROVE = "approve"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    REFUND = "refund"  # follows an approval at once
    HAND_OVER = "hand-over"
    RECEIVE = "receive"
    REPLACE = "replace"


_ASKED = {
    Event.APPROVE: State.APPROVED,
    Event.REJECT: State.REJECTED,
    Event.WITHDRAW: State.WITHDRAWN,
}
# A return that never arrives must end too: its shopper takes it back, or the shop rejects it.
TRANSITIONS: dict[tuple[Kind, State, Event], State] = {
    **{(kind, State.ASKED, event): to for kind in Kind for event, to in _ASKED.items()},
    (Kind.REFUND, State.APPROVED, Event.REFUND): State.DONE,
    (Kind.RETURN, State.APPROVED, Event.HAND_OVER): State.RETURNING,
    (Kind.RETURN, State.APPROVED, Event.RECEIVE): State.DONE,
    (Kind.RETURN, State.APPROVED, Event.WITHDRAW): State.WITHDRAWN,
    (Kind.RETURN, State.APPROVED, Event.REJECT): State.REJECTED,
    (Kind.RETURN, State.RETURNING, Event.RECEIVE): State.DONE,
    (Kind.RETURN, State.RETURNING, Event.REJECT): State.REJECTED,
    (Kind.REPLACE, State.APPROVED, Event.REPLACE): State.DONE,
}
# Something is still to happen to it, and its lines cannot be asked about again.
OPEN = (State.ASKED, State.APPROVED, State.RETURNING)
# Its pieces count as asked about.
LIVE = (*OPEN, State.DONE)


class RequestMoved(ShopError):
    """The request is no longer (or not yet) where this can happen to it."""

    code = "request-moved"
    status = 409


def may(kind: Kind, state: State, event: Event) -> bool:
    """Tell whether the event can happen to a request of this kind in this state."""
    return (kind, state, event) in TRANSITIONS


def after(kind: Kind, state: State, event: Event) -> State:
    """Return the state after the event. Raises RequestMoved when it cannot happen."""
    try:
        return TRANSITIONS[kind, state, event]
    except KeyError:
        raise RequestMoved(kind=str(kind), state=str(state), event=str(event)) from None

"""The life of an order as data. Pure: no Flask, no database, no clock."""

from enum import StrEnum

from axf.core.errors import ShopError


class State(StrEnum):
    """Where an order is."""

    UNPAID = "unpaid"
    PAID = "paid"
    RECEIVED = "received"
    CANCELLED = "cancelled"


class Event(StrEnum):
    """What can happen to an order."""

    PAY = "pay"
    RECEIVE = "receive"
    CANCEL = "cancel"
    EXPIRE = "expire"


TRANSITIONS: dict[tuple[State, Event], State] = {
    (State.UNPAID, Event.PAY): State.PAID,
    (State.PAID, Event.RECEIVE): State.RECEIVED,
    (State.UNPAID, Event.CANCEL): State.CANCELLED,
    (State.UNPAID, Event.EXPIRE): State.CANCELLED,
}


class WrongState(ShopError):
    """The order is no longer (or not yet) where this can happen to it."""

    code = "wrong-state"
    status = 409


def may(state: State, event: Event) -> bool:
    """Tell whether the event can happen to an order in this state."""
    return (state, event) in TRANSITIONS


def after(state: State, event: Event) -> State:
    """Return the state after the event. Raises WrongState when it cannot happen."""
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise WrongState(state=str(state), event=str(event)) from None

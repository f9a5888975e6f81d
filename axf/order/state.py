"""The life of an order as data. Pure: no Flask, no database, no clock."""

from enum import StrEnum

from axf.core.errors import ShopError


class State(StrEnum):
    """Where an order is."""

    UNPAID = "unpaid"
    PAID = "paid"  # or promised to be paid at the door
    PICKING = "picking"
    SHIPPED = "shipped"
    RECEIVED = "received"
    CANCELLED = "cancelled"


class Event(StrEnum):
    """What can happen to an order."""

    PAY = "pay"
    PICK = "pick"
    SHIP = "ship"
    RECEIVE = "receive"
    CANCEL = "cancel"
    EXPIRE = "expire"
    GIVE_UP = "give-up"  # the shop cannot bring it: nothing was found, say
    REVIVE = "revive"  # its money came late, and everything could be taken again


TRANSITIONS: dict[tuple[State, Event], State] = {
    (State.UNPAID, Event.PAY): State.PAID,
    (State.UNPAID, Event.CANCEL): State.CANCELLED,
    (State.UNPAID, Event.EXPIRE): State.CANCELLED,
    (State.CANCELLED, Event.REVIVE): State.PAID,
    (State.PAID, Event.CANCEL): State.CANCELLED,
    (State.PAID, Event.PICK): State.PICKING,
    (State.PICKING, Event.GIVE_UP): State.CANCELLED,
    (State.PICKING, Event.SHIP): State.SHIPPED,
    (State.SHIPPED, Event.RECEIVE): State.RECEIVED,
}
# The states of an order that is settled and lives.
SETTLED = (State.PAID, State.PICKING, State.SHIPPED, State.RECEIVED)


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

"""The order's life: the table, walked pair by pair."""

import pytest

from axf.order.state import TRANSITIONS, Event, State, WrongState, after, may

EXPECTED = {
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


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("event", Event)
def test_every_pair(state, event):
    if (state, event) in EXPECTED:
        assert may(state, event)
        assert after(state, event) is EXPECTED[state, event]
    else:
        assert not may(state, event)
        with pytest.raises(WrongState) as refusal:
            after(state, event)
        assert refusal.value.details == {"state": str(state), "event": str(event)}


def test_the_table_is_the_expected_one():
    assert TRANSITIONS == EXPECTED

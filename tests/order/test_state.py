"""The order's life: the table, walked pair by pair."""

import pytest

from axf.order.state import TRANSITIONS, Event, State, WrongState, after, may

EXPECTED = {
    (State.UNPAID, Event.PAY): State.PAID,
    (State.PAID, Event.RECEIVE): State.RECEIVED,
    (State.UNPAID, Event.CANCEL): State.CANCELLED,
    (State.UNPAID, Event.EXPIRE): State.CANCELLED,
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

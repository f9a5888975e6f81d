"""Every pair of state and event, for every kind of request."""

from itertools import product

import pytest

from axf.aftersale.state import TRANSITIONS, Event, Kind, RequestMoved, State, after, may

MOVES = {
    "refund": "asked approve approved, asked reject rejected, asked withdraw withdrawn, approved refund done",
    "return": "asked approve approved, asked reject rejected, asked withdraw withdrawn, approved hand-over returning,"
    " approved receive done, approved withdraw withdrawn, approved reject rejected, returning receive done,"
    " returning reject rejected",
    "replace": "asked approve approved, asked reject rejected, asked withdraw withdrawn, approved replace done",
}
ALLOWED = {(kind, *move.split()[:2]): move.split()[2] for kind, moves in MOVES.items() for move in moves.split(",")}


@pytest.mark.parametrize("kind", Kind)
def test_every_pair(kind):
    for state, event in product(State, Event):
        to = ALLOWED.get((str(kind), str(state), str(event)))
        assert may(kind, state, event) is (to is not None)
        if to:
            assert after(kind, state, event) == to
            continue
        with pytest.raises(RequestMoved) as refusal:
            after(kind, state, event)
        assert refusal.value.details == {"kind": kind, "state": state, "event": event}


def test_what_has_ended_moves_no_more():
    ended = {State.DONE, State.REJECTED, State.WITHDRAWN}
    assert not [move for move in TRANSITIONS if move[1] in ended]
    assert set(TRANSITIONS.values()) >= ended

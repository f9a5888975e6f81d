"""Two things happen to one order at the same moment, on MariaDB, each time in the same forced order.

The second begins between the first one's reading and its writing. Two things guard an order: who moves it holds its
row, and moves it only from the state that they have read. Each is enough; without both the books do not agree any more.
"""

import threading
from contextlib import contextmanager

import pytest
from sqlalchemy import event, select, update

from axf.core.errors import ShopError
from axf.extensions import db
from axf.order import dispatch, events, fulfilment, refunds, settlement
from axf.order.models import Order
from axf.order.state import State, after
from axf.payment import attempts
from axf.payment import refunds as ledger
from axf.payment.base import Notice, RefundNotice
from axf.payment.models import Refund
from tests.check.shop import broken
from tests.order.flow import pay_by_gateway

pytestmark = [pytest.mark.mariadb, pytest.mark.concurrency, pytest.mark.xdist_group("concurrency")]

# How long the first one stands still: for a second one that waits for it, and for one that nothing keeps waiting.
STANDSTILL, MOST_SECONDS = 0.3, 30


class Acts:
    """What can happen to one order of a shopper: each returns an outcome in one word."""

    def __init__(self, app, user_id: int, no: str) -> None:
        self.app, self.user_id, self.no = app, user_id, no
        self.notices: dict[str, Notice] = {}

    def prepare(self, *acts: str) -> None:
        """Let the order wait for its payment by two attempts whose time is over, or be paid to be picked."""
        if "pick" in acts:
            pay_by_gateway(self.user_id, self.no)
            return
        for number in ("pay", "pay again"):
            payment = settlement.start(self.user_id, self.no, "mock")
            self.notices[number] = Notice("mock", number, payment.no, payment.amount, f"R-{number}", "{}")
            attempts.close(db.session, payment.no)
            db.session.commit()
        db.session.execute(update(Order).values(expires_at=Order.created_at))
        db.session.commit()

    def do(self, act: str) -> str:
        try:
            if act in ("pay", "pay again"):
                return settlement.settle(self.notices[act])
            if act == "expire":
                return f"{fulfilment.expire()} expired"
            if act == "cancel":
                fulfilment.cancel(self.user_id, self.no)
            else:
                dispatch.start_picking(self.no)
        except ShopError as refusal:
            return refusal.code
        return "done"

    def meanwhile(self, act: str, found: list[str]) -> threading.Thread:
        """Do it in a thread of its own, as another process would."""

        def run() -> None:
            with self.app.app_context():
                found.append(self.do(act))
                db.session.remove()

        thread = threading.Thread(target=run)
        thread.start()
        return thread


@pytest.fixture
def acts(app, shopper, order_no) -> Acts:
    app.config["BASE_URL"] = "http://127.0.0.1:9"
    return Acts(app, shopper, order_no)


@contextmanager
def before_writing(beginning: str, start, seconds: float = MOST_SECONDS):
    """Call ``start`` once in this thread just before a statement that begins like this; wait for what it started."""
    mine, started = threading.get_ident(), []

    def run(_connection, _cursor, statement, _parameters, _context, _many) -> None:
        if not started and threading.get_ident() == mine and statement.startswith(beginning):
            started.append(None)
            started[0] = start()
            started[0].join(seconds)

    event.listen(db.engine, "before_cursor_execute", run)
    try:
        yield
    finally:
        event.remove(db.engine, "before_cursor_execute", run)
        assert started, f"nothing began with {beginning}"
        started[0].join(MOST_SECONDS)
        assert not started[0].is_alive()


def look_only(*conditions):
    """events.locked as shops commonly write it: a row that is read is not kept."""
    query = select(Order).where(*conditions).execution_options(populate_existing=True)
    return db.session.scalars(query).one_or_none()


def write_anyhow(order, happened, *, actor, at, reason="", **values) -> None:
    """events.move without its compare-and-set."""
    before, to = State(order.state), after(State(order.state), happened)
    db.session.execute(update(Order).where(Order.id == order.id).values(state=to, **values))
    events.record(order.id, happened, before, to, actor=actor, at=at, reason=reason)
    db.session.refresh(order)


def happen(acts: Acts, first: str, second: str, seconds: float = MOST_SECONDS) -> tuple[str, str, str]:
    """Let the second begin while the first is about to write; the order's state, and what each of them came to."""
    acts.prepare(first, second)
    found: list[str] = []
    with before_writing("UPDATE orders SET state", lambda: acts.meanwhile(second, found), seconds):
        outcome = acts.do(first)
    return state_of(acts.no), outcome, found[0]


def state_of(no: str) -> str:
    db.session.rollback()
    return db.session.scalar(select(Order.state).where(Order.no == no))


# What happens first and second, where the order ends, and what each comes to.
ENDS = {
    ("pay", "cancel"): ("cancelled", "applied", "done"),
    ("cancel", "pay"): ("cancelled", "done", "unmatched"),
    ("pay", "expire"): ("paid", "applied", "0 expired"),
    ("expire", "pay"): ("paid", "1 expired", "applied"),
    ("pay", "pay again"): ("paid", "applied", "unmatched"),
    ("cancel", "expire"): ("cancelled", "done", "0 expired"),
    ("expire", "cancel"): ("cancelled", "1 expired", "wrong-state"),
    ("pick", "cancel"): ("picking", "done", "wrong-state"),
    ("cancel", "pick"): ("cancelled", "done", "wrong-state"),
}
pairs = pytest.mark.parametrize(("first", "second"), ENDS)


@pairs
def test_who_holds_the_order_wins(acts, first, second):
    assert happen(acts, first, second, STANDSTILL) == ENDS[first, second]
    assert broken() == []


@pairs
def test_without_the_lock_who_writes_first_wins(acts, first, second, monkeypatch):
    monkeypatch.setattr(events, "locked", look_only)
    _state, lost, won = happen(acts, first, second)
    swapped = ENDS.get((second, first), ENDS[first, second])
    assert lost in ("wrong-state", "0 expired")
    assert broken() == []
    # Who was refused tries again, as gateways do, and finds the order as the other one has left it.
    tried_again = acts.do(first)
    assert (state_of(acts.no), won, tried_again) == swapped
    assert broken() == []


@pairs
def test_without_both_guards_the_books_are_wrong(acts, first, second, monkeypatch):
    monkeypatch.setattr(events, "locked", look_only)
    monkeypatch.setattr(events, "move", write_anyhow)
    happen(acts, first, second)
    assert broken() != []


def told(acts: Acts, state: str) -> str:
    refund = db.session.scalars(select(Refund)).one()
    db.session.rollback()
    return refunds.settle(RefundNotice("mock", f"e-{state}", refund.no, refund.amount, state, "{}"))


def fail_anyhow(session, refund_no: str, problem: str) -> bool:
    """payment.refunds.fail without its compare-and-set."""
    session.execute(update(Refund).where(Refund.no == refund_no).values(state="failed", problem=problem))
    return True


@pytest.mark.parametrize(
    ("first", "second", "is_guarded", "end"),
    [
        ("done", "failed", True, "done"),
        ("failed", "done", True, "done"),
        ("failed", "done", False, "failed"),
    ],
)
def test_money_that_is_back_stays_back_whatever_is_told(acts, monkeypatch, first, second, is_guarded, end):
    pay_by_gateway(acts.user_id, acts.no)
    fulfilment.cancel(acts.user_id, acts.no)
    if not is_guarded:
        monkeypatch.setattr(ledger, "fail", fail_anyhow)
    monkeypatch.setattr(acts, "do", lambda state: told(acts, state))
    with before_writing("UPDATE refund SET state", lambda: acts.meanwhile(second, [])):
        acts.do(first)
    db.session.rollback()
    assert db.session.scalar(select(Refund.state)) == end
    assert broken() == []

"""Workers of several hosts take up what waits, on MariaDB: each row once."""

import pytest
from sqlalchemy import func, select

from axf.core import clock
from axf.core.db import transaction
from axf.extensions import db
from axf.notice import worker
from axf.notice.models import Message, Outbox
from axf.notice.outbox import tell
from axf.user import accounts
from tests.concurrency.race import meet, race

pytestmark = [pytest.mark.mariadb, pytest.mark.concurrency, pytest.mark.xdist_group("concurrency")]

PROCESSES, ROWS = 4, 200


@pytest.fixture
def waiting(app) -> int:
    user_id = accounts.register("anna", "lilac and pears")
    with transaction(db.session):
        for number in range(ROWS // 2):
            tell(db.session, user_id, "paid", f"A{number}", clock.now(), order_no=f"A{number}", amount=1)
    return user_id


def claim_unguarded(now) -> worker.Claimed | None:
    """worker.claim as shops commonly write it: look what is due, and mark it afterwards."""
    columns = [getattr(Outbox, name) for name in worker.Claimed.__dataclass_fields__]
    query = select(*columns).where(Outbox.state == "waiting", Outbox.next_try_at <= now)
    due = db.session.execute(query.order_by(Outbox.next_try_at, Outbox.id).limit(1)).first()
    db.session.rollback()
    meet()
    return worker.Claimed(*due) if due else None


def work(_number: int, is_guarded: bool) -> list[str]:
    claim = worker.claim if is_guarded else claim_unguarded
    taken = []
    while row := claim(clock.now()):
        taken.append(row.key)
        worker.tell_row(row)
    return taken


@pytest.mark.parametrize("is_guarded", [True, False], ids=["claimed", "negative control"])
def test_four_workers_tell_each_row_once(database, waiting, tmp_path, is_guarded):
    told = race(database.url, tmp_path, PROCESSES, work, is_guarded)
    assert (len(told), max(told.values()) == 1) == (ROWS, is_guarded)
    db.session.rollback()
    # The inbox has it once even so.
    assert db.session.scalar(select(func.count()).select_from(Message)) == ROWS // 2
    assert set(db.session.scalars(select(Outbox.state))) == {"done"}

"""What goes when: one rule for each table, the same table as in docs/operations-data.md."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Table, and_

from axf.core.clock import SHOP_ZONE
from axf.core.db import table_of
from axf.notice.models import Message, Outbox
from axf.payment.models import PaymentNotice
from axf.remembered.models import Footprint
from axf.search.hot import KEPT_DAYS
from axf.search.models import SearchCount
from axf.user.models import Throttle, UserTicket

# E-commerce Law of the PRC, art. 31: what was traded is kept for at least three years.
THREE_YEARS = 3 * 366


@dataclass(frozen=True)
class Rule:
    """``is_over`` returns the condition for a row's end before an instant, which is ``days`` ago.

    ``blanked``: the row stays for the books, this column of it is emptied.
    """

    name: str
    table: Table
    days: int
    is_over: Callable[[datetime], ColumnElement[bool]]
    blanked: str | None = None

    def condition(self, now: datetime) -> ColumnElement[bool]:
        """Return the condition for what is over now."""
        over = self.is_over(now - timedelta(days=self.days))
        return over if self.blanked is None else and_(over, self.table.c[self.blanked] != "")


RULES = (
    Rule("tickets", table_of(UserTicket), 0, lambda end: UserTicket.expires_at <= end),
    Rule("throttles", table_of(Throttle), 0, lambda end: Throttle.ends_at <= end),
    Rule("footprints", table_of(Footprint), 180, lambda end: Footprint.seen_at < end),
    Rule("messages", table_of(Message), 365, lambda end: Message.read_at < end),
    # By next_try_at too, which is never later than done_at: that is in the index.
    Rule(
        "outbox",
        table_of(Outbox),
        30,
        lambda end: and_(Outbox.state == "done", Outbox.next_try_at < end, Outbox.done_at < end),
    ),
    Rule(
        "search-counts",
        table_of(SearchCount),
        KEPT_DAYS,
        lambda end: SearchCount.asked_on < end.astimezone(SHOP_ZONE).date(),
    ),
    Rule("raw-notices", table_of(PaymentNotice), THREE_YEARS, lambda end: PaymentNotice.received_at < end, "raw"),
)
NAMES = [each.name for each in RULES]

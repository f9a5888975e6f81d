"""Moving a request: a compare-and-set on its state and the row that says who, when and why; and what these tell."""

from datetime import datetime, time, timedelta

from sqlalchemy import func, insert, select, update

from axf.aftersale.models import AfterSale, AfterSaleEvent
from axf.aftersale.rules import REJECTED_WITHIN, Case, Reason
from axf.aftersale.state import Event, Kind, RequestMoved, State, after
from axf.core.clock import SHOP_ZONE
from axf.core.db import rows_changed, table_of
from axf.extensions import db

# The actor of what was approved without a person.
RULE = "rule"


def move(request: AfterSale, event: Event, *, actor: str, at: datetime, reason: str = "", **values: object) -> None:
    """Move the request by the event and record it; ``values`` are columns that change along. The caller commits.

    Raises RequestMoved when the request may not, or somebody else moved it first.
    """
    before = State(request.state)
    to = after(Kind(request.kind), before, event)
    guarded = update(AfterSale).where(AfterSale.id == request.id, AfterSale.state == before)
    if not rows_changed(db.session, guarded.values(state=to, **values)):
        raise RequestMoved(kind=request.kind, state=str(before), event=str(event))
    write(request, event, before, to, actor=actor, at=at, reason=reason)
    db.session.refresh(request)


def write(
    request: AfterSale, event: str, before: State | None, to: State, *, actor: str, at: datetime, reason: str = ""
) -> None:
    """Write an event of a request. The caller commits."""
    values = {
        "after_sale_id": request.id,
        "event": event,
        "from_state": before,
        "to_state": to,
        "actor": actor,
        "reason": reason[:200],
        "created_at": at,
    }
    db.session.execute(insert(table_of(AfterSaleEvent)).values(**values))


def case_of(request: AfterSale, photos: int, account_age: timedelta, at: datetime) -> Case:
    """Return what decides whether the request needs a person. Two queries; lock its shopper first."""
    month = datetime.combine(at.astimezone(SHOP_ZONE).date().replace(day=1), time(), SHOP_ZONE)
    return Case(
        kind=Kind(request.kind),
        reason=Reason(request.reason),
        worth=request.amount + request.points,
        photos=photos,
        approved_this_month=_count(request.user_id, Event.APPROVE, RULE, month),
        rejected=_count(request.user_id, Event.REJECT, "shop", at - REJECTED_WITHIN),
        account_age=account_age,
    )


def _count(user_id: int, event: Event, actor: str, since: datetime) -> int:
    """Return how many of the shopper's requests the actor has moved so since then."""
    happened = (
        select(func.count())
        .select_from(AfterSaleEvent)
        .join(AfterSale, AfterSale.id == AfterSaleEvent.after_sale_id)
        .where(
            AfterSale.user_id == user_id,
            AfterSaleEvent.event == event,
            AfterSaleEvent.actor == actor,
            AfterSaleEvent.created_at >= since,
        )
    )
    return db.session.scalar(happened) or 0

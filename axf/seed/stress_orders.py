"""Orders for measuring: as many as one wants, each with all that an order leaves behind, for shoppers of their own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select, update

from axf.core import clock
from axf.core.db import retried, rows_changed, table_of, transaction
from axf.extensions import db
from axf.market.models import Goods
from axf.order.models import Order
from axf.order.state import State
from axf.points.models import PointsAccount, PointsEntry
from axf.seed.demo_shoppers import PASSWORD
from axf.seed.stress import FIRST_GOODS
from axf.seed.stress_traces import leave_traces
from axf.user import accounts, consent
from axf.user.models import User
from axf.vip.models import GrowthEntry, VipAccount

FIRST_USER = FIRST_ORDER = 900_000_001
# The numbers of these orders begin with it.
MARK = "S"
# So many orders go in with one transaction.
BATCH = 10_000
# What a measured shop sells most: these goods are in the orders.
POPULAR = 1_000
# The first shopper has every tenth of the first 100,000 orders; of a thousand orders the others are for fifty shoppers.
REGULAR_EVERY, REGULAR_UNTIL = 10, 100_000
BLOCK, SHOPPERS_A_BLOCK = 1_000, 50
REGULAR = "bench0"
# Of a hundred orders so many are in each state, the rest is received.
_SHARES = {State.UNPAID: 2, State.PAID: 2, State.PICKING: 2, State.SHIPPED: 2, State.CANCELLED: 5}
_STATES = [state for state, share in _SHARES.items() for _ in range(share)]
_STATES += [State.RECEIVED] * (100 - len(_STATES))
_ON_ITS_WAY = (State.PAID, State.PICKING, State.SHIPPED)
UNPAID_LIFE = timedelta(minutes=30)


class TooFewGoods(ValueError):
    """There are no two goods for measuring that orders could be of."""


@dataclass(frozen=True)
class _Batch:
    """Orders number ``start`` to before ``end``, at one instant."""

    start: int
    end: int
    now: datetime

    @property
    def shoppers(self) -> tuple[int, int]:
        """The ids of the first and the last shopper, besides the first of all."""
        first, last = self.start // BLOCK, (self.end - 1) // BLOCK
        return FIRST_USER + 1 + first * SHOPPERS_A_BLOCK, FIRST_USER + (last + 1) * SHOPPERS_A_BLOCK


def add_orders(count: int, on_rows: Callable[[int], object] = lambda rows: None) -> int:
    """Add the orders that are missing up to ``count`` and return how many. Commits.

    ``on_rows`` hears how many rows each batch was. They are of the goods that ``stress.add_goods`` made.
    Raises TooFewGoods.
    """
    last = db.session.scalar(select(func.max(Order.no)).where(Order.no >= MARK))  # a real number begins with its day
    first = 0 if last is None else int(last.removeprefix(MARK)) - FIRST_ORDER + 1
    password_hash = accounts.hasher.hash(PASSWORD) if first < count else ""
    for start in range(first, count, BATCH):
        on_rows(_add_batch(_Batch(start, min(start + BATCH, count), clock.now()), password_hash))
    return max(0, count - first)


def rows_of(goods: int, types: int, orders: int) -> int:
    """Return about how many rows so many of each make, those of an order's shopper, stock and rewards included."""
    return types + 2 * goods + int(13.4 * orders)


@retried
def _add_batch(batch: _Batch, password_hash: str) -> int:
    """Add the orders of a batch with everything about them and return how many rows that were."""
    with transaction(db.session):
        rows = _add_shoppers(batch, password_hash)
        prices = _prices()
        orders = [_order_row(number, batch.now, prices) for number in range(batch.start, batch.end)]
        db.session.execute(insert(table_of(Order)), orders)
        ids = orders[0]["id"], orders[-1]["id"]
        rows += len(orders) + leave_traces(db.session, ids, len(prices), batch.now)
        _add_up(batch)
    return rows


def _prices() -> Sequence[int]:
    """Return the prices of the popular goods, which have ids without a gap."""
    popular = Goods.id.between(FIRST_GOODS, FIRST_GOODS + POPULAR - 1)
    prices = db.session.scalars(select(Goods.price).where(popular).order_by(Goods.id)).all()
    if len(prices) < 2:
        raise TooFewGoods("orders need two goods for measuring at least")
    return prices


def _add_shoppers(batch: _Batch, password_hash: str) -> int:
    first, last = batch.shoppers
    wanted = {FIRST_USER, *range(first, last + 1)}
    missing = sorted(wanted - set(db.session.scalars(select(User.id).where(User.id.in_(wanted)))))
    if not missing:
        return 0
    said = {"privacy_version": consent.VERSION, "privacy_agreed_at": batch.now, "created_at": batch.now}
    shoppers: list[dict[str, Any]] = []
    for user_id in missing:
        name = f"bench{user_id - FIRST_USER}"
        shoppers.append({"id": user_id, "username": name, "username_key": name, "password_hash": password_hash, **said})
    db.session.execute(insert(table_of(User)), shoppers)
    db.session.execute(insert(table_of(PointsAccount)), [{"user_id": user_id, "balance": 0} for user_id in missing])
    db.session.execute(insert(table_of(VipAccount)), [{"user_id": user_id, "growth": 0} for user_id in missing])
    return 3 * len(missing)


def _order_row(number: int, now: datetime, prices: Sequence[int]) -> dict[str, Any]:
    """Return one order; its number, scattered by a large prime, chooses its state and its age."""
    dice, chance = divmod(number * 2_654_435_761 % 2**32, 100)
    state = _STATES[chance]
    order_id = FIRST_ORDER + number
    total = sum(prices[index] * quantity for index, quantity in basket(order_id, len(prices)))
    created_at = now - _age(state, dice)
    was_paid = state not in (State.UNPAID, State.CANCELLED)
    was_shipped = state in (State.SHIPPED, State.RECEIVED)
    is_received = state == State.RECEIVED
    return {
        "id": order_id,
        "no": f"{MARK}{order_id}",
        "user_id": _shopper(number),
        "checkout_token": f"stress-{number}",
        "state": state,
        "goods_total": total,
        "payable": total,
        "created_at": created_at,
        "expires_at": created_at + UNPAID_LIFE,
        "paid_at": created_at + timedelta(minutes=1) if was_paid else None,
        "shipped_at": created_at + timedelta(minutes=20) if was_shipped else None,
        "delivered_at": created_at + timedelta(minutes=50) if is_received else None,
        "received_at": created_at + timedelta(hours=2) if is_received else None,
    }


def basket(order_id: int, popular: int) -> list[tuple[int, int]]:
    """Return what is in an order: which of the popular goods, and how many pieces. ``stress_traces`` says it in SQL."""
    lines = [(order_id * 7919 % popular, 1 + order_id % 3)]
    if order_id % 2:
        lines.append(((order_id * 7919 + popular // 2) % popular, 1 + order_id % 3))
    return lines


def _age(state: State, dice: int) -> timedelta:
    """Return how old an order is: minutes when it waits for money, hours on its way, else up to a thousand days."""
    if state == State.UNPAID:
        return timedelta(seconds=dice % 900)
    if state in _ON_ITS_WAY:
        return timedelta(minutes=30 + dice % 1_440)
    return timedelta(days=2, minutes=dice % 1_440_000)


def _shopper(number: int) -> int:
    if number < REGULAR_UNTIL and number % REGULAR_EVERY == 0:
        return FIRST_USER
    return FIRST_USER + 1 + number // BLOCK * SHOPPERS_A_BLOCK + number % BLOCK % SHOPPERS_A_BLOCK


def _add_up(batch: _Batch) -> None:
    """Set points and growth of the batch's shoppers to what their entries add up to."""
    accounts_of = ((PointsAccount, PointsAccount.balance, PointsEntry), (VipAccount, VipAccount.growth, GrowthEntry))
    for account, total, entry in accounts_of:
        added_up = select(func.coalesce(func.sum(entry.amount), 0)).where(entry.user_id == account.user_id)
        of_batch = account.user_id.between(*batch.shoppers) | (account.user_id == FIRST_USER)
        rows_changed(db.session, update(account).where(of_batch).values({total: added_up.scalar_subquery()}))

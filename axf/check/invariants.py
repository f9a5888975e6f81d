"""All invariants, and how one is checked."""

import time
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine, create_engine, func, select

import axf.models  # noqa: F401 - the whole metadata
from axf.check import aftersale, goods, money, orders, reviews, rewards, shoppers
from axf.check.invariant import Invariant
from axf.core.db import engine_options, prepare_engine

# A large shop's tables are read whole: that may take longer than any page would be given.
LONGEST_READ_SECONDS = 3600

INVARIANTS = tuple(
    map(
        Invariant.of,
        (
            goods.stock,
            goods.stock_held,
            goods.replacement,
            goods.bought_with_bounded,
            goods.slot_places,
            goods.slot_capacity,
            orders.order_has_lines,
            orders.line_amount,
            orders.goods_total,
            orders.payable,
            orders.line_left,
            orders.adjustment_goods,
            orders.order_events,
            orders.order_state,
            orders.paid_at,
            money.payment,
            money.money_in,
            money.money_back,
            money.order_refunded,
            money.line_refunds,
            money.line_dropped,
            money.credit_balance,
            money.credit_spent,
            aftersale.after_sale_sums,
            aftersale.after_sale_refunded,
            aftersale.after_sale_pieces,
            aftersale.after_sale_replaced,
            aftersale.after_sale_state,
            reviews.review_counters,
            reviews.review_of_received,
            rewards.coupon_issued,
            rewards.coupon_total,
            rewards.coupon_per_person,
            rewards.coupon_used,
            rewards.coupon_order,
            rewards.points_balance,
            rewards.points_not_negative,
            rewards.points_spent,
            rewards.points_earned,
            rewards.check_in,
            rewards.growth_total,
            rewards.growth_not_negative,
            rewards.growth_earned,
            shoppers.cart_quantity,
            shoppers.favourites_bounded,
            shoppers.footprints_bounded,
            shoppers.default_address,
            shoppers.foreign_keys,
        ),
    )
)
NAMES = [each.name for each in INVARIANTS]


@dataclass(frozen=True)
class Finding:
    """How many rows break an invariant, the first of them under their columns' names, and how long that took."""

    invariant: Invariant
    broken: int
    columns: list[str]
    rows: list[tuple[Any, ...]]
    seconds: float


def engine_of(engine: Engine) -> Engine:
    """Return an engine for the same database whose reads may take an hour. The caller disposes of it."""
    url = engine.url
    patient = create_engine(url, **engine_options(str(url), read_seconds=LONGEST_READ_SECONDS))
    prepare_engine(patient)
    return patient


def check(engine: Engine, invariant: Invariant, most: int) -> Finding:
    """Return how many rows break the invariant and the first ``most`` of them. One query; nothing is written."""
    began = time.monotonic()
    found = invariant.query().subquery()
    query = select(func.count().over(), *found.c).order_by(*found.c).limit(most)
    with engine.connect() as connection:
        rows = connection.execute(query).all()
    return Finding(
        invariant=invariant,
        broken=rows[0][0] if rows else 0,
        columns=list(found.c.keys()),
        rows=[tuple(map(_plain, row[1:])) for row in rows],
        seconds=time.monotonic() - began,
    )


def _plain(cell: Any) -> Any:
    """Return MariaDB's sums, which come as decimals, as the whole numbers that they are."""
    return int(cell) if isinstance(cell, Decimal) else cell

"""What lowers a price beyond one line: 满减, a level, a coupon; and what delivery costs. All sums are fen."""

from dataclasses import dataclass
from typing import Literal

CouponKind = Literal["amount", "percent", "fixed", "delivery"]


@dataclass(frozen=True)
class FullOff:
    """满减: ``off`` once, when the goods of the set reach ``minimum``. An empty set is every goods."""

    id: int
    minimum: int
    off: int
    goods_ids: frozenset[int] = frozenset()

    def is_for(self, goods_id: int) -> bool:
        """Tell whether a goods counts for it."""
        return not self.goods_ids or goods_id in self.goods_ids


@dataclass(frozen=True)
class Vip:
    """What a level brings: ``rate`` per cent of each price is paid; delivery is free from a sum on (None: as usual)."""

    rate: int = 100
    free_delivery_from: int | None = None


NO_VIP = Vip()


@dataclass(frozen=True)
class Coupon:
    """A coupon's terms.

    amount: ``value`` fen off · percent: ``value`` per cent is paid (80: 八折), at most ``cap`` fen off ·
    fixed: one piece of the dearest goods in scope costs ``value`` fen · delivery: delivery is free.
    Each needs ``minimum`` fen of goods in scope. Both scopes empty: all goods; else those of either.
    """

    kind: CouponKind
    value: int = 0
    minimum: int = 0
    cap: int | None = None
    goods_ids: frozenset[int] = frozenset()
    food_type_ids: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Freight:
    """What delivery to the address costs, and from which sum on it is free (None: never)."""

    fee: int
    free_from: int | None = None

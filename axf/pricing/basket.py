"""What is priced and what comes out. All sums are fen; a discount is negative."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from axf.pricing.offers import NO_VIP, Coupon, Freight, FullOff, Vip


@dataclass(frozen=True)
class Line:
    """So many of one goods at its ordinary price, and the goods promotions that hold for it now.

    ``promo_price`` is what a piece costs while its time-boxed promotion runs; it counts only when it is lower.
    ``food_type_ids`` are the goods' food type and child, for coupons of a food type.
    """

    goods_id: int
    price: int
    quantity: int
    is_bogo: bool = False
    is_second_half: bool = False
    promo_price: int | None = None
    food_type_ids: frozenset[int] = frozenset()

    @property
    def amount(self) -> int:
        """What the line costs before any adjustment."""
        return self.price * self.quantity

    @property
    def unit(self) -> int:
        """What a piece costs today: the promotion price when it is the lower one."""
        return self.price if self.promo_price is None else min(self.price, self.promo_price)


@dataclass(frozen=True)
class Basket:
    """The lines that are bought together (each goods once), and what the shopper brings along.

    ``points`` is how many the shopper wants to spend at most, already no more than the balance.
    ``freight`` None means that it is not known yet where to (the cart).
    """

    lines: tuple[Line, ...]
    full_offs: tuple[FullOff, ...] = ()
    vip: Vip = NO_VIP
    coupon: Coupon | None = None
    has_delivery_coupon: bool = False
    points: int = 0
    freight: Freight | None = None

    @property
    def goods_total(self) -> int:
        """What the lines cost before any adjustment."""
        return sum(line.amount for line in self.lines)


@dataclass(frozen=True)
class Adjustment:
    """A rule's effect on one line."""

    rule: str
    goods_id: int
    amount: int


@dataclass(frozen=True)
class Quote:
    """The price of a basket: what its lines cost (by goods id) and each adjustment make up what is payable."""

    amounts: Mapping[int, int]
    adjustments: tuple[Adjustment, ...]

    @property
    def goods_total(self) -> int:
        """What the lines cost before any adjustment."""
        return sum(self.amounts.values())

    @property
    def payable(self) -> int:
        """What the shopper pays."""
        return self.goods_total + sum(adjustment.amount for adjustment in self.adjustments)

    @property
    def saved(self) -> int:
        """All discounts added up, as a positive sum."""
        return -sum(adjustment.amount for adjustment in self.adjustments if adjustment.amount < 0)

    @property
    def sums(self) -> dict[str, int]:
        """The adjustments added up by rule, in the order of the rules."""
        sums: dict[str, int] = {}
        for adjustment in self.adjustments:
            sums[adjustment.rule] = sums.get(adjustment.rule, 0) + adjustment.amount
        return sums

    @cached_property
    def left(self) -> dict[int, int]:
        """What each line costs after its adjustments, by goods id; together they are ``payable``."""
        left = dict(self.amounts)
        for adjustment in self.adjustments:
            left[adjustment.goods_id] += adjustment.amount
        return left

    def adjusted(self, more: Iterable[Adjustment]) -> "Quote":
        """Return this price with further adjustments; itself where there are none."""
        added = tuple(more)
        return Quote(self.amounts, self.adjustments + added) if added else self

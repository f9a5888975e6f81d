"""What is priced and what comes out. All sums are fen; a discount is negative."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """So many of one goods at today's price."""

    goods_id: int
    price: int
    quantity: int
    is_bogo: bool = False

    @property
    def amount(self) -> int:
        return self.price * self.quantity


@dataclass(frozen=True)
class Basket:
    """The lines that are bought together; each goods occurs once."""

    lines: tuple[Line, ...]

    @property
    def goods_total(self) -> int:
        return sum(line.amount for line in self.lines)


@dataclass(frozen=True)
class Adjustment:
    """A rule's effect on one line."""

    rule: str
    goods_id: int
    amount: int


@dataclass(frozen=True)
class Quote:
    """The price of a basket: its goods total plus each adjustment is what is payable."""

    goods_total: int
    adjustments: tuple[Adjustment, ...]

    @property
    def payable(self) -> int:
        return self.goods_total + sum(adjustment.amount for adjustment in self.adjustments)

    @property
    def saved(self) -> int:
        return -sum(adjustment.amount for adjustment in self.adjustments if adjustment.amount < 0)

    @property
    def sums(self) -> dict[str, int]:
        """The adjustments added up by rule, in the order of the rules."""
        sums: dict[str, int] = {}
        for adjustment in self.adjustments:
            sums[adjustment.rule] = sums.get(adjustment.rule, 0) + adjustment.amount
        return sums

"""The life of orders as a pure model: what must be true after each event, worked out in whole numbers.

No Flask, no database, no clock, and none of the shop's own arithmetic.
"""

from collections import Counter
from dataclasses import dataclass, field

UNPAID, PAID, PICKING, SHIPPED, RECEIVED, CANCELLED = "unpaid", "paid", "picking", "shipped", "received", "cancelled"
SETTLED = (PAID, PICKING, SHIPPED, RECEIVED)


@dataclass
class Line:
    """``amount`` fen and ``points`` were paid for what is left of ``quantity`` pieces."""

    quantity: int
    amount: int
    points: int
    dropped: int = 0
    # Substitutes by their goods: pieces replaced, how many came instead, fen charged for them.
    instead: dict[int, tuple[int, int, int]] = field(default_factory=dict)

    @property
    def left(self) -> int:
        return self.quantity - self.dropped

    @property
    def replaced(self) -> int:
        return sum(pieces for pieces, _quantity, _charged in self.instead.values())

    @property
    def as_ordered(self) -> int:
        return self.left - self.replaced

    def share_as_ordered(self, pieces: int) -> tuple[int, int]:
        """Return the fen and points paid for some of the pieces that nothing replaces."""
        charged = sum(each[2] for each in self.instead.values())
        points = self.points * self.as_ordered // self.left
        return (self.amount - charged) * pieces // self.as_ordered, points * pieces // self.as_ordered

    def share(self, pieces: int) -> tuple[int, int]:
        """Return the fen and points paid for some of all the pieces that are left."""
        return self.amount * pieces // self.left, self.points * pieces // self.left


@dataclass
class Back:
    """Money on its way back; ``end`` is what the gateway makes of it: done, open or failed."""

    amount: int
    end: str
    state: str = "open"
    is_tried: bool = False


@dataclass
class Money:
    """Money that came in by the gateway: it pays its order, or is nobody's (``is_stray``)."""

    amount: int
    end: str
    is_stray: bool
    backs: list[Back] = field(default_factory=list)

    def send_back(self, amount: int) -> None:
        self.backs.append(Back(amount, self.end))

    @property
    def rest(self) -> int:
        """Return what nobody has asked back."""
        return self.amount - sum(back.amount for back in self.backs)


@dataclass
class Deal:
    """An order: ``way`` is how it was paid, ``fallen`` the fen of its price that fell away."""

    no: str
    payable: int
    lines: dict[int, Line]
    points: int
    has_coupon: bool
    wish: str
    state: str = UNPAID
    way: str = ""
    fallen: int = 0
    waived: int = 0
    is_over: bool = False
    is_revivable: bool = False
    is_promised: bool = False
    is_delivered: bool = False
    is_settled_once: bool = False
    points_back: int = 0
    earned: int = 0
    since_receipt: int = 0
    attempts: dict[str, str] = field(default_factory=dict)
    money: list[Money] = field(default_factory=list)
    # What the gateway makes of refunds, by attempt; and its own numbers of trades that came in.
    ends: dict[str, str] = field(default_factory=dict)
    references: set[str] = field(default_factory=set)

    @property
    def backs(self) -> list[Back]:
        return [back for each in self.money for back in each.backs]

    def held(self) -> Counter[int]:
        """Return the goods that lie in the order's bag."""
        found: Counter[int] = Counter()
        for goods_id, line in self.lines.items():
            found[goods_id] += line.as_ordered
            for substitute_id, (_pieces, quantity, _charged) in line.instead.items():
                found[substitute_id] += quantity
        return found

    def taken(self) -> Counter[int]:
        """Return the goods that the shop has no more because of the order: what was not found is gone, too."""
        found: Counter[int] = Counter()
        for goods_id, line in self.lines.items():
            if self.state == CANCELLED:
                found[goods_id] += line.dropped + line.replaced
                continue
            found[goods_id] += line.quantity
            for substitute_id, (_pieces, quantity, _charged) in line.instead.items():
                found[substitute_id] += quantity
        return found


@dataclass
class Shop:
    """One shopper's books: what there was in the beginning, and what their orders made of it."""

    stock_before: dict[int, int]
    credit: int
    points: int
    growth: int = 0
    # The order that has the one coupon, and the one that had it last.
    coupon_of: str | None = None
    coupon_last: str | None = None
    is_gateway_up: bool = True
    deals: dict[str, Deal] = field(default_factory=dict)

    def stock(self) -> dict[int, int]:
        taken = sum((deal.taken() for deal in self.deals.values()), Counter())
        return {goods_id: count - taken[goods_id] for goods_id, count in self.stock_before.items()}

    def sales(self) -> dict[int, int]:
        sold = sum((deal.held() for deal in self.deals.values() if deal.state in SETTLED), Counter())
        return {goods_id: sold[goods_id] for goods_id in self.stock_before}

    def place(self, deal: Deal) -> None:
        self.deals[deal.no] = deal
        self._spend(deal)

    def settle(self, deal: Deal, way: str) -> None:
        deal.state, deal.way, deal.is_settled_once = PAID, way, True
        deal.is_promised = way == "cod"
        if way == "balance":
            self.credit -= deal.payable

    def may_revive(self, deal: Deal) -> bool:
        is_there = all(self.stock()[goods_id] >= count for goods_id, count in deal.held().items())
        has_coupon = not deal.has_coupon or (self.coupon_of is None and self.coupon_last == deal.no)
        return deal.is_revivable and is_there and has_coupon and self.points >= deal.points

    def money_comes(self, deal: Deal, attempt: str, amount: int, reference: str, end: str) -> str:
        """Return the outcome of a genuine notice of a new event."""
        if reference in deal.references:
            return "repeated"
        deal.references.add(reference)
        asked = deal.payable
        if amount != asked:
            deal.money.append(Money(amount, end, is_stray=True))
            return "mismatch"
        is_first = deal.attempts[attempt] in ("pending", "closed")
        if is_first and deal.state == UNPAID:
            self.settle(deal, "mock")
        elif is_first and deal.state == CANCELLED and self.may_revive(deal):
            deal.is_revivable = False
            self.settle(deal, "mock")
            self._spend(deal)
        else:
            stray = Money(amount, end, is_stray=True)
            stray.send_back(amount)
            deal.money.append(stray)
            if is_first:
                deal.attempts[attempt] = "unmatched"
            self.send(deal)
            return "unmatched"
        deal.attempts[attempt] = "applied"
        deal.money.append(Money(amount, end, is_stray=False))
        return "applied"

    def cancel(self, deal: Deal, *, is_expiry: bool = False) -> None:
        deal.state, deal.is_revivable = CANCELLED, is_expiry
        if deal.is_settled_once:
            self.give_back(deal, deal.payable - deal.fallen)
        self.points += deal.points - deal.points_back
        if deal.has_coupon:
            self.coupon_of = None
        self.send(deal)

    def drop(self, deal: Deal, goods_id: int, pieces: int, share: tuple[int, int]) -> None:
        """Let pieces of a line fall away."""
        amount, points = share
        line = deal.lines[goods_id]
        line.dropped += pieces
        line.amount -= amount
        line.points -= points
        deal.points_back += points
        self.points += points
        self.give_back(deal, amount)

    def after_sale(self, deal: Deal, goods_id: int, pieces: int) -> None:
        base = deal.payable - deal.fallen + deal.since_receipt
        before = deal.since_receipt
        share = deal.lines[goods_id].share(pieces)
        self.drop(deal, goods_id, pieces, share)
        deal.since_receipt += share[0]

        def lost(earned: int) -> int:
            return earned * deal.since_receipt // base - earned * before // base if base else 0

        self.points -= min(lost(deal.earned), self.points)
        self.growth -= min(lost(base // 100), self.growth)
        self.send(deal)

    def receive(self, deal: Deal) -> None:
        deal.state = RECEIVED
        deal.earned = (deal.payable - deal.fallen) // 100
        self.points += deal.earned
        self.growth += deal.earned

    def give_back(self, deal: Deal, amount: int) -> None:
        if not amount:
            return
        deal.fallen += amount
        if deal.is_promised:
            deal.waived += amount
            deal.is_promised = deal.waived < deal.payable
        elif deal.way == "mock":
            next(each for each in deal.money if not each.is_stray).send_back(amount)
        else:
            self.credit += amount

    def send(self, deal: Deal, *, is_again: bool = False) -> None:
        """Ask the gateway for what goes back and was not asked for yet."""
        for back in deal.backs:
            if back.state == "open" and (is_again or not back.is_tried):
                back.is_tried = True
                if self.is_gateway_up:
                    back.state = back.end

    def _spend(self, deal: Deal) -> None:
        self.points -= deal.points
        if deal.has_coupon:
            self.coupon_of = self.coupon_last = deal.no

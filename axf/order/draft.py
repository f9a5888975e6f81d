"""An order before it is placed: what the checkout page shows is what placing takes. Nothing here writes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from axf.cart.queries import CartLine, basket_of
from axf.coupon import ledger as coupons
from axf.coupon.ledger import Held
from axf.market.promotions import running_full_offs
from axf.order.facts import Facts
from axf.pricing import Basket, Freight, FullOff, Quote, quote
from axf.pricing.coupons import judge
from axf.pricing.quote import quote_before_coupon
from axf.pricing.rules import missing

BEST: Literal["best"] = "best"


@dataclass(frozen=True)
class Wishes:
    """What the shopper chooses at checkout.

    ``wish`` says what to do when something runs out (replace, refund, call), ``line_wishes`` where that differs (by
    goods id). ``coupon`` is the id of a held coupon, "best", or None for none; a delivery coupon and points are used
    when they are wished for and can be. ``buy`` (goods id, quantity) buys just that and leaves the cart alone.
    ``shown`` is what the page showed, in the words of ``changes.shown_text``; empty when there was no page.
    """

    address_id: int
    slot_id: int
    wish: str = "refund"
    note: str = ""
    line_wishes: Mapping[int, str] = field(default_factory=dict)
    invoice_title: str = ""
    coupon: int | Literal["best"] | None = BEST
    has_delivery_coupon: bool = True
    has_points: bool = False
    buy: tuple[int, int] | None = None
    shown: str = ""


@dataclass(frozen=True)
class Offers:
    """What may lower the price: the running 满减, and the coupons that the shopper holds."""

    full_offs: tuple[FullOff, ...] = ()
    held: Sequence[Held] = ()


@dataclass(frozen=True)
class CouponChoice:
    """A held coupon, and what it saves (fen) or why it cannot be used.

    ``refusal``: not-yet, hours, first-order, no-goods, too-little (``missing`` fen) or no-gain.
    """

    held: Held
    saved: int = 0
    refusal: str | None = None
    missing: int = 0


@dataclass(frozen=True)
class Draft:
    """The lines, what can be chosen, what is, and the price of that. ``points`` could be spent here."""

    lines: list[CartLine]
    coupons: list[CouponChoice]
    coupon: CouponChoice | None
    delivery_coupon: Held | None
    uses_delivery_coupon: bool
    points: int
    quote: Quote

    @property
    def count(self) -> int:
        return sum(line.quantity for line in self.lines)

    @property
    def goods_sum(self) -> int:
        """What the goods cost before coupons, points and delivery: what an area's minimum is measured on.

        A coupon that the shop chooses by itself must not keep an order from being placed.
        """
        sums = self.quote.sums
        later = ("coupon", "points", "freight", "delivery-coupon")
        return self.quote.payable - sum(sums.get(rule, 0) for rule in later)

    def missing_to(self, minimum: int) -> int:
        """Return how many fen of goods are wanting to an area's minimum order."""
        return max(0, minimum - self.goods_sum)

    @property
    def points_spent(self) -> int:
        """How many points the price takes; one is one fen."""
        return -self.quote.sums.get("points", 0)


def offers_of(user_id: int, facts: Facts, now: datetime) -> Offers:
    """Return what may lower the price. One query for each kind that there is any of."""
    return Offers(
        running_full_offs(now) if facts.has_full_offs else (),
        coupons.held_by(user_id, now) if facts.has_coupons else (),
    )


def draft_of(lines: list[CartLine], facts: Facts, offers: Offers, wishes: Wishes, now: datetime) -> Draft:
    """Price the lines with what the shopper wishes and may have."""
    area = facts.destination.area if facts.destination else None
    freight = Freight(area.fee, area.free_from) if area else None
    points = facts.points if wishes.has_points else 0
    basket = replace(basket_of(lines, offers.full_offs), vip=facts.level.terms, freight=freight, points=points)
    rider = _rider(offers.held, basket, facts, now)
    # A coupon that costs the free delivery is worth more to who has one for that.
    basket = replace(basket, has_delivery_coupon=rider is not None and wishes.has_delivery_coupon)
    choices = [_choice(held, basket, facts, now) for held in offers.held if not held.is_delivery]
    choices.sort(key=lambda each: (each.refusal is not None, -each.saved))
    chosen = _chosen(choices, wishes.coupon)
    basket = replace(basket, coupon=chosen.held.terms if chosen else None)
    if "freight" not in quote(basket).sums:
        rider, basket = None, replace(basket, has_delivery_coupon=False)
    riders = [_choice(held, basket, facts, now) for held in offers.held if held.is_delivery and held != rider]
    with_points = quote(replace(basket, points=facts.points))
    return Draft(
        lines,
        choices + [each for each in riders if each.refusal],
        chosen,
        rider,
        basket.has_delivery_coupon,
        -with_points.sums.get("points", 0),
        quote(basket),
    )


def _choice(held: Held, basket: Basket, facts: Facts, now: datetime) -> CouponChoice:
    refusal = held.refusal(now, facts.has_ordered)
    if refusal:
        return CouponChoice(held, refusal=refusal)
    judged = judge(held.terms, basket)
    return CouponChoice(held, judged.saved, judged.refusal, judged.missing)


def _chosen(choices: list[CouponChoice], wish: int | Literal["best"] | None) -> CouponChoice | None:
    """Return the usable coupon that is wished for, the best one where that cannot be used (any more).

    The choices have the best one first.
    """
    usable = [each for each in choices if each.refusal is None]
    if wish is None or not usable:
        return None
    return next((each for each in usable if each.held.id == wish), usable[0])


def _rider(held: Sequence[Held], basket: Basket, facts: Facts, now: datetime) -> Held | None:
    """Return the delivery coupon that may ride along where there is freight: the one that ends first, or None."""
    before = quote_before_coupon(basket)
    for each in held:
        if each.is_delivery and not each.refusal(now, facts.has_ordered) and not missing(each.terms, basket, before):
            return each
    return None

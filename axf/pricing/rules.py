"""The price rules, in their order. Each takes the basket and the price so far, and says what it changes on which line.

docs/pricing.md tells them in prose, with an example.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from axf.core.money import share
from axf.pricing.basket import Adjustment, Basket, Line, Quote
from axf.pricing.offers import Coupon, FullOff

Rule = Callable[[Basket, Quote], Iterable[Adjustment]]

# One point is one fen, the smallest number that can be spent is a yuan's, and half of the goods stays to pay.
LEAST_POINTS = 100


def promotion_price(basket: Basket, _so_far: Quote) -> Iterator[Adjustment]:
    """限时特价: every piece costs the promotion price while that is lower."""
    for line in basket.lines:
        if line.unit < line.price:
            yield Adjustment("promo", line.goods_id, (line.unit - line.price) * line.quantity)


def buy_one_get_one(basket: Basket, _so_far: Quote) -> Iterator[Adjustment]:
    """买一送一: of every two, one is free. Both count in the quantity, so three cost two."""
    for line in basket.lines:
        free = line.quantity // 2 if line.is_bogo else 0
        if free:
            yield Adjustment("bogo", line.goods_id, -line.unit * free)


def second_half_price(basket: Basket, _so_far: Quote) -> Iterator[Adjustment]:
    """第二件半价: of every two, one costs half, rounded down. 买一送一 is better and stands alone."""
    for line in basket.lines:
        halved = line.quantity // 2 if line.is_second_half and not line.is_bogo else 0
        if halved:
            yield Adjustment("second-half", line.goods_id, -(line.unit - line.unit // 2) * halved)


def full_off(basket: Basket, so_far: Quote) -> Iterator[Adjustment]:
    """满减: the largest first; a line counts for one of them only."""
    for each in full_off_steps(basket, so_far):
        if not each.missing:
            yield from _spread("full-off", -min(each.offer.off, each.total), each.lines, so_far)


@dataclass(frozen=True)
class FullOffStep:
    """A 满减 as it is tried: the lines of its set that no larger one has taken, and the fen that they cost."""

    offer: FullOff
    lines: tuple[Line, ...]
    total: int

    @property
    def missing(self) -> int:
        """How many fen of its goods are wanting; 0 when it is reached."""
        return max(0, self.offer.minimum - self.total)


def full_off_steps(basket: Basket, so_far: Quote) -> Iterator[FullOffStep]:
    """Try 满减 in their order; those without a line are left out. ``so_far`` is the price before them."""
    lines = basket.lines
    for offer in sorted(basket.full_offs, key=lambda each: (-each.off, each.id)):
        taken = tuple(line for line in lines if offer.is_for(line.goods_id))
        step = FullOffStep(offer, taken, sum(so_far.left[line.goods_id] for line in taken))
        if taken:
            yield step
        if not step.missing:
            lines = tuple(line for line in lines if line not in taken)


def vip_price(price: int, rate: int) -> int:
    """Return what a level with this rate (per cent) pays; the discount is rounded down to the fen."""
    return price - price * (100 - rate) // 100


def vip_discount(basket: Basket, so_far: Quote) -> Iterator[Adjustment]:
    """会员价: for each piece what is shown beside the goods, or the same rate on what a promotion left of the line."""
    left = so_far.left
    for line in basket.lines:
        before = left[line.goods_id]
        is_by_piece = before == line.unit * line.quantity
        now = (
            vip_price(line.unit, basket.vip.rate) * line.quantity if is_by_piece else vip_price(before, basket.vip.rate)
        )
        if now < before:
            yield Adjustment("vip", line.goods_id, now - before)


def coupon_discount(basket: Basket, so_far: Quote) -> Iterator[Adjustment]:
    """优惠券: off the lines in its scope once they reach its minimum, never more than they cost."""
    coupon = basket.coupon
    if coupon is None or coupon.kind == "delivery" or missing(coupon, basket, so_far):
        return
    lines = in_scope(coupon, basket)
    if coupon.kind == "fixed":
        dearest = max(lines, key=lambda line: (so_far.left[line.goods_id] // line.quantity, -line.goods_id))
        off = so_far.left[dearest.goods_id] // dearest.quantity - coupon.value
        lines = [dearest]
    else:
        total = sum(so_far.left[line.goods_id] for line in lines)
        off = coupon.value if coupon.kind == "amount" else total * (100 - coupon.value) // 100
        off = min(off, total, off if coupon.cap is None else coupon.cap)
    if off > 0:
        yield from _spread("coupon", -off, lines, so_far)


def in_scope(coupon: Coupon, basket: Basket) -> list[Line]:
    """Return the lines that a coupon is for."""
    if not coupon.goods_ids and not coupon.food_type_ids:
        return list(basket.lines)
    return [
        line for line in basket.lines if line.goods_id in coupon.goods_ids or coupon.food_type_ids & line.food_type_ids
    ]


def missing(coupon: Coupon, basket: Basket, so_far: Quote) -> int:
    """Return how many fen of goods in its scope a coupon still lacks to its minimum; 0 when it holds.

    ``so_far`` is the price before coupons. A coupon with no goods in its scope lacks at least one fen.
    """
    total = sum(so_far.left[line.goods_id] for line in in_scope(coupon, basket))
    return max(0, max(coupon.minimum, 1) - total)


def usable_points(points: int, amount: int) -> int:
    """Return how many of the points can be spent on goods that still cost ``amount``."""
    usable = min(points, amount // 2)
    return usable if usable >= LEAST_POINTS else 0


def points_discount(basket: Basket, so_far: Quote) -> Iterator[Adjustment]:
    """积分: 100 points are one yuan; at least 100, at most half of what is left to pay for the goods."""
    yield from _spread("points", -usable_points(basket.points, so_far.payable), basket.lines, so_far)


def freight(basket: Basket, so_far: Quote) -> Iterator[Adjustment]:
    """运费: free from the area's sum or the level's. Points are money: they do not lower that sum."""
    if basket.freight is None:
        return
    total = so_far.payable - so_far.sums.get("points", 0)
    limits = [each for each in (basket.freight.free_from, basket.vip.free_delivery_from) if each is not None]
    if not limits or total < min(limits):
        yield from _spread("freight", basket.freight.fee, basket.lines, so_far)


def delivery_coupon(basket: Basket, so_far: Quote) -> Iterator[Adjustment]:
    """免运费券: takes the freight off again, where there is any."""
    if basket.has_delivery_coupon:
        for each in so_far.adjustments:
            if each.rule == "freight":
                yield Adjustment("delivery-coupon", each.goods_id, -each.amount)


def _spread(rule: str, amount: int, lines: Iterable[Line], so_far: Quote) -> Iterator[Adjustment]:
    """Split an amount over lines by what is left of each; parts of nothing are left out."""
    ids = [line.goods_id for line in lines]
    if not ids:
        return
    for goods_id, part in zip(ids, share(amount, [so_far.left[goods_id] for goods_id in ids]), strict=True):
        if part:
            yield Adjustment(rule, goods_id, part)


BEFORE_FULL_OFF: tuple[Rule, ...] = (promotion_price, buy_one_get_one, second_half_price)
BEFORE_COUPON: tuple[Rule, ...] = (*BEFORE_FULL_OFF, full_off, vip_discount)
RULES: tuple[Rule, ...] = (*BEFORE_COUPON, coupon_discount, points_discount, freight, delivery_coupon)

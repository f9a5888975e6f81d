"""The price rules. Each takes the basket and says what it changes on which line."""

from collections.abc import Callable, Iterable

from axf.pricing.basket import Adjustment, Basket

Rule = Callable[[Basket], Iterable[Adjustment]]


def buy_one_get_one(basket: Basket) -> Iterable[Adjustment]:
    """买一送一: of every two, one is free. Both count in the quantity, so three cost two."""
    for line in basket.lines:
        free = line.quantity // 2 if line.is_bogo else 0
        if free:
            yield Adjustment("bogo", line.goods_id, -line.price * free)


RULES: tuple[Rule, ...] = (buy_one_get_one,)

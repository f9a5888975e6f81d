"""Sample goods for the style guide, one for each state of a card."""

from dataclasses import replace
from datetime import timedelta

from axf.core import clock
from axf.market.cards import Card

_PLAIN = Card(
    id=1, name="丹东99草莓", name_en="Dandong strawberries", pack="300g/盒", pack_en="300 g box",
    pack_amount=300_000, pack_unit="g", price=2990, market_price=2990, stock=40, sales=120,
    is_featured=False, is_bogo=False, is_second_half=False, promo_price=None, promo_starts_at=None,
    promo_ends_at=None, on_sale=True, picture="generic-fruit", review_count=12, review_stars=57,
)  # fmt: skip
_SPECIAL = replace(
    _PLAIN, promo_price=2590, promo_starts_at=clock.now(), promo_ends_at=clock.now() + timedelta(days=36500)
)

SAMPLES = [
    _PLAIN,
    replace(_PLAIN, id=2, market_price=3990, is_featured=True, is_bogo=True),
    replace(_PLAIN, id=3, stock=3),
    replace(_PLAIN, id=4, stock=0),
    replace(_PLAIN, id=5, name=_PLAIN.name * 8, name_en=f"{_PLAIN.name_en} " * 6, price=1234500),
    replace(_SPECIAL, id=6, market_price=3990),
    replace(_SPECIAL, id=7, is_second_half=True, is_featured=True, stock=3),
]

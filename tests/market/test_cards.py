"""What a card says of its goods."""

from dataclasses import replace

import pytest

from axf.home.styleguide import SAMPLES
from axf.market.cards import Card

PLAIN = SAMPLES[0]


def card(**values: object) -> Card:
    return replace(PLAIN, **values)


@pytest.mark.parametrize(("price", "market_price", "shown"), [(100, 200, 200), (100, 100, None), (200, 100, None)])
def test_only_an_honest_market_price_is_struck_through(price, market_price, shown):
    assert card(price=price, market_price=market_price).shown_market_price == shown


@pytest.mark.parametrize(
    ("stock", "on_sale", "sold_out", "low"),
    [(0, True, True, False), (9, False, True, False), (5, True, False, True), (6, True, False, False)],
)
def test_stock_words(stock, on_sale, sold_out, low):
    each = card(stock=stock, on_sale=on_sale)
    assert (each.is_sold_out, each.is_low) == (sold_out, low)


def test_unit_price():
    price = card(price=2990, pack_amount=300_000, pack_unit="g").unit_price
    assert (price.amount, price.per) == (4983, "500g")
    assert card(pack_amount=None, pack_unit=None).unit_price is None

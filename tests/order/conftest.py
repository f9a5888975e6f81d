"""What the tests of orders share."""

from datetime import timedelta

import pytest
from flask import Flask

from axf.cart import service
from axf.cart.queries import cart_of
from axf.order import checkout

LIFE = timedelta(minutes=30)


def place_all(user_id: int, token: str | None = None) -> str:
    """Order all that is selected at its price now; return the order's number."""
    return checkout.place(user_id, token or checkout.new_token(), cart_of(user_id).quote.payable, LIFE).no


@pytest.fixture
def order_no(app: Flask, shopper: int, fruit: list[int]) -> str:
    """An unpaid order over 2 × goods 475 and 1 × goods 476: ¥22.50."""
    service.set_quantity(shopper, 475, 2)
    service.set_quantity(shopper, 476, 1)
    return place_all(shopper)

"""The demo's orders: placed, paid, received, cancelled and expired as shoppers and the shop do it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from flask import current_app
from sqlalchemy import select
from werkzeug.datastructures import Headers

from axf.cart import service as cart
from axf.cart.queries import lines_of
from axf.core import clock
from axf.core.errors import NotFound
from axf.delivery import areas, slots
from axf.extensions import db
from axf.logistics.shipments import Rider
from axf.order import checkout, dispatch, fulfilment, picking, settlement
from axf.order.draft import BEST, Wishes, draft_of, offers_of
from axf.order.facts import facts_of
from axf.order.models import Order
from axf.payment.base import UnknownProvider
from axf.payment.providers import provider
from axf.payment.providers.mock import APP_ID, MockProvider
from axf.payment.providers.mock_cashier import signed_notice
from axf.payment.providers.mock_store import MockStore
from axf.seed.demo_reviews import DemoReview, add_reviews
from axf.seed.report import Report
from axf.user import addresses
from axf.user.addresses import AddressView

# An ordinary order waits for half an hour; the demo's is to be there tomorrow, too.
UNPAID_LIFE = timedelta(days=1)
RIDER = Rider("王师傅", "13900000001")
# Why the shop refused an order, by the code of the refusal.
WHY = {
    "slot-gone": "no delivery slot has a place",
    "slot-full": "no delivery slot has a place",
    "not-delivered": "nobody delivers to the address",
    "not-found": "the shopper has no address",
    "below-minimum": "what is left of the goods costs too little",
    "nothing-selected": "the goods have run out",
    "out-of-stock": "the goods have run out",
    "unknown-provider": "the shop takes no mock payments",
}


@dataclass(frozen=True)
class DemoOrder:
    """An order of so many of each goods (by its number in the demo), and how far it has come.

    ``has_coupons``: with the best coupon, and one for the delivery; ``has_points``: with as many as can be spent.
    """

    basket: Mapping[int, int]
    end: Literal["unpaid", "paid", "shipped", "received", "cancelled", "refunded", "expired"]
    has_coupons: bool = False
    has_points: bool = False
    note: str = ""
    invoice_title: str = ""
    wish: str = "refund"
    reason: str = ""
    reviews: Sequence[DemoReview] = ()
    missing: Mapping[int, int] = field(default_factory=dict)

    @property
    def is_paid(self) -> bool:
        """Whether it has come as far as being paid."""
        return self.end in ("paid", "shipped", "received", "refunded")


def add_orders(user_id: int, orders: Sequence[DemoOrder], ids: Mapping[int, int], report: Report) -> None:
    """Place a shopper's orders one after the other; who has ordered already gets none. Commits after each step.

    ``ids`` are those of the goods by number. What else is in the cart stays there. An order that the shop refuses,
    because no slot has a place say, is skipped, and the report tells why.
    """
    counts, skipped = report.of("orders"), Counter[str]()
    counts.read += len(orders)
    if not orders or db.session.scalar(select(Order.id).where(Order.user_id == user_id).limit(1)):
        counts.unchanged += len(orders)
        return
    cart.select_all(user_id, False)
    for each in orders:
        put = fill_cart(user_id, {ids[number]: quantity for number, quantity in each.basket.items() if number in ids})
        try:
            no = _place(user_id, each)
            _go(user_id, no, each, ids)
            add_reviews(user_id, no, each.reviews, ids)
            counts.added += 1
        except (*checkout.REFUSALS, NotFound, UnknownProvider) as refusal:
            skipped[WHY.get(refusal.code, refusal.code)] += 1
            for goods_id in put:
                cart.remove(user_id, goods_id)
    cart.select_all(user_id, True)
    for reason, count in skipped.items():
        report.skip("orders", count, reason)


def fill_cart(user_id: int, wanted: Mapping[int, int]) -> list[int]:
    """Set how many of each goods (by id) the cart holds and return the ids; what cannot be had is left out. Commits."""
    put = []
    for goods_id, quantity in wanted.items():
        with suppress(cart.NotOnSale, cart.LimitReached, cart.CartFull):
            cart.set_quantity(user_id, goods_id, quantity)
            put.append(goods_id)
    return put


def _place(user_id: int, each: DemoOrder) -> str:
    """Order what is selected for the default address in the next slot that has a place; return the number."""
    if each.is_paid:
        provider(MockProvider.name)  # without it the order could not be paid
    address = next(iter(addresses.book_of(user_id)), None)
    wishes = Wishes(
        address_id=address.id if address else 0,
        slot_id=_next_slot(address),
        wish=each.wish,
        note=each.note,
        invoice_title=each.invoice_title,
        coupon=BEST if each.has_coupons else None,
        has_delivery_coupon=each.has_coupons,
        has_points=each.has_points,
    )
    life = timedelta(0) if each.end == "expired" else UNPAID_LIFE
    return checkout.place(user_id, checkout.new_token(), _total(user_id, wishes), wishes, life).no


def _next_slot(address: AddressView | None) -> int:
    """Return the id of the next slot with a place at an address; 0, which the checkout refuses, where there is none."""
    area = areas.area_of(address.district) if address else None
    slot = slots.soonest(area.id, clock.now()) if area else None
    return slot.id if slot else 0


def _total(user_id: int, wishes: Wishes) -> int:
    """Return what the checkout page would show, fen."""
    now = clock.now()
    facts = facts_of(user_id, now, wishes.address_id, wishes.slot_id)
    return draft_of(lines_of(user_id), facts, offers_of(user_id, facts, now), wishes, now).quote.payable


def _go(user_id: int, no: str, each: DemoOrder, ids: Mapping[int, int]) -> None:
    """Bring a placed order as far as it goes."""
    if each.is_paid:
        _pay(user_id, no)
    if each.end in ("shipped", "received"):
        dispatch.start_picking(no)
        picking.short(no, {ids[number]: each.basket[number] - missing for number, missing in each.missing.items()})
        dispatch.ship(no, RIDER, clock.now() + timedelta(minutes=40))
    if each.end == "received":
        dispatch.deliver(no)
        fulfilment.receive(user_id, no)
    elif each.end in ("cancelled", "refunded"):
        fulfilment.cancel(user_id, no, each.reason)
    elif each.end == "expired":
        fulfilment.expire()


def _pay(user_id: int, no: str) -> None:
    """Pay as the mock gateway does: by a notice that it signs and the shop verifies."""
    payment = settlement.start(user_id, no, MockProvider.name)
    trade = {"app_id": APP_ID, "payment_no": payment.no, "amount": payment.amount}
    # The gateway has to know the trade, too, or it could give nothing of it back.
    MockStore(current_app.instance_path).take(payment.no, payment.amount)
    raw, headers = signed_notice(trade, current_app.config["SECRET_KEY"])
    notice = provider(MockProvider.name).read_notice(raw, Headers(headers))
    if notice is not None:
        settlement.settle(notice)

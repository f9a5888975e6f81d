"""The page of one order, for every view that shows it."""

from flask import current_app, render_template

from axf.aftersale import queries as after_sales
from axf.credit import ledger as credit
from axf.extensions import db
from axf.logistics.shipments import shipments_of
from axf.order.queries import OrderView
from axf.review.queries import waiting_lines


def detail_page(view: OrderView, *, is_waiting: bool = False, message: str = "") -> str:
    """Return the page; ``is_waiting`` for the notice of who comes back from a provider, ``message`` tells a refusal."""
    order, providers = view.order, current_app.config["PAYMENT_PROVIDERS"]
    has_credit = view.may_pay and "balance" in providers
    return render_template(
        "order/detail.html",
        view=view,
        parcels=shipments_of(db.session, [order.id])[order.id] if order.shipped_at else [],
        is_waiting=is_waiting,
        message=message,
        providers=providers,
        credit=credit.balance_of(order.user_id) if has_credit else 0,
        after_sale=after_sales.about(order),
        reviewable=waiting_lines(order.id) if order.received_at else (),
    )
